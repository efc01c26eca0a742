from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from publish_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.build(generation=1)
    yield made
    made.state.close()
