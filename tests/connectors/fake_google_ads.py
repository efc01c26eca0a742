"""A Google Ads of a few accounts that answers searchStream as the REST API does."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CREDENTIALS = {
    "GOOGLE_ADS_DEVELOPER_TOKEN": "developer-secret",
    "GOOGLE_ADS_CLIENT_ID": "client-id",
    "GOOGLE_ADS_CLIENT_SECRET": "client-secret",
    "GOOGLE_ADS_REFRESH_TOKEN": "refresh-secret",
}
MANAGER = "9990000000"


@dataclass
class FakeAccount:
    """One account: micros by campaign and day, and what is wrong with what it tells."""

    currency_code: str = "EUR"
    time_zone: str = "Europe/Berlin"
    micros: dict[tuple[str, date], int] = field(default_factory=dict)
    unexplained: dict[date, int] = field(default_factory=dict)
    words: dict[tuple[str, date], str] = field(default_factory=dict)


class FakeGoogleAds:
    """The server; `plan` holds answers that come before the true ones."""

    def __init__(self) -> None:
        self.accounts: dict[str, FakeAccount] = {}
        self.now = datetime(2026, 1, 11, 12, tzinfo=UTC)
        self.plan: deque[tuple[int, Any] | None] = deque()
        self.queries: list[tuple[str, str]] = []
        self.tokens = 0
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = fake.answer(self.path, dict(self.headers), body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def date_time_string(self, timestamp: float | None = None) -> str:
                return format_datetime(fake.now, usegmt=True)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        if path == "/token":
            if CREDENTIALS["GOOGLE_ADS_REFRESH_TOKEN"].encode() not in body:
                return 400, {"error": "invalid_grant"}
            self.tokens += 1
            return 200, {"access_token": f"token-{self.tokens}", "expires_in": 3599}
        if self.plan and (planned := self.plan.popleft()) is not None:
            return planned
        if headers.get("Authorization") != f"Bearer token-{self.tokens}":
            return 401, _error(401, "UNAUTHENTICATED", {"authenticationError": "OAUTH_TOKEN"})
        match = re.fullmatch(r"/v26/customers/([0-9]+)/googleAds:searchStream", path)
        assert match, path
        assert headers["developer-token"] == CREDENTIALS["GOOGLE_ADS_DEVELOPER_TOKEN"]
        query = json.loads(body)["query"]
        self.queries.append((match[1], query))
        return self._rows(match[1], query)

    def _rows(self, customer: str, query: str) -> tuple[int, Any]:
        if "FROM customer_client" in query:
            rows = [{"customerClient": {"id": key, "manager": False}} for key in self.accounts]
            return 200, _batches(rows)
        if customer not in self.accounts:
            code = {"authorizationError": "CUSTOMER_NOT_ENABLED"}
            return 403, _error(403, "PERMISSION_DENIED", code)
        account = self.accounts[customer]
        if "segments.date" not in query:
            own = {"currencyCode": account.currency_code, "timeZone": account.time_zone}
            return 200, _batches([{"customer": {"id": customer, **own}}])
        start, end = (date.fromisoformat(text) for text in re.findall(r"'([0-9-]+)'", query))
        if "FROM ad_group_ad" in query:
            return 200, _batches([])
        if "FROM campaign" in query:
            return 200, _batches(
                [
                    _row(day, account.words.get((campaign, day), micros), campaign)
                    for (campaign, day), micros in sorted(account.micros.items())
                    if start <= day <= end
                ]
            )
        totals = dict(account.unexplained)
        for (_, day), micros in account.micros.items():
            totals[day] = totals.get(day, 0) + micros
        return 200, _batches([_row(d, m) for d, m in sorted(totals.items()) if start <= d <= end])


def _row(day: date, micros: int | str, campaign: str | None = None) -> dict[str, Any]:
    row: dict[str, Any] = {"segments": {"date": day.isoformat()}, "metrics": {}}
    if micros:
        row["metrics"]["costMicros"] = str(micros)
    if campaign:
        row["campaign"] = {
            "id": campaign,
            "name": f"Campaign {campaign}",
            "advertisingChannelType": "PERFORMANCE_MAX",
        }
        row["metrics"] |= {"impressions": "1000", "clicks": "20", "conversions": 1.25}
    return row


def _batches(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two batches, as a stream has them."""
    half = (len(rows) + 1) // 2
    return [{"results": part, "requestId": "x"} for part in (rows[:half], rows[half:]) if part]


def _error(status: int, name: str, code: dict[str, str]) -> list[dict[str, Any]]:
    details = [{"errors": [{"errorCode": code, "message": "said"}]}]
    return [{"error": {"code": status, "message": "said", "status": name, "details": details}}]


def quota_error(code: str, delay: str | None = None) -> tuple[int, Any]:
    """A 429 with a code of the quota."""
    body = _error(429, "RESOURCE_EXHAUSTED", {"quotaError": code})
    if delay:
        details = {"quotaErrorDetails": {"retryDelay": delay}}
        body[0]["error"]["details"][0]["errors"][0]["details"] = details
    return 429, body
