"""A tiny org that speaks Salesforce's wire format, for the connector's own tests.

It knows OAuth client credentials, describe, queryAll with pages, Bulk 2.0 queries, and how to
misbehave: `faults` are functions that a request goes through first.
"""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

CLIENT_ID = "planted-client-id-9f3a"
CLIENT_SECRET = "planted-client-secret-77c1"  # noqa: S105 - planted, to be searched for
TOKENS = "planted-token"
VERSION = "/services/data/v62.0"
Record = dict[str, Any]


@dataclass
class Reply:
    """One answer."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    # cut: close in the middle of the body; drip: seconds between bytes.
    is_cut: bool = False


Fault = Callable[[str, str], Reply | None]


def error(status: int, code: str, message: str = "", **headers: str) -> Reply:
    body = json.dumps([{"errorCode": code, "message": message}]).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, body, named)


class FakeOrg:
    """An org in memory, with a clock that stands where a test puts it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        self.fields: dict[str, dict[str, str]] = {}
        self.relationships: dict[str, dict[str, str]] = {}
        self.records: dict[str, dict[str, Record]] = {}
        self.formulas: set[str] = set()
        self.faults: list[Fault] = []
        self.requests: list[str] = []
        self.batch = 2000
        self.valid_token = ""
        self.tokens = 0
        self.usage: str | None = None
        self.echo: list[str] = []
        self._cursors: dict[str, tuple[list[str], list[Record], int]] = {}
        self._jobs: dict[str, tuple[list[str], list[Record]]] = {}
        self._counter = 0
        org = self

        class Handler(_Handler):
            fake = org

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    # What a test does with the org.
    def define(self, name: str, relationships: dict[str, str] | None = None, **types: str) -> None:
        standard = {"Id": "id", "SystemModstamp": "datetime", "CreatedDate": "datetime"}
        if name != "User":
            standard["IsDeleted"] = "boolean"
        self.fields[name] = {**standard, **types}
        self.relationships[name] = relationships or {}
        self.records.setdefault(name, {})

    def add(self, name: str, record_id: str, at: datetime | None = None, **values: Any) -> None:
        stamp = _stamp(at or self.now)
        self.records[name][record_id] = {
            **dict.fromkeys(self.fields[name]),
            "Id": record_id,
            "SystemModstamp": stamp,
            "CreatedDate": stamp,
            "IsDeleted": False,
            **values,
        }

    def change(self, name: str, record_id: str, at: datetime | None = None, **values: Any) -> None:
        self.records[name][record_id].update(values, SystemModstamp=_stamp(at or self.now))

    def delete(self, name: str, record_id: str, **values: Any) -> None:
        self.change(name, record_id, IsDeleted=True, **values)

    def purge(self, name: str, record_id: str) -> None:
        del self.records[name][record_id]

    def pass_time(self, **amount: float) -> None:
        self.now += timedelta(**amount)

    # What the server does.
    def answer(self, method: str, target: str, headers: Any, body: bytes) -> Reply:
        parts = urlsplit(target)
        self.requests.append(f"{method} {unquote(target)}")
        for fault in list(self.faults):
            if (reply := fault(method, unquote(target))) is not None:
                return reply
        if parts.path == "/services/oauth2/token":
            return self._token(parse_qs(body.decode()))
        if headers.get("Authorization") != f"Bearer {self.valid_token}" or not self.valid_token:
            return error(401, "INVALID_SESSION_ID", "Session expired or invalid")
        return self._data(method, parts, body)

    def _data(self, method: str, parts: SplitResult, body: bytes) -> Reply:
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = parts.path.removeprefix(VERSION)
        if match := re.fullmatch(r"/sobjects/(\w+)/describe", path):
            return self._describe(match[1])
        if path == "/composite":
            return self._composite(json.loads(body)["compositeRequest"])
        if path == "/queryAll":
            return self._query(query["q"])
        if match := re.fullmatch(r"/query(?:All)?/(\w+)-(\d+)", path):
            return self._page(match[1], int(match[2]))
        if path == "/jobs/query" and method == "POST":
            return self._make_job(json.loads(body)["query"])
        if match := re.fullmatch(r"/jobs/query/(\w+)", path):
            return _json({"id": match[1], "state": "JobComplete"})
        if match := re.fullmatch(r"/jobs/query/(\w+)/results", path):
            start = int(query.get("locator", "0"))
            return self._results(match[1], start, int(query["maxRecords"]))
        return error(404, "NOT_FOUND", path)

    def _token(self, form: dict[str, list[str]]) -> Reply:
        if form.get("client_id") != [CLIENT_ID] or form.get("client_secret") != [CLIENT_SECRET]:
            text = f"invalid client credentials {form.get('client_secret')}"
            return Reply(
                400, json.dumps({"error": "invalid_client", "error_description": text}).encode()
            )
        self.tokens += 1
        self.valid_token = f"{TOKENS}-{self.tokens}"
        return _json({"access_token": self.valid_token, "instance_url": self.url})

    def _describe(self, name: str) -> Reply:
        if name not in self.fields:
            return error(404, "NOT_FOUND", "The requested resource does not exist")
        named = {field: path for path, field in self.relationships[name].items()}
        return _json(
            {
                "name": name,
                "fields": [
                    {
                        "name": field,
                        "type": kind,
                        "calculated": f"{name}.{field}" in self.formulas,
                        "relationshipName": named.get(field),
                    }
                    for field, kind in self.fields[name].items()
                ],
            }
        )

    def select(self, query: str) -> tuple[list[str], list[Record]] | Reply:
        match = re.fullmatch(r"SELECT (.+) FROM (\w+)(?: WHERE (.+))?", query)
        assert match, query
        names, name = match[1].split(", "), match[2]
        if name not in self.fields:
            return error(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
        for field_name in names:
            head = field_name.partition(".")[0]
            if head not in self.fields[name] and head not in self.relationships[name]:
                return error(400, "INVALID_FIELD", f"No such column '{field_name}' on '{name}'")
        rows = list(self.records[name].values())
        for condition in match[3].split(" AND ") if match[3] else []:
            rows = [row for row in rows if _fulfils(row, condition)]
        return names, sorted(rows, key=lambda row: row["Id"])

    def _query(self, query: str) -> Reply:
        found = self.select(query)
        if isinstance(found, Reply):
            return found
        self._counter += 1
        key = f"01g{self._counter}"
        # As in Salesforce, the ids of a query are fixed; the values are those of the page's time.
        self._cursors[key] = (found[0], found[1], self.batch)
        return self._page(key, 0)

    def _composite(self, parts: list[Record]) -> Reply:
        assert len(parts) <= 5
        found = []
        for part in parts:
            query = parse_qs(urlsplit(part["url"]).query)["q"][0]
            reply = self._query(query)
            found.append(
                {
                    "body": json.loads(reply.body),
                    "httpStatusCode": reply.status,
                    "referenceId": part["referenceId"],
                }
            )
        return _json({"compositeResponse": found})

    def _page(self, key: str, start: int) -> Reply:
        if key not in self._cursors:
            return error(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        names, rows, batch = self._cursors[key]
        page = rows[start : start + batch]
        is_done = start + batch >= len(rows)
        content = {
            "totalSize": len(rows),
            "done": is_done,
            "records": [_record(row, names) for row in page],
        }
        if not is_done:
            content["nextRecordsUrl"] = f"{VERSION}/queryAll/{key}-{start + batch}"
        return _json(content)

    def _make_job(self, query: str) -> Reply:
        found = self.select(query)
        if isinstance(found, Reply):
            return found
        self._counter += 1
        self._jobs[f"750{self._counter}"] = found
        return _json({"id": f"750{self._counter}", "state": "UploadComplete"})

    def _results(self, job: str, start: int, most: int) -> Reply:
        names, rows = self._jobs[job]
        page = rows[start : start + most]
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([[_cell(_value(row, name)) for name in names] for row in page])
        following = str(start + most) if start + most < len(rows) else "null"
        headers = {"Sforce-Locator": following, "Sforce-NumberOfRecords": str(len(page))}
        return Reply(200, text.getvalue().encode(), headers)


class _Handler(BaseHTTPRequestHandler):
    fake: FakeOrg
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        reply = self.fake.answer(self.command, self.path, self.headers, body)
        self.send_response_only(reply.status)
        self.send_header("Date", format_datetime(self.fake.now, usegmt=True))
        self.send_header("Content-Length", str(len(reply.body)))
        if self.fake.usage:
            self.send_header("Sforce-Limit-Info", f"api-usage={self.fake.usage}")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) // 2] if reply.is_cut else reply.body)
        if reply.is_cut:
            self.close_connection = True

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - http.server's names

    def log_message(self, *arguments: object) -> None:
        pass


def _json(content: Any) -> Reply:
    return Reply(200, json.dumps(content).encode(), {"Content-Type": "application/json"})


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


def _value(row: Record, name: str) -> Any:
    value: Any = row
    for part in name.split("."):
        value = None if value is None else value.get(part)
    return value


def _record(row: Record, names: list[str]) -> Record:
    found: Record = {"attributes": {"type": "x", "url": f"/x/{row['Id']}"}}
    for name in names:
        head, _, rest = name.partition(".")
        if rest:
            found[head] = None if row.get(head) is None else {rest: _value(row, name)}
        else:
            found[name] = row.get(name)
    return found


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("+0000", "Z")


def _fulfils(row: Record, condition: str) -> bool:
    if match := re.fullmatch(r"(\w+) IN \((.+)\)", condition):
        return _cell(row.get(match[1])) in [part.strip("'") for part in match[2].split(", ")]
    name, sign, value = condition.split(" ", 2)
    own = row.get(name)
    if sign == "!=":
        return own is not None
    if sign == "=":
        return _cell(own) == value.strip("'")
    moment = datetime.fromisoformat(str(own))
    other = datetime.fromisoformat(value)
    return moment > other if sign == ">" else moment <= other
