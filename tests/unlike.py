"""What a mart says otherwise than an oracle.

Two tables of thousands of rows are never compared with a bare `==` in an assertion: where CI is
set or with -v, pytest explains the difference line by line, which takes hours.

Belongs here: comparing rows by key. Does not: what the rows should say.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

FEW = 10  # rows of each kind that are told
Rows = Mapping[Any, Any]


def unlike(found: Rows, wanted: Rows, within: Fraction = Fraction(0)) -> dict[str, Any]:
    """Return how many rows differ and the first of them; empty where none does.

    Args:
        found: Rows of the mart by key; a row is a sequence or one value.
        wanted: Rows of the oracle by key.
        within: What the last decimal place of the mart may hide of a fraction.
    """
    missing = [key for key in wanted if key not in found]
    extra = [key for key in found if key not in wanted]
    other = {
        key: (found[key], row)
        for key, row in wanted.items()
        if key in found and not _same(found[key], row, within)
    }
    told: dict[str, Any] = {}
    for kind, keys in (("missing", missing), ("extra", extra)):
        if keys:
            told[kind] = (len(keys), keys[:FEW])
    if other:
        told["found and wanted"] = (len(other), dict(list(other.items())[:FEW]))
    return told


def _same(found: Any, wanted: Any, within: Fraction) -> bool:
    if not isinstance(wanted, tuple | list):
        return _equal(found, wanted, within)
    return len(found) == len(wanted) and all(
        _equal(one, other, within) for one, other in zip(found, wanted, strict=True)
    )


def _equal(found: Any, wanted: Any, within: Fraction) -> bool:
    if within and isinstance(wanted, Fraction) and found is not None:
        return abs(Fraction(found) - wanted) < within
    return bool(found == wanted)
