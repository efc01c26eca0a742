"""What goes over the wire: a request as a simulator sees it, its answer, and a line of the log.

Belongs here: values. Does not: sockets (server) or what a path means (each simulator).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Request:
    """One request; `path` is without the query, `target` as it came, headers in lower case."""

    method: str
    path: str
    target: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    base_url: str = ""

    def json(self) -> Any:
        """The body as JSON; ValueError when it is none."""
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """The body as a form."""
        fields = parse_qs(self.body.decode(), keep_blank_values=True)
        return {name: values[0] for name, values in fields.items()}


@dataclass
class Response:
    """An answer; a body of parts is sent piece by piece (chunked)."""

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json;charset=UTF-8"

    @classmethod
    def of_json(cls, value: Any, status: int = 200, **headers: str) -> Response:
        """An answer whose body is the value as JSON."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return cls(status, text.encode(), headers)


@dataclass(frozen=True)
class Logged:
    """What was asked and how it was answered; `fault` names what went wrong on purpose."""

    method: str
    path: str
    query: dict[str, str]
    status: int
    fault: str = ""
