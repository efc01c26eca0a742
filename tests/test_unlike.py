"""Tables are compared by key, and a difference is told in a few rows."""

from __future__ import annotations

from fractions import Fraction

from tests.unlike import FEW, unlike


def test_equal_tables_are_not_unlike() -> None:
    assert unlike({"a": (1, None), "b": 2}, {"a": (1, None), "b": 2}) == {}


def test_rows_that_only_one_side_has_are_told() -> None:
    assert unlike({"a": 1, "b": 2}, {"b": 2, "c": 3}) == {
        "missing": (1, ["c"]),
        "extra": (1, ["a"]),
    }


def test_other_values_and_other_lengths_are_told() -> None:
    found, wanted = {"a": (1, 2), "b": (1,), "c": 3}, {"a": (1, 3), "b": (1, 2), "c": 4}
    assert unlike(found, wanted) == {
        "found and wanted": (3, {key: (found[key], wanted[key]) for key in "abc"})
    }


def test_a_fraction_may_be_off_by_what_the_last_decimal_hides() -> None:
    third, told = Fraction(1, 3), Fraction("0.333333")
    assert unlike({"a": (told,)}, {"a": (third,)}, Fraction(1, 10**6)) == {}
    assert unlike({"a": (told,)}, {"a": (third,)}) != {}
    assert unlike({"a": (Fraction("0.33333"),)}, {"a": (third,)}, Fraction(1, 10**6)) != {}


def test_few_of_many_are_told() -> None:
    count, told = unlike({}, dict.fromkeys(range(5_000)))["missing"]
    assert (count, len(told)) == (5_000, FEW)
