"""Removal effects against oracles in fractions, a published figure, the edges of the definition."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from orchestration.algorithms import absorbing_chain
from orchestration.algorithms.absorbing_chain import (
    chain_of,
    expected_by_inverse,
    expected_by_walking,
    removal_effects,
)
from tests.algorithms import oracles
from tests.algorithms.paths import Path, random_paths, transitions_of

ORDERS = (1, 2, 3)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("seed", range(12))
def test_effects_are_the_oracles(order: int, seed: int) -> None:
    random = Random(seed)
    paths = [*random_paths(random, 25, channels=4, longest=6), Path((1, 2), True, 500)]
    expected = oracles.removal_effects(paths, order)
    found = removal_effects(transitions_of(paths), order)
    assert found.conversions.keys() == expected.keys()
    for channel, (conversions, amounts) in expected.items():
        assert found.conversions[channel] == pytest.approx(float(conversions), abs=1e-12)
        assert found.amounts[channel] == pytest.approx(float(amounts), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_order_one_is_every_walk_followed(seed: int) -> None:
    """Channels in rising order only, so that no walk goes round in a circle."""
    paths = [
        Path(tuple(sorted(set(path.channels))), path.is_converted)
        for path in random_paths(Random(seed), 60)
    ]
    found = removal_effects(transitions_of(paths), 1).conversions
    whole = oracles.walked(paths, None)
    for channel, effect in found.items():
        assert effect == pytest.approx(float(1 - oracles.walked(paths, channel) / whole), abs=1e-12)


@pytest.mark.parametrize("order", ORDERS)
def test_walking_and_inverting_agree(order: int) -> None:
    chain = chain_of(transitions_of(random_paths(Random(7), 5_000, channels=12)), order)
    removed = np.unique(chain.last_channels[chain.last_channels > 0])
    walked = expected_by_walking(chain, removed)
    assert walked is not None
    inverted = expected_by_inverse(chain, removed)
    assert np.allclose(walked, inverted, rtol=1e-12, atol=0)
    assert inverted.shape == (13, 2)


def test_large_chains_are_walked_and_long_walks_inverted(monkeypatch: pytest.MonkeyPatch) -> None:
    transitions = transitions_of(random_paths(Random(8), 3_000, channels=10))
    expected = removal_effects(transitions, 3)
    assert chain_of(transitions, 3).last_channels.size > absorbing_chain.MOST_INVERTED
    monkeypatch.setattr(absorbing_chain, "MOST_STEPS", 3)
    found = removal_effects(transitions, 3)
    assert found.conversions == pytest.approx(expected.conversions, abs=1e-12)
    assert found.conversions != expected.conversions  # it did go the other way


def test_a_published_example() -> None:
    """Puzyrov, "Markov chain attribution: simple explanation of removal effect" (2019).

    Of five walks two convert after 1, one after 2, one after 1 and 2; one is lost after 1. Printed
    are the chances of the transitions: 1 is begun with by 4/5, goes on to 2 by 1/4, converts by
    1/2. So the chance to convert is 4/5 * (1/2 + 1/4) + 1/5 = 4/5, without 1 it is 1/5, without 2
    it is 2/5.
    """
    paths = [*[Path((1,), True)] * 2, Path((2,), True), Path((1, 2), True), Path((1,), False)]
    effects = removal_effects(transitions_of(paths), 1).conversions
    assert effects == pytest.approx({1: 0.75, 2: 0.5}, abs=1e-12)


@pytest.mark.parametrize("order", ORDERS)
def test_one_channel_is_everything(order: int) -> None:
    found = removal_effects(transitions_of([Path((1, 1, 1), True, 5), Path((1,), False)]), order)
    assert found.conversions == {1: 1.0}
    assert found.amounts == {1: 1.0}


@pytest.mark.parametrize("order", ORDERS)
def test_only_converting_paths(order: int) -> None:
    found = removal_effects(transitions_of([Path((1,), True, 100), Path((2,), True, 300)]), order)
    assert found.conversions == {1: 0.5, 2: 0.5}
    assert found.amounts == {1: 0.25, 2: 0.75}


@pytest.mark.parametrize("order", ORDERS)
def test_a_channel_after_which_nobody_converts(order: int) -> None:
    paths = [Path((1,), True, 1), Path((2,), False), Path((3, 2, 3, 2), False)]
    found = removal_effects(transitions_of(paths), order)
    assert found.conversions == {1: 1.0, 2: 0.0, 3: 0.0}


@pytest.mark.parametrize("order", ORDERS)
def test_amounts_of_nothing(order: int) -> None:
    found = removal_effects(transitions_of([Path((1, 2), True, 0)]), order)
    assert found.conversions == {1: 1.0, 2: 1.0}
    assert found.amounts == {1: 0.0, 2: 0.0}


def test_all_value_in_one_path() -> None:
    paths = [Path((1,), True, 0), Path((2, 3), True, 10**9)]
    assert removal_effects(transitions_of(paths), 1).amounts == {1: 0.0, 2: 1.0, 3: 1.0}


def test_circles_that_nearly_never_end() -> None:
    """A walk of 40,001 steps: too long to be walked, and the inverse knows it."""
    paths = [Path((1, 2) * 20_000, True, 1), Path((3,), True, 1), Path((1,), False)]
    for order in ORDERS:
        found = removal_effects(transitions_of(paths), order).conversions
        expected = oracles.removal_effects(paths, order)
        assert found == pytest.approx({key: float(value[0]) for key, value in expected.items()})


def test_a_longer_memory_tells_orders_apart() -> None:
    """Only who came to 3 from 1 converts: order 1 cannot know, order 2 does."""
    paths = [Path((1, 3), True)] * 5 + [Path((2, 3), False)] * 5
    transitions = transitions_of(paths)
    assert removal_effects(transitions, 1).conversions[2] == pytest.approx(0.5)
    assert removal_effects(transitions, 2).conversions[2] == 0.0


def test_the_order_of_rows_does_not_matter() -> None:
    paths = random_paths(Random(3), 500)
    shuffled = Random(4).sample(paths, len(paths))
    for order in ORDERS:
        found = removal_effects(transitions_of(paths), order)
        again = removal_effects(transitions_of(shuffled), order)
        assert found.conversions == pytest.approx(again.conversions, abs=1e-13)
