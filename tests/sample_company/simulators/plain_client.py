"""A client made of the standard library, so that nothing between hides what is on the wire."""

from __future__ import annotations

import gzip
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

VERSION = "62.0"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The error code, of a list with one error."""
        (error,) = self.json
        assert set(error) == {"message", "errorCode"}
        return str(error["errorCode"])


class PlainClient:
    def __init__(self, url: str, token: str) -> None:
        self.connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        self.token = token

    def __enter__(self) -> PlainClient:
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.close()

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """A path below /services/data/vNN.0, or any that begins with /services."""
        target = path if path.startswith("/services") else f"/services/data/v{VERSION}{path}"
        content = body if isinstance(body, str) or body is None else json.dumps(body)
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        self.connection.request(method, target, content, sent)
        response = self.connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        text = response.read()
        if found.get("content-encoding") == "gzip":
            text = gzip.decompress(text)
        return Answer(response.status, found, text)

    def get(self, path: str, **query: str) -> Answer:
        return self.ask("GET", f"{path}?{urlencode(query)}" if query else path)

    def query(self, soql: str, resource: str = "query", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", f"/{resource}?q={quote(soql)}", headers=named)

    def column(self, soql: str, resource: str = "query") -> list[Any]:
        """The first field of all records, over all pages."""
        answer = self.query(soql, resource)
        assert answer.status == 200, answer.body
        page, found = answer.json, []
        while True:
            found += [list(record.values())[1] for record in page["records"]]
            if page["done"]:
                return found
            page = self.get(page["nextRecordsUrl"]).json
