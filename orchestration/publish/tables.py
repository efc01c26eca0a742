"""What is published, and into which file.

Belongs here: the description of published tables and stores. Does not: copying them
(marts_file.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Content = Literal["published", "held", "by_row", "empty", "absent"]


@dataclass(frozen=True)
class Store:
    """A DuckDB file of the version folder, beside its Parquet copies.

    Attributes:
        file_name: The DuckDB file.
        parquet_folder: Folder of the Parquet copies, one subfolder per schema.
        file_mode: Who may read the files.
        folder_mode: Who may enter the subfolders of its schemas.
    """

    file_name: str
    parquet_folder: str
    file_mode: int
    folder_mode: int


MARTS, FINANCE = "marts", "finance"
STORES: dict[str, Store] = {
    MARTS: Store("marts.duckdb", "parquet", file_mode=0o644, folder_mode=0o755),
    FINANCE: Store("finance.duckdb", "parquet", file_mode=0o600, folder_mode=0o700),
}
# Personal pay: what finance reads and BI never does, in files as in PostgreSQL.
FINANCE_SCHEMAS = frozenset({"compensation"})


def store_of(schema_name: str) -> str:
    """Return the store that the tables of a schema go to."""
    return FINANCE if schema_name in FINANCE_SCHEMAS else MARTS


@dataclass(frozen=True)
class PublishedTable:
    """A table that readers get.

    Attributes:
        schema_name: Schema, in the candidate and in the store.
        table_name: Table, in the candidate and in the store.
        group: Publish group; "by_row" when each row's column `kpi_group` says it.
        store: Key of STORES.
        columns: Names and DuckDB types by contract; used when a table must be made without a
            candidate or an earlier version to take its columns from.
        key: The columns that identify a row; empty where none are tested.
        description: What the table holds; becomes its comment.
        column_descriptions: What the columns hold, by name; become their comments.
        is_built: Whether the run built it. Asked of tables of `ops` only, which no failure holds:
            one that was not built is published empty, not as an earlier run left it.
    """

    schema_name: str
    table_name: str
    group: str
    store: str = MARTS
    columns: tuple[tuple[str, str], ...] = ()
    key: tuple[str, ...] = ()
    description: str = ""
    column_descriptions: tuple[tuple[str, str], ...] = ()
    is_built: bool = True

    @property
    def name(self) -> str:
        """Schema and table, for messages."""
        return f"{self.schema_name}.{self.table_name}"


@dataclass(frozen=True)
class TableOutcome:
    """What a version holds of a table.

    Attributes:
        schema_name: Its schema.
        table_name: Its name.
        group: Its publish group, or "by_row".
        store: The store it lies in.
        content: published (the candidate), held (the last good version), by_row (rows of either),
            empty (its group is held and was never published), absent (no columns known either).
        publish_version: Version its rows are from; None for by_row, empty and absent.
        row_count: Its rows.
        key: The columns that identify a row; empty where none are tested.
    """

    schema_name: str
    table_name: str
    group: str
    store: str
    content: Content
    publish_version: str | None
    row_count: int
    key: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Schema and table, for messages."""
        return f"{self.schema_name}.{self.table_name}"
