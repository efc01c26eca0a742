"""The limits that keep a bad file from hanging the run or filling memory.

Also how much is read at a time.

Belongs here: numbers only. Does not: any check.
"""

from __future__ import annotations

MEBIBYTE = 1024 * 1024

# A file beyond these is refused whole; the message names the limit.
MAX_FILE_BYTES = 8 * 1024 * MEBIBYTE
MAX_LINE_CHARACTERS = 16 * MEBIBYTE
MAX_CELL_CHARACTERS = 1 * MEBIBYTE
MAX_ROWS = 100_000_000
MAX_COLUMNS = 16_384
MAX_QUARANTINED_ROWS = 100_000

# XLSX: a workbook is a zip; what it claims to unpack to is checked before anything is unpacked.
MAX_XLSX_ENTRIES = 10_000
MAX_XLSX_UNPACKED_BYTES = 1024 * MEBIBYTE
MAX_XLSX_RATIO = 200
# Small workbooks of repeated cells may pack better than the ratio without being a danger.
XLSX_RATIO_FREE_BYTES = 16 * MEBIBYTE
# Excel's own limit: a higher row number cannot come from a real workbook.
MAX_XLSX_ROWS = 1_048_576

# What quarantine keeps of one cell.
MAX_PAYLOAD_CHARACTERS = 10_000
# What a message lists of many columns.
MAX_LISTED_COLUMNS = 40

BATCH_ROWS = 20_000
BATCH_CHARACTERS = 32 * MEBIBYTE
PARQUET_ROW_GROUP = 100_000
HASH_CHUNK_BYTES = 1 * MEBIBYTE
DEFAULT_MEMORY = "1GB"
