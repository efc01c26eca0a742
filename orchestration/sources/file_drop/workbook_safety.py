"""Looks at a workbook before it is opened: a workbook is a zip, and a zip can lie.

Belongs here: what the archive claims to hold, formulas without a value. Does not: cells.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO

from orchestration.sources.file_drop.limits import (
    HASH_CHUNK_BYTES,
    MAX_XLSX_ENTRIES,
    MAX_XLSX_RATIO,
    MAX_XLSX_UNPACKED_BYTES,
    XLSX_RATIO_FREE_BYTES,
)
from orchestration.sources.file_drop.model import FileRefusedError

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = 0x1
# A formula cell that ends without a value. t="str" is a formula that gave an empty text.
_NO_VALUE = re.compile(
    rb"<c\b(?![^<>]*\bt=\"str\")[^<>]*>\s*<f\b[^<>]*(?:/>|(?<!/)>[^<]*</f>)"
    rb"\s*(?:<v>\s*</v>|<v\s*/>)?\s*</c>"
)
_LONGEST_FORMULA_CELL = 64 * 1024


def check_archive(path: Path) -> None:
    """Refuse a file that is no whole zip, or one that unpacks to more than the limits."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        raise FileRefusedError("it is empty (0 bytes)", "export it again and copy it whole")
    if start == _OLD_WORKBOOK:
        raise FileRefusedError(
            "it is an old Excel workbook (.xls) or has a password",
            "save it as .xlsx without a password",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileRefusedError(
            f"it is no whole workbook ({error}): truncated or no XLSX file",
            "export it again and copy it whole",
        ) from None
    _check_sizes(entries, path.stat().st_size)


def _check_sizes(entries: list[zipfile.ZipInfo], packed: int) -> None:
    if len(entries) > MAX_XLSX_ENTRIES:
        raise FileRefusedError(
            f"its archive has {len(entries):,} entries; the limit is {MAX_XLSX_ENTRIES:,}",
            "export it again as a plain workbook or as CSV",
        )
    # zipfile never unpacks more of an entry than it claims here, so the claim is the limit.
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_XLSX_UNPACKED_BYTES:
        raise FileRefusedError(
            f"it would unpack to {unpacked:,} bytes; the limit is {MAX_XLSX_UNPACKED_BYTES:,}",
            "export it as CSV, or in several workbooks",
        )
    if unpacked > XLSX_RATIO_FREE_BYTES and unpacked > packed * MAX_XLSX_RATIO:
        raise FileRefusedError(
            f"it would unpack to {unpacked // max(packed, 1):,} times its size; "
            f"the limit is {MAX_XLSX_RATIO}",
            "export it as CSV; a file like this can be a zip bomb",
        )
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise FileRefusedError("it has a password", "save it without a password")


def require_calculated(sheet: IO[bytes]) -> None:
    """Refuse a sheet with formulas that no program has calculated: their values are not there."""
    rest = b""
    while chunk := sheet.read(HASH_CHUNK_BYTES):
        window = rest + chunk
        if b"<f" in window and (found := _NO_VALUE.search(window)):
            cell = re.search(rb'\br="([A-Z]+[0-9]+)"', found.group())
            place = cell.group(1).decode() if cell else "a cell"
            raise FileRefusedError(
                f"{place} holds a formula that was never calculated",
                "open the workbook in a spreadsheet program and save it, or export values",
            )
        rest = window[-_LONGEST_FORMULA_CELL:]
