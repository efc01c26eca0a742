"""The ops tables: the contract's columns, this run included, no personal data."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from publish_world import FIRST_DAY, START, World

from orchestration.publish.ops_tables import OPS_TABLES
from orchestration.publish.redact import redacted
from orchestration.state import FileVersion, GuardResult, QuarantinedRow, SourceLoad

PROMISED = {
    "ops_run": "run_id, as_of_date, code_version, started_at, finished_at, status",
    "ops_source_load": (
        "source_system, source_object, run_id, row_count, min_cursor, max_cursor, "
        "quarantined_count, loaded_at"
    ),
    "ops_guard_result": "guard, kpi_group, severity, status, observed, threshold, sample",
    "ops_publish_log": "run_id, kpi_group, action, publish_version, stale_since",
    "ops_quarantine": "source, reason, payload_reference",
}


@pytest.mark.parametrize("table", sorted(PROMISED))
def test_the_contracts_columns_are_there(world: World, table: str) -> None:
    world.publish()
    world.rows(f"from ops.{table} select {PROMISED[table]}, publish_version")


def test_all_ops_tables_are_promised() -> None:
    assert {table.table_name for table in OPS_TABLES} == set(PROMISED)


def test_types_are_real_ones(world: World) -> None:
    world.publish()
    types = dict(
        world.rows(
            "select distinct column_name, data_type from duckdb_columns() "
            "where schema_name = 'ops' and data_type <> 'VARCHAR'"
        )
    )
    assert types == {
        "as_of_date": "DATE",
        "stale_since": "DATE",
        "started_at": "TIMESTAMP",
        "finished_at": "TIMESTAMP",
        "loaded_at": "TIMESTAMP",
        "row_count": "BIGINT",
        "quarantined_count": "BIGINT",
        "line": "BIGINT",
    }


def test_a_version_tells_of_the_run_that_made_it_as_ended(world: World) -> None:
    world.publish()
    world.state.finish_run("run-0001", "succeeded", START)
    world.publish(failing=["demand"], as_of_date=date(2026, 10, 2))
    assert world.rows(
        "select run_id, as_of_date, status, finished_at from ops.ops_run order by run_id"
    ) == [
        ("run-0001", FIRST_DAY, "succeeded", datetime(2026, 10, 2, 6, 0)),  # noqa: DTZ001
        ("run-0002", date(2026, 10, 2), "failed", datetime(2026, 10, 2, 6, 2, 20)),  # noqa: DTZ001
    ]


def test_the_publish_log_holds_this_run_too_and_agrees_with_the_state(world: World) -> None:
    world.publish()
    world.publish(failing=["demand"])
    query = (
        "select run_id, kpi_group, action, publish_version, folder_version, stale_since, reason "
        "from ops.ops_publish_log order by run_id, kpi_group"
    )
    published = world.rows(query)
    assert ("run-0002", "demand", "held", "000001", "000002", FIRST_DAY) in [
        row[:-1] for row in published
    ]
    assert published == sorted(
        (
            entry.run_id,
            entry.kpi_group,
            entry.action,
            entry.publish_version,
            entry.folder_version,
            entry.stale_since,
            entry.reason,
        )
        for entry in world.state.publish_log()
    )


def test_loads_and_guards_of_all_runs_are_there(world: World) -> None:
    run = world.start_run()
    world.state.add_source_loads(
        run.run_id, [SourceLoad("file_drop", "crm", "leads", 7, "a", None, 1, START)]
    )
    world.state.add_guard_results(
        run.run_id,
        [GuardResult("sums", "core", "warning", "warned", "3", "2", table_name="core.x")],
    )
    world.publish()
    assert world.rows(
        "select source_system, source_object, row_count, min_cursor, max_cursor, loaded_at "
        "from ops.ops_source_load"
    ) == [("file_drop", "leads", 7, "a", None, datetime(2026, 10, 2, 6, 0))]  # noqa: DTZ001
    assert world.rows("select guard, status, observed, table_name from ops.ops_guard_result") == [
        ("sums", "warned", "3", "core.x")
    ]


def test_quarantine_shows_where_a_row_lies_but_not_its_content(world: World) -> None:
    run = world.start_run()
    file = FileVersion("crm", "leads", "leads", "leads.csv", "c", "m", 3, 1, 0, "x.parquet")
    row = QuarantinedRow(
        "crm", "leads", "leads", "leads.csv", 17, "email", "jo@example.com",
        "'jo@example.com' was delivered twice", '{"phone": "+49 170 1234567"}',
    )  # fmt: skip
    world.state.replace_active_files(run.run_id, [file], [row])
    world.publish()
    assert world.rows(
        "select source, file, line, column_name, reason, payload_reference from ops.ops_quarantine"
    ) == [("crm", "leads.csv", 17, "email", "'<e-mail>' was delivered twice", "quarantine/1")]
    content = world.marts.read_bytes()
    assert b"jo@example.com" not in content
    assert b"1234567" not in content
    assert world.state.current_quarantine()[0].value == "jo@example.com"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("who: jo.doe+x@mail.example.co.uk.", "who: <e-mail>"),
        ("<jo@example.com>, 'al@example.com'", "<<e-mail>>, '<e-mail>'"),
        ("call +49 (170) 123-4567 now", "call <phone> now"),
        ("call 0049 170 1234567", "call <phone>"),
        (
            "observed 10,005,534.00, allowed 2026-10-01",
            "observed 10,005,534.00, allowed 2026-10-01",
        ),
        ("key 0f3a0012345678", "key 0f3a0012345678"),
    ],
)
def test_contact_data_are_blanked_and_numbers_stay(text: str, expected: str) -> None:
    assert redacted(text) == expected
