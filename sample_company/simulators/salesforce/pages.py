"""Query answers: the first page, further pages by locator, counts and aggregates.

Belongs here: cursors and their pages. Does not: SOQL's meaning (soql_sql), HTTP paths (rest).

A cursor holds which rows an answer has, in their order, from the moment of the query; the values of
a page are those of the moment it is asked for, and a row that is gone by then is left out. With
`rows_move` every page asks anew, so that rows move between pages.
"""

from __future__ import annotations

import json
from array import array
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sample_company.simulators.salesforce import rendering
from sample_company.simulators.salesforce.errors import (
    invalid_locator,
    malformed,
    no_such_field,
    no_such_object,
)
from sample_company.simulators.salesforce.fields import NUMBERS, Field
from sample_company.simulators.salesforce.ids import record_id
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.relations import own_name
from sample_company.simulators.salesforce.soql_sql import Compiled, compile_query
from sample_company.simulators.salesforce.store import quoted

LOCATOR_LIFE = timedelta(days=2)
OPEN_CURSORS = 100
LEAST_BATCH, MOST_BATCH = 200, 2000


@dataclass
class _Cursor:
    query: Compiled
    rows: array[int]
    size: int
    opened_at: datetime


class Pages:
    """The open cursors of one organisation."""

    def __init__(self, organisation: Organisation) -> None:
        """Begin without cursors."""
        self.rows_move = False
        self._organisation = organisation
        self._cursors: OrderedDict[str, _Cursor] = OrderedDict()
        self._count = 0

    def first(self, soql: str, version: str, size: int, *, with_deleted: bool) -> bytes:
        """The first page of a query, `size` records at most; ApiError when the query is wrong."""
        now = self._organisation.clock.now()
        with self._organisation.store.lock:
            query = compile_query(soql, self._organisation.objects, now, with_deleted=with_deleted)
            if query.aggregates:
                return self._aggregated(query)
            if not query.fields:
                raise malformed("unexpected token: 'FROM'")
            cursor = _Cursor(query, self._rows(query), size, now)
            locator = ""
            if len(cursor.rows) > size:
                self._count += 1
                locator = record_id("01g", self._count)
                self._cursors[locator] = cursor
                if len(self._cursors) > OPEN_CURSORS:
                    self._cursors.popitem(last=False)
            return self._page(cursor, locator, 0, version)

    def further(self, text: str, version: str) -> bytes:
        """The page of a locator and offset; ApiError INVALID_QUERY_LOCATOR when it is not open."""
        locator, _, offset = text.rpartition("-")
        with self._organisation.store.lock:
            cursor = self._cursors.get(locator)
            is_open = (
                cursor is not None
                and offset.isdigit()
                and self._organisation.clock.now() < cursor.opened_at + LOCATOR_LIFE
            )
            if cursor is None or not is_open:
                raise invalid_locator()
            if self.rows_move:
                cursor.rows = self._rows(cursor.query)
            elif int(offset) >= len(cursor.rows):
                raise invalid_locator()
            return self._page(cursor, locator, int(offset), version)

    def _rows(self, query: Compiled) -> array[int]:
        return self._organisation.store.numbers(query.sql, query.values)

    def _page(self, cursor: _Cursor, locator: str, start: int, version: str) -> bytes:
        query, end = cursor.query, start + cursor.size
        kind = self._organisation.objects.get(query.kind.name)
        if kind is None:
            raise no_such_object(query.soql, query.kind.name)
        for field in query.fields:
            if own_name(field) not in kind.fields:
                raise no_such_field(query.soql, field.name, kind.name)
        row = rendering.json_row(kind, query.fields, version)
        # The subquery's order is the order in which the pieces are joined.
        sql = (
            f"select group_concat(piece, ',') from (select {row} as piece "  # noqa: S608
            "from (select key as _key, value as _value from json_each(?)) "
            f"cross join {quoted(kind.name)} on _row = _value order by _key)"
        )
        places = json.dumps(cursor.rows[start:end].tolist())
        text = self._organisation.store.run(sql, (places,))[0][0] or ""
        is_done = end >= len(cursor.rows)
        head = f'{{"totalSize":{len(cursor.rows)},"done":{"true" if is_done else "false"},'
        if not is_done:
            head += f'"nextRecordsUrl":"/services/data/v{version}/query/{locator}-{end}",'
        return f'{head}"records":[{text}]}}'.encode()

    def _aggregated(self, query: Compiled) -> bytes:
        table = f"(select * from {quoted(query.kind.name)} {query.tail})"  # noqa: S608
        run = self._organisation.store.run
        if query.is_count:
            total = run(f"select count(*) from {table}", query.values)[0][0]  # noqa: S608
            return json.dumps({"totalSize": total, "done": True, "records": []}).encode()
        parts = [_aggregate(word, field) for word, field, _ in query.aggregates if field]
        values = run(f"select {', '.join(parts)} from {table}", query.values)[0]  # noqa: S608
        record: dict[str, object] = {"attributes": {"type": "AggregateResult"}}
        for number, ((word, field, alias), value) in enumerate(
            zip(query.aggregates, values, strict=True)
        ):
            is_moment = field is not None and field.type == "datetime" and word in ("MIN", "MAX")
            shown = f"{value}+0000" if is_moment and value is not None else value
            record[alias or f"expr{number}"] = shown
        return json.dumps({"totalSize": 1, "done": True, "records": [record]}).encode()


def _aggregate(word: str, field: Field) -> str:
    column = quoted(field.name)
    if field.type in (*NUMBERS, "int"):
        column = f"cast({column} as real)"
    if word == "COUNT_DISTINCT":
        return f"count(distinct {column})"
    return f"{word.lower()}({column})"
