"""Rest.li 2.0: values in a query, as `(start:(year:2026,month:10,day:1))` and `List(a,b)`.

Brackets, commas and colons build the value and must not be encoded; within a value they must be,
as in `urn%3Ali%3AsponsoredAccount%3A1`. Clients that encode all of it, or nothing, are refused.

Belongs here: text to values. Does not: what they mean.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import unquote_plus

from sample_company.simulators.linkedin_ads.errors import LinkedInError, bad_request

Query = dict[str, str]
_SPECIAL = "(),:"


def raw_query(target: str) -> Query:
    """The names and the still encoded values of a query."""
    _, _, text = target.partition("?")
    pairs = (part.partition("=") for part in text.split("&") if part)
    return {unquote_plus(name): value for name, _, value in pairs}


def plain(query: Query, name: str, default: str = "") -> str:
    """A value without structure."""
    return unquote_plus(query.get(name, default))


def structured(query: Query, name: str) -> Any:
    """A value with structure, as dictionaries, lists and texts; None when it is missing.

    Raises:
        LinkedInError: When it is none.
    """
    if name not in query:
        return None
    reader = _Reader(query[name], name)
    found = reader.value()
    if reader.is_left:
        raise reader.error()
    return found


def day_of(value: Any, name: str) -> date:
    """A day, told as year, month and day."""
    try:
        return date(int(value["year"]), int(value["month"]), int(value["day"]))
    except (KeyError, TypeError, ValueError):
        raise bad_request(f"Invalid value for param {name}: {value}") from None


def texts(query: Query, name: str) -> list[str]:
    """A list of texts; empty when it is missing."""
    found = structured(query, name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise bad_request(f"Invalid value type for parameter:{name}")
    return found


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self._text, self._name, self._at = text, name, 0

    @property
    def is_left(self) -> bool:
        return self._at < len(self._text)

    def error(self) -> LinkedInError:
        return bad_request(
            f"Invalid query parameters passed to request: {self._name}={self._text} at character "
            f"{self._at}"
        )

    def value(self) -> Any:
        if self._takes("List("):
            return self._list()
        if self._takes("("):
            return self._object()
        return self._word()

    def _takes(self, text: str) -> bool:
        found = self._text.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _list(self) -> list[Any]:
        if self._takes(")"):
            return []
        found = [self.value()]
        while self._takes(","):
            found.append(self.value())
        self._close()
        return found

    def _object(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            name = self._word()
            if not self._takes(":"):
                raise self.error()
            found[name] = self.value()
            if not self._takes(","):
                break
        self._close()
        return found

    def _close(self) -> None:
        if not self._takes(")"):
            raise self.error()

    def _word(self) -> str:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in _SPECIAL:
            self._at += 1
        if start == self._at:
            raise self.error()
        return unquote_plus(self._text[start : self._at])
