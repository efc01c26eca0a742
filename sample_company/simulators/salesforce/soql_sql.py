"""What a SOQL query means for the kept rows: fields, a condition and an order in SQLite's SQL.

Belongs here: names, types and the rules of comparing (nulls, letter case, short ids). Does not:
reading SOQL (soql), making pages (rendering).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sample_company.simulators.salesforce.errors import (
    ApiError,
    invalid_field,
    malformed,
    no_such_field,
    no_such_object,
)
from sample_company.simulators.salesforce.fields import NUMBERS, PLAIN, Field, ObjectType
from sample_company.simulators.salesforce.ids import with_suffix
from sample_company.simulators.salesforce.relations import related_field
from sample_company.simulators.salesforce.soql import (
    Comparison,
    Condition,
    Literal,
    Query,
    parse,
)
from sample_company.simulators.salesforce.store import quoted

FIELDS_ALL_LIMIT = 200
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass
class Compiled:
    """A query over one object: `sql` gives the row numbers in order, for `values`."""

    kind: ObjectType
    fields: list[Field]
    aggregates: list[tuple[str, Field | None, str]]
    where: str
    values: list[Any]
    order: str
    limit: int | None
    offset: int
    soql: str

    @property
    def is_count(self) -> bool:
        """Whether it is the COUNT() that gives a total and no rows."""
        return bool(self.aggregates) and self.aggregates[0][1] is None

    @property
    def tail(self) -> str:
        """WHERE, ORDER BY and LIMIT."""
        limit = -1 if self.limit is None else self.limit
        return f"where {self.where} order by {self.order} limit {limit} offset {self.offset}"

    @property
    def sql(self) -> str:
        """The row numbers in order."""
        return f"select _row from {quoted(self.kind.name)} {self.tail}"  # noqa: S608


def compile_query(
    soql: str, objects: dict[str, ObjectType], now: datetime, *, with_deleted: bool
) -> Compiled:
    """Compile a query; ApiError when it is malformed or names what is not there."""
    query = parse(soql)
    kind = objects.get(query.entity) or next(
        (each for name, each in objects.items() if name.lower() == query.entity.lower()), None
    )
    if kind is None:
        raise no_such_object(soql, query.entity)
    writer = _Writer(query, kind, now, objects)
    where = writer.condition(query.where) if query.where else "1"
    if not with_deleted:
        where = f"({where}) and IsDeleted = 'false'"
        if "IsArchived" in kind.fields:
            # Activities of a year ago are shown by queryAll only.
            where += " and IsArchived = 'false'"
    order = [
        f"{writer.sortable(name)} {direction} nulls {nulls}"
        for name, direction, nulls in query.order
    ]
    return Compiled(
        kind,
        writer.selected(),
        [(word, writer.field(name) if name else None, alias)
         for word, name, alias in query.aggregates],
        where,
        writer.values,
        ", ".join([*order, "Id"]),
        query.limit,
        query.offset,
        soql,
    )  # fmt: skip


class _Writer:
    def __init__(
        self, query: Query, kind: ObjectType, now: datetime, objects: dict[str, ObjectType]
    ) -> None:
        self._query, self._kind, self._now, self._objects = query, kind, now, objects
        self.values: list[Any] = []

    def field(self, name: str) -> Field:
        """The field of that name, with or without the object's name before it."""
        short = re.sub(rf"^{self._kind.name}\.", "", name, flags=re.I)
        if "." in short:
            relation = short.split(".")[0]
            raise invalid_field(f"Didn't understand relationship '{relation}' in field path.")
        found = self._kind.find(short)
        if found is None:
            raise no_such_field(self._query.soql, short, self._kind.name)
        return found

    def shown(self, name: str) -> Field:
        """The field of that name, or of the record that a reference leads to."""
        short = re.sub(rf"^{self._kind.name}\.", "", name, flags=re.I)
        try:
            found = related_field(short, self._kind, self._objects) if "." in short else None
        except LookupError as error:
            raise no_such_field(self._query.soql, *error.args) from error
        return found or self.field(name)

    def selected(self) -> list[Field]:
        query = self._query
        named = [self.shown(name) for name in query.fields]
        if query.group:
            if query.limit is None or query.limit > FIELDS_ALL_LIMIT:
                raise malformed(f"The SOQL FIELDS function must have a LIMIT of at most "
                                f"{FIELDS_ALL_LIMIT}")  # fmt: skip
            named += [
                each
                for each in self._kind.fields.values()
                if query.group == "ALL" or each.name.endswith("__c") == (query.group == "CUSTOM")
            ]
        names = [each.name for each in named]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise invalid_field(f"duplicate field selected: {twice}")
        return named

    def sortable(self, name: str) -> str:
        found = self._comparable(name)
        column = quoted(found.name)
        return f"cast({column} as real)" if found.type in (*NUMBERS, "int") else column

    def condition(self, part: Condition) -> str:
        if isinstance(part, Comparison):
            return self._comparison(part)
        if part.word == "NOT":
            return f"not coalesce({self.condition(part.parts[0])}, 0)"
        return "(" + f" {part.word.lower()} ".join(map(self.condition, part.parts)) + ")"

    def _comparable(self, name: str) -> Field:
        found = self.field(name)
        if found.type in ("address", "anyType", "textarea"):
            raise invalid_field(f"field '{name}' can not be filtered in a query call")
        return found

    def _comparison(self, part: Comparison) -> str:
        found = self._comparable(part.field)
        column, operator = quoted(found.name), part.operator
        if found.type in (*NUMBERS, "int"):
            column = f"cast({column} as real)"
        elif found.type not in PLAIN:
            column = f"{column} collate nocase"
        if operator in ("IN", "NOT IN"):
            self.values += [self._value(found, each) for each in part.values]
            marks = ", ".join("?" * len(part.values))
            listed = f"{column} in ({marks})"
            return listed if operator == "IN" else f"not coalesce({listed}, 0)"
        value = self._value(found, part.values[0])
        if value is None:
            if operator not in ("=", "!="):
                raise malformed(f"null cannot be compared by {operator}")
            return f"{column} is {'' if operator == '=' else 'not '}null"
        self.values.append(value)
        if operator == "!=":
            return f"coalesce({column} <> ?, 1)"
        if operator == "LIKE":
            return f"{column} like ?"
        return f"{column} {operator} ?"

    def _value(self, found: Field, literal: Literal) -> Any:
        if literal.kind == "name" and literal.text.lower() == "null":
            return None
        expected = {"datetime": "dateTime", "date": "date", "boolean": "boolean"}.get(found.type)
        if found.type == "datetime":
            value = self._moment(literal)
        elif found.type == "date":
            value = self._day(literal)
        elif found.type == "boolean":
            word = literal.text.lower()
            value = word if literal.kind == "name" and word in ("true", "false") else None
        elif found.type in (*NUMBERS, "int"):
            expected, value = "double", None
            if literal.kind == "number":
                return float(literal.text)
        else:
            return _text(found, literal)
        if value is None:
            raise invalid_field(
                f"value of filter criterion for field '{found.name}' must be of type {expected} "
                "and should not be enclosed in quotes"
            )
        return value

    def _moment(self, literal: Literal) -> str | None:
        if literal.kind == "moment":
            # In a URL a plus sign is a blank unless it is escaped; Salesforce refuses that too.
            moment = datetime.fromisoformat(literal.text).astimezone(UTC)
            return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}"
        day = self._named_day(literal)
        return f"{day.isoformat()}T00:00:00.000" if day else None

    def _day(self, literal: Literal) -> str | None:
        day = date.fromisoformat(literal.text) if literal.kind == "date" else None
        day = day or self._named_day(literal)
        return day.isoformat() if day else None

    def _named_day(self, literal: Literal) -> date | None:
        """TODAY, YESTERDAY, TOMORROW and LAST_N_DAYS:n as the day they begin with."""
        word, _, number = literal.text.upper().partition(":")
        back = {"TODAY": 0, "YESTERDAY": 1, "TOMORROW": -1}.get(word)
        if word == "LAST_N_DAYS" and number:
            back = int(number)
        if literal.kind != "name" or back is None:
            return None
        return self._now.date() - timedelta(days=back)


def _text(found: Field, literal: Literal) -> str:
    if literal.kind != "text":
        raise invalid_field(
            f"value of filter criterion for field '{found.name}' must be of type string and should "
            "be enclosed in quotes"
        )
    text = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), literal.text[1:-1])
    if found.type not in ("id", "reference"):
        return text
    try:
        return with_suffix(text) if len(text) == 15 else text
    except ValueError as error:
        raise ApiError("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {text}") from error
