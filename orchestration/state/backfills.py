"""What is remembered of backfills: which slices were asked for, which of them are read.

Belongs here: methods on table backfill_slice. Does not: reading (orchestration/ingest/backfill.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from orchestration.state.codec import read_record, to_sql
from orchestration.state.database import Database, insert_records
from orchestration.state.records import Backfill, BackfillSlice

_OF_BACKFILL = (
    "source = :source and from_date = :from_date and to_date = :to_date and slicing = :slicing "
    "and objects = :objects"
)
_UNFINISHED = """
    exists (
        select 1 from backfill_slice as other
        where other.source = backfill_slice.source and other.from_date = backfill_slice.from_date
            and other.to_date = backfill_slice.to_date and other.slicing = backfill_slice.slicing
            and other.objects = backfill_slice.objects and other.finished_at is null
    )
"""


class BackfillMethods(Database):
    """The part of the store that knows how far backfills are."""

    def backfill_slices(self, backfill: Backfill) -> list[BackfillSlice]:
        """Return the slices of a backfill, oldest first; none of one that was never begun."""
        found = self.rows(
            f"select * from backfill_slice where {_OF_BACKFILL} order by first_date",  # noqa: S608
            _key(backfill),
        )
        return [read_record(BackfillSlice, row) for row in found]

    def begin_backfill(self, backfill: Backfill, slices: Sequence[BackfillSlice]) -> None:
        """Remember the slices of a backfill, in place of what is known of it."""
        with self.transaction() as connection:
            connection.execute(
                f"delete from backfill_slice where {_OF_BACKFILL}",  # noqa: S608
                _key(backfill),
            )
            insert_records(connection, "backfill_slice", slices)

    def save_slice_read(self, read: BackfillSlice) -> None:
        """Remember that a slice is read, for every backfill that has it.

        One of all objects is read for the backfills of some of them too.

        Call it only when what it speaks of is durable.
        """
        with self.transaction() as connection:
            connection.execute(
                "update backfill_slice set finished_at = :finished_at, run_id = :run_id, "
                "changed_count = :changed_count, problem = null where source = :source "
                "and first_date = :first_date and last_date = :last_date "
                "and (objects = :objects or :objects = '')",
                {
                    "finished_at": to_sql(read.finished_at),
                    "run_id": read.run_id,
                    "changed_count": read.changed_count,
                    "source": read.source,
                    "first_date": to_sql(read.first_date),
                    "last_date": to_sql(read.last_date),
                    "objects": read.objects,
                },
            )

    def save_slice_problem(
        self, backfill: Backfill, first_date: date, run_id: str, problem: str
    ) -> None:
        """Remember why a slice of a backfill could not be read."""
        with self.transaction() as connection:
            connection.execute(
                f"update backfill_slice set problem = :problem, run_id = :run_id "  # noqa: S608
                f"where {_OF_BACKFILL} and first_date = :first_date",
                {
                    **_key(backfill),
                    "problem": problem,
                    "run_id": run_id,
                    "first_date": to_sql(first_date),
                },
            )

    def unfinished_backfills(self) -> list[list[BackfillSlice]]:
        """Return the slices of every backfill that is not read to its end."""
        found = self.rows(
            f"select * from backfill_slice where {_UNFINISHED} "  # noqa: S608
            "order by source, from_date, to_date, slicing, objects, first_date"
        )
        grouped: dict[Backfill, list[BackfillSlice]] = {}
        for row in found:
            item = read_record(BackfillSlice, row)
            grouped.setdefault(item.backfill, []).append(item)
        return list(grouped.values())

    def forget_unfinished_backfills(self) -> int:
        """Forget the backfills that are not read to their end; returns how many."""
        count = len(self.unfinished_backfills())
        with self.transaction() as connection:
            connection.execute(f"delete from backfill_slice where {_UNFINISHED}")  # noqa: S608
        return count


def _key(backfill: Backfill) -> dict[str, object]:
    return {
        "source": backfill.source,
        "from_date": to_sql(backfill.from_date),
        "to_date": to_sql(backfill.to_date),
        "slicing": backfill.slicing,
        "objects": backfill.objects,
    }
