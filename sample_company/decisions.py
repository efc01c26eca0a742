"""The company folder's decisions that the story has to respect: who works where, and FX rates.

Belongs here: reading people.csv and fx_rates.csv with the standard library alone, so that the
planted truth does not lean on the code it is meant to check. Does not: validation.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

COMPANY = Path(__file__).resolve().parent.parent / "company"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Version:
    """One employee during one validity; `valid_to` is the first day after it."""

    employee_id: str
    business_function: str
    team: str
    region: str
    manager_employee_id: str
    valid_from: date
    valid_to: date
    job_title: str


def _day(text: str) -> date:
    return date.fromisoformat(text) if text else date.max


@cache
def employee_versions() -> tuple[Version, ...]:
    """Read people.csv."""
    with (COMPANY / "people.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Version(
                row["employee_id"],
                row["business_function"],
                row["team"],
                row["region"],
                row["manager_employee_id"],
                _day(row["valid_from"]),
                _day(row["valid_to"]),
                row["job_title"],
            )
            for row in csv.DictReader(file)
        )


def employee_on(employee_id: str, day: date) -> Version:
    """Return the employee as on that day."""
    return next(
        version
        for version in employee_versions()
        if version.employee_id == employee_id and version.valid_from <= day < version.valid_to
    )


def employees_on(day: date, business_function: str, region: str) -> list[str]:
    """Return the ids of everybody who works in that function and region on that day, no chiefs."""
    return [
        version.employee_id
        for version in employee_versions()
        if (version.business_function, version.region) == (business_function, region)
        and version.valid_from <= day < version.valid_to
        and version.manager_employee_id
    ]


@cache
def _rates() -> tuple[tuple[str, date, date, Decimal], ...]:
    with (COMPANY / "fx_rates.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (
                row["currency_code"],
                _day(row["valid_from"]),
                _day(row["valid_to"]),
                Decimal(row["rate"]),
            )
            for row in csv.DictReader(file)
        )


def in_euros(amount: Decimal, currency: str, day: date) -> Decimal:
    """Convert an amount at the rate of the day, rounded half up to cents."""
    return (amount * euros_for_one(currency, day)).quantize(CENT, ROUND_HALF_UP)


def euros_for_one(currency: str, day: date) -> Decimal:
    """Return the rate of the day: what one unit of a currency is worth in euros."""
    if currency == "EUR":
        return Decimal(1)
    return next(r for c, start, end, r in _rates() if c == currency and start <= day < end)


def last_day_of(employee_id: str) -> date | None:
    """Return the first day without the employee, or None for somebody who still works here."""
    end = max(v.valid_to for v in employee_versions() if v.employee_id == employee_id)
    return None if end == date.max else end


def team_lead_of(employee_id: str) -> str:
    """Return the manager in the employee's last version."""
    return [v.manager_employee_id for v in employee_versions() if v.employee_id == employee_id][-1]
