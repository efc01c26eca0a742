"""Asks which queries find nothing, five at a time.

A composite request takes up to five queries and counts once towards the org's limit. What it tells
is used where a query finds nothing at all; any other answer, an error too, is left to the object's
own request, which keeps its pages and says what is wrong.

Belongs here: composite requests. Does not: which queries (object_pull.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import quote

from orchestration.connectors.errors import CredentialsRefused, FixConfiguration, ObjectMissing
from orchestration.connectors.http import Answer
from orchestration.connectors.json_body import read_json
from orchestration.connectors.salesforce.client import Client

QUERIES_AT_ONCE = 5


def quiet_queries(client: Client, queries: Sequence[str]) -> frozenset[str]:
    """Return the queries that find nothing; none where an org does not take composite requests.

    Raises:
        ConnectorError: The class that says what would help.
    """
    found: set[str] = set()
    for start in range(0, len(queries), QUERIES_AT_ONCE):
        part = queries[start : start + QUERIES_AT_ONCE]
        if len(part) == 1:
            break  # its own request costs no more
        try:
            found |= _ask(client, part)
        except CredentialsRefused:
            raise
        except (FixConfiguration, ObjectMissing):
            break
    return frozenset(found)


def _ask(client: Client, queries: Sequence[str]) -> set[str]:
    def understand(answer: Answer) -> set[str]:
        said = read_json(answer.body)
        parts = said.get("compositeResponse") if isinstance(said, dict) else None
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            raise ValueError("no composite response")
        answers = {part.get("referenceId"): part for part in parts}
        if len(parts) != len(queries) or answers.keys() != asked.keys():
            raise ValueError("the composite response is not of these requests")
        return {query for name, query in asked.items() if _finds_nothing(answers[name])}

    asked = {f"query{number}": query for number, query in enumerate(queries)}
    path = f"{client.data_path}/queryAll?q="
    body = {
        "allOrNone": False,
        "compositeRequest": [
            {"method": "GET", "url": path + quote(query, safe=""), "referenceId": name}
            for name, query in asked.items()
        ],
    }
    headers = {"Content-Type": "application/json"}
    return client.ask(
        "POST",
        f"{client.data_path}/composite",
        understand,
        data=json.dumps(body).encode(),
        headers=headers,
    )


def _finds_nothing(part: dict[str, object]) -> bool:
    body = part.get("body")
    return (
        part.get("httpStatusCode") == "200"  # numbers are texts
        and isinstance(body, dict)
        and body.get("done") is True
        and body.get("totalSize") == "0"
        and body.get("records") == []
    )
