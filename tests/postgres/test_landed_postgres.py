"""Tables that a loader landed in PostgreSQL: the same rows as from a DuckDB file, of one moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import psycopg
import pytest
from psycopg import sql

from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.engine import engine
from orchestration.connectors.errors import FixConfiguration, Retry
from orchestration.connectors.landed import postgres_tables
from orchestration.connectors.landed.postgres_tables import PostgresPlace
from orchestration.connectors.landed.tables import landed_tables
from tests.connectors.accounts import define_all
from tests.connectors.fake_hubspot import FakeAccount
from tests.connectors.landed_home import LandedHome, Rows
from tests.connectors.test_landed_hubspot import by_airbyte, by_fivetran, fill
from tests.postgres.postgres_server import PASSWORD, Database

pytestmark = pytest.mark.slow
VARIABLE = "LANDED_POSTGRES_URL"
_KINDS = {"timestamp with time zone": "timestamptz", "double": "float8", "varchar": "text"}


class PostgresHome(LandedHome):
    """A source of tables in PostgreSQL; what is landed is the same as in a DuckDB file."""

    def __init__(self, home: Path, objects_of: str, database: Database, **options: Any) -> None:
        super().__init__(home, objects_of, **options)
        del self.options["database"]
        self.options["postgres_variable"] = VARIABLE
        self.database = database
        self.variables = {VARIABLE: database.url}

    def context(self, is_full: bool = False) -> PullContext:
        plain = super().context(is_full)
        return PullContext(**{**vars(plain), "variables": self.variables})

    def land(self, tables: dict[str, Rows], types: dict[str, str] | None = None) -> None:
        super().land(tables, types)
        with (
            duckdb.connect(str(self.home / "landed.duckdb"), read_only=True) as source,
            self.database.connect() as target,
        ):
            source.execute("set TimeZone = 'UTC'")
            target.execute("create schema if not exists lake")
            for name in tables:
                copy(source, target, name)


def copy(source: duckdb.DuckDBPyConnection, target: psycopg.Connection[Any], name: str) -> None:
    """Make a table of the DuckDB file at the server; JSON becomes jsonb."""
    described = source.execute(f'describe lake."{name}"').fetchall()
    kinds = {column: kind.lower() for column, kind, *_ in described}
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(
            sql.Identifier(column),
            sql.SQL("jsonb" if kind == "json" else _KINDS.get(kind, kind)),
        )
        for column, kind in kinds.items()
    )
    table = sql.Identifier("lake", name)
    target.execute(sql.SQL("drop table if exists {}").format(table))
    target.execute(sql.SQL("create table {} ({})").format(table, columns))
    marks = sql.SQL(", ").join(sql.Placeholder() * len(kinds))
    insert = sql.SQL("insert into {} values ({})").format(table, marks)
    for row in source.execute(f'select * from lake."{name}"').fetchall():
        target.execute(insert, row)


@pytest.fixture
def account() -> Iterator[FakeAccount]:
    found = FakeAccount()
    define_all(found)
    fill(found)
    yield found
    found.close()


@pytest.mark.parametrize("loader", ["fivetran", "airbyte"])
def test_a_server_gives_the_rows_that_a_file_gives(
    account: FakeAccount, database: Database, tmp_path: Path, loader: str
) -> None:
    """Airbyte's properties are one JSON column each."""
    is_fivetran = loader == "fivetran"
    tables = by_fivetran(account) if is_fivetran else by_airbyte(account, is_flat=False)
    server = PostgresHome(tmp_path / "server", "hubspot", database)
    file = LandedHome(tmp_path / "file", "hubspot")
    for home in (server, file):
        home.land(tables)
        assert home.pull().problems == []
    for entity in ("accounts", "people", "opportunities", "opportunity_history", "activities"):
        rows = server.raw(server.source, entity)
        assert rows == file.raw(file.source, entity)
        assert rows, entity
    assert server.probe().readable == file.probe().readable
    assert set(server.pull().changed.values()) == {0}
    assert not list(server.source.options.folder.glob(".landed_postgres*"))


def relation(database: Database, folder: Path, name: str) -> tuple[list[Any], dict[str, str]]:
    """A table's rows as DuckDB reads the copy, and its columns' types."""
    place = PostgresPlace(VARIABLE, {VARIABLE: database.url}, folder)
    with engine(folder) as connection, landed_tables(connection, place, "lake") as tables:
        found = connection.sql(f"select * from {tables[name].relation}")
        types = dict(zip(found.columns, map(str, found.types), strict=True))
        return found.fetchall(), types


