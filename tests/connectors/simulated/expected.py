"""What the deliveries of an organisation have to say, worked out in Python from its truth.

Nothing of the connector's SQL is used: values come typed from the organisation, the rules of the
objects' files are applied to them here a second time, and only names are taken from those files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from orchestration.canonical import load_entities
from orchestration.connectors.mapping import ApiObject, FieldSource, Output

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
Row = dict[str, Any]
Rows = dict[str, Row]


def expected_rows(
    item: ApiObject, dataset: str, records: Iterable[Row], custom: Iterable[str] = ()
) -> Rows:
    """The live rows of a dataset by record id.

    Args:
        item: The object.
        dataset: One of its datasets.
        records: What the organisation holds, deleted records included.
        custom: Fields that are kept as text beside.
    """
    output = item.outputs[dataset]
    found = {}
    for record in records:
        is_deleted = bool(record.get("IsDeleted"))
        if (is_deleted and not output.deleted_too) or not _is_wanted(output, record):
            continue
        row = {
            name: _value(item, output, name, source, record)
            for name, source in output.fields.items()
        }
        row |= {name: _text(record.get(name)) for name in custom}
        if "is_deleted" in load_entities()[output.entity].fields:
            row["is_deleted"] = False
        found[record["Id"]] = row
    return found


def money_by_currency(rows: Iterable[Row], amount: str, currency: str) -> dict[str, Decimal]:
    """Sums to the cent."""
    sums: Counter[str] = Counter()
    for row in rows:
        if row.get(amount) is not None:
            sums[str(row.get(currency))] += row[amount]
    return {name: value for name, value in sums.items() if value}


def _is_wanted(output: Output, record: Mapping[str, Any]) -> bool:
    for name, values in output.where.items():
        shown = _text(record.get(name))
        if (values and shown not in values) or (not values and shown is None):
            return False
    return True


def _value(
    item: ApiObject, output: Output, name: str, source: FieldSource, record: Mapping[str, Any]
) -> Any:
    kind = load_entities()[output.entity].fields[name].type
    if source.constant is not None:
        return source.constant
    if any(_text(record.get(each)) not in values for each, values in source.when.items()):
        return None
    value = next((record[n] for n in source.sources if record.get(n) is not None), None)
    if value is None:
        return None
    if isinstance(value, str):
        value = source.words.get(value, value)
        if source.prefix and not value.startswith(source.prefix):
            return None
    value = _as(kind, value, source.scale)
    if source.days_later:
        value += timedelta(days=source.days_later)
    later = source.later_microseconds
    if source.record_order:
        record_id = str(record[item.id_field])
        later += sum(DIGITS.index(record_id[14 - place]) * 62**place for place in range(3))
    return value + timedelta(microseconds=later) if later else value


def _as(kind: str, value: Any, scale: str | None) -> Any:
    if kind == "timestamp" and not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    if kind == "date" and isinstance(value, datetime):
        return value.date()
    if kind in ("money", "decimal"):
        return Decimal(value) * Decimal(scale or 1)
    if kind == "integer":
        return int(value)
    return value


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
