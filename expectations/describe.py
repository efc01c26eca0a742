"""Turns what a guard saw into words: observed, threshold, sample rows, the sentence for people.

Belongs here: text only. Does not: evaluating guards, statuses.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from expectations.model import Guard, Suite
from expectations.results import Status

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_ROWS = 5
_SHOWN_VALUES = 3
_LONGEST_VALUE = 200
_EMAIL = re.compile(r"[^\s@=;,<>]+@[^\s@=;,<>]+")
_SHARES = ("_share", "_rate")


def format_value(column: str, value: Any) -> str:
    """Write one value for people: shares as per cent, no raw e-mail address, nothing endless."""
    if value is None or value != value:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, int | float):
        if column.endswith("_year"):
            return f"{value:.0f}"
        return _number(value, as_share=column.endswith(_SHARES))
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    text = _EMAIL.sub("(e-mail hidden)", str(value))
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _number(value: float, as_share: bool) -> str:
    if not math.isfinite(value):
        return str(value)
    if as_share:
        return f"{value * 100:.2f}".rstrip("0").rstrip(".") + " %"
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def threshold_text(guard: Guard) -> str:
    """Say what the guard allows."""
    if guard.threshold:
        return guard.threshold
    parts = [_limit_text(guard)]
    if (mostly := guard.kwargs.get("mostly")) is not None:
        parts[0] += f" in at least {_number(mostly, as_share=True)} of the lines"
    for column, number in guard.at_least.items():
        parts.append(f"{'where' if len(parts) == 1 else 'and'} {column} is at least {number:,g}")
    return " ".join(parts)


def _limit_text(guard: Guard) -> str:
    kwargs = guard.kwargs
    column = str(kwargs.get("column", ""))
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is not None or high is not None:
        return _range_text(guard, column, low, high)
    if "value_set" in kwargs:
        return "one of " + ", ".join(str(value) for value in kwargs["value_set"])
    if "regex" in kwargs:
        return f"matches {kwargs['regex']}"
    if "column_A" in kwargs:
        sign = "=" if guard.expectation.endswith("equal") else ">="
        return f"{kwargs['column_A']} {sign} {kwargs['column_B']}"
    return guard.expectation.removeprefix("expect_").replace("_", " ")


def _range_text(guard: Guard, column: str, low: Any, high: Any) -> str:
    if low is not None and low == high:
        return f"exactly {format_value(column, low)}"
    if low == 0 and column.endswith("_share"):  # a share is never below zero
        low = None
    if low is not None and high is not None:
        return f"between {format_value(column, low)} and {format_value(column, high)}"
    if high is not None:
        words = "less than" if guard.kwargs.get("strict_max") else "at most"
        return f"{words} {format_value(column, high)}"
    words = "more than" if guard.kwargs.get("strict_min") else "at least"
    return f"{words} {format_value(column, low)}"


def observed_text(guard: Guard, frame: pd.DataFrame, failing: Sequence[int]) -> str:
    """Say what the guard saw: the offending values, or the span of the good ones."""
    if failing:
        return _offending_text(guard, frame, failing)
    for column, number in guard.at_least.items():
        frame = frame[frame[column] >= number]
    if frame.empty:
        return "no rows"
    column = guard.judged_columns[0] if guard.judged_columns else str(frame.columns[0])
    values = frame[column].dropna()
    if values.empty:
        return "none"
    if "min_value" in guard.kwargs or "max_value" in guard.kwargs:
        low, high = (format_value(column, v) for v in (values.min(), values.max()))
        return low if low == high else f"{low} to {high}"
    return f"{len(frame):,} lines, none against the rule"


def _offending_text(guard: Guard, frame: pd.DataFrame, failing: Sequence[int]) -> str:
    shown = []
    for index in failing[:_SHOWN_VALUES]:
        row = frame.iloc[index]
        shown.append(" and ".join(format_value(name, row[name]) for name in guard.judged_columns))
    text = ", ".join(shown) + (", …" if len(failing) > _SHOWN_VALUES else "")
    return text if len(frame) == 1 else f"{text} (in {len(failing):,} of {len(frame):,} lines)"


def sample_text(guard: Guard, frame: pd.DataFrame, failing: Sequence[int]) -> str:
    """Show up to five offending rows by the columns the guard names."""
    columns = [name for name in guard.sample_columns if name in frame.columns]
    rows = []
    for index in failing[:SAMPLE_ROWS]:
        row = frame.iloc[index]
        rows.append(", ".join(f"{name}={format_value(name, row[name])}" for name in columns))
    return "; ".join(row for row in rows if row)


_VERDICTS: dict[Status, str] = {
    "passed": "holds",
    "warned": "warns",
    "failed": "failed",
    "errored": "could not be evaluated",
    "not_run": "did not run",
}


def message_text(
    suite: Suite, guard: Guard, status: Status, observed: str, sample: str, problem: str = ""
) -> str:
    """Write the sentence for people: which guard, which number, which rows, what to do."""
    head = f"Guard {guard.guard} on {suite.about or suite.table} {_VERDICTS[status]}"
    allowed = f"allowed is {threshold_text(guard)}"
    if status == "passed":
        return f"{head}: observed {observed}, {allowed}."
    if status in ("errored", "not_run"):
        reason = problem.strip().rstrip(".")
        return (
            f"{head}: {reason}. Nothing is known about this rule, so it counts as a critical "
            f"failure: {guard.description.strip()} What to do: correct the suite {suite.suite} or "
            "the table it reads, then run again."
        )
    rows = f" Rows: {sample}." if sample else ""
    return (
        f"{head}: observed {observed}, {allowed}. {guard.description.strip()}{rows} "
        f"What to do: {guard.action.strip()}"
    )
