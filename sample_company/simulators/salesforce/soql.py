"""Reads SOQL: the part of it that extractors use.

Belongs here: words and grammar. Does not: what fields exist or what the query means (soql_sql).
Understood: SELECT fields, FIELDS(ALL | STANDARD | CUSTOM), COUNT() or aggregates without GROUP BY;
FROM; WHERE with AND, OR, NOT, brackets, comparisons, LIKE, IN, NOT IN, null and literals; ORDER BY
with NULLS FIRST | LAST; LIMIT; OFFSET. All else is MALFORMED_QUERY.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sample_company.simulators.salesforce.errors import ApiError, malformed

_TOKENS = re.compile(
    r"""\s*(?:
    (?P<text>'(?:\\.|[^'\\])*')
    |(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    |(?P<date>\d{4}-\d\d-\d\d)(?![\w:.])
    |(?P<number>[+-]?\d+(?:\.\d+)?)(?![\w:])
    |(?P<name>[A-Za-z]\w*(?:\.\w+)*(?::\d+)?)
    |(?P<operator><=|>=|!=|<>|=|<|>)
    |(?P<mark>[(),])
    )""",
    re.VERBOSE,
)
AGGREGATES = ("COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG")
GROUPS = ("ALL", "STANDARD", "CUSTOM")


@dataclass(frozen=True)
class Literal:
    """A value in a query: its kind (text, moment, date, number, name) and its text."""

    kind: str
    text: str


@dataclass(frozen=True)
class Comparison:
    """Field, operator and values; several values for IN and NOT IN."""

    field: str
    operator: str
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Junction:
    """AND or OR of conditions, or NOT of one."""

    word: str
    parts: tuple[Condition, ...]


Condition = Comparison | Junction


@dataclass
class Query:
    """A query as written."""

    soql: str
    fields: list[str] = field(default_factory=list)
    group: str = ""
    aggregates: list[tuple[str, str, str]] = field(default_factory=list)
    entity: str = ""
    where: Condition | None = None
    order: list[tuple[str, str, str]] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0


def parse(soql: str) -> Query:
    """Read a query; ApiError MALFORMED_QUERY when it is none."""
    return _Parser(soql).query()


class _Parser:
    def __init__(self, soql: str) -> None:
        self._soql = soql
        self._tokens = list(_tokens(soql))
        self._place = 0

    def query(self) -> Query:
        query = Query(self._soql)
        self._expect("SELECT")
        self._selected(query)
        self._expect("FROM")
        query.entity = self._name()
        if self._accept("WHERE"):
            query.where = self._condition()
        if self._accept("ORDER"):
            self._expect("BY")
            query.order = [self._sorted()]
            while self._accept(","):
                query.order.append(self._sorted())
        if self._accept("LIMIT"):
            query.limit = self._count()
        if self._accept("OFFSET"):
            query.offset = self._count()
        if self._place < len(self._tokens):
            raise self._unexpected()
        return query

    def _selected(self, query: Query) -> None:
        while True:
            name = self._name()
            if self._accept("("):
                self._called(query, name.upper())
            else:
                query.fields.append(name)
            if not self._accept(","):
                return

    def _called(self, query: Query, function: str) -> None:
        inside = "" if self._peek() == ")" else self._name()
        self._expect(")")
        if function == "FIELDS" and inside.upper() in GROUPS:
            query.group = inside.upper()
        elif function in AGGREGATES and (inside or function == "COUNT"):
            alias = ""
            if inside and self._peek().upper() not in (",", "FROM"):
                alias = self._name()
            query.aggregates.append((function, inside, alias))
        else:
            raise malformed(f"unexpected token: '{function}('")

    def _condition(self) -> Condition:
        """Conditions joined by AND or by OR; both need brackets, as in Salesforce."""
        parts = [self._simple()]
        word = self._peek().upper()
        if word not in ("AND", "OR"):
            return parts[0]
        while self._accept(word):
            parts.append(self._simple())
        if self._peek().upper() in ("AND", "OR"):
            raise self._unexpected()
        return Junction(word, tuple(parts))

    def _simple(self) -> Condition:
        if self._accept("NOT"):
            return Junction("NOT", (self._simple(),))
        if self._accept("("):
            inside = self._condition()
            self._expect(")")
            return inside
        name = self._name()
        operator = self._next().text.upper()
        if operator == "NOT":
            self._expect("IN")
            operator = "NOT IN"
        if operator in ("IN", "NOT IN"):
            self._expect("(")
            values = [self._next()]
            while self._accept(","):
                values.append(self._next())
            self._expect(")")
            return Comparison(name, operator, tuple(values))
        if operator not in ("=", "!=", "<>", "<", "<=", ">", ">=", "LIKE"):
            self._place -= 1
            raise self._unexpected()
        return Comparison(name, "!=" if operator == "<>" else operator, (self._next(),))

    def _sorted(self) -> tuple[str, str, str]:
        name, direction, nulls = self._name(), "asc", "first"
        if self._accept("DESC"):
            direction, nulls = "desc", "last"
        else:
            self._accept("ASC")
        if self._accept("NULLS"):
            nulls = self._name().lower()
            if nulls not in ("first", "last"):
                raise self._unexpected()
        return name, direction, nulls

    def _count(self) -> int:
        token = self._next()
        if token.kind != "number" or not token.text.isdigit():
            self._place -= 1
            raise self._unexpected()
        return int(token.text)

    def _peek(self) -> str:
        return self._tokens[self._place].text if self._place < len(self._tokens) else ""

    def _accept(self, word: str) -> bool:
        found = self._peek().upper() == word
        self._place += found
        return found

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            raise self._unexpected()

    def _next(self) -> Literal:
        if self._place == len(self._tokens):
            raise malformed("unexpected end of query")
        self._place += 1
        return self._tokens[self._place - 1]

    def _name(self) -> str:
        token = self._next()
        if token.kind != "name":
            self._place -= 1
            raise self._unexpected()
        return token.text

    def _unexpected(self) -> ApiError:
        word = self._peek()
        return malformed(f"unexpected token: '{word}'" if word else "unexpected end of query")


def _tokens(soql: str) -> list[Literal]:
    tokens, place, end = [], 0, len(soql.rstrip())
    while place < end:
        found = _TOKENS.match(soql, place)
        if found is None or found.lastgroup is None:
            raise malformed(f"line 1:{place} no viable alternative at character '{soql[place]}'")
        tokens.append(Literal(found.lastgroup, found[found.lastgroup]))
        place = found.end()
    return tokens
