"""Which records belong together, and as what: many to many, by types with and without a label.

Belongs here: association types and links, with the moments they began and ended. Does not: the
records at both ends, whose stamps no link moves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

# From, to, type id, type id of the way back, label; HubSpot's documented numbers.
_DEFINED = (
    ("contacts", "companies", 279, 280, ""),
    ("contacts", "companies", 1, 2, "Primary"),
    ("deals", "companies", 341, 342, ""),
    ("deals", "companies", 5, 6, "Primary"),
    ("deals", "contacts", 3, 4, ""),
    ("deals", "line_items", 19, 20, ""),
    ("tickets", "contacts", 16, 15, ""),
    ("tickets", "companies", 339, 340, ""),
    ("tickets", "companies", 26, 25, "Primary"),
    ("tickets", "deals", 28, 27, ""),
    ("companies", "companies", 14, 13, "Parent Company"),
    ("leads", "contacts", 608, 609, ""),
    ("leads", "contacts", 578, 579, "Primary"),
    ("leads", "companies", 610, 611, ""),
    ("calls", "contacts", 194, 193, ""),
    ("calls", "companies", 182, 181, ""),
    ("calls", "deals", 206, 205, ""),
    ("emails", "contacts", 198, 197, ""),
    ("emails", "companies", 186, 185, ""),
    ("emails", "deals", 210, 209, ""),
    ("meetings", "contacts", 200, 199, ""),
    ("meetings", "companies", 188, 187, ""),
    ("meetings", "deals", 212, 211, ""),
    ("tasks", "contacts", 204, 203, ""),
    ("tasks", "companies", 192, 191, ""),
    ("tasks", "deals", 216, 215, ""),
    ("deals", "deal_splits", 313, 314, ""),
)
_BACK = {"Parent Company": "Child Company"}


@dataclass(frozen=True)
class AssociationType:
    """A way in which one record belongs to another."""

    type_id: int
    category: str
    label: str


@dataclass
class Link:
    """One association in one direction; `ended_at` is blank while it lasts."""

    type: AssociationType
    begun_at: datetime
    ended_at: datetime | None = None


class Associations:
    """The types and links of one account."""

    def __init__(self) -> None:
        """Begin with HubSpot's own types and no link."""
        self._types: dict[tuple[str, str], list[tuple[AssociationType, AssociationType]]] = (
            defaultdict(list)
        )
        self._links: dict[tuple[str, str], dict[str, dict[str, list[Link]]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        self._next_type = 1
        for start, end, there, back, label in _DEFINED:
            self._define(
                start,
                end,
                AssociationType(there, "HUBSPOT_DEFINED", label),
                AssociationType(back, "HUBSPOT_DEFINED", _BACK.get(label, label)),
            )

    def add_label(self, start: str, end: str, label: str, back: str = "") -> None:
        """Let the account label associations between two objects by words of its own."""
        there = AssociationType(self._next_type, "USER_DEFINED", label)
        inverse = AssociationType(self._next_type + 1, "USER_DEFINED", back or label)
        self._next_type += 2
        self._define(start, end, there, inverse)

    def types(self, start: str, end: str) -> list[AssociationType]:
        """Every type from one object to another, the one without a label first."""
        return [there for there, _ in self._types.get((start, end), [])]

    def link(self, start: tuple[str, str], end: tuple[str, str], label: str, at: datetime) -> None:
        """Associate two records; with a label, also without one. ValueError for an unknown type."""
        pairs = self._types.get((start[0], end[0]), [])
        wanted = [pair for pair in pairs if pair[0].label in ("", label)]
        if not any(there.label == label for there, _ in wanted):
            raise ValueError(f"no association from {start[0]} to {end[0]} is labelled {label!r}")
        for there, back in wanted:
            self._begin(start, end, there, at)
            self._begin(end, start, back, at)

    def unlink(
        self, start: tuple[str, str], end: tuple[str, str], at: datetime, label: str = ""
    ) -> None:
        """End the association of two records, or only that of a label."""
        pairs = self._types[(start[0], end[0])]
        wanted = [pair for pair in pairs if not label or pair[0].label == label]
        for there, back in wanted:
            self._end(start, end, there, at)
            self._end(end, start, back, at)

    def of(
        self, start: tuple[str, str], kind: str, as_of: datetime | None = None
    ) -> dict[str, list[AssociationType]]:
        """Types of the links of a record by the id of the other end, ids in their order."""
        found: dict[str, list[AssociationType]] = {}
        by_id = self._links[start][kind] if start in self._links else {}
        for record in sorted(by_id, key=int):
            types = [link.type for link in by_id[record] if _lasts(link, as_of)]
            if types:
                found[record] = types
        return found

    def between(
        self, start: str, end: str, as_of: datetime | None = None
    ) -> Iterator[tuple[str, str, AssociationType]]:
        """Id, id and type of every link from one object to another."""
        for kind, record in list(self._links):
            if kind == start:
                for other, types in self.of((kind, record), end, as_of).items():
                    for each in types:
                        yield record, other, each

    def move(self, start: tuple[str, str], to: str, at: datetime) -> None:
        """Give the links of one record to another of its kind."""
        for kind in list(self._links.get(start, {})):
            for other, types in self.of(start, kind).items():
                for each in types:
                    if (kind, other) != (start[0], to):
                        back = self._inverse(start[0], kind, each)
                        self._begin((start[0], to), (kind, other), each, at)
                        self._begin((kind, other), (start[0], to), back, at)
        self.end_all(start, at)

    def end_all(self, start: tuple[str, str], at: datetime) -> None:
        """End all links of a record."""
        for kind in list(self._links.get(start, {})):
            for other, types in self.of(start, kind).items():
                for each in types:
                    self._end(start, (kind, other), each, at)
                    self._end((kind, other), start, self._inverse(start[0], kind, each), at)

    def _define(self, start: str, end: str, there: AssociationType, back: AssociationType) -> None:
        self._types[(start, end)].append((there, back))
        if (start, end) != (end, start) or there.type_id != back.type_id:
            self._types[(end, start)].append((back, there))

    def _inverse(self, start: str, end: str, type_: AssociationType) -> AssociationType:
        pairs = self._types[(start, end)]
        return next(back for there, back in pairs if there.type_id == type_.type_id
                    and there.category == type_.category)  # fmt: skip

    def _begin(
        self, start: tuple[str, str], end: tuple[str, str], type_: AssociationType, at: datetime
    ) -> None:
        links = self._links[start][end[0]].setdefault(end[1], [])
        if not any(link.type == type_ and link.ended_at is None for link in links):
            links.append(Link(type_, at))

    def _end(
        self, start: tuple[str, str], end: tuple[str, str], type_: AssociationType, at: datetime
    ) -> None:
        for link in self._links[start][end[0]].get(end[1], []):
            if link.type == type_ and link.ended_at is None:
                link.ended_at = at


def _lasts(link: Link, as_of: datetime | None) -> bool:
    if as_of is None:
        return link.ended_at is None
    return link.begun_at <= as_of and (link.ended_at is None or link.ended_at > as_of)
