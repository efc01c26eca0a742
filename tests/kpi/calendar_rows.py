"""The company's calendar for made-up facts, in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

GRAINS = {"month": 1, "quarter": 3, "year": 12}


def months_later(day: date, months: int) -> date:
    """Return the first of the month so many months after a day's month."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def period_start(day: date, grain: str, start_month: int) -> date:
    """Return the first day of the fiscal period of a day."""
    into_year = (day.month - start_month) % 12
    return months_later(day, -(into_year % GRAINS[grain]))


def period_end(start: date, grain: str) -> date:
    """Return the last day of a period."""
    return months_later(start, GRAINS[grain]) - timedelta(days=1)


def calendar_rows(first: date, last: date, start_month: int) -> Iterator[dict[str, Any]]:
    """Yield a row of dim_date for each day of the fiscal years of two days."""
    day = period_start(first, "year", start_month)
    end = period_end(period_start(last, "year", start_month), "year")
    while day <= end:
        yield {
            "date_day": day,
            "month_start_date": day.replace(day=1),
            "fiscal_quarter_start_date": period_start(day, "quarter", start_month),
            "fiscal_year_start_date": period_start(day, "year", start_month),
        }
        day += timedelta(days=1)
