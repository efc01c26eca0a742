"""The Google Ads Query Language, as far as reports of spend need it.

SELECT fields FROM resource [WHERE condition AND …] [ORDER BY …] [LIMIT n] [PARAMETERS …], with
=, !=, <, >, <=, >=, IN, NOT IN, BETWEEN and DURING.

Belongs here: text to query. Does not: which fields there are (fields) or rows (search).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from sample_company.simulators.google_ads.errors import query_error

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'[^'\n]*'|\"[^\"\n]*\")|(?P<word>[A-Za-z_][\w.]*)|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<sign>!=|<=|>=|=|<|>|\(|\)|,))"
)
_CLAUSES = ("FROM", "WHERE", "ORDER", "LIMIT", "PARAMETERS")
_SIGNS = ("=", "!=", "<", ">", "<=", ">=")


@dataclass(frozen=True)
class Condition:
    """A field, an operator in capitals, and its values."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass
class Query:
    """What is asked for; `order` holds fields and whether they go down."""

    fields: list[str]
    resource: str
    conditions: list[Condition] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)
    limit: int | None = None


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.upper() in words


_END = _Token("end", "")


def parse(text: str) -> Query:
    """Read a query; GoogleAdsError for anything that is none."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0

    def query(self) -> Query:
        if not self._take_word("SELECT"):
            raise query_error("EXPECTED_SELECT", "query must start with a SELECT clause.")
        fields = self._names()
        if not self._take_word("FROM"):
            raise query_error("EXPECTED_FROM", "FROM clause is expected.")
        found = Query(fields, self._name())
        if self._take_word("WHERE"):
            found.conditions.append(self._condition())
            while self._take_word("AND"):
                found.conditions.append(self._condition())
        found.order = self._orderings()
        if self._take_word("LIMIT"):
            found.limit = self._limit()
        if self._take_word("PARAMETERS"):
            while self._next() is not _END:
                self._at += 1
        if self._next() is not _END:
            raise query_error("UNEXPECTED_INPUT", f"unexpected input {self._next().text}.")
        return found

    def _next(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self) -> _Token:
        found = self._next()
        if found is _END:
            raise query_error("UNEXPECTED_END_OF_QUERY", "query ended unexpectedly.")
        self._at += 1
        return found

    def _take_word(self, word: str) -> bool:
        found = self._next().is_word(word)
        self._at += found
        return found

    def _take_sign(self, sign: str) -> bool:
        found = self._next() == _Token("sign", sign)
        self._at += found
        return found

    def _name(self) -> str:
        found = self._take()
        if found.kind != "word" or found.is_word(*_CLAUSES):
            raise query_error("BAD_FIELD_NAME", f"invalid field name '{found.text}'.")
        return found.text

    def _names(self) -> list[str]:
        found = [self._name()]
        while self._take_sign(","):
            found.append(self._name())
        return found

    def _orderings(self) -> list[tuple[str, bool]]:
        if not self._take_word("ORDER"):
            return []
        if not self._take_word("BY"):
            raise query_error("EXPECTED_BY", "BY is expected after ORDER.")
        found = [self._ordering()]
        while self._take_sign(","):
            found.append(self._ordering())
        return found

    def _ordering(self) -> tuple[str, bool]:
        name = self._name()
        is_down = self._take_word("DESC")
        if not is_down:
            self._take_word("ASC")
        return name, is_down

    def _limit(self) -> int:
        found = self._take()
        if found.kind != "number" or not found.text.isdigit() or int(found.text) < 1:
            raise query_error("BAD_LIMIT_VALUE", f"invalid limit value {found.text}.")
        return int(found.text)

    def _condition(self) -> Condition:
        name, operator = self._name(), self._take()
        if operator.kind == "sign" and operator.text in _SIGNS:
            return Condition(name, operator.text, (self._value(),))
        if operator.is_word("NOT") and self._take_word("IN"):
            return Condition(name, "NOT IN", self._list())
        if operator.is_word("IN"):
            return Condition(name, "IN", self._list())
        if operator.is_word("DURING"):
            return Condition(name, "DURING", (self._value(),))
        if operator.is_word("BETWEEN"):
            first = self._value()
            if not self._take_word("AND"):
                raise query_error("EXPECTED_AND", "AND is expected after BETWEEN.")
            return Condition(name, "BETWEEN", (first, self._value()))
        raise query_error("BAD_OPERATOR", f"invalid operator '{operator.text}'.")

    def _value(self) -> str:
        found = self._take()
        if found.kind == "sign":
            raise query_error("BAD_VALUE", f"invalid value '{found.text}'.")
        return found.text[1:-1] if found.kind == "string" else found.text

    def _list(self) -> tuple[str, ...]:
        if not self._take_sign("("):
            raise query_error("EXPECTED_LIST", "list of values is expected.")
        found = [self._value()]
        while self._take_sign(","):
            found.append(self._value())
        if not self._take_sign(")"):
            raise query_error("EXPECTED_LIST", "list of values is not closed.")
        return tuple(found)


def _tokens(text: str) -> list[_Token]:
    found, at, text = [], 0, text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise query_error("BAD_SYMBOL", f"invalid symbol at '{text[at : at + 20].strip()}'.")
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def span(conditions: list[Condition], today: date) -> tuple[date, date] | None:
    """First and last day that the conditions on segments.date leave; None without a finite span."""
    first, last = date.min, date.max
    for each in conditions:
        if each.field != "segments.date":
            continue
        low, high = _bounds(each, today)
        first, last = max(first, low), min(last, high)
    return None if date.min == first or date.max == last else (first, last)


def _bounds(condition: Condition, today: date) -> tuple[date, date]:
    one = timedelta(days=1)
    if condition.operator == "DURING":
        return _during(condition.values[0], today)
    days = [_day(text) for text in condition.values]
    match condition.operator:
        case "=":
            return days[0], days[0]
        case ">=":
            return days[0], date.max
        case ">":
            return days[0] + one, date.max
        case "<=":
            return date.min, days[0]
        case "<":
            return date.min, days[0] - one
        case "BETWEEN":
            return days[0], days[1]
    raise query_error(
        "OPERATOR_FIELD_MISMATCH", f"operator {condition.operator} is not for segments.date."
    )


def _day(text: str) -> date:
    pattern = r"\d{4}-\d{2}-\d{2}|\d{8}"
    try:
        if re.fullmatch(pattern, text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise query_error("INVALID_DATE_FORMAT", f"invalid date literal '{text}'.")


def _during(name: str, today: date) -> tuple[date, date]:
    yesterday = today - timedelta(days=1)
    if name == "TODAY":
        return today, today
    if name == "YESTERDAY":
        return yesterday, yesterday
    match = re.fullmatch(r"LAST_(7|14|30)_DAYS", name)
    if match:
        return today - timedelta(days=int(match[1])), yesterday
    if name == "THIS_MONTH":
        return today.replace(day=1), today
    if name == "LAST_MONTH":
        end = today.replace(day=1) - timedelta(days=1)
        return end.replace(day=1), end
    raise query_error(
        "INVALID_VALUE_WITH_DURING_OPERATOR", f"'{name}' is no date range for DURING."
    )
