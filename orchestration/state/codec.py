"""Turns records into SQLite values and back.

Belongs here: conversion of dates, times and booleans. Does not: knowledge of any table.
"""

from __future__ import annotations

import sqlite3
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, TypeVar

Record = TypeVar("Record")


def to_sql(value: object) -> object:
    """Return a value as SQLite stores it.

    Raises:
        ValueError: For a datetime without a time zone.
    """
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone; pass UTC datetimes")
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return int(value)
    return value


def from_sql(name: str, value: Any) -> Any:
    """Return the stored value of the column `name` as Python has it."""
    if value is None:
        return None
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    if name.endswith("_date") or name == "stale_since":
        return date.fromisoformat(value)
    if name.startswith("is_"):
        return bool(value)
    return value


def column_names(record_type: type) -> list[str]:
    """Return the columns that a record type is stored in."""
    return [field.name for field in fields(record_type)]


def record_values(record: Any) -> dict[str, object]:
    """Return a record's columns with their SQLite values."""
    return {name: to_sql(getattr(record, name)) for name in column_names(type(record))}


def read_record(record_type: type[Record], row: sqlite3.Row) -> Record:
    """Build a record from a row that carries at least the record's columns."""
    names = column_names(record_type)
    return record_type(**{name: from_sql(name, row[name]) for name in names})
