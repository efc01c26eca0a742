"""A HubSpot client made of the standard library: nothing between hides what is on the wire."""

from __future__ import annotations

import gzip
import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from tests.sample_company.simulators.plain_client import Answer


class HubSpotClient:
    def __init__(self, url: str, token: str) -> None:
        self.connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        self.token = token

    def __enter__(self) -> HubSpotClient:
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.close()

    def ask(self, method: str, path: str, body: Any = None, content_type: str = "") -> Answer:
        content = body if isinstance(body, str) or body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers["Content-Type"] = content_type or "application/json"
        self.connection.request(method, path, content, headers)
        response = self.connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        text = response.read()
        if found.get("content-encoding") == "gzip":
            text = gzip.decompress(text)
        return Answer(response.status, found, text)

    def get(self, path: str, **query: Any) -> Answer:
        return self.ask("GET", f"{path}?{urlencode(query)}" if query else path)

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """The results of a list over all its pages."""
        after = ""
        while True:
            answer = self.get(path, **query, **({"after": after} if after else {}))
            assert answer.status == 200, answer.body
            yield from answer.json["results"]
            if "paging" not in answer.json:
                return
            after = answer.json["paging"]["next"]["after"]

    def objects(self, kind: str, **query: Any) -> list[dict[str, Any]]:
        return list(self.pages(f"/crm/v3/objects/{kind}", **query))

    def ids(self, kind: str, **query: Any) -> list[str]:
        return [each["id"] for each in self.objects(kind, **query)]

    def search(self, kind: str, *filters: dict[str, Any], **body: Any) -> Answer:
        """One page of a search; filters are one group."""
        groups = {"filterGroups": [{"filters": list(filters)}]} if filters else {}
        return self.ask("POST", f"/crm/v3/objects/{kind}/search", {**groups, **body})

    def found(self, kind: str, *filters: dict[str, Any], **body: Any) -> list[str]:
        """The ids of one page of a search."""
        answer = self.search(kind, *filters, **body)
        assert answer.status == 200, answer.body
        return [each["id"] for each in answer.json["results"]]

    def associated(self, start: str, end: str, *ids: str) -> dict[str, list[str]]:
        """The labels by the id of the other end, of all given records together."""
        answer = self.ask(
            "POST",
            f"/crm/v4/associations/{start}/{end}/batch/read",
            {"inputs": [{"id": each} for each in ids]},
        )
        assert answer.status in (200, 207), answer.body
        return {
            str(to["toObjectId"]): [each["label"] for each in to["associationTypes"]]
            for result in answer.json["results"]
            for to in result["to"]
        }


def where(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    """A filter of a search."""
    given = {} if value is None else {"value": value}
    return {"propertyName": name, "operator": operator, **given, **more}
