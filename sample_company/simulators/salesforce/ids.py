"""Salesforce's record ids: 15 characters that mind their case, and three that make up for it.

Belongs here: how an id is made and compared. Does not: which prefix an object has (catalogue).
"""

from __future__ import annotations

from functools import lru_cache

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_POD = "7R0"
_BITS = [1 << place for place in range(5)]


def with_suffix(short: str) -> str:
    """Return the 18 characters of an id of 15: one suffix letter for the capitals of each five.

    ValueError when `short` has not 15 letters or digits.
    """
    if len(short) != 15 or not (short.isascii() and short.isalnum()):
        raise ValueError(f"an id has 15 letters and digits, not {short!r}")
    return short + _letter(short[:5]) + _letter(short[5:10]) + _letter(short[10:])


@lru_cache(maxsize=65_536)
def _letter(five: str) -> str:
    capitals = ("A" <= letter <= "Z" for letter in five)
    return _SUFFIX[sum(bit for bit, is_one in zip(_BITS, capitals, strict=True) if is_one)]


def record_id(prefix: str, number: int) -> str:
    """Return the id of the `number`-th record of the object with that three-letter prefix."""
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = DIGITS[digit] + digits
    return with_suffix(f"{prefix}{_POD}{digits.rjust(9, '0')}")


def is_valid(text: str) -> bool:
    """Whether the 18 characters are an id whose suffix fits."""
    try:
        return len(text) == 18 and with_suffix(text[:15]) == text
    except ValueError:
        return False
