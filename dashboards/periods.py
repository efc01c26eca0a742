"""Fiscal periods as the page names them.

Here: labels, ends and progress of the periods that rpt_kpi carries. Not here: where a fiscal period
begins (dim_date and rpt_kpi say it).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

GRAINS = ("month", "quarter", "year")
MONTHS_OF_GRAIN = {"month": 1, "quarter": 3, "year": 12}
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def periods_of(
    grain: str,
    starts: Iterable[str],
    fiscal_dates: Mapping[str, tuple[str, str]],
    as_of_date: str | None,
) -> list[dict[str, Any]]:
    """The page's periods of one grain, oldest first.

    Args:
        grain: month, quarter or year.
        starts: First days, ISO text.
        fiscal_dates: First day -> (fiscal year, fiscal quarter) as dim_date names them.
        as_of_date: ISO text; a period that ends after it is in progress.
    """
    return [_period(grain, start, fiscal_dates, as_of_date) for start in sorted(set(starts))]


def _period(
    grain: str, start: str, fiscal_dates: Mapping[str, tuple[str, str]], as_of_date: str | None
) -> dict[str, Any]:
    first = date.fromisoformat(start)
    next_first = _months_later(first, MONTHS_OF_GRAIN[grain])
    label, short = _labels(grain, first, fiscal_dates.get(start))
    period: dict[str, Any] = {
        "start": start,
        "next": next_first.isoformat(),
        "label": label,
        "short": short,
        "progress": None,
    }
    if as_of_date and as_of_date < (next_first - timedelta(days=1)).isoformat():
        elapsed = (date.fromisoformat(as_of_date) - first).days + 1
        period["progress"] = [elapsed, (next_first - first).days]
    return period


def _labels(grain: str, first: date, fiscal: tuple[str, str] | None) -> tuple[str, str]:
    if grain == "month":
        name = MONTH_NAMES[first.month - 1]
        return f"{name} {first.year}", f"{name} {first.year % 100:02d}"
    is_calendar = fiscal is None or fiscal[0] == str(first.year) and (first.month - 1) % 3 == 0
    year = str(first.year) if fiscal is None else fiscal[0]
    if grain == "year":
        is_calendar = is_calendar and first.month == 1
        return (year, year) if is_calendar else (f"FY {year}", f"FY {year}")
    number = fiscal[1][-1:] if fiscal else str((first.month - 1) // 3 + 1)
    is_calendar = is_calendar and number == str((first.month - 1) // 3 + 1)
    prefix = "" if is_calendar else "FY "
    return f"Q{number} {prefix}{year}", f"Q{number} {year[-2:]}"


def _months_later(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, first.day)
