"""Days are cut into calendar slices without a gap and without an overlap."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from orchestration.connectors.day_span import DaySpan, month_of, slicing_of
from orchestration.state import Slicing


def test_months_weeks_and_days_are_cut_at_both_ends() -> None:
    span = DaySpan(date(2025, 1, 30), date(2025, 2, 4))
    assert [str(part) for part in span.slices("month")] == [
        "2025-01-30 to 2025-01-31", "2025-02-01 to 2025-02-04",
    ]  # fmt: skip
    # The second of February is a Sunday.
    assert [str(part) for part in span.slices("week")] == [
        "2025-01-30 to 2025-02-02", "2025-02-03 to 2025-02-04",
    ]  # fmt: skip
    assert [part.first.day for part in span.slices("day")] == [30, 31, 1, 2, 3, 4]
    assert month_of(date(2024, 2, 29)) == DaySpan(date(2024, 2, 1), date(2024, 2, 29))
    assert month_of(date(2025, 12, 31)).last == date(2025, 12, 31)


def test_so_many_days_at_a_time_begin_with_the_first() -> None:
    span = DaySpan(date(2025, 1, 30), date(2025, 2, 8))
    assert [(part.first.day, part.last.day) for part in span.slices("4 days")] == [
        (30, 2), (3, 6), (7, 8),
    ]  # fmt: skip
    assert (span.start.isoformat(), span.end.isoformat()) == (
        "2025-01-30T00:00:00+00:00", "2025-02-09T00:00:00+00:00",
    )  # fmt: skip


def test_a_slicing_is_a_part_of_the_calendar_or_a_number_of_days() -> None:
    assert [slicing_of(text) for text in ("month", "week", "day", "1 days", "030 days")] == [
        "month", "week", "day", "day", "30 days",
    ]  # fmt: skip
    for text in ("", "year", "0 days", "-3 days", "3.5 days", "days", "3 weeks", "3"):
        with pytest.raises(ValueError, match="is no slicing"):
            slicing_of(text)


@pytest.mark.parametrize("slicing", ["month", "week", "day", "5 days", "1000 days"])
def test_slices_have_every_day_once(slicing: Slicing) -> None:
    for length in (0, 1, 6, 27, 31, 58, 400):
        first = date(2023, 12, 29)
        span = DaySpan(first, first + timedelta(days=length))
        days = [
            part.first + timedelta(days=number)
            for part in span.slices(slicing)
            for number in range((part.last - part.first).days + 1)
        ]
        assert days == [first + timedelta(days=number) for number in range(length + 1)]
