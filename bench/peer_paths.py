"""Paths that Concord and its peers are both given.

Belongs here: the paths, the same on every machine. Does not: what comes of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random

import numpy as np

from orchestration.algorithms.absorbing_chain import Transitions
from orchestration.algorithms.windows import window

COUNT = 10_000
SEED = 20261031
CHANNELS = (
    "search", "social", "display", "email", "direct",
    "event", "partner", "referral", "video", "press",
)  # fmt: skip
LONGEST = 20
GOES_ON = 0.75
CONVERTING = 0.1


@dataclass(frozen=True)
class PeerPath:
    """Channels in order, the same one perhaps several times in a row, and whether it converted."""

    channels: tuple[str, ...]
    is_converted: bool


def peer_paths(count: int = COUNT, seed: int = SEED) -> list[PeerPath]:
    """Paths of 1 to 20 touches; earlier channels are likelier, and each converts otherwise.

    Only `random()` is asked, whose values no version of Python changes.
    """
    random = Random(seed)  # noqa: S311  paths of a benchmark
    paths = []
    for _ in range(count):
        channels: list[int] = []
        while len(channels) < LONGEST and (not channels or random.random() < GOES_ON):
            channels.append(int(len(CHANNELS) * random.random() ** 2))
        chance = CONVERTING * (1 + sum(channels) / len(channels) / len(CHANNELS))
        paths.append(
            PeerPath(tuple(CHANNELS[channel] for channel in channels), random.random() < chance)
        )
    return paths


def transitions(paths: Sequence[PeerPath]) -> Transitions:
    """The transitions of paths as orchestration/algorithms takes them; channels by their number."""
    counts: Counter[tuple[int, int, int, int, bool]] = Counter()
    for path in paths:
        steps = [channel for channel, _ in groupby(path.channels)]
        walked = [0, 0, 0, *(CHANNELS.index(channel) + 1 for channel in steps), 0]
        for place in range(3, len(walked)):
            third, second, last, after = walked[place - 3 : place + 1]
            counts[third, second, last, after, path.is_converted] += 1
    keys = np.array([key[:4] for key in counts], dtype=np.int64).T
    values = np.array(list(counts.values()), dtype=np.float64)
    converted = np.array([key[4] for key in counts])
    nothing = np.zeros(values.size)
    return Transitions(
        window(*keys[:3]),
        keys[3],
        np.where(converted, values, nothing),
        np.where(converted, nothing, values),
        nothing,
    )
