"""A close: what it refuses and why, what it leaves, and that a kill leaves all or nothing."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
import stat
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from orchestration.ledger.close import CloseError, parse_period
from orchestration.ledger.source import write_ledger
from orchestration.ledger.store import LedgerError
from tests.connections import connect
from tests.ledger.closing_world import AS_OF, ClosingWorld, close_in

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["duckdb", "orchestration.ledger.close"])


@pytest.fixture
def world(tmp_path: Path) -> ClosingWorld:
    """A home that has published drafts and closed nothing."""
    made = ClosingWorld(tmp_path)
    made.publish()
    return made


def reasons(world: ClosingWorld, *months: int, through: int = 0) -> list[str]:
    before = world.rows("from {ledger}.period_lock")
    with pytest.raises(CloseError) as refused:
        world.close(*months, through=through)
    assert world.rows("from {ledger}.period_lock") == before
    return str(refused.value).splitlines()


def test_a_close_posts_freezes_and_locks(world: ClosingWorld) -> None:
    result = world.close(7, 8)
    assert result.message == "2026-07 to 2026-08 locked: 4 postings, 3 statements in 2026-08"
    assert world.rows(
        "select payee_key, period, currency_code, opening_amount, posted_amount, closing_amount, "
        "line_count from {ledger}.statement order by period, payee_key, currency_code"
    ) == [
        ("ada", date(2026, 7, 1), "EUR", 0, Decimal("100.10"), Decimal("100.10"), 1),
        ("ada", date(2026, 8, 1), "EUR", Decimal("100.10"), Decimal("-40.05"), Decimal("60.05"), 1),
        ("ada", date(2026, 8, 1), "USD", 0, Decimal("7.00"), Decimal("7.00"), 1),
        ("ben", date(2026, 8, 1), "EUR", 0, Decimal("0.01"), Decimal("0.01"), 1),
    ]
    assert world.rows("select distinct closed_as_of_date from {ledger}.period_lock") == [(AS_OF,)]
    result = world.close(9)
    assert result.message == "2026-09 locked: 0 postings, 3 statements in 2026-09"
    assert stat.S_IMODE(world.ledger.stat().st_mode) == 0o600
    assert stat.S_IMODE(world.ledger.parent.stat().st_mode) == 0o700
    assert result.backup is not None
    assert stat.S_IMODE(result.backup.stat().st_mode) == 0o600
    assert result.backup.read_bytes() == world.ledger.read_bytes()
    with connect(result.backup, read_only=True) as connection:
        assert connection.execute("select count(*) from period_lock").fetchall() == [(3,)]


def test_through_closes_all_open_ones_up_to_it(world: ClosingWorld) -> None:
    world.close(7)
    assert [one.period.month for one in world.close(through=10).periods] == [8, 9, 10]
    assert world.rows("select sum(amount) from {ledger}.posting") == [(Decimal("122.06"),)]


def test_everything_that_forbids_a_close_is_said_at_once(world: ClosingWorld) -> None:
    world.close(7)
    world.publish("pipeline", "compensation", as_of=date(2026, 11, 5))
    assert reasons(world, 7, 9, 11, 12) == [
        "compensation did not pass its guards in version 000002: guard x failed",
        "pipeline did not pass its guards in version 000002: guard x failed",
        "2026-07 is locked already, on what was known on 2026-10-31",
        "2026-11 ends on 2026-11-30, and 2026-11-05 is the last day that the published version "
        "knows",
        "2026-12 is no period that can be closed; these are: 2026-07 to 2026-11",
        "2026-08, 2026-10 still open: close earlier periods first, or all at once with --through "
        "2026-12",
    ]


def test_what_was_never_published_cannot_be_closed(tmp_path: Path) -> None:
    world = ClosingWorld(tmp_path)
    assert reasons(world, 7) == ["nothing has been published yet; `concord run` does"]
    world.publish(groups=("core", "compensation"))
    assert "demand was never published" in reasons(world, 7)


def test_closing_again_posts_nothing(world: ClosingWorld) -> None:
    world.close(7)
    before = world.ledger.read_bytes()
    world.publish()
    assert reasons(world, 7) == ["2026-07 is locked already, on what was known on 2026-10-31"]
    assert world.ledger.read_bytes() == before


def test_a_version_that_does_not_know_the_ledger_closes_nothing(world: ClosingWorld) -> None:
    """A rollback to a version from before a close, or a ledger from before the version."""
    world.publish()
    world.close(7)
    kept = world.ledger.parent.parent / "kept.duckdb"
    shutil.copyfile(world.ledger, kept)
    link = world.published / "current"
    link.unlink()
    link.symlink_to(Path("versions") / "000001")
    assert reasons(world, 8) == [
        "version 000001 does not know that 2026-07 is locked: `concord run` publishes one that does"
    ]
    world.publish()
    world.close(8)
    world.publish()
    shutil.copyfile(kept, world.ledger)
    assert reasons(world, 8, 9)[-1].startswith(
        "the ledger does not have 2026-08 as version 000004 has it"
    )


@pytest.mark.parametrize(
    "change",
    [
        "update {ledger}.posting set amount = amount + 0.01 where posting_key = 'k0'",
        "update {ledger}.posting set explanation = 'Else.' where posting_key = 'k3'",
        "delete from {ledger}.posting where posting_key = 'k2'",
        "insert into {ledger}.posting select * replace ('k9' as posting_key, 'cy' as payee_key) "
        "from {ledger}.posting where posting_key = 'k2'",
        "update {ledger}.statement set opening_amount = 1, closing_amount = closing_amount + 1 "
        "where payee_key = 'ben'",
        "delete from {ledger}.statement where payee_key = 'ben'",
        "update {ledger}.period_lock set closed_as_of_date = date '2026-10-30' "
        "where period = date '2026-07-01'",
        "delete from {ledger}.period_lock where period = date '2026-07-01'",
    ],
)
def test_a_changed_ledger_is_found_and_holds_pay(world: ClosingWorld, change: str) -> None:
    world.close(7, 8)
    with connect() as connection:
        assert write_ledger(connection, world.ledger).status == "passed"
    with connect(world.ledger) as connection:
        connection.execute(change.replace("{ledger}.", ""))
    world.publish()
    assert any("ledger" in line for line in reasons(world, 9))
    with connect() as connection:
        found = write_ledger(connection, world.ledger)
    assert (found.status, found.severity, found.kpi_group) == ("failed", "critical", "compensation")


def test_hashes_are_what_the_description_says(world: ClosingWorld) -> None:
    """Worked out by other means from the rows as they are."""
    world.close(7, 8)

    def hashed(*cells: object) -> str:
        texts = ["\x1e" if cell is None else str(cell) for cell in cells]
        texts = [text.lower() if text in ("True", "False") else text for text in texts]
        return sha256("\x1f".join(texts).encode()).hexdigest()

    postings = world.rows("from {ledger}.posting order by posting_key")
    statements = world.rows("from {ledger}.statement order by period, payee_key, currency_code")
    for *cells, content_hash in statements:
        lines = "".join(
            hashed(*row)
            for row in postings
            if (row[1], row[13], row[8]) == (cells[0], cells[1], cells[2])
        )
        assert hashed(*cells, lines) == content_hash
    before = ""
    for row in world.rows("from {ledger}.period_lock order by period"):
        frozen = "".join(str(one[-1]) for one in statements if one[1] == row[0])
        assert row[5] == before
        assert hashed(before, *row[:4], frozen) == row[6]
        before = str(row[6])


def test_a_lost_ledger_is_not_begun_anew(world: ClosingWorld) -> None:
    backup = world.close(7).backup
    world.ledger.unlink()
    with pytest.raises(LedgerError, match=r"copy .*backups/ledger-2026-07"):
        world.close(8)
    assert not world.ledger.exists()
    with connect() as connection:
        assert write_ledger(connection, world.ledger).status == "failed"
    assert backup is not None
    shutil.copyfile(backup, world.ledger)
    assert world.close(8).periods[0].period.month == 8


def test_what_is_no_ledger_is_said_so(world: ClosingWorld) -> None:
    world.ledger.parent.mkdir()
    world.ledger.write_text("a note")
    with pytest.raises(LedgerError, match="cannot be used as the ledger of pay"):
        world.close(7)
    with connect() as connection:
        assert write_ledger(connection, world.ledger).status == "failed"
        assert connection.execute("select count(*) from ledger.posting").fetchall() == [(0,)]


def test_the_ledger_is_empty_before_the_first_close(tmp_path: Path) -> None:
    with connect() as connection:
        assert write_ledger(connection, tmp_path / "ledger.duckdb").status == "passed"
        assert connection.execute("select count(*) from ledger.posting").fetchall() == [(0,)]
    assert not (tmp_path / "ledger.duckdb").exists()


def test_a_kill_leaves_all_or_nothing(tmp_path: Path) -> None:
    """Killed after each step of closing two months; the same command then completes."""
    whole = ClosingWorld(tmp_path / "whole")
    whole.publish()
    whole.close(7, 8)
    everything = [whole.rows("from {ledger}." + name + " order by all") for name in
                  ("posting", "statement", "period_lock")]  # fmt: skip
    outcomes = []
    for step in range(1, 8):
        world = ClosingWorld(tmp_path / str(step))
        world.publish()
        process = CONTEXT.Process(target=close_in, args=(world.home, [7, 8], 0, step))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        locks = world.rows("select count(*) from {ledger}.period_lock")
        outcomes.append(locks)
        if locks == [(0,)]:
            assert world.rows("from {ledger}.posting") == world.rows("from {ledger}.statement")
            assert world.close(7, 8).backup is not None
        assert [
            world.rows("from {ledger}." + name + " order by all")
            for name in ("posting", "statement", "period_lock")
        ] == everything
    assert outcomes == [[(0,)]] * 6 + [[(2,)]]


def test_a_month_is_written_as_people_do() -> None:
    assert parse_period("2026-09") == date(2026, 9, 1)
    for wrong in ("2026-9", "2026-13", "2026-09-01", "September", ""):
        with pytest.raises(ValueError, match=r"."):
            parse_period(wrong)


def test_duckdb_of_last_year_can_read_it(world: ClosingWorld) -> None:
    world.close(7)
    with duckdb.connect(str(world.ledger), read_only=True) as connection:
        [(tags,)] = connection.execute("select tags from duckdb_databases() limit 1").fetchall()
    assert "v1.4" in str(tags) or "v1.2" in str(tags), tags
