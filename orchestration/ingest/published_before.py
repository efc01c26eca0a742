"""What readers were told of KPIs and credits before the as-of date: inputs of the run.

The history of the version that readers see now is read back, without what that version learnt on
the as-of date itself: so a second run of the same day starts from what the first one started from,
and corrects it instead of adding to it.

Belongs here: reading the published histories back. Does not: comparing them with today's values
(dbt, rpt_kpi_history and rpt_credit_history).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from orchestration.publish.layout import current_version, version_dir
from orchestration.publish.sql import literal

SCHEMA = "published_before"


@dataclass(frozen=True)
class History:
    """A mart that says what was known from when to when.

    Attributes:
        table: Where it is read back to.
        mart: Its schema and name.
        columns: The columns that are read back, with their types.
        description: What it says.
    """

    table: str
    mart: tuple[str, str]
    columns: Mapping[str, str]
    description: str


_KNOWN = {"known_from": "date", "known_to": "date"}
HISTORIES = (
    History(
        "kpi_history",
        ("kpi", "rpt_kpi_history"),
        {
            "kpi": "varchar",
            "kpi_group": "varchar",
            "period_grain": "varchar",
            "dimension": "varchar",
            "member": "varchar",
            "value": "decimal(38, 6)",
            "period_start": "date",
            **_KNOWN,
        },
        "What readers were told of each KPI before the as-of date.",
    ),
    History(
        "credit_history",
        ("attribution", "rpt_credit_history"),
        {
            "channel_key": "varchar",
            "model": "varchar",
            "measure": "varchar",
            "value": "decimal(38, 6)",
            "conversion_month": "date",
            **_KNOWN,
        },
        "What readers were told of each channel's credit for closed months before the as-of date.",
    ),
)


def write_published_before(
    connection: duckdb.DuckDBPyConnection, published_dir: Path, as_of: date
) -> None:
    """Replace the tables of what was published before the as-of date; empty before the first time.

    Args:
        connection: The working file.
        published_dir: The folder `published`.
        as_of: As-of date of the run.
    """
    connection.execute(f"create schema if not exists {SCHEMA}")
    for history in HISTORIES:
        _write(connection, history, _published(published_dir, history), as_of)


def _write(
    connection: duckdb.DuckDBPyConnection, history: History, path: Path | None, as_of: date
) -> None:
    day = f"date {literal(as_of.isoformat())}"
    shown = {name: "null" if path is None else name for name in history.columns}
    if path is not None:
        shown["known_to"] = f"case when known_to < {day} then known_to end"
    columns = ", ".join(
        f"cast({shown[name]} as {kind}) as {name}" for name, kind in history.columns.items()
    )
    rows = (
        "where false"
        if path is None
        else (f"from read_parquet({literal(str(path))}) where known_from < {day}")
    )
    connection.execute(
        f"create or replace table {SCHEMA}.{history.table} as select {columns} {rows}"  # noqa: S608
    )


def _published(published_dir: Path, history: History) -> Path | None:
    version = current_version(published_dir)
    schema, name = history.mart
    file = Path("parquet") / schema / f"{name}.parquet"
    path = version_dir(published_dir, version) / file if version else None
    return path if path is not None and path.is_file() else None
