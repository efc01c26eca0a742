"""A load of deals' stages is marked, and what it dated is no velocity; a busy hour is no load.

Belongs here: the history of a small company's deals, told deal by deal. Does not: loads of leads
(planted in the sample company).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest

from tests.kpi.compiled import CompiledModels, empty_warehouse, make_table

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("laws")]

FIRST = datetime.fromisoformat("2026-01-05 09:00:00")
LOAD = datetime.fromisoformat("2026-03-02 11:00:00")
AT_LEAST, TIMES_USUAL = 25, 5
MODELS = ("int_opportunity_stage_changes", "int_opportunity_loads")
Row = dict[str, Any]


@pytest.fixture
def warehouse(compiled_laws: CompiledModels) -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_warehouse(compiled_laws) as connection:
        yield connection


def history(moved: int) -> list[Row]:
    """Sixty deals that people work on, and the last so many of them moved by one hand at once.

    Of those moved the first five are new, made by the load, and the next five closed by it.
    """
    rows: list[Row] = []

    def change(deal: int, stage: str, at: datetime, by: str) -> None:
        rows.append(
            {
                "opportunity_key": f"d{deal:02}", "source_instance": "crm", "changed_by": by,
                "sales_stage": stage, "changed_date": at.date(), "changed_at": at,
            }
        )  # fmt: skip

    for deal in range(60):
        if deal - (60 - moved) not in range(5):
            at = FIRST + timedelta(days=deal % 20, hours=deal % 5)
            change(deal, "discovery", at, f"e{deal % 4}")
    for place in range(moved):
        at = LOAD + timedelta(minutes=place % 50, seconds=place)
        stage = "discovery" if place < 5 else "won" if place < 10 else "proposal"
        change(60 - moved + place, stage, at, "operations")
    return rows


def loaded(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, rows: list[Row]
) -> tuple[int, list[tuple[str, bool, bool]]]:
    """How many changes are a load's, and the deals that it made or closed."""
    text, day = "varchar", "date"
    make_table(
        warehouse, "conformed.conformed_opportunity_history",
        {
            "opportunity_key": text, "source_instance": text, "changed_by": text,
            "sales_stage": text, "changed_date": day, "changed_at": "timestamp",
        },
        rows,
    )  # fmt: skip
    dates: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row["changed_at"]):
        dated = dates.setdefault(
            row["opportunity_key"],
            {"opportunity_key": row["opportunity_key"], "created_date": row["changed_date"]},
        )
        if row["sales_stage"] == "won":
            dated["close_date"] = row["changed_date"]
    make_table(
        warehouse, "intermediate.int_opportunities_dated",
        {"opportunity_key": text, "created_date": day, "close_date": day}, list(dates.values()),
    )  # fmt: skip
    make_table(
        warehouse, "staging.stg_company__bulk_changes",
        {"at_least": "integer", "times_usual": "integer"},
        [{"at_least": AT_LEAST, "times_usual": TIMES_USUAL}],
    )  # fmt: skip
    make_table(
        warehouse, "staging.stg_company__as_of", {"as_of_date": day},
        [{"as_of_date": LOAD.date() + timedelta(days=30)}],
    )  # fmt: skip
    make_table(
        warehouse, "staging.stg_company__sales_stages", {"sales_stage": text, "is_open": "boolean"},
        [{"sales_stage": name, "is_open": name != "won"} for name in
         ("discovery", "proposal", "won")],
    )  # fmt: skip
    models.run_named(warehouse, *MODELS)
    [(count,)] = warehouse.execute(
        "select count(*) from intermediate.int_opportunity_stage_changes where is_bulk_load"
    ).fetchall()
    return count, warehouse.execute(
        "select opportunity_key, is_creation_load, is_close_load "
        "from intermediate.int_opportunity_loads order by 1"
    ).fetchall()


def test_deals_that_a_load_made_or_closed_are_told(
    warehouse: duckdb.DuckDBPyConnection, compiled_laws: CompiledModels
) -> None:
    count, deals = loaded(warehouse, compiled_laws, history(AT_LEAST))
    assert count == AT_LEAST
    made = [(f"d{deal}", True, False) for deal in range(35, 40)]
    closed = [(f"d{deal}", False, True) for deal in range(40, 45)]
    assert deals == [*made, *closed]


def test_one_deal_less_is_a_busy_hour(
    warehouse: duckdb.DuckDBPyConnection, compiled_laws: CompiledModels
) -> None:
    assert loaded(warehouse, compiled_laws, history(AT_LEAST - 1)) == (0, [])
