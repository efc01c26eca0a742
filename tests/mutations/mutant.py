"""A broken rule as a record: which words of a query become which, and who has to notice.

Belongs here: the record. Does not: the rules (mutants_*.py), how a check looks (checks.py).
"""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """One broken rule.

    Attributes:
        rule: What no longer holds.
        model: The model that says it.
        fragment: Its words in the compiled query; they occur there once.
        replacement: What stands there instead.
        noticed_by: A check of checks.py that has to notice.
    """

    rule: str
    model: str
    fragment: str
    replacement: str
    noticed_by: str


UNIT = "unit tests"
