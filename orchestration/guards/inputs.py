"""The rows that the guards need and that no table of the warehouse holds.

Belongs here: filling expectations.inputs from the state store and the working file.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from expectations.inputs import InputRow
from orchestration.canonical import load_entities
from orchestration.publish import current_version
from orchestration.publish.gate import BY_ROW
from orchestration.state import StateStore
from orchestration.transform.nodes import Model


def entity_load(state: StateStore) -> list[InputRow]:
    """One row per canonical entity: active files, good rows, rows in quarantine."""
    counts = {entity: [0, 0, 0] for entity in sorted(load_entities())}
    for file in state.active_files():
        counts[file.entity][0] += 1
        counts[file.entity][1] += file.row_count
    for row in state.current_quarantine():
        counts[row.entity][2] += 1
    return [(entity, *numbers) for entity, numbers in counts.items()]


def table_count(
    connection: duckdb.DuckDBPyConnection,
    models: Iterable[Model],
    state: StateStore,
    published_dir: Path,
) -> list[InputRow]:
    """One row per mart, for tables of several groups one per group, with the published rows."""
    previous = state.previous_published_counts(current_version(published_dir))
    found_tables = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables()"
    ).fetchall()
    existing = {name for (name,) in found_tables}
    rows: list[InputRow] = []
    for model in models:
        name = f"{model.schema}.{model.name}"
        if name not in existing:  # not built: its own guard says so
            continue
        if model.publish_group == BY_ROW:
            found = connection.execute(
                f"select kpi_group, count(*) from {name} group by kpi_group order by kpi_group"  # noqa: S608
            ).fetchall()
            rows += [(name, group, count, None) for group, count in found]
        else:
            count = connection.execute(f"select count(*) from {name}").fetchall()[0][0]  # noqa: S608
            rows.append((name, model.publish_group, count, previous.get(name)))
    return rows
