"""The clock of the hand-off promise: when Sales Development is at work, and what it promised.

Belongs here: the company folder's hours, holidays and promises as the story needs them, so that
the planted truth does not lean on the code it is meant to check. Does not: validation.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import yaml

from sample_company.decisions import COMPANY
from sample_company.world import ZONE, local_day


@cache
def _decided(name: str) -> Any:
    return yaml.safe_load((COMPANY / f"{name}.yml").read_text(encoding="utf-8"))


@cache
def _holidays() -> frozenset[date]:
    return frozenset(holiday["date"] for holiday in _decided("company")["holidays"])


@cache
def _week() -> dict[int, tuple[time, time]]:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return {
        names.index(day): (time.fromisoformat(opens), time.fromisoformat(closes))
        for day, (opens, closes) in _decided("company")["business_hours"].items()
    }


@cache
def opening(day: date) -> tuple[datetime, datetime] | None:
    """First and last moment at work of a local day, in UTC; None for a closed day."""
    hours = _week().get(day.weekday())
    if hours is None or day in _holidays():
        return None
    first, last = (datetime.combine(day, at, ZONE).astimezone(UTC) for at in hours)
    return first, last


def after_work(moment: datetime, work: timedelta) -> datetime:
    """The moment by which that much time at work has passed; a day's last moment is its own."""
    day = local_day(moment)
    while True:
        hours = opening(day)
        if hours is not None and moment < hours[1]:
            start = max(moment, hours[0])
            if start + work <= hours[1]:
                return start + work
            work -= hours[1] - start
        day += timedelta(days=1)


def promised(segment: str) -> timedelta:
    """Within which time at work a lead of that segment is answered."""
    promise = _decided("funnel")["handoff_sla"]
    hours = Decimal(promise["by_segment"].get(segment, promise["business_hours"]))
    return timedelta(seconds=int(hours * 3600))


@cache
def days_to_answer() -> int:
    """Days within which Sales decides a hand-off, if ever: after them it has expired."""
    return int(_decided("funnel")["handoff_sla"]["expires_after_days"])
