"""Periods that are due, and which of them one calculation can close.

Belongs here: arithmetic on days. Does not: what was known (dbt), closing (close.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DuePeriod:
    """A month that a run has to close.

    Attributes:
        period: Its first day.
        period_end: Its last day.
        cut_off: The day on whose knowledge it is closed.
    """

    period: date
    period_end: date
    cut_off: date


def stretches(due: Sequence[DuePeriod], late: Mapping[date, date]) -> list[list[DuePeriod]]:
    """Neighbours that one calculation closes, as of the cut-off of the last of them.

    Args:
        due: The periods, the earliest first.
        late: As of `known_late`. Until then nothing more was known of a period than at its cut-off.
    """
    found: list[list[DuePeriod]] = []
    until = date.max
    for one in due:
        if found and one.cut_off < until:
            found[-1].append(one)
        else:
            found.append([one])
            until = date.max
        until = min(until, late.get(one.period, date.max))
    return found
