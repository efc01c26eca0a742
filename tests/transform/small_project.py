"""A project of a few nodes and a warehouse that holds what they would make.

rules.rate ─────────────► priced ──► total
raw_file_drop.deal ─► stg_deal ─┘
raw_file_drop.note ─► stg_note ──► notes
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from orchestration.ingest.warehouse import warehouse
from orchestration.settings import Settings
from orchestration.transform.nodes import Project
from orchestration.transform.results import NodeResult

READS = {
    "stg_deal": ("source.deal",),
    "stg_note": ("source.note",),
    "priced": ("model.stg_deal", "source.rate"),
    "total": ("model.priced",),
    "notes": ("model.stg_note",),
}
SOURCES = {
    "source.deal": ("raw_file_drop", "deal"),
    "source.note": ("raw_file_drop", "note"),
    "source.rate": ("rules", "rate"),
}
SQL = {
    "stg_deal": "select id, amount from raw_file_drop.deal",
    "stg_note": "select id, text from raw_file_drop.note",
    "priced": "select d.id, d.amount * coalesce(r.rate, 1) as price "
    "from made.stg_deal as d cross join rules.rate as r",
    "total": "select sum(price) as price from made.priced",
    "notes": "select id, text from made.stg_note",
}
TESTS = {"test.priced": ("model.priced",), "test.notes": ("model.notes", "source.note")}


def manifest() -> dict[str, Any]:
    """The nodes as dbt's manifest tells them, tests and downstream models first."""
    nodes: dict[str, Any] = {
        unique_id: {
            "unique_id": unique_id,
            "resource_type": "test",
            "name": unique_id.split(".")[1],
            "depends_on": {"nodes": reads},
            "attached_node": reads[0],
            "compiled_code": f"select * from made.{unique_id.split('.')[1]} where id < 0",
            "config": {
                "materialized": "test",
                "severity": "ERROR",
                "fail_calc": "count(*)",
                "warn_if": "!= 0",
                "error_if": "!= 0",
            },
        }
        for unique_id, reads in TESTS.items()
    }
    for name in reversed(READS):
        nodes[f"model.{name}"] = {
            "unique_id": f"model.{name}",
            "resource_type": "model",
            "schema": "made",
            "name": name,
            "config": {"materialized": "view" if name.startswith("stg_") else "table"},
            "depends_on": {"nodes": READS[name]},
            "compiled_code": SQL[name],
        }
    sources = {key: {"schema": schema, "name": name} for key, (schema, name) in SOURCES.items()}
    return {"nodes": nodes, "sources": sources}


def project(content: dict[str, Any] | None = None) -> Project:
    """The project of a manifest; by default of the one above."""
    return Project(content or manifest())


def settings_of(home: Path) -> Settings:
    """A home with a key of its own."""
    return Settings(company_dir=home / "company", home=home, hash_key="one")


def execute(settings: Settings, *statements: str) -> None:
    """Change the warehouse."""
    with warehouse(settings) as connection:
        for statement in statements:
            connection.execute(statement)


def fill(settings: Settings) -> None:
    """Write the inputs, and the tables and views that a build would leave."""
    execute(
        settings,
        "create schema raw_file_drop",
        "create schema rules",
        "create schema made",
        "create view raw_file_drop.deal as select 1 as id, 10 as amount",
        "create view raw_file_drop.note as select 1 as id, 'a' as text",
        "create table rules.rate as select 'USD' as code, cast(null as double) as rate",
        *(
            f"create {'view' if name.startswith('stg_') else 'table'} made.{name} as select 1 as id"
            for name in READS
        ),
    )


def good(*unique_ids: str) -> list[NodeResult]:
    """Results of nodes that ended well."""
    return [
        NodeResult(
            unique_id=unique_id,
            resource_type=unique_id.split(".")[0],
            status="pass" if unique_id.startswith("test") else "success",
            failures=None,
            message="",
            seconds=0.1,
            row_count=7,
        )
        for unique_id in unique_ids
    ]
