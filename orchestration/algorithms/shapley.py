"""Shapley values of channels: what each adds to the channels beside it, on average over all orders.

*Simplified* (Zhao and others, 2018): a set of channels is worth the conversions of the paths inside
it. The value of a channel then is the sum over paths of 1 / (number of their channels).

*Rate game*: a set is worth the share of the paths inside it that convert, so paths that did not
convert speak against their channels. Of n channels there are 2^n sets, and all of them are looked
at; a set without a path is worth 0. A channel may come out negative.

Belongs here: the two games. Does not: rounding and credit (channel_credit.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, fsum

import numpy as np
import numpy.typing as npt

MOST_PLAYERS = 16
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ChannelSet:
    """Paths that touched exactly these channels.

    Attributes:
        channels: Their numbers, each once.
        converted: How many of the paths converted.
        lost: How many did not.
        amount: What the converted ones came to, in any unit.
    """

    channels: frozenset[int]
    converted: int
    lost: int
    amount: float


@dataclass(frozen=True)
class Values:
    """What each channel is worth.

    Attributes:
        conversions: By channel.
        amounts: By channel.
        folded: Channels that shared one place in the game, because there were too many.
    """

    conversions: dict[int, float]
    amounts: dict[int, float]
    folded: frozenset[int] = frozenset()


def simplified(sets: Sequence[ChannelSet]) -> Values:
    """What each channel gets when every path is shared evenly among its channels."""
    conversions: dict[int, list[float]] = {}
    amounts: dict[int, list[float]] = {}
    for each in sets:
        for channel in each.channels:
            conversions.setdefault(channel, [])
            amounts.setdefault(channel, [])
            if each.converted:
                conversions[channel].append(each.converted / len(each.channels))
                amounts[channel].append(each.amount / len(each.channels))
    return Values(
        {channel: fsum(parts) for channel, parts in conversions.items()},
        {channel: fsum(parts) for channel, parts in amounts.items()},
    )


def rate_game(sets: Sequence[ChannelSet]) -> Values:
    """Shapley values of the game of rates; they sum to the rate of all paths.

    Of more than 16 channels the 15 with most paths play for themselves and the others as one, whose
    value they share by their paths.
    """
    paths: dict[int, int] = {}
    for each in sets:
        for channel in each.channels:
            paths[channel] = paths.get(channel, 0) + each.converted + each.lost
    ranked = sorted(paths, key=lambda channel: (-paths[channel], channel))
    alone = ranked if len(ranked) <= MOST_PLAYERS else ranked[: MOST_PLAYERS - 1]
    folded = ranked[len(alone) :]
    players = {channel: min(place, len(alone)) for place, channel in enumerate(ranked)}

    count = len(alone) + bool(folded)
    totals = np.zeros((3, 2**count))
    for each in sets:
        place = sum({2 ** players[channel] for channel in each.channels})
        totals[:, place] += (each.converted, each.amount, each.converted + each.lost)
    converted, amount, all_paths = _inside(totals, count)
    worth = {
        "conversions": _shapley(_rate(converted, all_paths), count),
        "amounts": _shapley(_rate(amount, all_paths), count),
    }
    shares = {channel: 1.0 for channel in alone}
    together = sum(paths[channel] for channel in folded)
    shares |= {channel: paths[channel] / together for channel in folded}
    values = {
        name: {channel: shares[channel] * float(found[players[channel]]) for channel in ranked}
        for name, found in worth.items()
    }
    return Values(values["conversions"], values["amounts"], frozenset(folded))


def _inside(totals: Floats, count: int) -> Floats:
    """For each set the sums of all sets inside it: one pass for each player."""
    for player in range(count):
        halves = totals.reshape(totals.shape[0], -1, 2, 2**player)
        halves[:, :, 1] += halves[:, :, 0]
    return totals


def _rate(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _shapley(worth: Floats, count: int) -> list[float]:
    """The mean over all orders of what each player adds to those before it."""
    sizes = np.zeros(1, dtype=np.int64)
    for _ in range(count - 1):
        sizes = np.concatenate([sizes, sizes + 1])
    found = []
    for player in range(count):
        halves = worth.reshape(-1, 2, 2**player)
        added = np.bincount(sizes, (halves[:, 1] - halves[:, 0]).ravel(), count)
        means = [added[size] / (count * comb(count - 1, size)) for size in range(count)]
        found.append(fsum(means))
    return found
