"""A client of the advertising platforms made of the standard library: the wire as it is."""

from __future__ import annotations

import gzip
import http.client
import json
from typing import Any
from urllib.parse import urlencode

from tests.sample_company.simulators.plain_client import Answer


class AdsClient:
    """Asks with the headers that it was given; a body that is a dictionary is sent as JSON."""

    def __init__(self, url: str, **headers: str) -> None:
        self.connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def ask(
        self,
        method: str,
        target: str,
        body: Any = None,
        form: dict[str, str] | None = None,
        without: str = "",
        **headers: str,
    ) -> Answer:
        sent = {**self.headers, **{name.replace("_", "-"): x for name, x in headers.items()}}
        sent.pop(without, None)
        content = urlencode(form) if form is not None else body and json.dumps(body)
        self.connection.request(method, target, content, sent)
        response = self.connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        text = response.read()
        if found.get("content-encoding") == "gzip":
            text = gzip.decompress(text)
        return Answer(response.status, found, text)

    def get(self, path: str, **query: Any) -> Answer:
        texts = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in query.items()
        }
        return self.ask("GET", f"{path}?{urlencode(texts)}" if query else path)
