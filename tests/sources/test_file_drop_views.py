"""The raw views over the active files."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.canonical import load_entities, raw_columns
from orchestration.sources.file_drop import active_files, extract, raw_view_sql, raw_views_sql

HEADER = "id,stage,value,closed\n"


def _types(drop: Any, files: Any) -> dict[str, dict[str, str]]:
    with duckdb.connect() as connection:
        for statement in raw_views_sql(load_entities(), files, drop.raw):
            connection.execute(statement)
        return {
            name: {
                row[0]: row[1].lower().replace(",", ", ")
                for row in connection.execute(f"describe raw_file_drop.{name}").fetchall()
            }
            for name in load_entities()
        }


def test_every_entity_has_a_view_of_the_right_types_with_and_without_files(drop: Any) -> None:
    expected = {name: raw_columns(entity) for name, entity in load_entities().items()}
    assert _types(drop, []) == expected

    drop.write("deals.csv", HEADER + "1,Won,5,\n")
    drop.extract()
    assert _types(drop, drop.result.files) == expected


def test_file_rank_is_the_natural_order_of_the_names_now(drop: Any) -> None:
    for number in (2, 10, 1):
        drop.write(f"deals_{number}.csv", HEADER + f"{number},Won,5,\n")
    drop.extract()
    ranks = {row["_file"]: row["_file_rank"] for row in drop.rows()}
    assert ranks == {"deals_1.csv": 1, "deals_2.csv": 2, "deals_10.csv": 3}

    drop.write("deals_3.csv", HEADER + "3,Won,5,\n")
    drop.extract()
    assert [version.status for version in drop.result.files].count("unchanged") == 3
    ranks = {row["_file"]: row["_file_rank"] for row in drop.rows()}
    assert ranks["deals_3.csv"] == 3
    assert ranks["deals_10.csv"] == 4


def test_technical_columns_say_where_a_row_is_from(drop: Any) -> None:
    drop.deals(files="**/*.csv", precedence=4)
    drop.write("2024/deals.csv", HEADER + "1,Won,x,\n2,Won,5,\n")
    drop.extract()

    row = drop.rows()[0]
    assert row["_source_name"] == "crm"
    assert row["_dataset"] == "deals"
    assert row["_dataset_rank"] == 4
    assert row["_source_system"] == "file_drop"
    assert row["_file"] == "2024/deals.csv"
    assert row["_row_number"] == 2
    assert row["_load_id"] == drop.result.files[0].load_id


def test_two_sources_of_one_entity_stay_apart(drop: Any) -> None:
    drop.datasets["lines"] = {
        "entity": "opportunity_lines",
        "files": "lines/*.csv",
        "columns": {"opportunity_line_id": "id", "opportunity_id": "deal", "amount": "amount"},
    }
    drop.write("deals.csv", HEADER + "1,Won,5,\n")
    drop.write("lines/l.csv", "id,deal,amount\na,1,5\n")
    first = drop.extract()
    drop.write("deals.csv", HEADER + "2,Won,5,\n")
    second = extract(drop.source("erp"), drop.folder, first.files, drop.raw)
    drop.result.files = active_files([first, second])

    assert {row["_source_name"] for row in drop.rows()} == {"crm", "erp"}
    # The erp's line names a deal that only the crm has.
    assert [row["_source_name"] for row in drop.rows("opportunity_lines")] == ["crm"]


def test_a_version_written_before_a_field_existed(drop: Any) -> None:
    drop.write("deals.csv", HEADER + "1,Won,5,\n")
    drop.extract()
    path = drop.raw / drop.result.files[0].parquet_path
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * exclude (quantity) from '{path}') to '{path}.old' (format parquet)"  # noqa: S608
        )
    path.with_name(path.name + ".old").replace(path)

    assert drop.column("quantity") == [None]


def test_names_with_quotes_do_no_harm(drop: Any) -> None:
    drop.write("o'hara's \"deals\".csv", HEADER + "1,Won,5,\n")
    drop.extract()

    assert drop.column("_file") == ["o'hara's \"deals\".csv"]
    entity = load_entities()["opportunities"]
    odd = drop.raw.parent / "o'hara"
    drop.raw.rename(odd)
    with duckdb.connect() as connection:
        connection.execute("create schema raw_file_drop")
        connection.execute(raw_view_sql(entity, drop.result.files, odd, load_entities()))
        count = connection.execute("select count(*) from raw_file_drop.opportunities").fetchall()
    assert count == [(1,)]
