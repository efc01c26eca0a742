"""Which views need not be made again: none of the project's files and no column below has changed.

A view holds no data, so making the same one again changes nothing and costs a third of dbt's nodes.

Belongs here: knowing that. Does not: building (assets.py).
"""

from __future__ import annotations

import duckdb

from orchestration.ingest.warehouse import warehouse
from orchestration.settings import Settings
from orchestration.transform.nodes import Model, Project
from orchestration.transform.project import fingerprint

MARKER_FILE = "views_built.txt"
# Everything that the views read.
COLUMNS_BELOW = """
    select md5(string_agg(concat_ws('.', schema_name, table_name, column_name, data_type), ','
        order by schema_name, table_name, column_index))
    from duckdb_columns()
    where schema_name in ('raw_file_drop', 'rules')
"""


def unchanged_views(settings: Settings, project: Project) -> list[Model]:
    """The view models that stand in the warehouse just as this project would make them."""
    marker = settings.dbt_target_dir / MARKER_FILE
    views = _views(project)
    if not marker.exists() or not settings.warehouse_path.exists():
        return []
    with warehouse(settings, read_only=True) as connection:
        standing = set(
            connection.execute("select schema_name, view_name from duckdb_views()").fetchall()
        )
        is_same = marker.read_text() == _state(connection)
    if not is_same or any((view.schema, view.name) not in standing for view in views):
        return []
    return views


def remember_views(settings: Settings) -> None:
    """Note what the views were made from; call it after a build that made all of them."""
    with warehouse(settings, read_only=True) as connection:
        (settings.dbt_target_dir / MARKER_FILE).write_text(_state(connection))


def forget_views(settings: Settings) -> None:
    """Take the note back; call it before a build that makes views."""
    (settings.dbt_target_dir / MARKER_FILE).unlink(missing_ok=True)


def _views(project: Project) -> list[Model]:
    return [model for model in project.models.values() if model.materialized == "view"]


def _state(connection: duckdb.DuckDBPyConnection) -> str:
    below = connection.execute(COLUMNS_BELOW).fetchall()[0][0]
    return f"{fingerprint()} {below}"
