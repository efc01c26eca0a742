"""Random paths of channels, and the tables that period_paths reads of them.

Belongs here: paths and their rows. Does not: what is due to a channel (oracles.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from orchestration.algorithms.absorbing_chain import Transitions
from orchestration.algorithms.shapley import ChannelSets
from orchestration.algorithms.windows import window


@dataclass(frozen=True)
class Path:
    """A journey: its channels in order, whether it converted, and its cents."""

    channels: tuple[int, ...]
    is_converted: bool
    cents: int = 0


def random_paths(
    random: Random, count: int, channels: int = 6, converting: float = 0.3, longest: int = 8
) -> list[Path]:
    """Paths of 1 to 8 touches; some channels are likelier than others."""
    numbers = range(1, channels + 1)
    paths = []
    for _ in range(count):
        length = min(longest, 1 + int(random.expovariate(0.5)))
        touched = random.choices(numbers, weights=[1 / number for number in numbers], k=length)
        is_converted = random.random() < converting
        paths.append(Path(tuple(touched), is_converted, random.randrange(1, 10**7)))
    return paths


def steps(path: Path) -> tuple[int, ...]:
    """The channels, each once in a row."""
    return tuple(
        channel
        for place, channel in enumerate(path.channels)
        if place == 0 or path.channels[place - 1] != channel
    )


def transition_counts(paths: Sequence[Path]) -> dict[tuple[int, int, int, int], list[int]]:
    """Converted, amount and lost of each window of three channels and what came next."""
    found: dict[tuple[int, int, int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for path in paths:
        walked = (0, 0, 0, *steps(path), 0)
        for place in range(3, len(walked)):
            key = (walked[place - 3], walked[place - 2], walked[place - 1], walked[place])
            is_end = place == len(walked) - 1
            found[key][0] += path.is_converted
            found[key][1] += path.cents if is_end and path.is_converted else 0
            found[key][2] += not path.is_converted
    return found


def transitions_of(paths: Sequence[Path]) -> Transitions:
    """The transitions as the algorithm takes them."""
    found = transition_counts(paths)
    keys = np.array(list(found), dtype=np.int64).T
    values = np.array(list(found.values()), dtype=np.float64).T
    return Transitions(window(*keys[:3]), keys[3], values[0], values[2], values[1])


@dataclass(frozen=True)
class ChannelSet:
    """Paths that touched exactly these channels."""

    channels: frozenset[int]
    converted: int
    lost: int
    amount: float

    @property
    def number(self) -> int:
        """The set as one number."""
        return sum(2 ** (channel - 1) for channel in self.channels)


def as_taken(sets: Sequence[ChannelSet]) -> ChannelSets:
    """Sets as the algorithm takes them."""
    return ChannelSets(
        np.array([each.number for each in sets], dtype=np.int64),
        np.array([each.converted for each in sets], dtype=np.float64),
        np.array([each.lost for each in sets], dtype=np.float64),
        np.array([each.amount for each in sets], dtype=np.float64),
    )


def sets_of(paths: Sequence[Path]) -> list[ChannelSet]:
    """The sets of channels of paths."""
    converted, lost, amounts = Counter(), Counter(), Counter()  # type: ignore[var-annotated]
    for path in paths:
        channels = frozenset(path.channels)
        converted[channels] += path.is_converted
        lost[channels] += not path.is_converted
        amounts[channels] += path.cents if path.is_converted else 0
    return [
        ChannelSet(channels, converted[channels], lost[channels], float(amounts[channels]))
        for channels in sorted(converted, key=sorted)
    ]
