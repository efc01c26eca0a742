"""What a search finds: filter groups, one sort, and the index that lags behind the records.

Belongs here: reading a request's body and matching. Does not: paths and pages (objects_api).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sample_company.simulators.hubspot.catalogue import Kind
from sample_company.simulators.hubspot.errors import ApiError, invalid_search
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.record import Record, State, Texts
from sample_company.simulators.hubspot.values import millis, moment_of

MOST_RESULTS, MOST_PER_PAGE, LONGEST_BODY = 10_000, 200, 3_000
MOST_GROUPS, MOST_IN_GROUP, MOST_FILTERS = 5, 6, 18
Found = tuple[Record, State]
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda left, right: bool(left == right),
    "LT": lambda left, right: bool(left < right),
    "LTE": lambda left, right: bool(left <= right),
    "GT": lambda left, right: bool(left > right),
    "GTE": lambda left, right: bool(left >= right),
}
_OPERATORS = (
    *_COMPARED, "NEQ", "BETWEEN", "IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY",
    "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN",
)  # fmt: skip


@dataclass(frozen=True)
class Search:
    """A search that was understood; `after` counts results."""

    groups: list[list[dict[str, Any]]]
    words: str
    sort: str
    is_descending: bool
    properties: tuple[str, ...]
    limit: int
    after: int


def read_search(body: Any, kind: Kind) -> Search:
    """The search that a body asks for; ApiError in HubSpot's words for a wrong one."""
    if not isinstance(body, dict):
        raise ApiError("Invalid input JSON on line 1, column 1")
    groups = [group.get("filters", []) for group in body.get("filterGroups") or []]
    filters = [each for group in groups for each in group]
    if len(json.dumps(body)) > LONGEST_BODY and not any("values" in each for each in filters):
        raise ApiError(f"The request body is longer than {LONGEST_BODY} characters")
    if len(groups) > MOST_GROUPS or len(filters) > MOST_FILTERS:
        raise invalid_search(
            f"There are too many filters: at most {MOST_GROUPS} groups and {MOST_FILTERS} in all"
        )
    if any(len(group) > MOST_IN_GROUP for group in groups):
        raise invalid_search(f"There are more than {MOST_IN_GROUP} filters in a group")
    for each in filters:
        _check(each, kind)
    limit, after = _number(body, "limit", 10), _number(body, "after", 0)
    if not 0 <= limit <= MOST_PER_PAGE:
        raise ApiError(f"limit must be between 0 and {MOST_PER_PAGE}, was {limit}")
    if after + limit > MOST_RESULTS:
        raise invalid_search(f"after + limit goes beyond the {MOST_RESULTS} results of a search")
    sort, is_descending = _sort(body.get("sorts") or [], kind)
    return Search(
        groups,
        str(body.get("query") or "").lower(),
        sort,
        is_descending,
        tuple(body.get("properties") or ()),
        limit,
        after,
    )


class Index:
    """The search index of an account; it shows what was committed before the lag."""

    def __init__(self, portal: Portal) -> None:
        """Index an account."""
        self._portal = portal
        self._last: _Kept | None = None

    def find(self, kind: Kind, search: Search) -> list[Found]:
        """All results in their order; archived records are none."""
        portal = self._portal
        shown = portal.clock.now() - portal.index_lag
        with portal.lock:
            key = (kind.name, repr(search.groups), search.words, search.sort, search.is_descending,
                   portal.revision)  # fmt: skip
            if self._last is not None and self._last.holds(key, shown):
                return self._last.found
            found, pending = [], None
            for record in portal.listed(kind.name):
                state = record.as_indexed(shown)
                if state is not record.now:
                    later = min(x.committed_at for x in record.states if x.committed_at > shown)
                    pending = min(pending or later, later)
                if state and state.archived_at is None and _matches(state.properties, search, kind):
                    found.append((record, state))
        self._last = _Kept(key, shown, pending, _sorted(found, search, kind))
        return self._last.found


@dataclass(frozen=True)
class _Kept:
    """An answer, good until the index shows a change that was `pending` when it was made."""

    key: tuple[Any, ...]
    shown: datetime
    pending: datetime | None
    found: list[Found]

    def holds(self, key: tuple[Any, ...], shown: datetime) -> bool:
        is_new = self.pending is not None and self.pending <= shown
        return self.key == key and self.shown <= shown and not is_new


