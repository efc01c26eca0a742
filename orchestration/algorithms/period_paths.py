"""From the tables of paths to the table of credits: one call for all periods.

Belongs here: rows in and out. Does not: what is due to a channel (channel_credit.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

from orchestration.algorithms.absorbing_chain import Transitions
from orchestration.algorithms.channel_credit import (
    MILLIONTHS,
    SHARE_UNITS,
    Channel,
    Credit,
    Paths,
    credits_of,
)
from orchestration.algorithms.shapley import ChannelSet
from orchestration.algorithms.windows import window

# What the rows of each table are, in this order.
CHANNEL_COLUMNS = ("channel_key", "channel_name", "channel_number", "touch_count")
TRANSITION_COLUMNS = (
    "period_grain", "period_start", "conversion_type",
    "third_last", "second_last", "last_number", "next_number",
    "converted_count", "converted_amount", "unconverted_count",
)  # fmt: skip
SET_COLUMNS = (
    "period_grain", "period_start", "conversion_type", "channel_set",
    "converted_count", "converted_amount", "absolute_amount", "unconverted_count",
)  # fmt: skip
TRANSITION_SCHEMA = pa.schema(
    [
        ("period_grain", pa.string()),
        ("period_start", pa.date32()),
        ("conversion_type", pa.string()),
        *((name, pa.int64()) for name in TRANSITION_COLUMNS[3:8]),
        ("converted_amount", pa.decimal128(18, 2)),
        ("unconverted_count", pa.int64()),
    ]
)
CREDIT_SCHEMA = pa.schema(
    [
        ("period_grain", pa.string()),
        ("conversion_type", pa.string()),
        ("method", pa.string()),
        ("includes_non_converting", pa.bool_()),
        ("channel_key", pa.string()),
        ("is_folded", pa.bool_()),
        ("removal_effect", pa.decimal128(18, 9)),
        ("amount_removal_effect", pa.decimal128(18, 9)),
        ("share", pa.decimal128(18, 9)),
        ("amount_share", pa.decimal128(18, 9)),
        ("credited_conversions", pa.decimal128(18, 6)),
        ("credited_amount", pa.decimal128(18, 2)),
        ("period_start", pa.date32()),
    ]
)
Row = Sequence[Any]
Key = tuple[str, date, str]
_PERIOD = itemgetter(0, 1, 2)
_CENT = Decimal("0.01")


def credit_table(channels: Iterable[Row], transitions: pa.Table, sets: Iterable[Row]) -> pa.Table:
    """The credits of every period and conversion type in which a touched journey converted.

    Args:
        channels: Rows of CHANNEL_COLUMNS.
        transitions: A table of TRANSITION_COLUMNS, its rows in any order; there are millions.
        sets: Rows of SET_COLUMNS, in any order.
    """
    known = [Channel(*row) for row in channels]
    by_period = dict(_transitions_by_period(transitions))
    rows: list[dict[str, Any]] = []
    for key, group in groupby(sorted(sets, key=itemgetter(slice(4))), _PERIOD):
        found = list(group)
        if any(row[4] for row in found):
            paths = _paths(by_period[key], found)
            rows.extend(_rows(key, credits_of(paths, known)))
    return pa.Table.from_pylist(rows, schema=CREDIT_SCHEMA)


def _transitions_by_period(rows: pa.Table) -> Iterator[tuple[Key, Transitions]]:
    ordered = rows.sort_by(
        [(name, "ascending") for name in TRANSITION_COLUMNS[:7]]
    ).combine_chunks()
    if not ordered.num_rows:
        return
    third, second, last, following, converted, lost = (
        ordered[name].to_numpy() for name in (*TRANSITION_COLUMNS[3:8], "unconverted_count")
    )
    amounts = ordered["converted_amount"].cast(pa.float64()).to_numpy()
    windows = window(third, second, last)
    for key, part in _parts(ordered):
        yield (
            key,
            Transitions(
                windows[part],
                following[part],
                converted[part].astype(np.float64),
                lost[part].astype(np.float64),
                amounts[part],
            ),
        )


def _parts(ordered: pa.Table) -> Iterator[tuple[Key, slice]]:
    """Where each period's rows begin and end."""
    keys = [ordered[name] for name in TRANSITION_COLUMNS[:3]]
    changes = [np.diff(key.combine_chunks().dictionary_encode().indices.to_numpy()) for key in keys]
    begins = np.flatnonzero(np.any(changes, axis=0)) + 1
    for begin, end in pairwise([0, *begins.tolist(), ordered.num_rows]):
        grain, start, conversion_type = (key[begin].as_py() for key in keys)
        yield (grain, start, conversion_type), slice(begin, end)


def _paths(transitions: Transitions, sets: list[Row]) -> Paths:
    amounts_of_sets = [row[5] for row in sets if row[5] is not None]
    return Paths(
        transitions,
        [ChannelSet(_members(row[3]), row[4], row[7], float(row[6] or 0)) for row in sets],
        sum(row[4] for row in sets),
        int(sum(amounts_of_sets) / _CENT) if amounts_of_sets else None,
    )


def _members(channel_set: int) -> frozenset[int]:
    """The numbers of a set: n where it holds 2 to the power of n - 1."""
    return frozenset(
        place + 1 for place in range(channel_set.bit_length()) if channel_set >> place & 1
    )


def _rows(key: tuple[str, date, str], credits: Iterable[Credit]) -> Iterator[dict[str, Any]]:
    for credit in credits:
        yield {
            "period_grain": key[0],
            "period_start": key[1],
            "conversion_type": key[2],
            "method": credit.method,
            "includes_non_converting": credit.includes_non_converting,
            "channel_key": credit.channel.key,
            "is_folded": credit.is_folded,
            "removal_effect": credit.removal_effect,
            "amount_removal_effect": credit.amount_removal_effect,
            "share": Decimal(credit.share) / SHARE_UNITS,
            "amount_share": _units(credit.amount_share, SHARE_UNITS),
            "credited_conversions": Decimal(credit.millionths) / MILLIONTHS,
            "credited_amount": _units(credit.cents, 100),
        }


def _units(count: int | None, units: int) -> Decimal | None:
    return None if count is None else Decimal(count) / units