def test_every_value_crosses_as_it_is(database: Database, tmp_path: Path) -> None:
    texts = ["plain", "", None, "\\N", 'quo"ted', "two\nlines", "a,b", "käse, ß", "\t", "NULL"]
    database.execute(
        "create schema lake",
        """create table lake.things (number int8, exact numeric(38, 9), loose numeric, half float8,
        "Text" text, day date, at timestamptz, local timestamp, flag boolean, held jsonb,
        id uuid, tags text[])""",
    )
    with database.connect() as connection:
        for number, text in enumerate(texts):
            connection.execute(
                """insert into lake.things values (%s, 12345678901234567890123456789.123456789,
                0.1000000000000000000000000000000001, 0.1, %s, '2026-02-28',
                '2026-03-29 03:30:00+02', '2026-03-29 02:30:00', %s, %s,
                '00000000-0000-0000-0000-000000000001', array['a', 'b'])""",
                (number, text, number % 2 == 0, json.dumps({"text": text})),
            )
    rows, types = relation(database, tmp_path, "things")
    assert [row[4] for row in sorted(rows)] == texts
    assert [json.loads(row[9])["text"] for row in sorted(rows)] == texts
    first = min(rows)
    assert [str(value) for value in first[1:4]] == [
        "12345678901234567890123456789.123456789", "0.1000000000000000000000000000000001", "0.1",
    ]  # fmt: skip
    assert [str(value) for value in (first[5], first[6], first[7], first[8])] == [
        "2026-02-28", "2026-03-29 01:30:00+00:00", "2026-03-29 02:30:00", "True",
    ]  # fmt: skip
    assert first[10:] == ("00000000-0000-0000-0000-000000000001", "{a,b}")
    assert types == {
        "number": "BIGINT", "exact": "VARCHAR", "loose": "VARCHAR", "half": "DOUBLE",
        "Text": "VARCHAR", "day": "DATE", "at": "TIMESTAMP WITH TIME ZONE", "local": "TIMESTAMP",
        "flag": "BOOLEAN", "held": "JSON", "id": "VARCHAR", "tags": "VARCHAR",
    }  # fmt: skip


def test_all_tables_are_of_one_moment(
    account: FakeAccount, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loader goes on: what it commits after the first table was copied comes with the next."""
    home = PostgresHome(tmp_path, "hubspot", database)
    home.land(by_fivetran(account))
    real, copied = postgres_tables._Copies._copy, []

    def copy_and_commit(self: Any, name: str) -> Any:
        found = real(self, name)
        copied.append(name)
        if len(copied) == 1:
            for table in ("deal", "company", "contact", "deal_property_history"):
                if table != name:
                    database.execute(f"delete from lake.{table}")
        return found

    monkeypatch.setattr(postgres_tables._Copies, "_copy", copy_and_commit)
    assert home.pull().problems == []
    assert copied[0] in ("owner", "company", "deal", "contact")
    assert len(home.raw(home.source, "opportunities")) == 3
    home.pull()
    assert {row[0] for row in home.rows("opportunities", "_is_gone")} == {True}


def test_a_server_that_is_away_or_refuses_is_red_without_its_secrets(
    account: FakeAccount, database: Database, tmp_path: Path
) -> None:
    home = PostgresHome(tmp_path, "hubspot", database)
    home.land(by_fivetran(account))

    def refused(address: str, kind: type[Exception], words: str) -> None:
        home.variables = {VARIABLE: address}
        with pytest.raises(kind, match=words) as error:
            home.pull()
        assert PASSWORD not in str(error.value)
        assert "wrong" not in str(error.value)
        assert VARIABLE in str(error.value)

    good = database.url
    refused(good.replace(f":{database.server.port}/", ":1/"), Retry, "can be reached")
    other = good.replace(f":{quote(PASSWORD, safe='')}@", ":wrong@")
    refused(other, FixConfiguration, "password authentication")
    refused("postgresql://[", FixConfiguration, "is no address that PostgreSQL's client")
    home.variables = {}
    with pytest.raises(FixConfiguration, match=VARIABLE):
        home.pull()
    home.variables = {VARIABLE: good}
    home.options["schema"] = "elsewhere"
    with pytest.raises(FixConfiguration, match=r"no schema 'elsewhere' with tables"):
        home.pull()
    home.options["schema"] = "LAKE"
    assert home.pull().problems == []


def test_a_user_reads_what_it_may_and_writes_nothing(
    account: FakeAccount, database: Database, tmp_path: Path
) -> None:
    home = PostgresHome(tmp_path, "hubspot", database)
    home.land(by_fivetran(account))
    user = database.make_user("reader")
    database.execute(
        f'grant usage on schema lake to "{user}"', f'grant select on lake.company to "{user}"'
    )
    home.variables = {VARIABLE: database.server.url(database.name, user)}
    result: PullResult = home.pull()
    assert result.changed["accounts"] > 0
    assert any("object deals: no such table" in note for note in result.notes)


def test_what_a_killed_pull_left_is_removed(
    account: FakeAccount, database: Database, tmp_path: Path
) -> None:
    home = PostgresHome(tmp_path, "hubspot", database)
    home.land(by_fivetran(account))
    left = home.source.options.folder / ".landed_postgres_left"
    left.mkdir(parents=True)
    (left / "0.csv").write_text("people")
    home.pull()
    assert not left.exists()