def _sorted(found: list[Found], search: Search, kind: Kind) -> list[Found]:
    """The results in the order of their values, those without one last."""
    type_ = kind.properties[search.sort].type
    held = [each for each in found if each[1].properties.get(search.sort)]
    blank = [each for each in found if not each[1].properties.get(search.sort)]
    held.sort(
        key=lambda each: _comparable(type_, each[1].properties[search.sort]),
        reverse=search.is_descending,
    )
    return held + blank


def _check(filter_: dict[str, Any], kind: Kind) -> None:
    name, operator = filter_.get("propertyName"), filter_.get("operator")
    if name not in kind.properties:
        raise invalid_search(f"There was a problem with the property {name}: it does not exist",
                             "PROPERTY_DOESNT_EXIST")  # fmt: skip
    if operator not in _OPERATORS:
        raise ApiError(f"Invalid input JSON: {operator} is no operator")
    needs = {
        "BETWEEN": ("value", "highValue"),
        "IN": ("values",),
        "NOT_IN": ("values",),
        "HAS_PROPERTY": (),
        "NOT_HAS_PROPERTY": (),
    }
    for each in needs.get(operator, ("value",)):
        if filter_.get(each) in (None, ""):
            raise invalid_search(f"operator {operator} requires {each}")
    for each in ("value", "highValue"):
        if filter_.get(each) is not None:
            _comparable(kind.properties[name].type, str(filter_[each]))


def _number(body: dict[str, Any], name: str, default: int) -> int:
    try:
        return int(body.get(name) or default)
    except (TypeError, ValueError):
        raise ApiError(f"Invalid input JSON: {name} is no number") from None


def _sort(sorts: list[Any], kind: Kind) -> tuple[str, bool]:
    if len(sorts) > 1:
        raise invalid_search("Only one sort is allowed")
    if not sorts:
        return kind.dates[0], False
    if isinstance(sorts[0], str):
        name, is_descending = sorts[0].removeprefix("-"), sorts[0].startswith("-")
    else:
        name = str(sorts[0].get("propertyName"))
        is_descending = sorts[0].get("direction") == "DESCENDING"
    if name not in kind.properties:
        raise invalid_search(f"There was a problem with the property {name}: it does not exist",
                             "PROPERTY_DOESNT_EXIST")  # fmt: skip
    return name, is_descending


def _matches(texts: Texts, search: Search, kind: Kind) -> bool:
    if search.words and not any(search.words in text.lower() for text in texts.values()):
        return False
    if not search.groups:
        return True
    return any(all(_passes(texts, each, kind) for each in group) for group in search.groups)


def _passes(texts: Texts, filter_: dict[str, Any], kind: Kind) -> bool:
    operator, name = filter_["operator"], filter_["propertyName"]
    text, type_ = texts.get(name, ""), kind.properties[filter_["propertyName"]].type
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        return bool(text) is (operator == "HAS_PROPERTY")
    if not text:
        return operator in ("NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN")
    try:
        value = _comparable(type_, text)
    except ApiError:  # What was kept before the property changed its type
        return operator in ("NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN")
    if operator in ("IN", "NOT_IN"):
        wanted = {_comparable(type_, str(each)) for each in filter_["values"]}
        return (value in wanted) is (operator == "IN")
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        token = str(filter_["value"]).lower().strip("*")
        return (token in text.lower()) is (operator == "CONTAINS_TOKEN")
    bound = _comparable(type_, str(filter_["value"]))
    if operator == "BETWEEN":
        return bool(bound <= value <= _comparable(type_, str(filter_["highValue"])))
    if operator == "NEQ":
        return bool(value != bound)
    return _COMPARED[operator](value, bound)


def _comparable(type_: str, text: str) -> Any:
    try:
        if type_ == "number":
            return Decimal(text)
        if type_ in ("datetime", "date"):
            return millis(moment_of(text))
    except (InvalidOperation, ValueError):
        message = f"{text} was not a valid {type_}"
        raise invalid_search(message, f"INVALID_{type_.upper()}") from None
    return text.lower()
