"""From a request to the function that answers it.

Belongs here: patterns of paths, and reading what a query or a body asks for. Does not: answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sample_company.simulators.hubspot.auth import Token
from sample_company.simulators.hubspot.errors import ApiError
from sample_company.simulators.messages import Request, Response


@dataclass(frozen=True)
class Asked:
    """A request with the parts of its path, and whose token it has."""

    request: Request
    parts: dict[str, str]
    token: Token

    @property
    def query(self) -> dict[str, list[str]]:
        """The query with all values of a name."""
        return parse_qs(urlsplit(self.request.target).query, keep_blank_values=True)

    def one(self, name: str, default: str = "") -> str:
        """The value of a name in the query."""
        return self.query.get(name, [default])[-1]

    def names(self, name: str) -> list[str]:
        """Names in the query, given once with commas or several times."""
        found = [part.strip() for text in self.query.get(name, []) for part in text.split(",")]
        return list(dict.fromkeys(filter(None, found)))

    def flag(self, name: str) -> bool:
        """Whether a name in the query says true."""
        return self.one(name).lower() == "true"

    def number(self, name: str, default: int, most: int, least: int = 1) -> int:
        """A number in the query; ApiError for none or one that is out of bounds."""
        text = self.one(name, str(default))
        try:
            found = int(text)
        except ValueError:
            raise ApiError(f"Invalid integer for parameter {name}: {text}") from None
        if not least <= found <= most:
            raise ApiError(f"{name} must be between {least} and {most}, was {found}")
        return found

    def body(self) -> dict[str, Any]:
        """The body, a JSON object; ApiError for anything else."""
        try:
            found = self.request.json()
        except ValueError:
            raise ApiError("Invalid input JSON on line 1, column 1") from None
        if not isinstance(found, dict):
            raise ApiError("Invalid input JSON on line 1, column 1")
        return found

    def inputs(self, most: int, why: str = "") -> list[dict[str, Any]]:
        """The inputs of a batch; ApiError for too many."""
        found = self.body().get("inputs")
        if not isinstance(found, list):
            raise ApiError("Invalid input JSON: inputs is missing")
        if len(found) > most:
            raise ApiError(
                f"The maximum number of inputs supported in a batch request {why}is {most}. "
                "Please reduce the number of items and try again"
            )
        return found


Handler = Callable[[Asked], Response]


@dataclass(frozen=True)
class Route:
    """A method and a path with named parts, and who answers."""

    method: str
    path: re.Pattern[str]
    handler: Handler
    scope: str = ""


def route(method: str, path: str, handler: Handler, scope: str = "") -> Route:
    """A route; `{name}` in the path is a part of it."""
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
    return Route(method, re.compile(pattern + "/?"), handler, scope)


def page(results: list[Any], after: str | None, path: str = "", **more: Any) -> Response:
    """A page of results; `after` is where the next one begins."""
    body = {**more, "results": results}
    if after is not None:
        link = f"{path}{'&' if '?' in path else '?'}after={after}" if path else f"?after={after}"
        body["paging"] = {"next": {"after": after, "link": link}}
    return Response.of_json(body)
