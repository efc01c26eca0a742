"""What a request asks for: its parameters, whatever way they came, and a page of what was found.

Belongs here: parameters, filters and cursors. Does not: rows.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from urllib.parse import urlencode

from sample_company.simulators.messages import Request, Response
from sample_company.simulators.meta_ads.errors import bad_parameter

# Objects of these states are shown to those only who ask for them.
HIDDEN = frozenset({"DELETED", "ARCHIVED"})
KINDS = ("campaign", "adset", "ad")
PAGE, MOST = 25, 5000


def parameters(request: Request) -> dict[str, str]:
    """The query, and the body as a form or as JSON; values are text, lists in JSON."""
    found = dict(request.query)
    if request.body:
        if "json" in request.headers.get("content-type", ""):
            body = request.json()
            found |= {
                name: value if isinstance(value, str) else json.dumps(value)
                for name, value in body.items()
            }
        else:
            found |= request.form()
    return found


def names(asked: dict[str, str], name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A list, as JSON or with commas."""
    text = asked.get(name, "").strip()
    if not text:
        return list(default)
    if text.startswith("["):
        found = as_json(text, name)
        return [str(each) for each in found]
    return [part.strip() for part in text.split(",") if part.strip()]


def as_json(text: str, name: str) -> Any:
    """A parameter in JSON; MetaError for one that is none."""
    try:
        return json.loads(text)
    except ValueError:
        raise bad_parameter(f"param {name} must be valid JSON.") from None


def wanted_states(asked: dict[str, str], level: str) -> dict[str, frozenset[str]]:
    """The states that a request names, by kind of object; a kind that it does not name is absent.

    Args:
        asked: The parameters.
        level: The kind that a name without a kind is of.

    Raises:
        MetaError: For a filter that this simulator does not know; none is passed over.
    """
    found: dict[str, frozenset[str]] = {}
    for each in as_json(asked.get("filtering", "[]"), "filtering"):
        kind, _, field = str(each.get("field", "")).rpartition(".")
        operator, values = str(each.get("operator", "")).upper(), each.get("value", [])
        if field != "effective_status" or (kind or level) not in KINDS or operator != "IN":
            raise bad_parameter(
                f"this simulator filters by effective_status IN only, not by {each}."
            )
        found[kind or level] = frozenset(str(value).upper() for value in values)
    return found


def is_shown(state: str, wanted: frozenset[str] | None) -> bool:
    """Whether an object of a state is shown to who named such states."""
    return state not in HIDDEN if wanted is None else state in wanted


def page(request: Request, asked: dict[str, str], rows: list[Any]) -> Response:
    """A page of rows, with cursors and the address of the next one."""
    try:
        limit = int(asked.get("limit", PAGE))
        start = int(urlsafe_b64decode(asked["after"]).decode()) if "after" in asked else 0
    except ValueError:
        raise bad_parameter("Invalid cursors values") from None
    if limit < 1:
        raise bad_parameter("param limit must be positive.")
    end = start + min(limit, MOST)
    body: dict[str, Any] = {"data": rows[start:end]}
    if rows[start:end]:
        body["paging"] = {"cursors": {"before": _cursor(start), "after": _cursor(end)}}
        if end < len(rows):
            following = urlencode(asked | {"after": _cursor(end)})
            body["paging"]["next"] = f"{request.base_url}{request.path}?{following}"
    return Response.of_json(body)


def _cursor(position: int) -> str:
    return urlsafe_b64encode(str(position).encode()).decode()
