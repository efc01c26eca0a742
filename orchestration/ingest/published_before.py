"""What readers were told of each KPI before the as-of date: an input of the run.

The history of the version that readers see now is read back, without what that version learnt on
the as-of date itself: so a second run of the same day starts from what the first one started from,
and corrects it instead of adding to it.

Belongs here: reading the published history back. Does not: comparing it with today's values (dbt,
rpt_kpi_history).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from orchestration.publish.layout import current_version, version_dir
from orchestration.publish.sql import literal

SCHEMA = "published_before"
HISTORY = "kpi_history"
TABLE = f"{SCHEMA}.{HISTORY}"

_PARQUET = Path("parquet") / "kpi" / "rpt_kpi_history.parquet"
_COLUMNS = {
    "kpi": "varchar",
    "kpi_group": "varchar",
    "period_grain": "varchar",
    "dimension": "varchar",
    "member": "varchar",
    "value": "decimal(38, 6)",
    "period_start": "date",
    "known_from": "date",
    "known_to": "date",
}


def write_published_before(
    connection: duckdb.DuckDBPyConnection, published_dir: Path, as_of: date
) -> None:
    """Replace the table of what was published before the as-of date; empty before the first time.

    Args:
        connection: The working file.
        published_dir: The folder `published`.
        as_of: As-of date of the run.
    """
    path = _history(published_dir)
    day = f"date {literal(as_of.isoformat())}"
    shown = dict.fromkeys(_COLUMNS, "null") if path is None else {name: name for name in _COLUMNS}
    if path is not None:
        shown["known_to"] = f"case when known_to < {day} then known_to end"
    columns = ", ".join(
        f"cast({shown[name]} as {kind}) as {name}" for name, kind in _COLUMNS.items()
    )
    rows = (
        "where false"
        if path is None
        else (f"from read_parquet({literal(str(path))}) where known_from < {day}")
    )
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(f"create or replace table {TABLE} as select {columns} {rows}")  # noqa: S608


def _history(published_dir: Path) -> Path | None:
    version = current_version(published_dir)
    path = version_dir(published_dir, version) / _PARQUET if version else None
    return path if path is not None and path.is_file() else None
