"""Removal effects of channels in an absorbing Markov chain: linear algebra, no simulation.

Paths are walks from a start through windows of channels to one of two ends, converted or lost. A
channel is removed by letting every walk that comes to it be lost; walks come to a channel by a
window that ends in it, so those windows, S, are what is removed. One code serves all orders, counts
and amounts. What to expect of a walk is got in one of two ways that give the same:

*By an inverse.* With W the counts of transitions between windows and D the diagonal of all that
leaves each, the chance from each window is u = B r, where B = (D - W)^-1 and r are the counts that
convert at once; without S it is u[start] - B[start, S] B[S, S]^-1 u[S]. For order 1 that is the
known N[start, c] / N[c, c] * u[c] of the fundamental matrix N = B D.

*By walking.* The series behind the inverse, 1 + P + P^2 + ..., applied to the start, for all
removals at once, until nobody walks any more. All terms are positive, so nothing cancels. Many
windows are walked faster than inverted, as long as walks are short.

Belongs here: a chain of one period. Does not: rounding and credit (channel_credit.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from orchestration.algorithms.windows import Windows, appended, latest, remembered

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
START = 0
END = 0
# Inverting costs the cube of the windows: from so many on walking is faster.
MOST_INVERTED = 300
# Who still walks after so many steps goes round in circles: an inverse is better at that.
MOST_STEPS = 2_000
NOBODY = 1e-18


@dataclass(frozen=True)
class Transitions:
    """How often paths went from a window to a channel; all arrays are of one length.

    Attributes:
        windows: The last three channels, as `windows.window`; 0 at the start.
        next_channels: Where they went; 0 for the end.
        converted: How many of those paths converted.
        lost: How many did not.
        amounts: What converted ones came to, in any unit, where they end; else 0.
    """

    windows: Windows
    next_channels: Windows
    converted: Floats
    lost: Floats
    amounts: Floats

    def paths_per_window(self, order: int) -> float:
        """How many paths there are for each window that a chain of this order remembers."""
        windows = np.unique(remembered(self.windows[self.windows != START], order))
        begun = self.windows == START
        return float((self.converted + self.lost)[begun].sum()) / windows.size

    def only_converted(self) -> Transitions:
        """The same without paths that did not convert."""
        kept = self.converted > 0
        return Transitions(
            self.windows[kept],
            self.next_channels[kept],
            self.converted[kept],
            np.zeros(int(kept.sum())),
            self.amounts[kept],
        )


@dataclass(frozen=True)
class RemovalEffects:
    """What is lost without a channel, as a fraction of all: of conversions, and of their amount.

    Attributes:
        conversions: By channel.
        amounts: By channel; all 0 where the amounts are.
    """

    conversions: dict[int, float]
    amounts: dict[int, float]


@dataclass(frozen=True)
class Chain:
    """The windows from which some path converts; the first is the start.

    Attributes:
        last_channels: In which channel each window ends; 0 of the start.
        leaving: How many paths left each.
        gained: Of those, how many converted at once, and what they came to.
        begins: From which window each transition goes.
        ends: To which.
        counts: How often.
    """

    last_channels: Windows
    leaving: Floats
    gained: Floats
    begins: Windows
    ends: Windows
    counts: Floats


def removal_effects(transitions: Transitions, order: int) -> RemovalEffects:
    """The removal effect of every channel that a path touched.

    Args:
        transitions: Of paths of which at least one converted, each with at least one channel.
        order: How many channels the chain remembers, 1 to 3.
    """
    chain = chain_of(transitions, order)
    reached = np.unique(chain.last_channels[chain.last_channels != START])
    expected = None
    if chain.last_channels.size > MOST_INVERTED:
        expected = expected_by_walking(chain, reached)
    if expected is None:
        expected = expected_by_inverse(chain, reached)
    lost = dict(zip(reached.tolist(), expected[0] - expected[1:], strict=True))
    touched = np.unique(transitions.next_channels[transitions.next_channels != END]).tolist()
    nothing = np.zeros(2)
    return RemovalEffects(
        *(
            {
                channel: _fraction(lost.get(channel, nothing)[of], expected[0, of])
                for channel in touched
            }
            for of in (0, 1)
        )
    )


def chain_of(transitions: Transitions, order: int) -> Chain:
    """The chain of an order, less the windows from which no path converts.

    The chance of those is 0 whatever is removed: going there is as good as being lost.
    """
    is_end = transitions.next_channels == END
    states, begins = np.unique(remembered(transitions.windows, order), return_inverse=True)
    entered = remembered(appended(transitions.windows, transitions.next_channels), order)
    ends = np.searchsorted(states, np.where(is_end, START, entered))
    counts = transitions.converted + transitions.lost
    converts = _converts(states.size, begins, ends, is_end, transitions.converted)

    place = np.cumsum(converts) - 1
    size = int(converts.sum())
    leaves = converts[begins]
    gains = leaves & is_end
    goes_on = leaves & ~is_end & converts[ends]
    return Chain(
        latest(states[converts]),
        np.bincount(place[begins[leaves]], counts[leaves], size).astype(np.float64),
        np.column_stack(
            [
                np.bincount(place[begins[gains]], column[gains], size)
                for column in (transitions.converted, transitions.amounts)
            ]
        ),
        place[begins[goes_on]],
        place[ends[goes_on]],
        counts[goes_on],
    )


def expected_by_inverse(chain: Chain, removed: Windows) -> Floats:
    """Conversions and amounts to expect of a path: of all, and without each channel, a row each."""
    balance = np.diag(chain.leaving)
    np.subtract.at(balance, (chain.begins, chain.ends), chain.counts)
    inverse = np.linalg.inv(balance)
    expected = inverse @ chain.gained
    rows = [expected[START]]
    for channel in removed:
        windows = np.flatnonzero(chain.last_channels == channel)
        come = np.linalg.solve(inverse[np.ix_(windows, windows)], expected[windows])
        rows.append(expected[START] - inverse[START, windows] @ come)
    return np.array(rows)


def expected_by_walking(chain: Chain, removed: Windows) -> Floats | None:
    """The same as `expected_by_inverse`; None where walks are too long."""
    size = chain.last_channels.size
    steps = csr_array(
        (chain.counts / chain.leaving[chain.begins], (chain.ends, chain.begins)), shape=(size, size)
    )
    is_open = chain.last_channels[:, np.newaxis] != np.concatenate([[-1], removed])
    walking = np.zeros((size, removed.size + 1))
    walking[START] = 1.0
    visits = walking.copy()
    for _ in range(MOST_STEPS):
        walking = (steps @ walking) * is_open
        visits += walking
        if walking[:, 0].sum() < NOBODY:
            gained = chain.gained / chain.leaving[:, np.newaxis]
            return np.asarray(visits.T @ gained)
    return None


def _converts(size: int, begins: Windows, ends: Windows, is_end: Flags, converted: Floats) -> Flags:
    """Whether some path from a window converts."""
    found = np.zeros(size, dtype=np.bool_)
    found[begins[is_end & (converted > 0)]] = True
    on, to = begins[~is_end], ends[~is_end]
    while True:
        more = on[found[to] & ~found[on]]
        if not more.size:
            return found
        found[more] = True


def _fraction(part: float, whole: float) -> float:
    """A part of a whole, freed of what floats leave below 0 and above 1."""
    return min(max(float(part) / float(whole), 0.0), 1.0) if whole else 0.0
