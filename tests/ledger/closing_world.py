"""A published version with drafts of pay, to be closed: small, made by hand.

Belongs here: the version and its tables. Does not: what a close should do with them.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from orchestration.ledger.close import CloseResult, close_published
from orchestration.ledger.columns import POSTING
from orchestration.ledger.store import LEDGER, attached
from orchestration.publish.gate import READS
from orchestration.publish.manifest import GroupEntry, Manifest, write_manifest
from tests.connections import connect

AS_OF = date(2026, 10, 31)
# Payee, currency, amount, month that it belongs to, month that posts it.
DRAFTS = (
    ("ada", "EUR", "100.10", date(2026, 7, 1), date(2026, 7, 1)),
    ("ada", "EUR", "-40.05", date(2026, 8, 1), date(2026, 8, 1)),
    ("ada", "USD", "7.00", date(2026, 8, 1), date(2026, 8, 1)),
    ("ben", "EUR", "0.01", date(2026, 8, 1), date(2026, 8, 1)),
    ("ben", "EUR", "55.00", date(2026, 10, 1), date(2026, 10, 1)),
    ("ben", "EUR", "9.00", date(2026, 11, 1), date(2026, 11, 1)),
)
MONTHS = tuple(
    (date(2026, month, 1), date(2026, month, last))
    for month, last in ((7, 31), (8, 31), (9, 30), (10, 31), (11, 30))
)


@dataclass
class ClosingWorld:
    """A home with one published version and perhaps a ledger."""

    home: Path
    version: int = 0

    @property
    def published(self) -> Path:
        return self.home / "published"

    @property
    def ledger(self) -> Path:
        return self.home / "ledger" / "ledger.duckdb"

    def publish(self, *held: str, as_of: date = AS_OF, groups: Sequence[str] = ()) -> None:
        """Publish a version whose periods are what the ledger has locked by now."""
        self.version += 1
        name = f"{self.version:06d}"
        folder = self.published / "versions" / name
        folder.mkdir(parents=True)
        locks = self.rows("select period, ledger_hash from {ledger}.period_lock")
        with connect(folder / "finance.duckdb") as connection:
            self._make_tables(connection, dict(locks), as_of)
        known = groups or ("compensation", *READS["compensation"])
        write_manifest(
            folder,
            Manifest(
                name, as_of, "run", datetime(2026, 11, 1, tzinfo=UTC),
                tuple(
                    GroupEntry(group, "held" if group in held else "published", name, as_of,
                               as_of if group in held else None,
                               ("guard x failed",) if group in held else ())
                    for group in known
                ),
                (),
            ),
        )  # fmt: skip
        link = self.published / "current"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("versions") / name)

    @staticmethod
    def _make_tables(
        connection: duckdb.DuckDBPyConnection, locks: dict[date, str], as_of: date
    ) -> None:
        connection.execute("create schema compensation")
        columns = ", ".join(f"{name} {kind}" for name, kind in POSTING.items())
        connection.execute(f"create table compensation.comp_pending_posting ({columns})")
        for number, (payee, currency, amount, origin, posting) in enumerate(DRAFTS):
            if posting not in locks:
                connection.execute(
                    "insert into compensation.comp_pending_posting values ($1, $2, 'c', $1, null, "
                    "null, 'earning', 'earned', $3, 'It is so.', $4, $4, false, $6, $5, $6)",
                    [f"k{number}", payee, currency, amount, origin, posting],
                )
        connection.execute(
            "create table compensation.comp_period (period date, period_end date, "
            "status varchar, ledger_hash varchar)"
        )
        for first_day, last_day in MONTHS:
            if first_day <= as_of:
                status = "calculated" if last_day <= as_of else "open"
                connection.execute(
                    "insert into compensation.comp_period values ($1, $2, $3, $4)",
                    [first_day, last_day, "locked" if first_day in locks else status,
                     locks.get(first_day)],
                )  # fmt: skip

    def close(self, *months: int, through: int = 0) -> CloseResult:
        return close_in(self.home, [*months], through)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Ask the ledger; nothing where there is none."""
        if not self.ledger.exists():
            return []
        with connect() as connection, attached(connection, self.ledger, read_only=True):
            return connection.execute(query.format(ledger=LEDGER)).fetchall()


def close_in(home: Path, months: list[int], through: int = 0, die_at: int = 0) -> CloseResult:
    """Close months of 2026; die by kill -9 when so many steps are done."""
    count = 0

    def step(_: str) -> None:
        nonlocal count
        count += 1
        if count == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    return close_published(
        home / "published",
        home / "ledger" / "ledger.duckdb",
        [date(2026, month, 1) for month in months],
        date(2026, through, 1) if through else None,
        "test",
        "run",
        step,
    )
