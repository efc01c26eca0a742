"""What came of each node of a dbt command.

Belongs here: the record. Does not: dbt, which makes it (runner.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

# Called with a node's name, its status, how many nodes are done and how many there are.
OnNode = Callable[[str, str, int, int], None]

# dbt's own words for how a node ended.
GOOD = frozenset({"success", "pass", "warn", "no-op"})


@dataclass(frozen=True)
class NodeResult:
    """How one model or test ended.

    Attributes:
        unique_id: dbt's id of the node.
        resource_type: ``model``, ``test`` or ``unit_test``.
        status: success, pass, warn, fail, error or skipped.
        failures: Failing rows of a test, else None.
        message: dbt's message, else an empty text.
        seconds: Time it took.
        sample: The first failing rows of a test, as text.
        row_count: Rows of the table that was built, else None.
        is_kept: Whether it was not done again, because nothing that it depends on has changed.
        has_same_rows: Whether a table that was built again holds the rows that it held before.
        digest: `rows_digest` of a table, where it was asked for.
        changes_are_kept: Whether the rows that changed lie where scope.py looks for them.
        is_narrow: Whether only the keys that a change reached were looked at.
        has_lost_warehouse: Whether DuckDB answers nothing more since, until it is opened anew.
    """

    unique_id: str
    resource_type: str
    status: str
    failures: int | None
    message: str
    seconds: float
    sample: str = ""
    row_count: int | None = None
    is_kept: bool = False
    has_same_rows: bool = False
    digest: str | None = None
    changes_are_kept: bool = False
    is_narrow: bool = False
    has_lost_warehouse: bool = False

    @property
    def is_good(self) -> bool:
        """Whether the node ended as it should (a warning included)."""
        return self.status in GOOD
