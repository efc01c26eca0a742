"""company.yml: name, currency, time zone, fiscal year, business hours, holidays, schedule.

Belongs here: the models of company.yml and the checks that need nothing else. Does not: anything
about stages, sources or rates.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from orchestration.company.problems import Problem
from orchestration.company.value_types import (
    CurrencyCode,
    Day,
    Decision,
    Integer,
    Month,
    Text,
    TimeOfDay,
    TimeZoneName,
    refuse,
)
from orchestration.company.yaml_file import YamlFile

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _check_opening(times: list[str]) -> list[str]:
    if times[0] >= times[1]:
        raise refuse(
            f"closes at {times[1]}, which is not after it opens at {times[0]}",
            allowed="two times, the first before the second",
            fix="swap or correct the times",
        )
    return times


def _check_domain(value: str) -> str:
    if "." not in value.strip(".") or any(mark in value for mark in "@/ :"):
        raise refuse(
            "is no mail domain",
            allowed="the part behind the @, for example acme.com",
            fix="write only the domain",
        )
    return value.lower()


Opening = Annotated[
    list[TimeOfDay], Field(min_length=2, max_length=2), AfterValidator(_check_opening)
]
MailDomain = Annotated[Text, AfterValidator(_check_domain)]


class BusinessHours(Decision):
    """Opening and closing time for each weekday; a day left out is closed."""

    monday: Opening | None = Field(
        None, description='Opens and closes, such as ["09:00", "17:00"].'
    )
    tuesday: Opening | None = Field(None, description="As for Monday.")
    wednesday: Opening | None = Field(None, description="As for Monday.")
    thursday: Opening | None = Field(None, description="As for Monday.")
    friday: Opening | None = Field(None, description="As for Monday.")
    saturday: Opening | None = Field(None, description="As for Monday.")
    sunday: Opening | None = Field(None, description="As for Monday.")

    def opening(self, weekday: str) -> list[str] | None:
        """Return opening and closing time of a weekday, or None when it is closed."""
        times: list[str] | None = getattr(self, weekday)
        return times


class Holiday(Decision):
    """A day on which nobody works."""

    date: Day = Field(description="The day.")
    name: Text = Field(description="What the day is called.")


class Schedule(Decision):
    """When the daily job starts."""

    hour: Annotated[Integer, Field(ge=0, le=23)] = Field(6, description="Hour of the day.")
    minute: Annotated[Integer, Field(ge=0, le=59)] = Field(0, description="Minute of the hour.")
    time_zone: TimeZoneName | None = Field(None, description="Zone; default the company's.")


class CompensationSettings(Decision):
    """How pay is closed."""

    close_after_days: Annotated[Integer, Field(ge=0)] | None = Field(
        None,
        description="A run closes periods whose last day is so many days ago; default: no run "
        "does, `concord close` alone.",
    )
    first_period: Month | None = Field(
        None,
        description="First month that the ledger pays, such as 2026-01; what belongs to earlier "
        "ones was paid elsewhere. Default: everything is paid.",
    )
    smallest_group: Annotated[Integer, Field(ge=2)] = Field(
        5,
        description="Measures of what groups of people are paid, and what functions cost in pay, "
        "are shown for groups of so many and more; default 5.",
    )


class CompanyFile(Decision):
    """company.yml as a whole."""

    name: Text = Field(description="Name of the company.")
    reporting_currency: CurrencyCode = Field(description="Currency that all amounts are shown in.")
    time_zone: TimeZoneName = Field(description="Zone that decides which day something fell on.")
    fiscal_year_start_month: Annotated[Integer, Field(ge=1, le=12)] = Field(
        description="Month that the fiscal year starts in; 1 is January."
    )
    as_of_date: Day | None = Field(None, description="Last day that counts; default today.")
    business_hours: BusinessHours = Field(
        default_factory=lambda: BusinessHours(), description="Hours in which people work."
    )
    holidays: list[Holiday] = Field(default_factory=list, description="Days nobody works on.")
    internal_domains: list[MailDomain] = Field(
        default_factory=list, description="Mail domains of the company's own people."
    )
    schedule: Schedule = Field(default_factory=lambda: Schedule(), description="Daily job's start.")
    compensation: CompensationSettings = Field(
        default_factory=lambda: CompensationSettings(),
        description="From when on and by whom pay is closed.",
    )

    @model_validator(mode="after")
    def _schedule_in_company_zone(self) -> Self:
        if self.schedule.time_zone is None:
            schedule = self.schedule.model_copy(update={"time_zone": self.time_zone})
            object.__setattr__(self, "schedule", schedule)
        return self


def check_company(company: CompanyFile, file: YamlFile) -> list[Problem]:
    """Find holidays and domains that stand twice."""
    problems = []
    holidays = [holiday.date for holiday in company.holidays]
    for position, day in enumerate(holidays):
        if day in holidays[:position]:
            problems.append(
                file.problem(
                    ("holidays", position, "date"),
                    "the day is listed twice",
                    fix="keep one entry for each day",
                )
            )
    for position, domain in enumerate(company.internal_domains):
        if domain in company.internal_domains[:position]:
            problems.append(
                file.problem(
                    ("internal_domains", position),
                    "the domain is listed twice",
                    fix="keep one entry for each domain",
                )
            )
    return problems
