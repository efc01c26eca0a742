"""Rows as JSON objects and as CSV lines, written by SQLite itself.

Belongs here: SQL that turns kept text into wire text. Does not: envelopes, pages (rest, bulk).
"""

from __future__ import annotations

from collections.abc import Sequence

from sample_company.simulators.salesforce.fields import Field, ObjectType
from sample_company.simulators.salesforce.relations import RelatedField, column, together
from sample_company.simulators.salesforce.store import quoted

# SQLite takes at most 127 arguments of one function.
_AT_ONCE = 60
_BARE = ("boolean", "int", "currency", "double", "percent", "anyType", "address")


def json_row(kind: ObjectType, fields: Sequence[Field], version: str) -> str:
    """SQL of one record as JSON, with `attributes`."""
    url = f"/services/data/v{version}/sobjects/{kind.name}"
    head = f'{{"attributes":{{"type":"{kind.name}","url":"{url}/%s"}}'
    parts = [(head, ["Id"])]
    for group in together(fields):
        field = group[0]
        if isinstance(field, RelatedField):
            parts.append((f',"{field.relation}":%s', [_json_related(field, group, version)]))
        else:
            form, value = _json_value(field)
            parts.append((f',"{field.name}":{form}', [value]))
    parts.append(("}", []))
    return _formatted(parts)


def csv_row(fields: Sequence[Field], delimiter: str) -> str:
    """SQL of one record as a line of CSV without its end; every value stands in quotes."""
    parts = []
    for number, field in enumerate(fields):
        before = delimiter if number else ""
        parts.append((f'{before}"%s"', [_csv_value(field)]))
    return _formatted(parts)


def csv_head(fields: Sequence[Field], delimiter: str) -> str:
    """The line of names."""
    return delimiter.join(f'"{field.name}"' for field in fields)


def _json_related(first: RelatedField, group: Sequence[Field], version: str) -> str:
    """SQL of a related record as JSON, null where the reference is blank."""
    reference = f"{quoted(first.start)}.{quoted(first.reference)}"
    url = f"/services/data/v{version}/sobjects/{first.target}"
    head = f'{{"attributes":{{"type":"{first.target}","url":"{url}/%s"}}'
    parts = [(head, [reference])]
    for field in group:
        form, value = _json_value(field)
        parts.append((f',"{field.name.rpartition(".")[2]}":{form}', [value]))
    inside = _formatted([*parts, ("}", [])])
    return f"case when {reference} is null then 'null' else {inside} end"


def _json_value(field: Field) -> tuple[str, str]:
    value = column(field)
    if field.type in _BARE:
        return "%s", f"coalesce({value}, 'null')"
    if field.type == "datetime":
        return "%s", f"""coalesce('"' || {value} || '+0000"', 'null')"""
    if field.type in ("id", "reference", "date"):
        return "%s", f"""coalesce('"' || {value} || '"', 'null')"""
    return "%s", f"json_quote({value})"


def _csv_value(field: Field) -> str:
    value = column(field)
    if field.type == "datetime":
        return f"{value} || 'Z'"
    if field.type == "anyType":
        return f"""replace(json_extract({value}, '$'), '"', '""')"""
    if field.type in ("id", "reference", "date") or field.type in _BARE:
        return value
    return f"""replace({value}, '"', '""')"""


def _formatted(parts: Sequence[tuple[str, list[str]]]) -> str:
    groups = [parts[start : start + _AT_ONCE] for start in range(0, len(parts), _AT_ONCE)]
    return " || ".join(_format_call(group) for group in groups)


def _format_call(parts: Sequence[tuple[str, list[str]]]) -> str:
    form = "".join(text for text, _ in parts).replace("'", "''")
    columns = [column for _, found in parts for column in found]
    return f"format('{form}'{''.join(f', {column}' for column in columns)})"
