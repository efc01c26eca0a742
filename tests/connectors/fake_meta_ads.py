"""Meta ad accounts that answer insights as the Marketing API does, at once and by jobs."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import deque
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tests.connectors.fake_server import Asked, FakeServer, Said

TOKEN = "EAAtokensecret0123456789"  # noqa: S105
APP_SECRET = "appsecret9876543210"  # noqa: S105
CREDENTIALS = {"META_ADS_ACCESS_TOKEN": TOKEN, "META_ADS_APP_SECRET": APP_SECRET}
_VERSION = "v25.0"
_PAGE = 2


@dataclass
class FakeAccount:
    """One ad account: spend by campaign and day, and what is wrong with what it tells."""

    currency: str = "EUR"
    timezone_name: str = "Europe/Berlin"
    account_status: int = 1
    spend: dict[tuple[str, date], str] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    unexplained: dict[date, Decimal] = field(default_factory=dict)
    changes: dict[tuple[str, date], dict[str, Any]] = field(default_factory=dict)
    reach: dict[str, int] = field(default_factory=dict)


class FakeMetaAds(FakeServer):
    """The server.

    `endings` are what the next jobs end as; a request of more days than `most_days` is too much.
    """

    def __init__(self) -> None:
        super().__init__()
        self.accounts: dict[str, FakeAccount] = {}
        self.endings: deque[str] = deque()
        self.most_days = 1000
        self.most_days_of_job = 1000
        self._jobs: dict[str, tuple[str, list[dict[str, Any]], list[str]]] = {}

    def answer(self, asked: Asked) -> Said:
        assert asked.headers["authorization"] == f"Bearer {TOKEN}"
        proof = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
        assert asked.params.get("appsecret_proof") == proof
        assert asked.path.startswith(f"/{_VERSION}/"), asked.path
        path = asked.path.removeprefix(f"/{_VERSION}/")
        if path == "me/adaccounts":
            return self._paged(asked, [{"account_id": name} for name in self.accounts])
        node, _, edge = path.partition("/")
        if node in self._jobs:
            return self._job(asked, node, edge)
        account_id = node.removeprefix("act_")
        if account_id not in self.accounts:
            return error(100, 33, "Unsupported get request. Object does not exist")
        account = self.accounts[account_id]
        if not edge:
            fields = {name: getattr(account, name) for name in _asked_fields(asked) & _OWN}
            return Said(200, {"account_id": account_id, "id": node, **fields})
        if edge == "campaigns":  # it has none of a status that nobody knows
            return self._paged(asked, [])
        return self._insights(asked, account)

    def _insights(self, asked: Asked, account: FakeAccount) -> Said:
        span = json.loads(asked.params["time_range"])
        first, last = date.fromisoformat(span["since"]), date.fromisoformat(span["until"])
        days = (last - first).days + 1
        rows = _rows(asked, account, first, last)
        if asked.method == "GET":
            if days > self.most_days:
                return error(1, 0, "Please reduce the amount of data you're asking for")
            return self._paged(asked, rows)
        if days > self.most_days_of_job:
            return error(100, 1487534, "There is too much data", status=400)
        run = str(7000 + len(self._jobs))
        ending = self.endings.popleft() if self.endings else "Job Completed"
        self._jobs[run] = (ending, rows, ["Job Not Started", "Job Running"])
        return Said(200, {"report_run_id": run})

    def _job(self, asked: Asked, run: str, edge: str) -> Said:
        ending, rows, before = self._jobs[run]
        if edge == "insights":
            assert ending == "Job Completed"
            return self._paged(asked, rows)
        status = before.pop(0) if before else ending
        percent = 100 if not before and status == ending else 40
        return Said(200, {"id": run, "async_status": status, "async_percent_completion": percent})

    def _paged(self, asked: Asked, rows: list[dict[str, Any]]) -> Said:
        start = int(asked.params.get("after", "0"))
        page = rows[start : start + _PAGE]
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + _PAGE)}}
        if start + _PAGE < len(rows):
            paging["next"] = f"{self.url}/next?access_token={TOKEN}"
        return Said(200, {"data": page, "paging": paging}, {"facebook-api-version": _VERSION})


_OWN = {"currency", "timezone_name", "account_status"}


def _asked_fields(asked: Asked) -> set[str]:
    return set(asked.params["fields"].split(","))


def _rows(asked: Asked, account: FakeAccount, first: date, last: date) -> list[dict[str, Any]]:
    """Every level's rows; deleted and archived campaigns only where their status is asked for.

    Its campaigns have no ads.
    """
    if asked.params["level"] == "ad":
        return []
    statuses = {"ACTIVE", "PAUSED"}
    for condition in json.loads(asked.params.get("filtering", "[]")):
        assert condition["field"] == "campaign.effective_status"
        statuses = set(condition["value"])
    spent = {
        (campaign, day): Decimal(amount)
        for (campaign, day), amount in sorted(account.spend.items(), key=lambda x: x[0][::-1])
        if first <= day <= last
    }
    shown = [key for key in spent if account.gone.get(key[0], "ACTIVE") in statuses]
    whole = {"date_start": str(first), "date_stop": str(last)}
    if asked.params["time_increment"] == "all_days":
        if asked.params["level"] == "account":
            reach = {"reach": str(account.reach.get("account", 0)), "frequency": "2.5"}
            return [reach | whole] if spent else []
        return [
            {"campaign_id": name, "reach": str(account.reach.get(name, 0)), "frequency": "1.234567"}
            | whole
            for name in sorted({campaign for campaign, _ in shown})
        ]
    if asked.params["level"] == "account":
        totals = {d: more for d, more in account.unexplained.items() if first <= d <= last}
        for (_, day), amount in spent.items():
            totals[day] = totals.get(day, Decimal(0)) + amount
        return [
            {"spend": str(amount), "date_start": str(day), "date_stop": str(day)}
            for day, amount in sorted(totals.items())
        ]
    return [_campaign_row(asked, account, *key) for key in shown]


def _campaign_row(asked: Asked, account: FakeAccount, campaign: str, day: date) -> dict[str, Any]:
    lead: dict[str, Any] = {"action_type": "lead", "value": "3"}
    if windows := json.loads(asked.params.get("action_attribution_windows", "[]")):
        lead |= {name: "2" for name in windows[:1]}
    else:
        assert asked.params["use_unified_attribution_setting"] == "true"
    row = {
        "campaign_id": campaign,
        "campaign_name": f"Campaign {campaign}",
        "objective": "OUTCOME_LEADS",
        "spend": account.spend[(campaign, day)],
        "impressions": "1000",
        "inline_link_clicks": "20",
        "inline_post_engagement": "30",
        "actions": [{"action_type": "link_click", "value": "20"}, lead],
        "date_start": str(day),
        "date_stop": str(day),
    }
    changes = account.changes.get((campaign, day), {})
    return {name: value for name, value in (row | changes).items() if value is not None}


def error(
    code: int,
    subcode: int = 0,
    message: str = "said",
    status: int = 400,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Said:
    """An error of the Graph API."""
    said = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "x"}
    if subcode:
        said["error_subcode"] = subcode
    return Said(status, {"error": said | more}, headers or {})
