"""Whole parts: what they sum to, how far they are off, who is first."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from orchestration.algorithms.largest_remainder import divided


@given(
    st.integers(-(10**14), 10**14),
    st.lists(st.integers(-(10**12), 10**13), min_size=1, max_size=20).filter(lambda w: sum(w) > 0),
)
def test_parts_sum_to_the_whole_and_are_less_than_one_off(whole: int, weights: list[int]) -> None:
    parts = divided(whole, weights)
    assert sum(parts) == whole
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(whole * weight, sum(weights))) < 1


def test_the_earlier_of_equals_gets_what_is_left() -> None:
    assert divided(100, [1, 1, 1]) == [34, 33, 33]
    assert divided(-100, [1, 1, 1]) == [-34, -33, -33]


def test_the_larger_remainder_comes_first() -> None:
    assert divided(10, [26, 36, 38]) == [3, 3, 4]


def test_nothing_is_divided_evenly() -> None:
    assert divided(3, [0, 0]) == [2, 1]
    assert divided(0, [5, 0]) == [0, 0]
