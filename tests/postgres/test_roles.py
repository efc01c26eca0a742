"""BI reads all marts but pay, finance reads pay too, nobody else reads anything."""

from __future__ import annotations

import psycopg
import pytest

from orchestration.postgres.errors import PostgresError
from tests.postgres.postgres_server import ADMIN, Database
from tests.postgres.published_home import ALL_TABLES, PAY, PublishedHome

pytestmark = pytest.mark.xdist_group("postgres")


def readable(database: Database, user: str) -> set[str]:
    """Every relation of the marts that a user can read, found by reading."""
    found = database.rows(
        "select nspname || '.' || relname from pg_class as class "
        "inner join pg_namespace as namespace on class.relnamespace = namespace.oid "
        "where nspname !~ '^pg_' and nspname <> 'information_schema' and relkind in ('r', 'v')"
    )
    allowed = set()
    for (name,) in found:
        try:
            database.rows(f"select * from {name} limit 1", user=user)
        except psycopg.errors.InsufficientPrivilege:
            continue
        allowed.add(name)
    return allowed


@pytest.mark.slow
def test_each_reads_what_is_theirs_and_nothing_more(home: PublishedHome) -> None:
    database = home.database
    home.release(1, tables=ALL_TABLES)
    bi_user = database.make_user("bi_user", database.bi_role)
    finance_user = database.make_user("finance_user", database.finance_role)
    nobody = database.make_user("nobody")
    # What an administrator did by mistake is undone.
    database.execute(
        f"grant usage on schema compensation to public, {database.bi_role}",
        f"grant select on compensation.comp_ledger to public, {database.bi_role}",
        "grant select on core.dim_account to public",
    )
    home.release(2, tables=ALL_TABLES)
    ops = {"run", "source_load", "guard_result", "publish_log", "quarantine"}
    marts = {table.name for table in ALL_TABLES if table != PAY}
    marts |= {f"ops.ops_{name}" for name in ops}
    marts |= {"concord.publication", "concord.published_table"}
    assert readable(database, bi_user) == marts
    assert readable(database, finance_user) == marts | {PAY.name}
    assert readable(database, nobody) == set()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute("delete from core.dim_account", user=bi_user)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute("create table core.mine (one int)", user=finance_user)


def test_roles_cannot_log_in_and_are_kept_when_they_exist(home: PublishedHome) -> None:
    database = home.database
    database.execute(f"create role {database.bi_role} login")
    home.release(1)
    assert database.rows(
        f"select rolname, rolcanlogin from pg_roles where rolname ~ '^{database.name}_' order by 1"
    ) == [(database.bi_role, True), (database.finance_role, False)]


def test_bi_as_a_member_of_finance_is_refused(home: PublishedHome) -> None:
    database = home.database
    home.release(1)
    database.execute(f"grant {database.finance_role} to {database.bi_role}")
    with pytest.raises(PostgresError, match=f"revoke {database.finance_role} from"):
        home.bring()


def test_missing_rights_are_named_with_the_sql_that_gives_them(home: PublishedHome) -> None:
    database = home.database
    writer = database.make_user("writer")
    database.execute("create schema kpi")
    home.build(1)
    home.publish_files()
    home.user = writer
    with pytest.raises(PostgresError) as caught:
        home.bring()
    text = str(caught.value)
    for statement in (
        f"grant create on database {database.name} to {writer};",
        f'create role "{database.bi_role}" nologin;',
        f'create role "{database.finance_role}" nologin;',
        f"alter schema kpi owner to {writer};",
    ):
        assert statement in text
    assert database.schemas() == {"kpi"}
    # The administrator does what is said, and no more is needed.
    database.execute(
        f"grant create on database {database.name} to {writer}",
        f'create role "{database.bi_role}" nologin',
        f'create role "{database.finance_role}" nologin',
        f"alter schema kpi owner to {writer}",
    )
    for generation in (1, 2):
        home.release(generation)
    assert set(home.generations(ADMIN).values()) == {2}


def test_another_home_s_database_is_refused_until_it_is_handed_over(
    home: PublishedHome, database: Database
) -> None:
    home.release(1)
    other = PublishedHome(home.folder / "other", database, first_run=100)
    with pytest.raises(PostgresError, match="another CONCORD_HOME.*delete from concord.home"):
        other.release(7)
    assert set(home.generations().values()) == {1}
    # Its version has the same number and other content; it is copied beside the old one.
    database.execute("delete from concord.home")
    other.bring()
    assert set(other.generations().values()) == {7}
    assert "core__000001_2" in database.schemas()
    assert "core__000001" not in database.schemas()
    other.state.close()
