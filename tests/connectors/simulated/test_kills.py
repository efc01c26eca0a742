"""A pulling process that is killed leaves neither doubles nor gaps (`soak` does it 50 times)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connectors.simulated.soak import ENDED, soak


@pytest.mark.slow
def test_kills_at_random_moments_lose_and_double_nothing(tmp_path: Path) -> None:
    seen = soak(tmp_path, kills=4, seed=1)
    assert sum(seen.values()) - seen[ENDED] == 4
