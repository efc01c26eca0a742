"""Shapley values of channels: what each adds to the channels beside it, on average over all orders.

*Simplified* (Zhao and others, 2018): a set of channels is worth the conversions of the paths inside
it. The value of a channel then is the sum over paths of 1 / (number of their channels).

*Rate game*: a set is worth the share of the paths inside it that convert, so paths that did not
convert speak against their channels. Of n channels there are 2^n sets, and all of them are looked
at; a set without a path is worth 0. A channel may come out negative.

Belongs here: the two games. Does not: rounding and credit (channel_credit.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, fsum

import numpy as np
import numpy.typing as npt

MOST_PLAYERS = 16
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ChannelSets:
    """Paths by the set of channels that they touched; all arrays are of one length.

    Attributes:
        numbers: The sets: channel n adds 2 to the power of n - 1.
        converted: How many of the paths converted.
        lost: How many did not.
        amounts: What the converted ones came to, in any unit.
    """

    numbers: Integers
    converted: Floats
    lost: Floats
    amounts: Floats

    def holding(self, channel: int) -> Flags:
        """Which of the sets hold a channel."""
        return (self.numbers >> (channel - 1)) & 1 == 1

    def channels(self) -> list[int]:
        """All channels of all sets."""
        every = int(np.bitwise_or.reduce(self.numbers, initial=0))
        return [place + 1 for place in range(every.bit_length()) if every >> place & 1]

    def only_converted(self) -> ChannelSets:
        """The same without paths that did not convert."""
        kept = self.converted > 0
        return ChannelSets(
            self.numbers[kept],
            self.converted[kept],
            np.zeros(int(kept.sum())),
            self.amounts[kept],
        )


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


def simplified(sets: ChannelSets) -> Values:
    """What each channel gets when every path is shared evenly among its channels."""
    held = {channel: sets.holding(channel) for channel in sets.channels()}
    sizes = np.sum(list(held.values()), axis=0) if held else np.ones(0)
    conversions, amounts = sets.converted / sizes, sets.amounts / sizes
    return Values(
        {channel: fsum(conversions[where]) for channel, where in held.items()},
        {channel: fsum(amounts[where]) for channel, where in held.items()},
    )


def rate_game(sets: ChannelSets) -> Values:
    """Shapley values of the game of rates; they sum to the rate of all paths.

    Of more than 16 channels the 15 with most paths play for themselves and the others as one, whose
    value they share by their paths.
    """
    held = {channel: sets.holding(channel) for channel in sets.channels()}
    every = sets.converted + sets.lost
    paths = {channel: float(every[where].sum()) for channel, where in held.items()}
    ranked = sorted(paths, key=lambda channel: (-paths[channel], channel))
    alone = ranked if len(ranked) <= MOST_PLAYERS else ranked[: MOST_PLAYERS - 1]
    folded = ranked[len(alone) :]
    players = {channel: min(place, len(alone)) for place, channel in enumerate(ranked)}

    count = len(alone) + bool(folded)
    places = np.zeros(sets.numbers.size, dtype=np.int64)
    for channel, player in players.items():
        places |= np.where(held[channel], 2**player, 0)
    totals = np.array(
        [np.bincount(places, column, 2**count) for column in (sets.converted, sets.amounts, every)]
    )
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
