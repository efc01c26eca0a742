"""Publishing: what a version folder holds, and what stays when a group is held."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from publish_world import FIRST_DAY, TABLES, World

from orchestration.publish import (
    Decision,
    EarlierAsOfDate,
    PublishedTable,
    PublishError,
    current_version,
    publish,
    released_versions,
)
from orchestration.publish.gate import OPS
from orchestration.publish.manifest import read_manifest
from orchestration.publish.ops_tables import OPS_TABLES

OPS_NAMES = {f"ops.{table.table_name}" for table in OPS_TABLES}
KPI_ROWS = "select kpi, value::int, stale_since, publish_version from kpi.rpt_kpi order by kpi"


def test_the_first_version_holds_every_table_marked_with_it(world: World) -> None:
    result = world.publish()
    assert result.version == "000001"
    assert (world.published / "current").readlink() == Path("versions/000001")
    assert world.tables() == {table.name for table in TABLES} | OPS_NAMES
    for table in TABLES:
        assert world.rows(f"from {table.name} select distinct publish_version") == [("000001",)]
    assert world.rows("select count(*), sum(amount) from core.fct_booking")[0][0] == 10


def test_every_table_is_there_as_parquet_with_the_same_rows(world: World) -> None:
    world.publish()
    for name in world.tables():
        path = world.published / "current" / "parquet" / f"{name.replace('.', '/')}.parquet"
        in_parquet = duckdb.sql(f"from '{path}' order by all").fetchall()
        assert in_parquet == world.rows(f"from {name} order by all"), name


def test_descriptions_become_comments_and_the_manifest_has_the_key(world: World) -> None:
    table = PublishedTable(
        "core", "dim_account", "core", key=("account_key",), description="It's an account",
        column_descriptions=(("account_key", "Its key"), ("gone", "Not there"), ("generation", "")),
    )  # fmt: skip
    result = world.publish(tables=[table])
    assert world.rows("select comment from duckdb_tables() where table_name = 'dim_account'") == [
        ("It's an account",)
    ]
    assert world.rows(
        "select column_name, comment from duckdb_columns() "
        "where table_name = 'dim_account' and comment is not null order by 1"
    ) == [("account_key", "Its key"), ("account_name", "Name as the CRM has it")]
    read = read_manifest(result.folder)
    assert read == result.manifest
    assert {item.key for item in read.tables if item.table_name == "dim_account"} == {
        ("account_key",)
    }


def test_types_and_comments_are_the_candidates(world: World) -> None:
    world.publish()
    assert world.rows(
        "select column_name, data_type, comment from duckdb_columns() "
        "where table_name = 'dim_account' order by column_index"
    ) == [
        ("account_key", "VARCHAR", None),
        ("account_name", "VARCHAR", "Name as the CRM has it"),
        ("generation", "INTEGER", None),
        ("publish_version", "VARCHAR", None),
    ]
    assert world.rows("select comment from duckdb_tables() where table_name = 'dim_account'") == [
        ("One row per account; it's the contract's",)
    ]
    assert world.rows("select typeof(amount) from core.fct_booking limit 1") == [("DECIMAL(18,2)",)]


def test_a_duckdb_1_4_client_can_read_the_file(world: World) -> None:
    world.publish()
    with duckdb.connect(str(world.marts), read_only=True) as connection:
        tags = connection.execute(
            "select tags from duckdb_databases() where database_name = current_database()"
        ).fetchall()[0][0]
    assert tags["storage_version"].startswith("v1.4.0")
    header = world.marts.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    # 64 is the file format of 0.9 to 1.1, 67 that of 1.4; 2.0's own is a higher one.
    assert int.from_bytes(header[12:20], "little") <= 67
    assert not world.marts.with_name("marts.duckdb.wal").exists()


def test_the_published_files_may_be_read_by_all(world: World) -> None:
    folder = world.publish().folder
    for path in [folder, *folder.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        if path.name != ".released":
            assert mode == (0o755 if path.is_dir() else 0o644), path


def test_the_manifest_tells_what_is_in_the_folder(world: World) -> None:
    world.publish()
    world.build(generation=2)
    world.publish(failing=["demand"], as_of_date=date(2026, 10, 2))
    manifest = json.loads((world.published / "current" / "manifest.json").read_text())
    assert manifest["version"] == "000002"
    assert manifest["as_of_date"] == "2026-10-02"
    assert manifest["run_id"] == "run-0002"
    assert {
        group["kpi_group"]: (group["action"], group["publish_version"], group["stale_since"])
        for group in manifest["groups"]
    } == {
        "core": ("published", "000002", None),
        "demand": ("held", "000001", "2026-10-01"),
        "pipeline": ("published", "000002", None),
        "ops": ("published", "000002", None),
    }
    tables = {
        f"{table['schema_name']}.{table['table_name']}": table for table in manifest["tables"]
    }
    assert tables["core.dim_account"]["row_count"] == 10
    assert tables["core.dim_account"]["group"] == "core"
    assert tables["funnel.rpt_funnel_flow"]["content"] == "held"
    assert tables["funnel.rpt_funnel_flow"]["publish_version"] == "000001"
    assert tables["kpi.rpt_kpi"]["content"] == "by_row"


def test_a_held_group_stays_at_its_last_good_version(world: World) -> None:
    world.publish()
    world.build(generation=2)
    world.publish(failing=["demand"])
    assert world.generations() == {
        "core.dim_account": 2,
        "core.fct_booking": 2,
        "funnel.rpt_funnel_flow": 1,
        "funnel.rpt_pipeline_daily": 2,
    }
    assert world.rows("select publish_version from funnel.rpt_funnel_flow") == [("000001",)]


def test_a_held_group_may_be_older_than_its_key(world: World) -> None:
    world.publish()
    keyed = [
        replace(table, key=("new_key",)) if table.group == "demand" else table for table in TABLES
    ]
    world.publish(failing=["demand"], tables=keyed)
    assert world.rows("select publish_version from funnel.rpt_funnel_flow") == [("000001",)]


def test_kpi_rows_are_held_one_group_at_a_time(world: World) -> None:
    world.publish()
    world.build(generation=2)
    world.publish(failing=["demand"], as_of_date=date(2026, 10, 2))
    assert world.rows(KPI_ROWS) == [
        ("bookings", 2, None, "000002"),
        ("mqls", 1, FIRST_DAY, "000001"),
        ("pipeline_created", 2, None, "000002"),
    ]


def test_a_group_held_for_three_runs_stays_stale_since_the_first(world: World) -> None:
    world.publish()
    for generation in (2, 3, 4):
        world.build(generation)
        world.publish(failing=["demand"], as_of_date=date(2026, 10, generation))
    assert world.rows(KPI_ROWS)[1] == ("mqls", 1, FIRST_DAY, "000001")
    world.build(generation=5)
    world.publish(as_of_date=date(2026, 10, 5))
    assert world.rows(KPI_ROWS)[1] == ("mqls", 5, None, "000005")
    assert set(world.generations().values()) == {5}


def test_a_failing_core_leaves_all_but_ops_as_it_was(world: World) -> None:
    world.publish()
    before = {table.name: world.rows(f"from {table.name} order by all") for table in TABLES[:5]}
    kpis = world.rows("select * exclude (stale_since) from kpi.rpt_kpi order by all")
    world.build(generation=2)
    world.publish(failing=["core"])
    assert {name: world.rows(f"from {name} order by all") for name in before} == before
    assert world.rows("select * exclude (stale_since) from kpi.rpt_kpi order by all") == kpis
    assert world.rows("select distinct stale_since from kpi.rpt_kpi") == [(FIRST_DAY,)]
    assert world.rows("select count(*) from ops.ops_run") == [(2,)]


def test_a_group_held_before_it_was_ever_published_is_empty_but_typed(world: World) -> None:
    result = world.publish(failing=["demand"])
    assert world.rows("select count(*) from funnel.rpt_funnel_flow") == [(0,)]
    assert world.rows(
        "select column_name, data_type from duckdb_columns() "
        "where table_name = 'rpt_funnel_flow' order by column_index"
    ) == [
        ("stage", "VARCHAR"),
        ("entered_count", "INTEGER"),
        ("generation", "INTEGER"),
        ("publish_version", "VARCHAR"),
    ]
    assert [kpi for kpi, *_ in world.rows(KPI_ROWS)] == ["bookings", "pipeline_created"]
    contents = {table.table_name: table.content for table in result.manifest.tables}
    assert contents["rpt_funnel_flow"] == "empty"
    world.build(generation=2)
    world.publish(failing=["demand"])
    assert world.rows("select count(*) from funnel.rpt_funnel_flow") == [(0,)]
    assert len(world.rows(KPI_ROWS)) == 2


def test_a_held_group_without_candidate_takes_its_columns_from_the_contract(world: World) -> None:
    tables = [
        *TABLES[:2],
        PublishedTable("funnel", "rpt_new", "demand", columns=(("month", "DATE"),)),
        PublishedTable("funnel", "rpt_unknown", "demand"),
    ]
    result = world.publish(failing=["demand"], tables=tables)
    assert world.rows("select typeof(month) from funnel.rpt_new union all select 'none'") == [
        ("none",)
    ]
    contents = {table.table_name: table.content for table in result.manifest.tables}
    assert contents["rpt_new"] == "empty"
    assert contents["rpt_unknown"] == "absent"
    assert "funnel.rpt_unknown" not in world.tables()


def test_a_held_group_whose_candidate_is_gone_is_still_there(world: World) -> None:
    world.publish()
    with duckdb.connect(str(world.warehouse)) as connection:
        connection.execute("drop schema funnel cascade")
        connection.execute("drop schema kpi cascade")
    world.publish(failing=["core"])
    assert world.generations()["funnel.rpt_funnel_flow"] == 1
    assert len(world.rows(KPI_ROWS)) == 3


def test_held_kpi_rows_fit_into_new_columns(world: World) -> None:
    world.publish()
    with duckdb.connect(str(world.warehouse)) as connection:
        connection.execute("alter table kpi.rpt_kpi add column target decimal(18, 6) default 7")
        connection.execute("alter table kpi.rpt_kpi alter generation type bigint")
    world.publish(failing=["demand"])
    assert world.rows(
        "select kpi, target::int, typeof(generation) from kpi.rpt_kpi order by 1"
    ) == [
        ("bookings", 7, "BIGINT"),
        ("mqls", None, "BIGINT"),
        ("pipeline_created", 7, "BIGINT"),
    ]


def test_kpi_rows_of_no_group_are_refused_not_lost(world: World) -> None:
    with duckdb.connect(str(world.warehouse)) as connection:
        connection.execute("insert into kpi.rpt_kpi (kpi, kpi_group) values ('odd', 'demnad')")
    with pytest.raises(PublishError, match=r"kpi\.rpt_kpi has rows of no publish group: demnad"):
        world.publish()
    assert current_version(world.published) is None


def test_a_published_table_without_candidate_stops_the_publish(world: World) -> None:
    world.publish()
    with duckdb.connect(str(world.warehouse)) as connection:
        connection.execute("drop table funnel.rpt_funnel_flow")
    with pytest.raises(PublishError, match=r"funnel\.rpt_funnel_flow is to be published but"):
        world.publish()
    assert current_version(world.published) == "000001"
    assert [path.name for path in (world.published / "versions").iterdir()] == ["000001"]


def test_tables_that_nothing_was_decided_about_are_named_all_at_once(world: World) -> None:
    tables = [PublishedTable("a", "b", "attribution"), PublishedTable("c", "d", "core", "vault")]
    with pytest.raises(
        PublishError, match=r"a\.b: no decision about group attribution; c\.d: no store vault"
    ):
        world.publish(tables=tables)
    with pytest.raises(PublishError, match="ops must always be published"):
        decisions = {"core": Decision("published"), OPS: Decision("held")}
        publish(world.published, world.warehouse, [], decisions, world.state, world.start_run())


def test_a_second_run_changes_nothing_but_its_marks(world: World) -> None:
    world.publish()
    files = [
        path.relative_to(world.published / "current")
        for path in sorted((world.published / "current" / "parquet").rglob("*.parquet"))
        if path.parent.name != "ops"
    ]
    first = (world.published / "current").resolve()
    world.build(generation=1, order="md5(i::varchar || 'another order')")
    second = world.publish().folder
    assert files
    for path in files:
        query = "select * exclude (publish_version) from '{}'"
        assert (
            duckdb.sql(query.format(first / path)).fetchall()
            == duckdb.sql(query.format(second / path)).fetchall()
        ), path


def test_an_earlier_as_of_date_does_not_publish_unless_told_to(world: World) -> None:
    world.publish(as_of_date=date(2026, 10, 5))
    with pytest.raises(EarlierAsOfDate, match=r"as of 2026-10-04, but version 000001"):
        world.publish(as_of_date=date(2026, 10, 4))
    assert current_version(world.published) == "000001"
    assert world.publish(as_of_date=date(2026, 10, 4), allow_earlier=True).version == "000002"
    assert world.publish(as_of_date=date(2026, 10, 4)).version == "000003"


def test_the_last_versions_are_kept_and_older_ones_go(world: World) -> None:
    for _ in range(5):
        result = world.publish(kept_versions=3)
    assert released_versions(world.published) == ["000003", "000004", "000005"]
    assert result.pruned == ("000002",)
    assert sorted(path.name for path in (world.published / "versions").iterdir()) == [
        "000003",
        "000004",
        "000005",
    ]


def test_a_version_that_a_link_points_to_is_kept(world: World) -> None:
    world.publish()
    (world.published / "audited").symlink_to(Path("versions") / "000001")
    for _ in range(3):
        world.publish(kept_versions=1)
    assert released_versions(world.published) == ["000001", "000004"]


def test_an_open_connection_to_the_warehouse_does_too(world: World) -> None:
    with duckdb.connect(str(world.warehouse)) as connection:
        world.publish(warehouse=connection)
        connection.execute("update core.dim_account set generation = 2")
        with duckdb.connect(str(world.marts), read_only=True) as reader:
            world.publish(failing=["demand"], warehouse=connection)
            assert reader.execute("select count(*) from core.dim_account").fetchall() == [(10,)]
        databases = connection.execute("select database_name from duckdb_databases()").fetchall()
        assert not {name for (name,) in databases if name.startswith("concord_")}
    assert world.generations()["core.dim_account"] == 2


def test_extras_are_written_beside_the_marts_they_are_built_from(world: World) -> None:
    def build_dashboard(folder: Path, marts: Path) -> None:
        with duckdb.connect(str(marts), read_only=True) as connection:
            count = connection.execute("select count(*) from core.dim_account").fetchall()[0][0]
        (folder / "dashboard").mkdir()
        (folder / "dashboard" / "index.html").write_text(f"{count} accounts")

    world.publish(build_extras=build_dashboard)
    page = world.published / "current" / "dashboard" / "index.html"
    assert page.read_text() == "10 accounts"


def test_extras_that_fail_leave_readers_where_they_were(world: World) -> None:
    world.publish()

    def build_dashboard(_: Path, __: Path) -> None:
        raise RuntimeError("no template")

    with pytest.raises(RuntimeError, match="no template"):
        world.publish(build_extras=build_dashboard)
    assert current_version(world.published) == "000001"
    assert [path.name for path in (world.published / "versions").iterdir()] == ["000001"]
    assert world.publish().version == "000002"


def test_a_missing_warehouse_is_told(world: World, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="build the warehouse first"):
        world.publish(warehouse=tmp_path / "none.duckdb")


def test_a_damaged_current_version_is_told_not_replaced_in_silence(world: World) -> None:
    folder = world.publish().folder
    (folder / "manifest.json").write_text("{")
    with pytest.raises(PublishError, match="version folder is damaged"):
        world.publish()


def test_a_held_group_whose_file_is_gone_is_told(world: World) -> None:
    folder = world.publish().folder
    (folder / "marts.duckdb").unlink()
    with pytest.raises(PublishError, match=r"demand must stay at version 000001"):
        world.publish(failing=["demand"])


def test_a_large_table_is_copied_in_the_order_it_was_built(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.publish.store_file.SORT_ROW_LIMIT", 100)
    world.build(generation=1, rows=500)
    world.publish()
    names = world.rows("select account_name from core.dim_account")
    assert names == [(f"Account {i}",) for i in range(500)]


BRIDGE_COLUMNS = (("kpi", "varchar"), ("difference_value", "decimal(38, 6)"))


def build_bridge(world: World) -> None:
    with duckdb.connect(str(world.warehouse)) as connection:
        connection.execute("create schema if not exists ops")
        connection.execute(
            "create or replace table ops.ops_source_bridge as "
            "select 'leads' as kpi, 3::decimal(38, 6) as difference_value"
        )


def test_an_ops_table_of_the_warehouse_is_published_whatever_is_held(world: World) -> None:
    build_bridge(world)
    bridge = PublishedTable("ops", "ops_source_bridge", OPS)
    world.publish(failing=["core", "demand", "pipeline"], tables=[*TABLES, bridge])
    assert world.rows("select kpi, publish_version from ops.ops_source_bridge") == [
        ("leads", "000001")
    ]


@pytest.mark.parametrize("left_by_an_earlier_run", [True, False])
def test_an_ops_table_that_was_not_built_is_empty_and_stops_nothing(
    world: World, left_by_an_earlier_run: bool
) -> None:
    if left_by_an_earlier_run:
        build_bridge(world)
    bridge = PublishedTable("ops", "ops_source_bridge", OPS, columns=BRIDGE_COLUMNS, is_built=False)
    world.publish(tables=[*TABLES, bridge])
    assert world.rows("select * from ops.ops_source_bridge") == []
    assert world.rows(
        "select column_name, data_type from duckdb_columns() "
        "where table_name = 'ops_source_bridge' order by column_index"
    ) == [
        ("kpi", "VARCHAR"),
        ("difference_value", "DECIMAL(38,6)"),
        ("publish_version", "VARCHAR"),
    ]
    assert world.rows("select distinct publish_version from core.fct_booking") == [("000001",)]
