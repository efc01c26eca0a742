"""Divides a whole number by weights, so that nothing is lost and nobody is a whole unit off.

Belongs here: only this. In SQL the same is done where rows, and not algorithms, are divided.
"""

from __future__ import annotations

from collections.abc import Sequence


def divided(whole: int, weights: Sequence[int]) -> list[int]:
    """Parts of a whole number that sum to it, by largest remainder.

    Of equal remainders the earlier goes first. A negative whole is divided like a positive one.

    Args:
        whole: For example cents.
        weights: At least one; some may be negative, but their sum may not; all 0 divides evenly.
    """
    total = sum(weights)
    if total <= 0:
        weights, total = [1] * len(weights), len(weights)
    sign = -1 if whole < 0 else 1
    products = [abs(whole) * weight for weight in weights]
    parts = [product // total for product in products]
    left = abs(whole) - sum(parts)
    ranked = sorted(range(len(parts)), key=lambda place: (-(products[place] % total), place))
    for place in ranked[:left]:
        parts[place] += 1
    return [sign * part for part in parts]
