"""Removal effects and Shapley values in exact fractions, told from the definitions.

Belongs here: one set of paths at a time, as slowly as it takes. Does not: paths (paths.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from itertools import permutations

from tests.algorithms.paths import Path, steps

State = tuple[int, ...]
START: State = ()


def removal_effects(paths: Sequence[Path], order: int) -> dict[int, tuple[Fraction, Fraction]]:
    """1 - what is left without a channel, of conversions and of cents.

    All windows that hold the channel are taken out, and walks that would come to them are lost.
    """
    whole = _expected(paths, order, None)
    found = {}
    for channel in sorted({channel for path in paths for channel in path.channels}):
        left = _expected(paths, order, channel)
        effects = [
            1 - part / all_of_it if all_of_it else Fraction(0)
            for part, all_of_it in zip(left, whole, strict=True)
        ]
        found[channel] = (effects[0], effects[1])
    return found


def _expected(paths: Sequence[Path], order: int, removed: int | None) -> tuple[Fraction, Fraction]:
    """Chance to convert and expected cents of a walk from the start, by Gaussian elimination."""
    moves: dict[State, dict[State, int]] = defaultdict(lambda: defaultdict(int))
    left: dict[State, int] = defaultdict(int)
    gained: dict[State, list[int]] = defaultdict(lambda: [0, 0])
    for path in paths:
        state = START
        for channel in steps(path):
            after = (*state, channel)[-order:]
            moves[state][after] += 1
            left[state] += 1
            state = after
        left[state] += 1
        if path.is_converted:
            gained[state][0] += 1
            gained[state][1] += path.cents
    states = [state for state in left if removed not in state]
    rows = []
    for state in states:
        row = [Fraction(int(other == state)) for other in states]
        for after, count in moves[state].items():
            if removed not in after:
                row[states.index(after)] -= Fraction(count, left[state])
        rows.append([*row, *(Fraction(value, left[state]) for value in gained[state])])
    solved = _solved(rows)[states.index(START)]
    return solved[0], solved[1]


def _solved(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """The right sides of a system that is brought to the identity."""
    size = len(rows)
    for place in range(size):
        pivot = next(row for row in range(place, size) if rows[row][place])
        rows[place], rows[pivot] = rows[pivot], rows[place]
        top = [value / rows[place][place] for value in rows[place]]
        rows[place] = top
        for other in range(size):
            if other != place and (factor := rows[other][place]):
                rows[other] = [
                    value - factor * above for value, above in zip(rows[other], top, strict=True)
                ]
    return [row[size:] for row in rows]


def walked(paths: Sequence[Path], removed: int | None) -> Fraction:
    """Chance to convert in the chain of order 1, by following every walk; only without circles."""
    moves: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    converted: dict[int, int] = defaultdict(int)
    lost: dict[int, int] = defaultdict(int)
    for path in paths:
        state = 0
        for channel in steps(path):
            moves[state][channel] += 1
            state = channel
        if path.is_converted:
            converted[state] += 1
        else:
            lost[state] += 1

    def chance(state: int) -> Fraction:
        if state == removed:
            return Fraction(0)
        total = sum(moves[state].values()) + converted[state] + lost[state]
        on = sum(count * chance(after) for after, count in moves[state].items())
        return (converted[state] + on) / Fraction(total)

    return chance(0)


def shapley(
    players: Sequence[int], worth: Callable[[Collection[int]], Fraction]
) -> dict[int, Fraction]:
    """What each player adds to those before it, over every order of all of them."""
    found = dict.fromkeys(players, Fraction(0))
    orders = list(permutations(players))
    for order in orders:
        before: set[int] = set()
        for player in order:
            found[player] += worth(before | {player}) - worth(before)
            before.add(player)
    return {player: value / len(orders) for player, value in found.items()}


def conversions_inside(paths: Sequence[Path]) -> Callable[[Collection[int]], Fraction]:
    """How many paths inside a set convert."""
    return lambda players: Fraction(
        sum(path.is_converted for path in paths if set(path.channels) <= set(players))
    )


def rate_inside(
    paths: Sequence[Path], of: Callable[[Path], int]
) -> Callable[[Collection[int]], Fraction]:
    """What a path inside a set is worth on average; 0 of a set without paths."""

    def worth(players: Collection[int]) -> Fraction:
        inside = [path for path in paths if set(path.channels) <= set(players)]
        total = sum(of(path) for path in inside if path.is_converted)
        return Fraction(total, len(inside)) if inside else Fraction(0)

    return worth
