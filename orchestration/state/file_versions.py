"""File versions and quarantine: which Parquet files make up raw, and what was left out of them.

Belongs here: methods on tables file_version, quarantine and source_load. Does not: reading files
(orchestration/sources, orchestration/ingest).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence

from orchestration.state.codec import read_record, record_values
from orchestration.state.database import Database, StateError, insert_records
from orchestration.state.records import FileVersion, QuarantinedRow, SourceLoad

FileKey = tuple[str, str, str]

# One place says which quarantined rows count now; ops.ops_quarantine reads it too.
CURRENT_QUARANTINE = """
    select quarantine.*
    from quarantine
    left join file_version on quarantine.file_version_id = file_version.file_version_id
    where
        (quarantine.scope = 'file' and file_version.is_active = 1)
        or (quarantine.scope = 'run' and quarantine.is_current = 1)
    order by quarantine.source, quarantine.dataset, quarantine.file, quarantine.line,
        quarantine.quarantine_id
"""


class FileMethods(Database):
    """The part of the store that knows what was read."""

    def active_files(
        self, source: str | None = None, entity: str | None = None
    ) -> list[FileVersion]:
        """Return the file versions that raw consists of."""
        found = self.rows(
            """
            select * from file_version
            where is_active = 1
                and (:source is null or source = :source)
                and (:entity is null or entity = :entity)
            order by source, dataset, file
            """,
            {"source": source, "entity": entity},
        )
        return [read_record(FileVersion, row) for row in found]

    def find_file_version(
        self, source: str, dataset: str, file: str, content_hash: str, mapping_hash: str
    ) -> FileVersion | None:
        """Return what an earlier run made of exactly this content under this mapping."""
        found = self.rows(
            """
            select * from file_version
            where source = :source and dataset = :dataset and file = :file
                and content_hash = :content_hash and mapping_hash = :mapping_hash
            """,
            {
                "source": source,
                "dataset": dataset,
                "file": file,
                "content_hash": content_hash,
                "mapping_hash": mapping_hash,
            },
        )
        return read_record(FileVersion, found[0]) if found else None

    def replace_active_files(
        self,
        run_id: str,
        files: Sequence[FileVersion],
        quarantined: Sequence[QuarantinedRow] = (),
        sources: Collection[str] | None = None,
    ) -> None:
        """Make `files` the active ones of `sources`, in one transaction with what they left out.

        Args:
            run_id: The run that read them.
            files: Every file of these sources that is to be active, read in this run or not.
            quarantined: Rows left out. "file" rows replace what the version had before; for a
                file that was not read again pass none, and the earlier ones stay.
            sources: The sources that were read; others keep what they have. None: all sources.

        Raises:
            StateError: When a file or row belongs to none of `sources`, or a "file" row to no file.
        """
        _refuse_strangers(files, quarantined, sources)
        with self.transaction() as connection:
            chosen = sources if sources is not None else _known_sources(connection)
            for source in sorted(chosen):
                connection.execute(
                    "update file_version set is_active = 0 where source = ?", (source,)
                )
                connection.execute(
                    "update quarantine set is_current = 0 where scope = 'run' and source = ?",
                    (source,),
                )
            ids = {_key(file): _activate(connection, run_id, file) for file in files}
            _replace_file_rows(connection, run_id, files, quarantined, ids)
            insert_records(
                connection,
                "quarantine",
                [row for row in quarantined if row.scope == "run"],
                run_id=run_id,
                is_current=1,
            )

    def current_quarantine(self) -> list[QuarantinedRow]:
        """Return the rows that are left out of raw as it is now."""
        return [read_record(QuarantinedRow, row) for row in self.rows(CURRENT_QUARANTINE)]

    def stream_current_quarantine(self) -> Iterator[list[sqlite3.Row]]:
        """Yield the same rows in lists, for tables too large to hold."""
        return self.stream(CURRENT_QUARANTINE)

    def add_source_loads(self, run_id: str, loads: Sequence[SourceLoad]) -> None:
        """Record what a run read; a repeated load of an object replaces the first."""
        with self.transaction() as connection:
            insert_records(connection, "source_load", loads, run_id=run_id)

    def source_loads(self, run_id: str) -> list[SourceLoad]:
        """Return what a run read."""
        found = self.rows(
            "select * from source_load where run_id = :run_id "
            "order by source_system, source_instance, source_object",
            {"run_id": run_id},
        )
        return [read_record(SourceLoad, row) for row in found]


def _key(item: FileVersion | QuarantinedRow) -> FileKey:
    return (item.source, item.dataset, item.file)


def _known_sources(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("select source from file_version union select source from quarantine")
    return [row["source"] for row in rows]


def _refuse_strangers(
    files: Sequence[FileVersion],
    quarantined: Sequence[QuarantinedRow],
    sources: Collection[str] | None,
) -> None:
    items: list[FileVersion | QuarantinedRow] = [*files, *quarantined]
    if sources is not None and (
        strangers := sorted({item.source for item in items} - set(sources))
    ):
        raise StateError(f"not among the sources being replaced: {', '.join(strangers)}")
    known = {_key(file) for file in files}
    if len(known) < len(files):
        raise StateError("a file was given twice; one version of a file can be active")
    for row in quarantined:
        if row.scope == "file" and _key(row) not in known:
            raise StateError(
                f"quarantined row of {row.file}, which is not among the active files; "
                "give rows of a refused file the scope 'run'"
            )


def _activate(connection: sqlite3.Connection, run_id: str, file: FileVersion) -> int:
    values = {**record_values(file), "is_active": 1, "first_run_id": file.first_run_id or run_id}
    names = list(values)
    row = connection.execute(
        f"""
        insert into file_version ({", ".join(names)})
        values ({", ".join(f":{name}" for name in names)})
        on conflict (source, dataset, file, content_hash, mapping_hash) do update set
            entity = excluded.entity,
            row_count = excluded.row_count,
            quarantined_count = excluded.quarantined_count,
            duplicate_count = excluded.duplicate_count,
            parquet_path = excluded.parquet_path,
            is_active = 1
        returning file_version_id
        """,  # noqa: S608
        values,
    ).fetchone()
    return int(row[0])


def _replace_file_rows(
    connection: sqlite3.Connection,
    run_id: str,
    files: Sequence[FileVersion],
    quarantined: Sequence[QuarantinedRow],
    ids: dict[FileKey, int],
) -> None:
    rows_of: dict[FileKey, list[QuarantinedRow]] = {}
    for row in quarantined:
        if row.scope == "file":
            rows_of.setdefault(_key(row), []).append(row)
    for file in files:
        rows = rows_of.get(_key(file), [])
        if rows or file.quarantined_count == 0:
            connection.execute(
                "delete from quarantine where file_version_id = ?", (ids[_key(file)],)
            )
        insert_records(
            connection,
            "quarantine",
            rows,
            run_id=run_id,
            file_version_id=ids[_key(file)],
            is_current=1,
        )
