"""What a home holds after a history of runs is what a fresh home makes of the last deliveries.

One home lives through all of it, so each history goes on from where the one before ended.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import concord
from tests.laws.building import HASH_KEY
from tests.laws.comparing import differences, published_differences
from tests.laws.conftest import Life
from tests.laws.sums import broken_cases

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("laws")]

SEED_OF_THE_COMMAND = 10
SEEDS = (11, 12)


def test_the_first_build_equals_plain_queries(life: Life, first: Path) -> None:
    assert differences(life.settings.warehouse_path, first, life.keys) == []


def test_what_the_command_publishes_equals_a_fresh_home(life: Life, first: Path) -> None:
    home = life.settings.home
    told = life.history.happen(SEED_OF_THE_COMMAND, is_gentle=True)
    finished = concord(
        home, "run", CONCORD_COMPANY=str(life.history.company), CONCORD_HASH_KEY=HASH_KEY
    )
    assert finished.code == 0, finished.text
    assert "unchanged" in finished.out
    fresh = life.from_scratch()
    assert published_differences(home / "published" / "current", fresh, life.keys) == [], told
    assert broken_cases(life.settings.warehouse_path, HASH_KEY) == [], told
    assert differences(first, fresh, life.keys) != [], "a history must change the marts"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_home_that_lived_equals_a_fresh_one(life: Life, seed: int) -> None:
    lived = life.live(seed)
    assert lived.differences == [], lived.told


@pytest.mark.parametrize("seed", SEEDS)
def test_sums_hold_after_a_history(life: Life, seed: int) -> None:
    lived = life.live(seed)
    assert lived.broken_sums == [], lived.told


@pytest.mark.parametrize("seed", SEEDS)
def test_every_delivered_row_is_counted(life: Life, seed: int) -> None:
    lived = life.live(seed)
    assert lived.uncounted == [], lived.told


def test_models_that_fall_apart_were_built_in_part(life: Life) -> None:
    """Else the tests above would say nothing of it."""
    narrow = frozenset[str]().union(*(life.live(seed).narrow for seed in SEEDS))
    assert {"fct_touch", "int_journey_touches", "int_conversion_touches", "rpt_journey"} <= narrow
    assert len(narrow) >= 8
