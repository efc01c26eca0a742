"""Tables that Fivetran, Airbyte or dlt landed give the same rows as the vendor's API would."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.landed.names import column_names, table_names
from orchestration.connectors.landed.probe import probe_place
from orchestration.connectors.landed.pull import LandedPlace, pull_landed
from orchestration.connectors.salesforce.objects import delivered_objects
from orchestration.state import StateStore

COLUMNS = {
    "Id": "varchar", "Name": "varchar", "AccountId": "varchar", "OwnerId": "varchar",
    "CampaignId": "varchar", "Type": "varchar", "StageName": "varchar",
    "ForecastCategoryName": "varchar", "LeadSource": "varchar", "Amount": "double",
    "TotalOpportunityQuantity": "double", "Probability": "double", "CloseDate": "date",
    "CreatedDate": "timestamptz", "SystemModstamp": "timestamptz", "Segment__c": "varchar",
}  # fmt: skip
SNAKE = {
    "Id": "id", "Name": "name", "AccountId": "account_id", "OwnerId": "owner_id",
    "CampaignId": "campaign_id", "Type": "type", "StageName": "stage_name",
    "ForecastCategoryName": "forecast_category_name", "LeadSource": "lead_source",
    "Amount": "amount", "TotalOpportunityQuantity": "total_opportunity_quantity",
    "Probability": "probability", "CloseDate": "close_date", "CreatedDate": "created_date",
    "SystemModstamp": "system_modstamp", "Segment__c": "segment_c",
}  # fmt: skip
FIVETRAN = {"_fivetran_synced": "timestamptz", "is_deleted": "boolean"}
AIRBYTE = {"IsDeleted": "boolean", "_airbyte_extracted_at": "timestamptz"}
DLT = {"_dlt_load_id": "varchar", "is_deleted": "boolean"}
EARLY, LATE = "2026-01-02 08:00:00+00", "2026-01-03 08:00:00+00"


def deal(number: int, amount: float | None = 100.5, **changes: Any) -> dict[str, Any]:
    return {
        "Id": f"006{number:015d}",
        "Name": f"Deal {number}",
        "AccountId": "001000000000000001",
        "StageName": "Proposal",
        "Amount": amount,
        "Probability": 40.0,
        "CloseDate": "2026-03-31",
        "CreatedDate": "2026-01-01 10:00:00+00",
        "SystemModstamp": "2026-01-02 07:00:00+00",
        **changes,
    }


@dataclass
class Landed:
    """A database that a loader fills, and a home that reads it."""

    folder: Path

    def __post_init__(self) -> None:
        self.state = StateStore(self.folder / "state.sqlite")
        self.database = self.folder / "landed.duckdb"
        self.custom: dict[str, list[str]] = {}

    def execute(self, *statements: str) -> None:
        with duckdb.connect(str(self.database)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("create schema if not exists crm")
            for statement in statements:
                connection.execute(statement)

    def table(
        self,
        name: str,
        names: dict[str, str],
        marker: dict[str, str],
        rows: list[dict[str, Any]],
        types: dict[str, str] | None = None,
    ) -> None:
        kinds = {**COLUMNS, **(types or {})}
        shown = {**{names[key]: kind for key, kind in kinds.items() if key in names}, **marker}
        with duckdb.connect(str(self.database)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("create schema if not exists crm")
            listed = ", ".join(f'"{column}" {kind}' for column, kind in shown.items())
            connection.execute(f'create or replace table crm."{name}" ({listed})')
            for row in rows:
                values = {names.get(key, key): value for key, value in row.items()}
                places = ", ".join(f'"{column}"' for column in values)
                marks = ", ".join("?" for _ in values)
                connection.execute(
                    f'insert into crm."{name}" ({places}) values ({marks})', list(values.values())
                )

    def place(self) -> LandedPlace:
        return LandedPlace(self.database, "crm", delivered_objects(), self.custom)

    def pull(self) -> PullResult:
        context = PullContext(
            source="crm",
            state=self.state,
            deliveries=self.folder / "deliveries",
            raw_pages=self.folder / "raw_pages",
            variables={},
            deadline=time.monotonic() + 60,
        )
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            return pull_landed(context, self.place(), connection)

    def deals(self, columns: str = "opportunity_id, amount, is_deleted") -> list[tuple[Any, ...]]:
        pattern = self.folder / "deliveries" / "opportunities" / "*.parquet"
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(
                f"select {columns} from (select * from read_parquet('{pattern}', filename = true) "
                "qualify row_number() over (partition by _record_id order by filename desc) = 1) "
                "order by _record_id"
            ).fetchall()


@pytest.fixture
def landed(tmp_path: Path) -> Iterator[Landed]:
    yield Landed(tmp_path)


SAME = {name: name for name in COLUMNS}


@pytest.mark.parametrize(
    ("table", "names", "marker", "values"),
    [
        ("opportunity", SNAKE, FIVETRAN, {"_fivetran_synced": EARLY}),
        ("Opportunity", SAME, {**FIVETRAN}, {"_fivetran_synced": EARLY}),
        ("Opportunity", SAME, AIRBYTE, {"_airbyte_extracted_at": EARLY}),
        ("opportunity", SNAKE, DLT, {"_dlt_load_id": "1"}),
    ],
)
def test_each_loaders_names_give_the_same_rows(
    landed: Landed,
    table: str,
    names: dict[str, str],
    marker: dict[str, str],
    values: dict[str, Any],
) -> None:
    landed.table(table, names, marker, [deal(1) | values, deal(2, None) | values])
    result = landed.pull()
    assert result.problems == []
    assert result.changed["opportunities"] == 2
    columns = "opportunity_id, account_id, sales_stage, amount, probability, close_date::varchar"
    assert landed.deals(f"{columns}, created_at::varchar, is_deleted") == [
        (f"006{number:015d}", "001000000000000001", "Proposal", amount, Decimal("0.40"),
         "2026-03-31", "2026-01-01 10:00:00+00", False)
        for number, amount in ((1, Decimal("100.50")), (2, None))
    ]  # fmt: skip
    assert landed.pull().changed["opportunities"] == 0


def test_a_deleted_row_is_marked_and_a_vanished_one_too(landed: Landed) -> None:
    synced = {"_fivetran_synced": EARLY, "is_deleted": False}
    landed.table("opportunity", SNAKE, FIVETRAN, [deal(n) | synced for n in (1, 2, 3)])
    landed.pull()
    deleted = deal(1) | {"_fivetran_synced": LATE, "is_deleted": True}
    landed.table("opportunity", SNAKE, FIVETRAN, [deleted, deal(3) | synced])
    assert landed.pull().changed["opportunities"] == 2
    assert [row[2] for row in landed.deals()] == [True, True, False]
    landed.table("opportunity", SNAKE, FIVETRAN, [deal(n) | synced for n in (1, 2, 3)])
    landed.pull()
    assert [row[2] for row in landed.deals()] == [False, False, False]


def test_of_many_versions_the_newest_counts(landed: Landed) -> None:
    landed.table(
        "Opportunity", SAME, AIRBYTE,
        [
            deal(1, 5.0) | {"_airbyte_extracted_at": LATE},
            deal(1, 4.0) | {"_airbyte_extracted_at": EARLY},
        ],
    )  # fmt: skip
    landed.pull()
    assert landed.deals()[0][1] == Decimal("5.00")


def test_of_a_history_table_the_active_row_counts(landed: Landed) -> None:
    marker = {**FIVETRAN, "_fivetran_active": "boolean", "_fivetran_start": "timestamptz"}
    common = {"_fivetran_synced": LATE}
    landed.table(
        "opportunity", SNAKE, marker,
        [
            deal(1, 7.0) | common | {"_fivetran_active": True, "_fivetran_start": EARLY},
            deal(1, 6.0) | common | {"_fivetran_active": False, "_fivetran_start": LATE},
        ],
    )  # fmt: skip
    landed.pull()
    assert landed.deals()[0][1] == Decimal("7.00")


def test_rows_of_an_unfinished_load_are_not_seen(landed: Landed) -> None:
    landed.table(
        "opportunity", SNAKE, DLT,
        [deal(1, 1.0) | {"_dlt_load_id": "1"}, deal(1, 2.0) | {"_dlt_load_id": "2"}],
    )  # fmt: skip
    landed.execute(
        "create table crm._dlt_loads as select '1' as load_id, 0 as status union all select '2', 1"
    )
    landed.pull()
    assert landed.deals()[0][1] == Decimal("1.00")
    landed.execute("update crm._dlt_loads set status = 0")
    landed.pull()
    assert landed.deals()[0][1] == Decimal("2.00")


def test_money_that_is_no_number_stops_the_object(landed: Landed) -> None:
    synced = {"_fivetran_synced": EARLY}
    landed.table("opportunity", SNAKE, FIVETRAN, [deal(1) | synced])
    landed.pull()
    landed.table(
        "opportunity", SNAKE, FIVETRAN,
        [deal(1, "n/a") | synced], {"Amount": "varchar"},  # type: ignore[arg-type]
    )  # fmt: skip
    [problem] = landed.pull().problems
    assert "Opportunity" in problem
    assert "amount" in problem
    assert "n/a" in problem
    assert landed.deals()[0][1] == Decimal("100.50")


def test_a_column_that_goes_is_an_alarm_and_one_that_never_was_a_note(landed: Landed) -> None:
    synced = {"_fivetran_synced": EARLY}
    few = {key: name for key, name in SNAKE.items() if key != "LeadSource"}
    landed.table("opportunity", few, FIVETRAN, [deal(1) | synced])
    result = landed.pull()
    assert result.problems == []
    assert any("LeadSource" in note for note in result.notes)
    fewer = {key: name for key, name in few.items() if key != "Amount"}
    row = {key: value for key, value in deal(1).items() if key != "Amount"}
    landed.table("opportunity", fewer, FIVETRAN, [row | synced])
    [problem] = landed.pull().problems
    assert "Amount (was DOUBLE)" in problem
    assert landed.deals()[0][1] == Decimal("100.50")


def test_custom_fields_are_found_under_the_loaders_names(landed: Landed) -> None:
    landed.custom = {"Opportunity": ["Segment__c"]}
    row = deal(1, Segment__c="Mid-market") | {"_fivetran_synced": EARLY}
    landed.table("opportunity", SNAKE, FIVETRAN, [row])
    landed.pull()
    assert landed.deals("Segment__c") == [("Mid-market",)]


def test_a_custom_field_that_comes_later_is_in_every_file(landed: Landed) -> None:
    rows = [deal(n, Segment__c=s) | {"_fivetran_synced": EARLY} for n, s in ((1, "A"), (2, None))]
    landed.table("opportunity", SNAKE, FIVETRAN, rows)
    landed.pull()
    landed.custom = {"Opportunity": ["Segment__c"]}
    landed.pull()
    assert landed.deals("Segment__c") == [("A",), (None,)]
    for path in (landed.folder / "deliveries" / "opportunities").glob("*.parquet"):
        assert "Segment__c" in pq.read_schema(path).names


def test_a_row_without_a_key_stops_the_object(landed: Landed) -> None:
    row = deal(1, Id=None) | {"_fivetran_synced": EARLY}
    landed.table("opportunity", SNAKE, FIVETRAN, [row])
    [problem] = landed.pull().problems
    assert "key" in problem


def test_a_table_of_no_known_loader_is_refused(landed: Landed) -> None:
    landed.table("opportunity", SNAKE, {}, [deal(1)])
    [problem] = landed.pull().problems
    assert "_fivetran_synced" in problem


def test_a_wrong_place_is_said_with_what_is_there(landed: Landed) -> None:
    with pytest.raises(FixConfiguration, match="does not exist"):
        landed.pull()
    landed.execute("create table main.other as select 1 as x")
    with pytest.raises(FixConfiguration, match="it has: main"):
        landed.pull()
    landed.database.write_bytes(b"no database at all" * 1000)
    with pytest.raises(FixConfiguration, match="no DuckDB file"):
        landed.pull()


def test_parquet_folders_are_tables_too(landed: Landed) -> None:
    landed.table("opportunity", SNAKE, FIVETRAN, [deal(1) | {"_fivetran_synced": EARLY}])
    folder = landed.folder / "lake" / "crm" / "opportunity"
    folder.mkdir(parents=True)
    landed.execute(f"copy crm.opportunity to '{folder}/part-0.parquet'")
    landed.database = landed.folder / "lake"
    assert landed.pull().changed["opportunities"] == 1
    with duckdb.connect() as connection:
        assert probe_place(landed.place(), connection).readable == [
            "Opportunity (table opportunity, landed by fivetran)"
        ]


def test_names_that_loaders_give() -> None:
    assert "product_2" in table_names("Product2")
    assert "opportunity_line_item" in table_names("OpportunityLineItem")
    assert "sf_user" in table_names("User")
    assert "my_field_c" in column_names("My_Field__c")
    assert "my_field__c" in column_names("My_Field__c")
    assert "property_dealname" in column_names("dealname")
    assert column_names("Period.EndDate") == ()
