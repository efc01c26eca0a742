"""A tiny account that speaks HubSpot's wire format, for the connector's own tests.

It knows properties, pipelines, owners, lists, search with its end at 10,000 (here less), batch
reads with history, v4 associations, forms and their submissions, and how to misbehave: `faults`
are functions that a request goes through first.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "planted-pat-na1-5d21"  # noqa: S105 - planted, to be searched for
Record = dict[str, Any]


@dataclass
class Reply:
    """One answer."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False


Fault = Callable[[str, str], Reply | None]


def error(status: int, category: str, message: str = "", **more: Any) -> Reply:
    content = {"status": "error", "category": category, "message": message, **more}
    headers = {name.replace("_", "-"): value for name, value in content.pop("headers", {}).items()}
    return Reply(status, json.dumps(content).encode(), headers)


def limit(policy: str, **headers: str) -> Reply:
    return error(
        429,
        "",
        "You have reached your limit.",
        errorType="RATE_LIMIT",
        policyName=policy,
        headers=headers,
    )


def missing_scope(*scopes: str) -> Reply:
    detail = {"message": "Required.", "context": {"requiredGranularScopes": list(scopes)}}
    return error(403, "MISSING_SCOPES", "This app hasn't been granted", errors=[detail])


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class FakeAccount:
    """An account in memory, with a clock that stands where a test puts it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        self.properties: dict[str, dict[str, str]] = {}
        self.records: dict[str, dict[str, Record]] = {}
        self.archive: dict[str, dict[str, Record]] = {}
        self.links: dict[tuple[str, str], dict[str, dict[str, list[tuple[int, str | None]]]]] = {}
        self.merged: dict[str, dict[str, str]] = {}
        self.pipelines: dict[str, list[Record]] = {}
        self.owners: list[Record] = []
        self.campaigns: list[Record] = []
        self.forms: dict[str, list[Record]] = {}
        self.cap = 10_000
        self.page = 100
        self.link_page = 500
        self.unindexed: set[str] = set()
        self.daily: tuple[int, int] | None = None
        self.faults: list[Fault] = []
        self.requests: list[str] = []
        self.bodies: list[Any] = []
        account = self

        class Handler(_Handler):
            fake = account

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    # What a test does with the account.
    def define(self, name: str, types: dict[str, str]) -> None:
        self.properties[name] = dict(types)
        self.records.setdefault(name, {})
        self.archive.setdefault(name, {})

    @staticmethod
    def cursor(name: str) -> str:
        return "lastmodifieddate" if name == "contacts" else "hs_lastmodifieddate"

    def add(
        self, name: str, record_id: int | str, at: datetime | None = None, /, **values: Any
    ) -> None:
        moment = stamp(at or self.now)
        self.records[name][str(record_id)] = {
            "id": str(record_id),
            "properties": {**dict.fromkeys(self.properties[name]), "hs_object_id": str(record_id)},
            "history": {},
            "createdAt": moment,
            "archived": False,
        }
        created = "createdate" if "createdate" in self.properties[name] else "hs_createdate"
        self.change(name, record_id, at, **{created: moment, **values})

    def change(
        self, name: str, record_id: int | str, at: datetime | None = None, /, **values: Any
    ) -> None:
        record = self.records[name][str(record_id)]
        moment = stamp(at or self.now)
        for key, value in values.items():
            record["properties"][key] = value
            version = {"value": value, "timestamp": moment, "sourceType": "CRM_UI"}
            record["history"].setdefault(key, []).insert(0, version)
        record["properties"][self.cursor(name)] = moment
        record["updatedAt"] = moment

    def delete(self, name: str, record_id: int | str) -> None:
        record = self.records[name].pop(str(record_id))
        record["archived"], record["archivedAt"] = True, stamp(self.now)
        self.archive[name][str(record_id)] = record

    def restore(self, name: str, record_id: int | str) -> None:
        record = self.archive[name].pop(str(record_id))
        record["archived"] = False
        del record["archivedAt"]
        self.records[name][str(record_id)] = record

    def purge(self, name: str, record_id: int | str) -> None:
        self.records[name].pop(str(record_id), None)
        self.archive[name].pop(str(record_id), None)

    def merge(self, name: str, loser: int | str, winner: int | str) -> None:
        self.records[name].pop(str(loser))
        self.merged.setdefault(name, {})[str(loser)] = str(winner)
        held = self.records[name][str(winner)]["properties"].get("hs_merged_object_ids")
        ids = f"{held};{loser}" if held else str(loser)
        self.change(name, winner, hs_merged_object_ids=ids)

    def link(
        self,
        name: str,
        record_id: int | str,
        to: str,
        other: int | str,
        *types: tuple[int, str | None],
    ) -> None:
        held = self.links.setdefault((name, to), {}).setdefault(str(record_id), {})
        held[str(other)] = list(types)

    def unlink(self, name: str, record_id: int | str, to: str, other: int | str) -> None:
        del self.links[name, to][str(record_id)][str(other)]

    def pass_time(self, **amount: float) -> None:
        self.now += timedelta(**amount)

    # What the server does.
    def answer(self, method: str, target: str, headers: Any, body: bytes) -> Reply:
        self.requests.append(f"{method} {unquote(target)}")
        self.bodies.append(json.loads(body) if body else None)
        for fault in list(self.faults):
            if (reply := fault(method, unquote(target))) is not None:
                return reply
        if len(target) > 16_000:
            return Reply(414, b"<html>URI Too Long</html>")
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            said = f"Authentication credentials not found: {headers.get('Authorization')}"
            return error(401, "INVALID_AUTHENTICATION", said)
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return self._route(parts.path, query, self.bodies[-1])

    def _route(self, path: str, query: dict[str, str], body: Any) -> Reply:
        if path.startswith("/crm/v3/objects") or path.startswith("/crm/v4"):
            return self._objects(path, query, body)
        if match := re.fullmatch(r"/crm/v3/properties/(\w+)", path):
            return self._properties(match[1])
        if match := re.fullmatch(r"/crm/v3/pipelines/(\w+)", path):
            return _json({"results": self.pipelines.get(match[1], [])})
        if path == "/crm/v3/owners":
            is_archived = query.get("archived") == "true"
            return _json({"results": [o for o in self.owners if o["archived"] == is_archived]})
        if path == "/marketing/v3/campaigns":
            return _json({"results": self.campaigns})
        if path == "/marketing/v3/marketing-events":
            return _json({"results": []})
        if path == "/marketing/v3/forms":
            named = [
                {"id": guid, "name": f"Form {guid}", "formType": "hubspot"} for guid in self.forms
            ]
            return _json({"results": named})
        if match := re.fullmatch(r"/form-integrations/v1/submissions/forms/([\w-]+)", path):
            return self._submissions(match[1], query)
        return error(404, "OBJECT_NOT_FOUND", path)

    def _objects(self, path: str, query: dict[str, str], body: Any) -> Reply:
        if match := re.fullmatch(r"/crm/v3/objects/(\w+)", path):
            return self._list(match[1], query)
        if match := re.fullmatch(r"/crm/v3/objects/(\w+)/search", path):
            return self._search(match[1], body)
        if match := re.fullmatch(r"/crm/v3/objects/(\w+)/batch/read", path):
            return self._batch(match[1], body)
        if match := re.fullmatch(r"/crm/v4/associations/(\w+)/(\w+)/batch/read", path):
            return self._associations(match[1], match[2], body)
        return error(404, "OBJECT_NOT_FOUND", path)

    def _unknown(self, name: str) -> Reply | None:
        if name in self.properties:
            return None
        return error(400, "VALIDATION_ERROR", f"Unable to infer object type from: {name}")

    def _properties(self, name: str) -> Reply:
        if reply := self._unknown(name):
            return reply
        found = [{"name": key, "type": kind} for key, kind in self.properties[name].items()]
        return _json({"results": found})

    def _shown(
        self, name: str, record: Record, wanted: list[str], history: tuple[str, ...] = ()
    ) -> Record:
        values = record["properties"]
        kept = {key: values.get(key) for key in wanted if key in self.properties[name]}
        kept |= {"hs_object_id": record["id"], self.cursor(name): values.get(self.cursor(name))}
        found = {**record, "properties": kept}
        held = found.pop("history")
        if history:
            found["propertiesWithHistory"] = {key: held.get(key, []) for key in history}
        return found

    def _list(self, name: str, query: dict[str, str]) -> Reply:
        if reply := self._unknown(name):
            return reply
        held = self.archive if query.get("archived") == "true" else self.records
        ids = sorted(map(int, held[name]))
        after = int(query.get("after", "0"))
        ids = [value for value in ids if value > after]
        page = ids[: min(self.page, int(query["limit"]))]
        wanted = query.get("properties", "").split(",")
        found: Record = {
            "results": [self._shown(name, held[name][str(value)], wanted) for value in page]
        }
        if len(page) < len(ids):
            found["paging"] = {"next": {"after": str(page[-1]), "link": "x"}}
        return _json(found)

    def _search(self, name: str, body: Any) -> Reply:
        if reply := self._unknown(name):
            return reply
        (group,) = body["filterGroups"]
        rows = [r for r in self.records[name].values() if r["id"] not in self.unindexed]
        for item in group["filters"]:
            rows = [row for row in rows if _fulfils(row, item)]
        rows.sort(key=lambda row: int(row["id"]))
        after = int(body.get("after", 0))
        if after + body["limit"] > self.cap:
            return error(400, "VALIDATION_ERROR", "paging through more than 10000 results")
        page = rows[after : after + body["limit"]]
        found: Record = {
            "total": len(rows),
            "results": [self._shown(name, row, body["properties"]) for row in page],
        }
        if after + len(page) < len(rows):
            found["paging"] = {"next": {"after": str(after + len(page))}}
        return _json(found)

    def _batch(self, name: str, body: Any) -> Reply:
        if reply := self._unknown(name):
            return reply
        history = tuple(body.get("propertiesWithHistory", []))
        if len(body["inputs"]) > (50 if history else 100):
            return error(400, "VALIDATION_ERROR", "too many inputs")
        found: dict[str, Record] = {}
        for entry in body["inputs"]:
            record_id = entry["id"]
            while record_id in self.merged.get(name, {}):
                record_id = self.merged[name][record_id]
            if record_id in self.records[name]:
                record = self.records[name][record_id]
                found[record_id] = self._shown(name, record, body["properties"], history)
        status = 200 if len(found) == len(body["inputs"]) else 207
        return _json({"status": "COMPLETE", "results": list(found.values())}, status)

    def _associations(self, name: str, to: str, body: Any) -> Reply:
        if len(body["inputs"]) > 1000:
            return error(400, "VALIDATION_ERROR", "too many inputs")
        held = self.links.get((name, to), {})
        results = []
        for entry in body["inputs"]:
            others = [o for o in held.get(entry["id"], {}) if o in self.records.get(to, {})]
            others = [o for o in sorted(others, key=int) if int(o) > int(entry.get("after", 0))]
            if not others:
                continue
            page = others[: self.link_page]
            found: Record = {"from": {"id": entry["id"]}, "to": []}
            for other in page:
                types = [
                    {
                        "category": "HUBSPOT_DEFINED" if kind < 1000 else "USER_DEFINED",
                        "typeId": kind,
                        "label": label,
                    }
                    for kind, label in held[entry["id"]][other]
                ]
                found["to"].append({"toObjectId": int(other), "associationTypes": types})
            if len(page) < len(others):
                found["paging"] = {"next": {"after": page[-1]}}
            results.append(found)
        return _json({"status": "COMPLETE", "results": results}, 207)

    def _submissions(self, guid: str, query: dict[str, str]) -> Reply:
        rows = sorted(self.forms[guid], key=lambda row: -row["submittedAt"])
        start, size = int(query.get("after", "0")), int(query["limit"])
        found: Record = {"results": rows[start : start + size]}
        if start + size < len(rows):
            found["paging"] = {"next": {"after": str(start + size)}}
        return _json(found)


class _Handler(BaseHTTPRequestHandler):
    fake: FakeAccount
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.fake.answer(self.command, self.path, self.headers, body)
        self.send_response_only(reply.status)
        self.send_header("Date", format_datetime(self.fake.now, usegmt=True))
        self.send_header("Content-Length", str(len(reply.body)))
        if self.fake.daily:
            self.send_header("X-HubSpot-RateLimit-Daily", str(self.fake.daily[1]))
            left = self.fake.daily[1] - self.fake.daily[0]
            self.send_header("X-HubSpot-RateLimit-Daily-Remaining", str(left))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) // 2] if reply.is_cut else reply.body)
        if reply.is_cut:
            self.close_connection = True

    do_GET = do_POST = _serve  # noqa: N815 - http.server's names

    def log_message(self, *arguments: object) -> None:
        pass


def _json(content: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json"})


def _fulfils(row: Record, item: Record) -> bool:
    own = row["properties"].get(item["propertyName"])
    if own is None:
        return False
    number = int(own) if own.isdigit() else datetime.fromisoformat(own).timestamp() * 1000
    other = float(item["value"])
    operator = item["operator"]
    return {"GT": number > other, "GTE": number >= other, "LTE": number <= other}[operator]


def _form(guid: str) -> Record:
    return {"id": guid, "name": f"Form {guid}", "formType": "hubspot"}
