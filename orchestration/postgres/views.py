"""What must happen to a view so that it shows another table: pure decisions.

Belongs here: comparing columns. Does not: SQL (switch.py).

PostgreSQL replaces a view under the views and grants that depend on it, as long as its columns keep
their order and types; new ones may follow. So a view keeps the order that it has, and only a column
that is gone or has another type is a change that dependents can notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ViewColumn:
    """A column with its type as PostgreSQL writes it."""

    name: str
    kind: str


@dataclass(frozen=True)
class ViewPlan:
    """How a view gets its new columns.

    Attributes:
        columns: The columns in the order in which `create or replace view` takes them, those that
            are gone included.
        gone: Names of columns that the new table lacks.
        retyped: What became of the columns whose type changed, in words.
    """

    columns: tuple[ViewColumn, ...]
    gone: tuple[str, ...] = ()
    retyped: tuple[str, ...] = ()

    @property
    def is_compatible(self) -> bool:
        """Whether dependents notice nothing."""
        return not self.gone and not self.retyped

    @property
    def changes(self) -> str:
        """What dependents would notice, in words."""
        lost = [f"column {name} is gone" for name in self.gone]
        return ", ".join([*lost, *self.retyped])


def plan_view(standing: Sequence[ViewColumn], table: Sequence[ViewColumn]) -> ViewPlan:
    """Compare a view's columns with those of the table that it is to show."""
    kinds = {column.name: column.kind for column in table}
    known = {column.name for column in standing}
    return ViewPlan(
        columns=(*standing, *(column for column in table if column.name not in known)),
        gone=tuple(column.name for column in standing if column.name not in kinds),
        retyped=tuple(
            f"column {column.name} becomes {kinds[column.name]} instead of {column.kind}"
            for column in standing
            if column.name in kinds and kinds[column.name] != column.kind
        ),
    )
