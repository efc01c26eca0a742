"""A reading process that is killed leaves neither doubles nor gaps (`soak` does it 50 times)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connectors.simulated import transform_soak
from tests.connectors.simulated.phases import TRANSFORM
from tests.connectors.simulated.soak import soak
from tests.connectors.simulated.worlds import SOURCES


@pytest.mark.slow
@pytest.mark.parametrize("loader", SOURCES)
def test_kills_at_random_moments_lose_and_double_nothing(loader: str, tmp_path: Path) -> None:
    seen = soak(loader, tmp_path, kills=4, seed=1)
    assert sum(seen.died.values()) == 4


@pytest.mark.slow
def test_kills_in_the_transform_leave_no_mart_behind(tmp_path: Path) -> None:
    assert transform_soak.soak(tmp_path, kills=2, seed=1)[TRANSFORM] == 2
