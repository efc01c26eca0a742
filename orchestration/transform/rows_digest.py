"""One value for all rows of a table, whatever their order.

Belongs here: only this.
"""

from __future__ import annotations

import duckdb

# Sums, because DuckDB combines the hashes of a row's values by XOR, in which equal changes cancel;
# the second sum hashes each row's hash again.
DIGEST = "count(*), sum(hash(t)::hugeint), sum(hash(hash(t))::hugeint)"


def rows_digest(connection: duckdb.DuckDBPyConnection, place: str) -> str:
    """Columns, types and rows of a table or view; `place` as SQL quotes it."""
    columns = connection.execute(f"describe {place}").fetchall()
    [sums] = connection.execute(f"select {DIGEST} from {place} as t").fetchall()  # noqa: S608
    return f"{[column[:2] for column in columns]} {sums}"
