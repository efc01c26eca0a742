"""From the tables of paths to the table of credits: one call for all periods.

Belongs here: rows in and out. Does not: what is due to a channel (channel_credit.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.algorithms.absorbing_chain import Transitions
from orchestration.algorithms.channel_credit import (
    MILLIONTHS,
    SHARE_UNITS,
    Channel,
    Credit,
    Paths,
    credits_of,
)
from orchestration.algorithms.shapley import ChannelSets, Floats, Integers
from orchestration.algorithms.windows import appended, window

# What the rows of each table are, in this order.
CHANNEL_COLUMNS = ("channel_key", "channel_name", "channel_number", "sharing_weight")
TRANSITION_COLUMNS = (
    "period_grain", "period_start", "conversion_type",
    "third_last", "second_last", "last_number", "next_number",
    "converted_count", "converted_amount", "unconverted_count",
)  # fmt: skip
STATE_COLUMNS = (
    "period_grain", "period_start", "journey_type",
    "campaign_state_key", "state_name", "state_number", "conversion_count",
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
SET_SCHEMA = pa.schema(
    [
        ("period_grain", pa.string()),
        ("period_start", pa.date32()),
        ("conversion_type", pa.string()),
        ("channel_set", pa.int64()),
        ("converted_count", pa.int64()),
        ("converted_amount", pa.decimal128(18, 2)),
        ("absolute_amount", pa.decimal128(18, 2)),
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
REFUND = "refund"
JOURNEY_OF_REFUNDS = "won"
_CENT = Decimal("0.01")
KEY_COLUMNS = TRANSITION_COLUMNS[:3]


def credit_table(channels: Iterable[Row], transitions: pa.Table, sets: pa.Table) -> pa.Table:
    """The credits of every period and conversion type in which a touched journey converted.

    Args:
        channels: Rows of CHANNEL_COLUMNS.
        transitions: A table of TRANSITION_COLUMNS, its rows in any order; there are millions.
        sets: A table of SET_COLUMNS, its rows in any order.
    """
    known = [Channel(*row) for row in channels]
    return pa.Table.from_pylist(
        [
            row
            for key, paths in _converting(transitions, sets)
            for row in _rows(key, credits_of(paths, known))
        ],
        schema=CREDIT_SCHEMA,
    )


def campaign_credit_table(
    states: Iterable[Row],
    transitions: pa.Table,
    sets: pa.Table,
    least_journeys_per_window: Mapping[str, int],
) -> pa.Table:
    """The same by campaign: column campaign_state_key stands where credit_table has channel_key.

    Args:
        states: Rows of STATE_COLUMNS.
        transitions: A table of TRANSITION_COLUMNS between states.
        sets: A table of SET_COLUMNS of states.
        least_journeys_per_window: By grain of period: chains of order 2 and 3 with fewer are left
            out.
    """
    known: dict[Key, list[Channel]] = defaultdict(list)
    for grain, start, journey_type, *state in states:
        known[grain, start, journey_type].append(Channel(*state))
    rows: list[dict[str, Any]] = []
    for (grain, start, conversion_type), paths in _converting(transitions, sets):
        journey_type = JOURNEY_OF_REFUNDS if conversion_type == REFUND else conversion_type
        credits = credits_of(
            paths, known[grain, start, journey_type], least_journeys_per_window[grain]
        )
        rows.extend(_rows((grain, start, conversion_type), credits))
    table = pa.Table.from_pylist(rows, schema=CREDIT_SCHEMA)
    return table.rename_columns({"channel_key": "campaign_state_key"})


def _converting(transitions: pa.Table, sets: pa.Table) -> Iterator[tuple[Key, Paths]]:
    """The paths of each period and type in which some converted."""
    by_period = dict(_transitions_by_period(transitions))
    sets = sets.combine_chunks()
    for key, places in _places(sets, sets["channel_set"].to_numpy()):
        part = sets.take(places)
        if pc.sum(part["converted_count"]).as_py():
            yield key, _paths(by_period[key], part)


def _transitions_by_period(rows: pa.Table) -> Iterator[tuple[Key, Transitions]]:
    third, second, last, following = (rows[name].to_numpy() for name in TRANSITION_COLUMNS[3:7])
    windows = window(third, second, last)
    counts = [
        _floats(rows[name]) for name in ("converted_count", "unconverted_count", "converted_amount")
    ]
    for key, places in _places(rows, appended(windows, following)):
        yield (
            key,
            Transitions(windows[places], following[places], *(column[places] for column in counts)),
        )


def _places(rows: pa.Table, codes: Integers) -> Iterator[tuple[Key, Integers]]:
    """Where each period's rows are, in the order of their codes: floats are added in one order.

    Sorting whole numbers takes a tenth of the time that sorting the columns takes.
    """
    if not rows.num_rows:
        return
    periods = np.zeros(rows.num_rows, dtype=np.int64)
    for name in KEY_COLUMNS:
        column = rows[name].combine_chunks().dictionary_encode()
        ranks = pc.rank(column.dictionary).to_numpy()
        periods = periods * (ranks.size + 1) + ranks[column.indices.to_numpy()]
    places = np.lexsort((codes, periods))
    begins = np.flatnonzero(np.diff(periods[places])) + 1
    for of_period in np.split(places, begins):
        grain, start, conversion_type = (rows[name][of_period[0]].as_py() for name in KEY_COLUMNS)
        yield (grain, start, conversion_type), of_period


def _paths(transitions: Transitions, sets: pa.Table) -> Paths:
    amount = pc.sum(sets["converted_amount"]).as_py()
    return Paths(
        transitions,
        ChannelSets(
            sets["channel_set"].to_numpy(),
            _floats(sets["converted_count"]),
            _floats(sets["unconverted_count"]),
            _floats(pc.fill_null(sets["absolute_amount"], Decimal("0.00"))),
        ),
        pc.sum(sets["converted_count"]).as_py(),
        None if amount is None else int(amount / _CENT),
    )


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.cast(pa.float64()).to_numpy())


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
