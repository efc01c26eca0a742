"""Close matches for a name that does not exist.

Belongs here: turning a mistyped name into a hint. Does not: deciding which names exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MOST_NAMES_SHOWN = 40


def closest(value: str, names: Iterable[str]) -> str | None:
    """Return the name that `value` was probably meant to be, or None."""
    by_lower = {name.lower(): name for name in sorted(names)}
    # Very long values are no typing mistake, and comparing them takes long.
    found = get_close_matches(value.strip().lower()[:80], by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(value: str, names: Iterable[str]) -> str | None:
    """Return a hint such as ``did you mean 'mql'?``, or None when nothing is close."""
    match = closest(value, names)
    return f"did you mean {match!r}?" if match else None


def listed(names: Iterable[str]) -> str:
    """Return the names as one readable text, in their order, cut when there are very many."""
    all_names = list(names)
    if not all_names:
        return "(none are defined)"
    text = ", ".join(all_names[:MOST_NAMES_SHOWN])
    more = len(all_names) - MOST_NAMES_SHOWN
    return f"{text} and {more} more" if more > 0 else text
