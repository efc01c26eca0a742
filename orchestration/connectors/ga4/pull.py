"""One pull of a folder that GA4's BigQuery export is copied to.

    events_20260105.parquet          a day; written again for three days, then fixed
    events_intraday_20260106.json    a day that is not over; obsolete once the day's file is there

Each day becomes one delivery, made again when its file changed, so that a day is always replaced
whole. Days that the export has dropped (a table's expiry) stay: only a day whose file is here may
change what is known of it.

Belongs here: which days are made. Does not: the query (touches_sql.py).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from orchestration.company.ga4_source import DATASET, Ga4Source
from orchestration.connectors import limits
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.engine import engine
from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.ga4.touches_sql import touches_sql
from orchestration.durable import remove_unfinished, write_durably
from orchestration.state import ConnectorObject

_NAME = re.compile(r"events_(intraday_)?([0-9]{8})\.(parquet|json|jsonl|ndjson)(\.gz)?")
# Raise it when the same file gives other rows than before: all days are made again.
_VERSION = 1
_SOURCE_HASH = b"concord.source"


@dataclass(frozen=True)
class ExportFolder:
    """What is read.

    Attributes:
        folder: Where the files are.
        touch_types: Event to touch type.
        person_field: `person_id` or `lead_id`, where user ids are the CRM's.
    """

    folder: Path
    touch_types: Mapping[str, str]
    person_field: str | None = None


def pull(context: PullContext, source: Ga4Source) -> PullResult:
    """Make the delivery of every day that changed.

    Raises:
        FixConfiguration: As of `pull_export`.
    """
    with engine(context.deliveries) as connection:
        return pull_export(context, folder_of(source), connection)


def folder_of(source: Ga4Source) -> ExportFolder:
    """What a source reads."""
    options = source.options
    return ExportFolder(source.folder, options.touch_types, options.person_field)


def pull_export(
    context: PullContext, export: ExportFolder, connection: duckdb.DuckDBPyConnection
) -> PullResult:
    """Make the delivery of every day that changed.

    Args:
        context: State and folders.
        export: What is read.
        connection: A connection whose time zone is UTC.

    Raises:
        FixConfiguration: When the folder does not exist or holds no file of an export.
    """
    days = export_days(export.folder)
    target = context.deliveries / DATASET
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    remove_unfinished(target)
    result = PullResult(changed={DATASET: 0})
    for day, path in days.items():
        delivery = target / f"{day}.parquet"
        hashed = _hash(path, export)
        if _made_from(delivery) == hashed and not context.is_full:
            continue
        try:
            result.changed[DATASET] += _make(connection, export, path, delivery, hashed)
        except duckdb.Error as error:
            said = str(error).splitlines()[0]
            result.problems.append(
                f"{path.name} is no file of a GA4 export that can be read ({said}); export it "
                "again. The day stays as it was"
            )
    now = datetime.now(UTC).replace(microsecond=0)
    note = f"{len(days)} days, the newest {max(days)}"
    if not result.problems:
        context.state.save_connector_object(
            ConnectorObject(context.source, "events", cursor_at=now, pulled_at=now, note=note)
        )
    return result


def export_days(folder: Path) -> dict[str, Path]:
    """Day to its file, in order; a finished day's file counts before one of the day itself.

    Raises:
        FixConfiguration: When there is none.
    """
    if not folder.is_dir():
        raise FixConfiguration(f"{folder} does not exist; options.folder names the export's folder")
    found: dict[str, tuple[bool, Path]] = {}
    for path in sorted(folder.rglob("events_*")):
        match = _NAME.fullmatch(path.name)
        if match is None or not path.is_file():
            continue
        entry = (match[1] is not None, path)
        day = match[2]
        if day in found and found[day][0] == entry[0]:
            raise FixConfiguration(
                f"{path} and {found[day][1]} are both of day {day}; keep one of them"
            )
        if day not in found or not entry[0]:
            found[day] = entry
    if not found:
        raise FixConfiguration(
            f"{folder} has no file events_YYYYMMDD.parquet or .json (one day each); see "
            "docs/how_to/ga4.md"
        )
    return {day: path for day, (_, path) in sorted(found.items())}


def _hash(path: Path, export: ExportFolder) -> str:
    digest = hashlib.sha256(
        json.dumps([_VERSION, dict(export.touch_types), export.person_field]).encode()
    )
    with path.open("rb") as stream:
        while part := stream.read(limits.READ_BYTES):
            digest.update(part)
    return digest.hexdigest()


def _made_from(delivery: Path) -> str | None:
    if not delivery.exists():
        return None
    metadata = pq.read_schema(delivery).metadata or {}
    found = metadata.get(_SOURCE_HASH)
    return found.decode() if found else None


def _make(
    connection: duckdb.DuckDBPyConnection,
    export: ExportFolder,
    path: Path,
    delivery: Path,
    hashed: str,
) -> int:
    query = touches_sql(path, export.touch_types, export.person_field)
    reader = connection.sql(query).to_arrow_reader(limits.PARQUET_ROW_GROUP)
    schema = reader.schema.with_metadata({_SOURCE_HASH: hashed.encode()})
    count = 0

    def write(temporary: Path) -> None:
        nonlocal count
        with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
                count += batch.num_rows

    write_durably(delivery, write)
    return count
