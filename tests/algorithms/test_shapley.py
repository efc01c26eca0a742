"""Shapley values against every order of the channels, in fractions."""

from __future__ import annotations

from random import Random

import pytest

from orchestration.algorithms.shapley import MOST_PLAYERS, rate_game, simplified
from tests.algorithms import oracles
from tests.algorithms.paths import ChannelSet, Path, as_taken, random_paths, sets_of


@pytest.mark.parametrize("seed", range(8))
def test_the_simplified_game_is_the_oracles(seed: int) -> None:
    paths = random_paths(Random(seed), 60, channels=5)
    players = sorted({channel for path in paths for channel in path.channels})
    expected = oracles.shapley(players, oracles.conversions_inside(paths))
    found = simplified(as_taken(sets_of(paths))).conversions
    assert found == pytest.approx({key: float(value) for key, value in expected.items()}, abs=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_the_rate_game_is_the_oracles(seed: int) -> None:
    paths = random_paths(Random(seed), 60, channels=6)
    players = sorted({channel for path in paths for channel in path.channels})
    found = rate_game(as_taken(sets_of(paths)))
    rates = oracles.shapley(players, oracles.rate_inside(paths, lambda _: 1))
    amounts = oracles.shapley(players, oracles.rate_inside(paths, lambda path: path.cents))
    assert found.conversions == pytest.approx(
        {key: float(value) for key, value in rates.items()}, abs=1e-12
    )
    assert found.amounts == pytest.approx(
        {key: float(value) for key, value in amounts.items()}, rel=1e-12
    )
    assert not found.folded


def test_values_sum_to_the_rate_of_all_paths() -> None:
    paths = random_paths(Random(1), 3_000, channels=16)
    rate = sum(path.is_converted for path in paths) / len(paths)
    assert sum(rate_game(as_taken(sets_of(paths))).conversions.values()) == pytest.approx(
        rate, abs=1e-12
    )


def test_a_channel_may_lower_the_rate() -> None:
    paths = [Path((1,), True), Path((1, 2), False), Path((1, 2), False)]
    found = rate_game(as_taken(sets_of(paths))).conversions
    # Orders 1, 2 and 2, 1: 1 adds 1 and 1/3, 2 adds -2/3 and 0.
    assert found == pytest.approx({1: 2 / 3, 2: -1 / 3}, abs=1e-12)


def test_one_channel_has_it_all() -> None:
    sets = [ChannelSet(frozenset({9}), 3, 1, 200.0)]
    assert rate_game(as_taken(sets)).conversions == {9: 0.75}
    assert simplified(as_taken(sets)).conversions == {9: 3.0}


def test_more_than_sixteen_channels_are_folded_by_their_paths() -> None:
    """Twenty channels of their own paths: the five with least paths play as one."""
    sets = [ChannelSet(frozenset({number}), number, 0, float(number)) for number in range(1, 21)]
    found = rate_game(as_taken(sets))
    assert found.folded == {1, 2, 3, 4, 5}
    assert len(found.conversions) == 20
    alone = rate_game(as_taken([each for each in sets if min(each.channels) > 4]))
    assert len(alone.conversions) == MOST_PLAYERS
    together = sum(found.conversions[number] for number in range(1, 6))
    assert found.conversions[5] == pytest.approx(together * 5 / 15)
    assert found.conversions[1] == pytest.approx(together * 1 / 15)
    assert sum(found.conversions.values()) == pytest.approx(1.0)


def test_sixteen_channels_are_told_apart() -> None:
    sets = [ChannelSet(frozenset({number}), 1, 1, 1.0) for number in range(1, MOST_PLAYERS + 1)]
    assert not rate_game(as_taken(sets)).folded
