"""The file-drop source: folders of CSV, TSV, JSONL, Parquet and XLSX exports.

`extract` reads what is new and returns plain values; `raw_views_sql` gives the views over the
active files. Belongs here: files to typed raw rows, quarantine, refusals. Does not: state, the
warehouse connection, business rules.
"""

from orchestration.sources.file_drop.extraction import extract, with_ranks
from orchestration.sources.file_drop.model import (
    FileDropResult,
    FileNote,
    FileProgress,
    FileRefusal,
    FileVersion,
    OnProgress,
    QuarantinedRow,
    active_files,
)
from orchestration.sources.file_drop.views import (
    LOADS_TABLE,
    RAW_SCHEMA,
    raw_view_sql,
    raw_views_sql,
)

__all__ = [
    "LOADS_TABLE",
    "RAW_SCHEMA",
    "FileDropResult",
    "FileNote",
    "FileProgress",
    "FileRefusal",
    "FileVersion",
    "OnProgress",
    "QuarantinedRow",
    "active_files",
    "extract",
    "raw_view_sql",
    "raw_views_sql",
    "with_ranks",
]
