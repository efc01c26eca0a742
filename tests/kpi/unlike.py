"""What a mart says otherwise than an oracle.

Belongs here: comparing rows by key. Does not: what the rows should say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

Rows = Mapping[Any, Sequence[Any]]


def unlike(found: Rows, wanted: Rows, within: Fraction) -> dict[Any, tuple[Any, Any]]:
    """Return the rows that differ, as found and as wanted, by key.

    Args:
        found: Rows of the mart.
        wanted: Rows of the oracle, with the same keys.
        within: What the last decimal place of the mart may hide of a fraction.
    """
    assert found.keys() == wanted.keys()
    return {
        key: (found[key], row)
        for key, row in wanted.items()
        if not all(_equal(one, other, within) for one, other in zip(found[key], row, strict=True))
    }


def _equal(found: Any, wanted: Any, within: Fraction) -> bool:
    if isinstance(wanted, Fraction) and found is not None:
        return abs(Fraction(found) - wanted) < within
    return bool(found == wanted)
