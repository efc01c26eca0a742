"""Credits of tables of paths: exact sums, the oracle's cents, edges, the order of rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from orchestration.algorithms.channel_credit import METHODS
from orchestration.algorithms.period_paths import (
    CREDIT_SCHEMA,
    SET_COLUMNS,
    SET_SCHEMA,
    TRANSITION_COLUMNS,
    TRANSITION_SCHEMA,
    campaign_credit_table,
)
from orchestration.algorithms.period_paths import credit_table as credit_of_tables
from tests.algorithms import oracles
from tests.algorithms.paths import Path, random_paths, sets_of, transition_counts
from tests.attribution.credits_oracle import divided

PERIOD = ("month", date(2026, 3, 1))
NAMES = {number: f"channel {number}" for number in range(1, 30)}
Rows = list[tuple[Any, ...]]
Found = dict[tuple[str, bool], dict[int, dict[str, Any]]]


def channel_rows(numbers: int = 8) -> Rows:
    return [(f"k{number}", NAMES[number], number, 10) for number in range(1, numbers + 1)]


def transition_rows(paths: Sequence[Path], conversion_type: str = "won") -> Rows:
    return [
        (*PERIOD, conversion_type, *key, converted, Decimal(cents) / 100, lost)
        for key, (converted, cents, lost) in transition_counts(paths).items()
    ]


def set_rows(paths: Sequence[Path], conversion_type: str = "won", sign: int | None = 1) -> Rows:
    """Rows of int_channel_sets; `sign` of the amounts, or None without."""
    rows = []
    for each in sets_of(paths):
        amount = Decimal(int(each.amount)) / 100 if each.converted and sign else None
        signed = None if amount is None or sign is None else sign * amount
        number = sum(2 ** (channel - 1) for channel in each.channels)
        key = (*PERIOD, conversion_type, number)
        rows.append((*key, each.converted, signed, amount, each.lost))
    return rows


def credit_table(channels: Rows, transitions: Rows, sets: Rows) -> pa.Table:
    return credit_of_tables(
        channels,
        as_table(transitions, TRANSITION_COLUMNS, TRANSITION_SCHEMA),
        as_table(sets, SET_COLUMNS, SET_SCHEMA),
    )


def as_table(rows: Rows, columns: Sequence[str], schema: pa.Schema) -> pa.Table:
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(named, schema=schema)


def credited(channels: Rows, transitions: Rows, sets: Rows) -> Found:
    found: Found = defaultdict(dict)
    for row in credit_table(channels, transitions, sets).to_pylist():
        side = found[row["method"], row["includes_non_converting"]]
        number = int(row["channel_key"][1:])
        assert number not in side
        side[number] = row
    return found


def test_every_method_credits_everything_exactly() -> None:
    paths = random_paths(Random(5), 400, channels=8)
    found = credited(channel_rows(), transition_rows(paths), set_rows(paths))
    assert found.keys() == {(method, side) for method in METHODS for side in (False, True)}
    conversions = sum(path.is_converted for path in paths)
    cents = sum(path.cents for path in paths if path.is_converted)
    for rows in found.values():
        assert sum(row["credited_conversions"] for row in rows.values()) == conversions
        assert sum(row["credited_amount"] for row in rows.values()) == Decimal(cents) / 100
        assert sum(row["share"] for row in rows.values()) == 1
        assert sum(row["amount_share"] for row in rows.values()) == 1
        assert not any(row["is_folded"] for row in rows.values())


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("includes_non_converting", [False, True])
def test_cents_are_the_oracles(order: int, includes_non_converting: bool) -> None:
    paths = random_paths(Random(order), 30, channels=4, longest=5)
    found = credited(channel_rows(), transition_rows(paths), set_rows(paths))
    looked_at = [path for path in paths if path.is_converted or includes_non_converting]
    effects = oracles.removal_effects(looked_at, order)
    names = sorted(effects)
    rows = found[f"markov_{order}", includes_non_converting]
    assert sorted(rows) == names
    cents = sum(path.cents for path in paths if path.is_converted)
    for of, whole, column, unit in (
        (0, 10**6 * sum(path.is_converted for path in paths), "credited_conversions", 10**6),
        (1, cents, "credited_amount", 100),
    ):
        total = sum(effect[of] for effect in effects.values())
        parts = {str(name): effects[name][of] / total for name in names}
        expected = divided(whole, parts, [str(name) for name in names])
        assert {str(name): int(rows[name][column] * unit) for name in names} == expected
    for name in names:
        assert float(rows[name]["removal_effect"]) == pytest.approx(
            float(effects[name][0]), abs=5.1e-10
        )


def test_the_simplified_shapley_value_ignores_who_did_not_convert() -> None:
    paths = random_paths(Random(9), 100, channels=5)
    found = credited(channel_rows(), transition_rows(paths), set_rows(paths))
    without, with_all = found["shapley", False], found["shapley", True]
    assert {key: row["credited_amount"] for key, row in without.items()} == {
        key: row["credited_amount"] for key, row in with_all.items()
    }
    due: Counter[int] = Counter()
    for path in paths:
        for channel in set(path.channels) if path.is_converted else ():
            due[channel] += Fraction(1, len(set(path.channels)))  # type: ignore[assignment]
    for channel, row in without.items():
        assert float(row["credited_conversions"]) == pytest.approx(float(due[channel]), abs=2e-6)
        assert row["removal_effect"] is None


def test_a_refund_mirrors_its_win() -> None:
    paths = random_paths(Random(2), 60)
    wins = credited(channel_rows(), transition_rows(paths), set_rows(paths))
    refunds = credited(channel_rows(), transition_rows(paths), set_rows(paths, sign=-1))
    for side, rows in wins.items():
        for number, row in rows.items():
            assert refunds[side][number]["credited_amount"] == -row["credited_amount"]
            assert refunds[side][number]["share"] == row["share"]


def test_leads_have_no_amounts() -> None:
    paths = [Path((1, 2), True), Path((2,), False)]
    found = credited(
        channel_rows(), transition_rows(paths, "lead"), set_rows(paths, "lead", sign=None)
    )
    for rows in found.values():
        for row in rows.values():
            assert row["credited_amount"] is None
            assert row["amount_share"] is None
            assert row["amount_removal_effect"] is None


def test_deals_of_nothing_are_credited_by_their_conversions() -> None:
    paths = [Path((1,), True, 0), Path((2,), True, 0)]
    found = credited(channel_rows(), transition_rows(paths), set_rows(paths))
    for rows in found.values():
        assert {row["credited_amount"] for row in rows.values()} == {Decimal(0)}
        assert {row["amount_share"] for row in rows.values()} == {Decimal("0.5")}


def test_a_period_in_which_nobody_converted_has_no_rows() -> None:
    paths = [Path((1, 2), False)]
    table = credit_table(channel_rows(), transition_rows(paths), set_rows(paths))
    assert table.num_rows == 0
    assert table.schema == CREDIT_SCHEMA


def test_no_rows_at_all() -> None:
    assert credit_table([], [], []).schema == CREDIT_SCHEMA


def test_a_channel_of_lost_paths_only_gets_nothing_by_removal() -> None:
    paths = [Path((1,), True, 100), Path((2,), False)]
    found = credited(channel_rows(), transition_rows(paths), set_rows(paths))
    assert found["markov_1", True][2]["credited_amount"] == 0
    assert found["markov_1", True][2]["removal_effect"] == 0
    assert 2 not in found["markov_1", False]


def test_channels_of_one_number_share_its_credit_by_their_touches() -> None:
    paths = [Path((1,), True, 1000), Path((2,), True, 1000)]
    channels = [("k1", "a", 1, 5), ("k2", "b", 2, 3), ("k3", "c", 2, 1)]
    rows = credited(channels, transition_rows(paths), set_rows(paths))["markov_1", False]
    assert {number: row["credited_amount"] for number, row in rows.items()} == {
        1: Decimal(10), 2: Decimal("7.50"), 3: Decimal("2.50"),
    }  # fmt: skip
    assert {number for number, row in rows.items() if row["is_folded"]} == {2, 3}


def test_of_equals_the_first_by_name_gets_the_cent() -> None:
    paths = [Path((1, 2), True, 1)]
    channels = [("k1", "z", 1, 1), ("k2", "a", 2, 1)]
    rows = credited(channels, transition_rows(paths), set_rows(paths))["markov_1", False]
    assert rows[2]["credited_amount"] == Decimal("0.01")
    assert rows[1]["credited_amount"] == 0


def test_periods_and_types_are_told_apart_and_rows_may_come_in_any_order() -> None:
    wins, leads = random_paths(Random(3), 200), random_paths(Random(4), 200)
    transitions = [*transition_rows(wins), *transition_rows(leads, "lead")]
    sets = [*set_rows(wins), *set_rows(leads, "lead", sign=None)]
    expected = credit_table(channel_rows(), transitions, sets)
    random = Random(6)
    again = credit_table(
        random.sample(channel_rows(), 8),
        random.sample(transitions, len(transitions)),
        random.sample(sets, len(sets)),
    )
    assert again.equals(expected)
    alone = credit_table(channel_rows(), transition_rows(wins), set_rows(wins)).to_pylist()
    assert [row for row in expected.to_pylist() if row["conversion_type"] == "won"] == alone


def state_rows(numbers: int, journey_type: str = "won") -> Rows:
    """Campaigns that are numbered as the channels of `channel_rows`."""
    return [(*PERIOD, journey_type, *row) for row in channel_rows(numbers)]


def campaign_credits(states: Rows, transitions: Rows, sets: Rows, least: int) -> Rows:
    return campaign_credit_table(  # type: ignore[no-any-return]
        states,
        as_table(transitions, TRANSITION_COLUMNS, TRANSITION_SCHEMA),
        as_table(sets, SET_COLUMNS, SET_SCHEMA),
        {PERIOD[0]: least},
    ).to_pylist()


def test_campaigns_are_credited_as_channels_of_these_paths_would_be() -> None:
    paths = random_paths(Random(8), 300, channels=6)
    expected = credit_table(channel_rows(6), transition_rows(paths), set_rows(paths)).to_pylist()
    found = campaign_credits(state_rows(6), transition_rows(paths), set_rows(paths), 0)
    for row in found:
        row["channel_key"] = row.pop("campaign_state_key")
    assert found == expected


def test_campaigns_of_a_refund_are_those_of_wins() -> None:
    paths = random_paths(Random(2), 60, channels=4)
    lost = [("month", PERIOD[1], "lead", "k9", "never", 9, 0)]
    rows = campaign_credits(
        [*state_rows(4), *lost],
        transition_rows(paths, "refund"),
        set_rows(paths, "refund", sign=-1),
        0,
    )
    assert {row["conversion_type"] for row in rows} == {"refund"}
    assert {row["campaign_state_key"] for row in rows} == {"k1", "k2", "k3", "k4"}


def test_a_longer_memory_needs_journeys_for_each_of_its_windows() -> None:
    """Three paths of 1, 2 each way: two windows of order 1, (1), (2), (1, 2), (2, 1) of order 2.

    So six paths are 1.5 for each window of order 2; of the three that converted 1 > 2 there are
    1.5, too: windows (1), (1, 2).
    """
    paths = [*[Path((1, 2), True, 5)] * 3, *[Path((2, 1), False)] * 3]
    given = (state_rows(2), transition_rows(paths), set_rows(paths))

    def published(least: int) -> set[tuple[str, bool]]:
        rows = campaign_credits(*given, least)
        return {(row["method"], row["includes_non_converting"]) for row in rows}

    always = {(method, side) for method in METHODS for side in (False, True)}
    assert published(1) == always
    longer = {(f"markov_{order}", side) for order in (2, 3) for side in (False, True)}
    assert published(2) == always - longer


def test_windows_are_counted_by_what_they_remember() -> None:
    """1, 2, 3 and 2, 3: order 2 sees (1), (2), (1, 2), (2, 3); order 3 sees (1, 2, 3) beside."""
    paths = [*[Path((1, 2, 3), True, 5)] * 7, *[Path((2, 3), True, 5)] * 3]
    given = (state_rows(3), transition_rows(paths), set_rows(paths))

    def orders(least: int) -> set[str]:
        return {row["method"] for row in campaign_credits(*given, least)} - {
            "shapley", "shapley_rate",
        }  # fmt: skip

    assert orders(1) == {"markov_1", "markov_2", "markov_3"}
    assert orders(2) == {"markov_1", "markov_2", "markov_3"}  # ten paths: 2.5 and 2
    assert orders(3) == {"markov_1"}
