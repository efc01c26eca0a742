"""The state store's schema, as the ordered steps that lead to it.

Belongs here: one tuple of statements per schema version. A released step is never edited; a change
is a new step at the end. Does not: queries.
"""

from __future__ import annotations

Migration = tuple[str, ...]

_FIRST: Migration = (
    """
    create table run (
        run_id text primary key,
        as_of_date text not null,
        code_version text not null,
        started_at text not null,
        finished_at text,
        status text not null check (status in ('running', 'succeeded', 'failed', 'interrupted')),
        message text,
        selection text,
        kind text not null check (kind in ('daily', 'rollback'))
    )
    """,
    """
    create table file_version (
        file_version_id integer primary key,
        source text not null,
        dataset text not null,
        entity text not null,
        file text not null,
        content_hash text not null,
        mapping_hash text not null,
        row_count integer not null,
        quarantined_count integer not null,
        duplicate_count integer not null,
        parquet_path text not null,
        is_active integer not null check (is_active in (0, 1)),
        first_run_id text not null references run (run_id),
        unique (source, dataset, file, content_hash, mapping_hash)
    )
    """,
    """
    create unique index one_active_version_per_file
    on file_version (source, dataset, file) where is_active = 1
    """,
    """
    create table source_load (
        run_id text not null references run (run_id),
        source_system text not null,
        source_instance text not null,
        source_object text not null,
        row_count integer not null,
        min_cursor text,
        max_cursor text,
        quarantined_count integer not null,
        loaded_at text not null,
        primary key (run_id, source_system, source_instance, source_object)
    )
    """,
    """
    create table quarantine (
        quarantine_id integer primary key,
        run_id text not null references run (run_id),
        file_version_id integer references file_version (file_version_id) on delete cascade,
        source text not null,
        dataset text not null,
        entity text not null,
        file text not null,
        line integer,
        column_name text,
        value text,
        reason text not null,
        payload text,
        scope text not null check (scope in ('file', 'run')),
        is_current integer not null check (is_current in (0, 1)),
        check ((scope = 'file') = (file_version_id is not null))
    )
    """,
    "create index quarantine_by_file_version on quarantine (file_version_id)",
    "create index quarantine_by_source on quarantine (source, is_current)",
    """
    create table guard_result (
        run_id text not null references run (run_id),
        guard text not null,
        kpi_group text not null,
        severity text not null check (severity in ('critical', 'warning', 'info')),
        status text not null
            check (status in ('passed', 'warned', 'failed', 'errored', 'not_run')),
        observed text,
        threshold text,
        sample text,
        table_name text not null,
        message text,
        primary key (run_id, guard, kpi_group, table_name)
    )
    """,
    """
    create table publish_log (
        publish_log_id integer primary key autoincrement,
        run_id text not null references run (run_id),
        kpi_group text not null,
        action text not null check (action in ('published', 'held', 'rolled_back')),
        publish_version text,
        folder_version text not null,
        stale_since text,
        reason text,
        unique (run_id, kpi_group)
    )
    """,
    """
    create table published_table (
        folder_version text not null,
        schema_name text not null,
        table_name text not null,
        kpi_group text not null,
        row_count integer not null,
        primary key (folder_version, schema_name, table_name)
    )
    """,
)

# SQLite cannot change a check, so table run is made anew; what refers to it is checked at the end.
_POSTGRES: Migration = (
    "pragma defer_foreign_keys = on",
    "create table run_before as select * from run order by rowid",
    "drop table run",
    """
    create table run (
        run_id text primary key,
        as_of_date text not null,
        code_version text not null,
        started_at text not null,
        finished_at text,
        status text not null check (status in ('running', 'succeeded', 'failed', 'interrupted')),
        message text,
        selection text,
        kind text not null check (kind in ('daily', 'rollback', 'postgres'))
    )
    """,
    "insert into run select * from run_before order by rowid",
    "drop table run_before",
    """
    create table postgres_log (
        postgres_log_id integer primary key autoincrement,
        run_id text not null references run (run_id),
        folder_version text not null,
        status text not null check (status in ('published', 'failed')),
        server text not null,
        finished_at text not null,
        table_count integer not null,
        row_count integer not null,
        message text
    )
    """,
)

_CONNECTORS: Migration = (
    """
    create table connector_object (
        source text not null,
        object_name text not null,
        cursor_at text,
        last_sweep_at text,
        pulled_at text,
        columns text,
        mapping text,
        note text,
        pending text,
        primary key (source, object_name)
    )
    """,
)

_BACKFILLS: Migration = (
    "pragma defer_foreign_keys = on",
    "create table run_before as select * from run order by rowid",
    "drop table run",
    """
    create table run (
        run_id text primary key,
        as_of_date text not null,
        code_version text not null,
        started_at text not null,
        finished_at text,
        status text not null check (status in ('running', 'succeeded', 'failed', 'interrupted')),
        message text,
        selection text,
        kind text not null check (kind in ('daily', 'rollback', 'postgres', 'backfill'))
    )
    """,
    "insert into run select * from run_before order by rowid",
    "drop table run_before",
    """
    create table backfill_slice (
        source text not null,
        from_date text not null,
        to_date text not null,
        slicing text not null check (slicing in ('month', 'week', 'day')),
        first_date text not null,
        last_date text not null,
        finished_at text,
        run_id text,
        changed_count integer,
        problem text,
        primary key (source, from_date, to_date, slicing, first_date)
    )
    """,
)

# A slice of some objects is another one than that of all, and may have any number of days.
_BACKFILLS_OF_OBJECTS: Migration = (
    "alter table backfill_slice rename to backfill_slice_before",
    """
    create table backfill_slice (
        source text not null,
        from_date text not null,
        to_date text not null,
        slicing text not null,
        first_date text not null,
        last_date text not null,
        finished_at text,
        run_id text,
        changed_count integer,
        problem text,
        objects text not null default '',
        primary key (source, from_date, to_date, slicing, objects, first_date)
    )
    """,
    "insert into backfill_slice select *, '' from backfill_slice_before order by rowid",
    "drop table backfill_slice_before",
)

_CLOSES: Migration = (
    "pragma defer_foreign_keys = on",
    "create table run_before as select * from run order by rowid",
    "drop table run",
    """
    create table run (
        run_id text primary key,
        as_of_date text not null,
        code_version text not null,
        started_at text not null,
        finished_at text,
        status text not null check (status in ('running', 'succeeded', 'failed', 'interrupted')),
        message text,
        selection text,
        kind text not null
            check (kind in ('daily', 'rollback', 'postgres', 'backfill', 'close'))
    )
    """,
    "insert into run select * from run_before order by rowid",
    "drop table run_before",
)

MIGRATIONS: tuple[Migration, ...] = (
    _FIRST,
    _POSTGRES,
    _CONNECTORS,
    _BACKFILLS,
    _BACKFILLS_OF_OBJECTS,
    _CLOSES,
)
