"""Types of single values in the company folder: texts, numbers, dates, zones, currencies.

Belongs here: how one cell or one YAML scalar is read and what is said when it cannot be. Does
not: which file uses it, or anything that compares two values.

Every reader hands over text (or None), so that `007`, `NO` and `2017-12-31` arrive as they were
typed and the field's type alone decides what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from orchestration.company.suggestions import did_you_mean

EARLIEST_DATE = date(1900, 1, 1)


class Decision(BaseModel):
    """Base of all models of the company folder: nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class CsvRow(Decision):
    """One row of a CSV of the company folder; `line` is where it starts in the file."""

    line: int


def refuse(message: str, *, allowed: str, fix: str) -> PydanticCustomError:
    """Make the error for one value, with what is allowed and what to do.

    Args:
        message: What is wrong with the value.
        allowed: What would be right.
        fix: What the person should do.
    """
    context = {"problem": message, "allowed": allowed, "fix": fix}
    return PydanticCustomError("concord", "{problem}", context)


def _read_integer(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", value.strip()):
            raise refuse(
                "is not a whole number",
                allowed="a whole number such as 1 or 30",
                fix="write digits only",
            )
        return int(value)
    return value


def _read_boolean(value: Any) -> Any:
    if isinstance(value, str):
        known = {"true": True, "yes": True, "false": False, "no": False}
        if value.strip().lower() not in known:
            raise refuse(
                "is neither true nor false", allowed="true, false", fix="write true or false"
            )
        return known[value.strip().lower()]
    return value


def _read_date(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
            raise ValueError(value)
        day = date.fromisoformat(value.strip())
    except ValueError:
        raise refuse(
            "is not a date",
            allowed="a date as YYYY-MM-DD, for example 2026-01-31",
            fix="write year, month and day, in that order, with hyphens",
        ) from None
    if day < EARLIEST_DATE:
        raise refuse(
            f"lies before {EARLIEST_DATE}",
            allowed=f"a date from {EARLIEST_DATE} to 9999-12-31",
            fix="check the year",
        )
    return day


def _read_month(value: Any) -> Any:
    if isinstance(value, str):
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}", value.strip()):
            value = f"{value.strip()}-01"
        value = _read_date(value)
    return value.replace(day=1) if isinstance(value, date) else value


def _read_decimal(digits: int, places: int) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = value.strip()
        whole = digits - places
        if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text):
            raise refuse(
                "is not a number",
                allowed="a number such as 1234.50: decimal point, no thousands separator",
                fix="write the number with digits and at most one decimal point",
            )
        before, _, after = text.lstrip("+-").partition(".")
        if len(before.lstrip("0")) > whole or len(after.rstrip("0")) > places:
            raise refuse(
                "has too many digits",
                allowed=f"at most {whole} digits before and {places} after the decimal point",
                fix="round the number",
            )
        return Decimal(text)

    return read


def _check_snake_case(value: str) -> str:
    if re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", value):
        return value
    proposal = re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_")
    fits = re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", proposal)
    raise refuse(
        "is not in snake_case",
        allowed="lower-case letters, digits and single underscores, starting with a letter",
        fix=f"write {proposal!r}" if fits else "rename it",
    )


def _check_time_of_day(value: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise refuse(
            "is not a time of day",
            allowed='"HH:MM" from "00:00" to "23:59"',
            fix='write the time with two digits for hour and minute, for example "09:00"',
        )
    return value


@lru_cache(maxsize=1)
def time_zone_names() -> frozenset[str]:
    """Names of all time zones that this machine knows; read once, as it walks a folder."""
    return frozenset(available_timezones() - {"localtime", "posixrules"})


def _check_time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
        exists = value != "localtime"
    except (OSError, ValueError, KeyError):
        exists = False
    if not exists:
        hint = did_you_mean(value, time_zone_names())
        raise refuse(
            "is no time zone",
            allowed="an IANA time zone such as Europe/Berlin, America/New_York or UTC",
            fix=hint or "look the name up in the IANA list",
        )
    return value


def _check_currency(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", value):
        proposal = value.upper()
        fits = re.fullmatch(r"[A-Z]{3}", proposal)
        raise refuse(
            "is no currency code",
            allowed="an ISO 4217 code of three capital letters such as USD or EUR",
            fix=f"write {proposal!r}" if fits else "write the ISO 4217 code",
        )
    return value


Text = Annotated[str, StringConstraints(min_length=1)]
# A value in the words of a source: an editor must not object to 7 or true without quotes.
AnyScalar = Annotated[Text, WithJsonSchema({"type": ["string", "number", "boolean"]})]
SnakeCase = Annotated[str, StringConstraints(min_length=1), AfterValidator(_check_snake_case)]
TimeOfDay = Annotated[str, StringConstraints(min_length=1), AfterValidator(_check_time_of_day)]
TimeZoneName = Annotated[str, StringConstraints(min_length=1), AfterValidator(_check_time_zone)]
CurrencyCode = Annotated[str, StringConstraints(min_length=1), AfterValidator(_check_currency)]
Integer = Annotated[int, BeforeValidator(_read_integer)]
PositiveInteger = Annotated[int, BeforeValidator(_read_integer), Field(ge=1)]
Boolean = Annotated[bool, BeforeValidator(_read_boolean)]
Day = Annotated[date, BeforeValidator(_read_date)]
Month = Annotated[date, BeforeValidator(_read_month)]
Money = Annotated[Decimal, BeforeValidator(_read_decimal(18, 2))]
Rate = Annotated[Decimal, BeforeValidator(_read_decimal(18, 9)), Field(gt=0)]
Amount = Annotated[Decimal, BeforeValidator(_read_decimal(18, 6))]
Probability = Annotated[Decimal, BeforeValidator(_read_decimal(9, 6)), Field(ge=0, le=1)]
Hours = Annotated[Decimal, BeforeValidator(_read_decimal(9, 2)), Field(gt=0)]
