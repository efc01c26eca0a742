"""How each loader marks the rows it lands.

| Loader | Marker | A row is gone when | Of several rows counts |
|---|---|---|---|
| Fivetran | `_fivetran_synced` | `_fivetran_deleted` or `is_deleted` | the active one |
| Airbyte | `_airbyte_extracted_at` | `_ab_cdc_deleted_at`, or as the source says | the newest |
| dlt | `_dlt_load_id` | as the source says | of the newest complete load |

Belongs here: what is particular to a loader. Does not: any API's objects.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from orchestration.connectors.typing_sql import quoted


@dataclass(frozen=True)
class LandedBy:
    """A loader.

    Attributes:
        name: Its name.
        marker: Column by which its tables are known.
        deleted: Boolean columns, any of which says that a row is gone.
        deleted_at: Columns that hold a moment once a row is gone.
        active: Column that says whether a row is the current one, where history is kept.
        order: Columns by which a later row of a record is known.
        loads_table: Table that names complete loads, in the same schema.
    """

    name: str
    marker: str
    deleted: tuple[str, ...] = ()
    deleted_at: tuple[str, ...] = ()
    active: str | None = None
    order: tuple[str, ...] = ()
    loads_table: str | None = None


LOADERS = (
    LandedBy(
        name="fivetran",
        marker="_fivetran_synced",
        deleted=("_fivetran_deleted", "is_deleted", "isdeleted"),
        active="_fivetran_active",
        order=("_fivetran_start", "_fivetran_synced"),
    ),
    LandedBy(
        name="airbyte",
        marker="_airbyte_extracted_at",
        deleted=("isdeleted", "is_deleted", "archived"),
        deleted_at=("_ab_cdc_deleted_at",),
        order=("_airbyte_extracted_at",),
    ),
    LandedBy(
        name="airbyte before version 2",
        marker="_airbyte_emitted_at",
        deleted=("isdeleted", "is_deleted", "archived"),
        deleted_at=("_ab_cdc_deleted_at",),
        order=("_airbyte_emitted_at",),
    ),
    LandedBy(
        name="dlt",
        marker="_dlt_load_id",
        deleted=("is_deleted", "archived"),
        order=("_dlt_load_id",),
        loads_table="_dlt_loads",
    ),
)


def loader_of(columns: Collection[str]) -> LandedBy | None:
    """The loader whose marker is among a table's columns (in small letters)."""
    return next((loader for loader in LOADERS if loader.marker in columns), None)


def gone_condition(loader: LandedBy, columns: Collection[str]) -> str:
    """SQL that says whether a row is gone."""
    conditions = [
        f"coalesce(try_cast({quoted(name)} as boolean), false)"
        for name in loader.deleted
        if name in columns
    ]
    conditions += [f"{quoted(name)} is not null" for name in loader.deleted_at if name in columns]
    return " or ".join(conditions) or "false"


def row_filter(loader: LandedBy, columns: Collection[str], loads_table: str | None) -> str:
    """SQL that leaves out rows that are history, or of a load that is not complete.

    Args:
        loader: The loader.
        columns: Of the table, in small letters.
        loads_table: Where the complete loads are named, in SQL; None when there is no such table.
    """
    conditions = []
    if loader.active and loader.active in columns:
        conditions.append(f"coalesce({quoted(loader.active)}, true)")
    if loads_table is not None:
        conditions.append(
            f"{quoted(loader.marker)} in (select load_id from {loads_table} where status = 0)"  # noqa: S608
        )
    return " and ".join(conditions) or "true"


def newest_first(loader: LandedBy, columns: Collection[str]) -> str:
    """SQL of the order in which a record's rows stand, the newest first."""
    names = [name for name in loader.order if name in columns]
    return ", ".join(f"{quoted(name)} desc nulls last" for name in names)
