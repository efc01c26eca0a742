"""What the ledger's tables hold, and how their rows are hashed.

A posting's text is its columns in the order below, as DuckDB writes them, joined by the unit
separator; a NULL is the record separator. A statement is hashed from its own columns and the hashes
of its postings in the order of their keys, a period from the hash of the period before, its days
and the hashes of its statements in the order of payee and currency. So one changed cell anywhere
changes the hash of its period and of every later one.

Belongs here: names, types and hash expressions. Does not: opening files (store.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

POSTING: Mapping[str, str] = {
    "posting_key": "varchar",
    "payee_key": "varchar",
    "component_key": "varchar",
    "earning_line_key": "varchar",
    "override_key": "varchar",
    "root_event_key": "varchar",
    "entry_type": "varchar",
    "reason": "varchar",
    "currency_code": "varchar",
    "explanation": "varchar",
    "amount": "decimal(18, 2)",
    "amount_reporting": "decimal(18, 2)",
    "is_reversal": "boolean",
    "posting_period": "date",
    "origin_period": "date",
    "event_date": "date",
}
STATEMENT: Mapping[str, str] = {
    "payee_key": "varchar",
    "period": "date",
    "currency_code": "varchar",
    "opening_amount": "decimal(18, 2)",
    "posted_amount": "decimal(18, 2)",
    "closing_amount": "decimal(18, 2)",
    "line_count": "integer",
    "content_hash": "varchar",
}
PERIOD_LOCK: Mapping[str, str] = {
    "period": "date",
    "period_end": "date",
    "closed_as_of_date": "date",
    "posting_count": "integer",
    "statement_count": "integer",
    "previous_hash": "varchar",
    "ledger_hash": "varchar",
    "publish_version": "varchar",
    "code_version": "varchar",
    "run_id": "varchar",
}
TABLES: Mapping[str, Mapping[str, str]] = {
    "posting": POSTING,
    "statement": STATEMENT,
    "period_lock": PERIOD_LOCK,
}
KEYS: Mapping[str, tuple[str, ...]] = {
    "posting": ("posting_key",),
    "statement": ("payee_key", "period", "currency_code"),
    "period_lock": ("period",),
}


def table_columns(table: str) -> str:
    """The columns of a table with their types, as `create table` wants them."""
    columns = [f"{name} {kind}" for name, kind in TABLES[table].items()]
    return ", ".join([*columns, f"primary key ({', '.join(KEYS[table])})"])


def _hashed(columns: Iterable[str]) -> str:
    texts = (f"coalesce(cast({name} as varchar), chr(30))" for name in columns)
    return f"sha256(concat_ws(chr(31), {', '.join(texts)}))"


POSTING_HASH = _hashed(POSTING)
# Over `lines`: the hashes of the statement's postings, one after another.
STATEMENT_HASH = _hashed([*[name for name in STATEMENT if name != "content_hash"], "lines"])
# Over `statements`: the hashes of the period's statements, one after another.
PERIOD_HASH = _hashed(
    ["previous_hash", "period", "period_end", "closed_as_of_date", "posting_count", "statements"]
)
