"""Figures of two public packages on 10,000 generated paths.

peer_figures.json has what marketing-attribution-models 2.1.1 and channelattribution 2.2.5 said;
`python -m bench.attribution_peers` asks them again.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.peer_paths import CHANNELS, COUNT, peer_paths, transitions
from orchestration.algorithms.absorbing_chain import removal_effects
from tests.attribution.credits_oracle import Journey, Touch
from tests.attribution.few_journeys import MODELS, run
from tests.attribution.journeys import BEGIN, WINDOW
from tests.kpi.compiled import compile_models, empty_warehouse

SAID: dict[str, Any] = json.loads(Path(__file__).with_name("peer_figures.json").read_text())


def test_removal_effects_are_the_peers_to_six_digits() -> None:
    paths = peer_paths()
    assert len(paths) == COUNT == 10_000
    found = removal_effects(transitions(paths), 1).conversions
    ours = {channel: found[number] for number, channel in enumerate(CHANNELS, start=1)}
    assert ours == pytest.approx(SAID["removal_effect"], abs=1e-10)


@pytest.mark.slow
@pytest.mark.xdist_group("attribution")
def test_first_last_and_linear_are_the_peers(tmp_path: Path) -> None:
    """Weights, which have twelve digits: credited conversions are millionths of each conversion."""
    opens_at, closes_at = BEGIN, BEGIN + WINDOW
    paths = [path for path in peer_paths() if path.is_converted]
    journeys = [
        Journey(
            f"{number:05d}", "lead", None, opens_at, closes_at, None, None,
            tuple(
                Touch(f"{number:05d}-{place:02d}", opens_at + timedelta(hours=place), False)
                for place in range(len(path.channels))
            ),
        )
        for number, path in enumerate(paths)
    ]  # fmt: skip
    channels = {
        touch.key: channel
        for journey, path in zip(journeys, paths, strict=True)
        for touch, channel in zip(journey.touches, path.channels, strict=True)
    }
    compiled = compile_models(tmp_path, MODELS)
    with empty_warehouse(compiled) as connection:
        run(connection, compiled, journeys)
        found: dict[str, dict[str, float]] = {}
        rows = connection.execute(
            "select model, touch_key, weight from attribution.fct_attribution_credit "
            "where model in ('first', 'last', 'linear')"
        ).fetchall()
        for model, touch, weight in rows:
            totals = found.setdefault(model, dict.fromkeys(CHANNELS, 0.0))
            totals[channels[touch]] += float(weight)
    assert sorted(found) == ["first", "last", "linear"]
    for model, totals in found.items():
        assert totals == pytest.approx(SAID[model], rel=1e-9)
