"""The switch: one transaction, dependents and grants kept, or a message and the old version."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import psycopg
import pytest

from orchestration.postgres.errors import PostgresError
from tests.postgres.postgres_server import Database
from tests.postgres.published_home import TABLES, PublishedHome

pytestmark = pytest.mark.xdist_group("postgres")

BOTH = (
    "select distinct account.publish_version, flow.publish_version "
    "from core.dim_account as account cross join funnel.rpt_funnel_flow as flow"
)


def read_until(
    database: Database, is_over: threading.Event, read: Callable[[psycopg.Connection], None]
) -> list[BaseException]:
    """Read again and again; return what went wrong."""
    try:
        with database.connect() as connection:
            while not is_over.is_set():
                read(connection)
    except BaseException as error:  # noqa: BLE001  told to the test
        return [error]
    return []


@pytest.mark.slow
def test_a_reader_never_sees_two_versions(home: PublishedHome) -> None:
    home.release(1)
    seen: set[tuple[str, str]] = set()

    def one_statement(connection: psycopg.Connection) -> None:
        seen.update(connection.execute(BOTH).fetchall())

    def one_transaction(connection: psycopg.Connection) -> None:
        with connection.transaction():
            # Against the order of the switch, which invites deadlocks.
            versions = [
                connection.execute(f"select max(publish_version) from {table}").fetchone()
                for table in ("funnel.rpt_funnel_flow", "core.dim_account")
            ]
        seen.add(tuple(version[0] for version in versions if version))  # type: ignore[arg-type]

    is_over = threading.Event()
    errors: list[BaseException] = []
    readers = [
        threading.Thread(
            target=lambda read=read: errors.extend(read_until(home.database, is_over, read))
        )
        for read in (one_statement, one_transaction, one_transaction)
    ]
    for reader in readers:
        reader.start()
    try:
        for generation in range(2, 6):
            home.release(generation)
    finally:
        is_over.set()
        for reader in readers:
            reader.join()
    assert errors == []
    assert {first for first, _ in seen} >= {"000001", "000005"}
    assert all(first == second for first, second in seen), seen


def test_a_reader_s_open_transaction_is_waited_for_and_not_ended(home: PublishedHome) -> None:
    home.release(1)
    home.build(2)
    home.publish_files()
    with home.database.connect() as reader:
        reader.execute("begin")
        assert reader.execute("select max(generation) from core.dim_account").fetchone() == (1,)
        with pytest.raises(PostgresError, match=r"concord_admin \(process \d+\)"):
            home.bring(patience=1)
        # Nobody else had to wait for that long.
        assert home.generations() == {"core.dim_account": 1, "funnel.rpt_funnel_flow": 1}
        let_go = threading.Timer(1.5, lambda: reader.execute("commit"))
        let_go.start()
        result = home.bring(patience=30)
        let_go.join()
    assert result.copied_tables == 0  # what was copied before counts
    assert set(home.generations().values()) == {2}


def test_users_views_and_grants_survive(home: PublishedHome) -> None:
    home.release(1)
    analyst = home.database.make_user("analyst")
    home.database.execute(
        "create schema own",
        "create view own.big as select account_key, generation from core.dim_account",
        "create view own.bigger as select count(*) as accounts from own.big",
        f"grant usage on schema core to {analyst}",
        f"grant select (account_key) on core.dim_account to {analyst} with grant option",
        f"grant select on core.fct_booking to {analyst}",
        "create view core.of_a_user as select 1 as one",
    )
    # Columns in another order and new ones in the middle break nothing.
    for generation in (2, 3):
        home.release(
            generation,
            "create or replace table core.dim_account as select account_name, 'new' as tier, "
            "generation, account_key from core.dim_account",
        )
        assert home.database.rows("select max(generation) from own.big") == [(generation,)]
        assert home.database.rows("select accounts from own.bigger") == [(10,)]
        rows = home.database.rows("select account_key from core.dim_account", user=analyst)
        assert len(rows) == 10
        assert len(home.database.rows("select * from core.fct_booking", user=analyst)) == 10
    columns = home.database.rows(
        "select string_agg(attname, ' ' order by attnum) from pg_attribute "
        "where attrelid = 'core.dim_account'::regclass and attnum > 0"
    )
    assert columns == [("account_key account_name generation publish_version tier",)]
    assert home.database.rows("select one from core.of_a_user") == [(1,)]


RETYPED = "alter table core.fct_booking alter amount type decimal(18, 4)"
GONE = "alter table core.fct_booking drop is_reportable"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (RETYPED, r"column amount becomes numeric\(18,4\) instead of numeric\(18,2\)"),
        (GONE, "column is_reportable is gone"),
    ],
)
def test_a_change_that_dependents_notice_is_refused(
    home: PublishedHome, change: str, words: str
) -> None:
    home.release(1)
    home.database.execute(
        "create schema own",
        "create view own.bookings as select booking_key, amount from core.fct_booking",
    )
    with pytest.raises(PostgresError, match=words) as caught:
        home.release(2, change)
    assert "view own.bookings depends on view core.fct_booking" in str(caught.value)
    assert "run `concord postgres`" in str(caught.value)
    assert set(home.generations().values()) == {1}
    home.database.execute("drop view own.bookings")
    assert home.bring().version == "000002"
    assert set(home.generations().values()) == {2}


@pytest.mark.parametrize("change", [RETYPED, GONE])
def test_a_change_that_nobody_notices_is_made_and_grants_are_kept(
    home: PublishedHome, change: str
) -> None:
    home.release(1)
    analyst = home.database.make_user("analyst")
    home.database.execute(
        f"grant usage on schema core to {analyst}",
        f"grant select (booking_key, is_reportable) on core.fct_booking to {analyst}",
    )
    home.release(2, change)
    assert len(home.database.rows("select booking_key from core.fct_booking", user=analyst)) == 10
    assert set(home.generations().values()) == {2}


def test_a_table_that_is_no_longer_published_goes_unless_somebody_needs_it(
    home: PublishedHome,
) -> None:
    home.release(1)
    home.database.execute(
        "create schema own", "create view own.bookings as select amount from core.fct_booking"
    )
    fewer = [table for table in TABLES if table.table_name != "fct_booking"]
    with pytest.raises(PostgresError, match="core.fct_booking is no longer published, but view"):
        home.release(2, tables=fewer)
    assert home.database.rows("select count(*) from core.fct_booking") == [(10,)]
    home.database.execute("drop view own.bookings")
    home.bring()
    assert home.database.rows("select to_regclass('core.fct_booking')") == [(None,)]


def test_rolling_back_takes_the_views_back_without_copying(home: PublishedHome) -> None:
    home.release(1)
    home.release(2)
    back = home.go_back()
    assert (back.version, back.copied_tables) == ("000001", 0)
    assert set(home.generations().values()) == {1}
    forward = home.go_back("2")
    assert forward.copied_tables == 0
    assert set(home.generations().values()) == {2}
    assert home.database.rows("select publish_version from concord.publication order by 1") == [
        ("000001",), ("000001",), ("000002",), ("000002",),
    ]  # fmt: skip


def test_rolling_back_behind_a_new_column_and_table_keeps_dependents(home: PublishedHome) -> None:
    without = [table for table in TABLES if table.table_name != "fct_booking"]
    home.release(1, tables=without)
    home.release(2, "alter table core.dim_account add tier varchar default 'gold'")
    home.database.execute(
        "create schema own",
        "create view own.tiers as select account_key, tier, generation from core.dim_account",
        "create view own.bookings as select amount from core.fct_booking",
    )
    home.go_back()
    assert home.database.rows("select distinct tier, generation from own.tiers") == [(None, 1)]
    assert home.database.rows("select * from own.bookings") == []
    home.release(3, "alter table core.dim_account add tier varchar default 'gold'")
    assert home.database.rows("select distinct tier, generation from own.tiers") == [("gold", 3)]
    assert home.database.rows("select count(*) from own.bookings") == [(10,)]


def test_a_version_that_postgresql_never_had_is_copied_when_rolled_back_to(
    home: PublishedHome,
) -> None:
    home.build(1)
    home.publish_files()
    home.release(2)
    back = home.go_back()
    assert (back.version, back.copied_tables) == ("000001", 10)
    assert set(home.generations().values()) == {1}


def test_a_held_group_keeps_its_version(home: PublishedHome) -> None:
    home.release(1)
    result = home.release(2, failing=["demand"])
    assert home.generations() == {"core.dim_account": 2, "funnel.rpt_funnel_flow": 1}
    assert result.copied_tables == 9  # all but the held one, which stands there
    assert home.database.rows("select distinct publish_version from funnel.rpt_funnel_flow") == [
        ("000001",)
    ]
    assert home.database.rows("select kpi, value::int from kpi.rpt_kpi order by 1") == [
        ("bookings", 2), ("mqls", 1),
    ]  # fmt: skip
    # Even when its version's folder and schemas are long gone.
    for generation in (3, 4):
        home.release(generation, failing=["demand"], keep=1)
    assert home.generations() == {"core.dim_account": 4, "funnel.rpt_funnel_flow": 1}
    assert home.database.schemas() == {
        "concord", "core", "funnel", "kpi", "ops",
        "core__000004", "funnel__000001", "kpi__000004", "ops__000004",
    }  # fmt: skip
    home.release(5, keep=1)
    assert home.generations() == {"core.dim_account": 5, "funnel.rpt_funnel_flow": 5}
    assert "funnel__000001" not in home.database.schemas()


def test_a_group_that_was_held_before_postgresql_was_named_is_there(home: PublishedHome) -> None:
    home.build(1)
    home.publish_files()
    home.release(2, failing=["demand"])
    assert home.generations() == {"core.dim_account": 2, "funnel.rpt_funnel_flow": 1}


def test_old_versions_go_with_their_folders(home: PublishedHome) -> None:
    home.database.execute("create schema own")
    for generation in range(1, 5):
        home.release(generation, keep=2)
    kept = {name for name in home.database.schemas() if "__" in name}
    assert kept == {
        f"{schema}__{version}" for schema in ("core", "funnel", "kpi", "ops")
        for version in ("000003", "000004")
    }  # fmt: skip
    # What somebody built on an old version's table stays, and is told.
    home.database.execute("create view own.old as select * from core__000003.dim_account")
    result = home.release(5, keep=1)
    assert len(result.remarks) == 1
    assert "core__000003 stays: view own.old depends on" in result.remarks[0]
    assert home.database.rows("select max(generation) from own.old") == [(3,)]
    home.database.execute("drop view own.old")
    assert home.release(6, keep=1).remarks == ()
    assert "core__000003" not in home.database.schemas()


def test_the_second_time_nothing_is_done(home: PublishedHome) -> None:
    home.release(1)
    started = time.monotonic()
    result = home.bring()
    assert (result.copied_tables, result.copied_rows, result.table_count) == (0, 0, 10)
    assert time.monotonic() - started < 5
    assert home.database.rows("select count(*) from concord.publication") == [(1,)]


def test_what_is_not_concord_s_is_never_replaced(home: PublishedHome) -> None:
    home.release(1, tables=TABLES[1:])
    home.database.execute("create view core.dim_account as select 'mine' as account_key")
    with pytest.raises(PostgresError, match=r"core\.dim_account is in the way.*rename it"):
        home.release(2)
    assert home.database.rows("select * from core.dim_account") == [("mine",)]
    assert home.database.rows("select max(publish_version) from core.fct_booking") == [("000001",)]
