"""LinkedIn ad accounts that answer adAnalytics as the versioned Rest.li API does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tests.connectors.fake_server import Asked, FakeServer, Said

CREDENTIALS = {
    "LINKEDIN_ADS_CLIENT_ID": "client-id",
    "LINKEDIN_ADS_CLIENT_SECRET": "clientsecret01234",
    "LINKEDIN_ADS_REFRESH_TOKEN": "refreshsecret56789",
}
PLAIN_TOKEN = "AQXplainsecret01234"  # noqa: S105
_PAGE = 2
_DATE = r"\(year:([0-9]+),month:([0-9]+),day:([0-9]+)\)"


@dataclass
class FakeAccount:
    """One ad account: cost by campaign and day, and what is wrong with what it tells."""

    currency: str = "USD"
    status: str = "ACTIVE"
    cost: dict[tuple[str, date], str] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    unexplained: dict[date, Decimal] = field(default_factory=dict)
    changes: dict[tuple[str, date], dict[str, Any]] = field(default_factory=dict)
    reach: dict[str, int] = field(default_factory=dict)
    has_reports: bool = True


class FakeLinkedInAds(FakeServer):
    """The server; an answer is cut at `most_elements`, as the true one is at 15,000."""

    def __init__(self) -> None:
        super().__init__()
        self.accounts: dict[str, FakeAccount] = {}
        self.most_elements = 15_000
        self.tokens = 0

    def answer(self, asked: Asked) -> Said:
        if asked.path == "/oauth/v2/accessToken":
            if asked.params["refresh_token"] != CREDENTIALS["LINKEDIN_ADS_REFRESH_TOKEN"]:
                return Said(400, {"error": "invalid_request"})
            self.tokens += 1
            token = f"AQXrefreshed{self.tokens:05d}"
            return Said(200, {"access_token": token, "expires_in": 5184000})
        good = {f"Bearer AQXrefreshed{self.tokens:05d}", f"Bearer {PLAIN_TOKEN}"}
        if asked.headers.get("authorization") not in good:
            return error(401, 65600, "Invalid access token")
        assert asked.headers["linkedin-version"] == "202603"
        assert asked.headers["x-restli-protocol-version"] == "2.0.0"
        if asked.path == "/rest/adAccounts":
            rows = [self._told(key) for key in self.accounts]
            return self._paged(asked, [*rows, {"id": 666, "test": True}])
        if asked.path == "/rest/adAnalytics":
            return self._analytics(asked.query)
        match = re.fullmatch(r"/rest/adAccounts/([0-9]+)(/adCampaigns)?", asked.path)
        assert match, asked.path
        if match[1] not in self.accounts:
            return error(404, 0, "Account not found")
        account = self.accounts[match[1]]
        if not match[2]:
            return Said(200, self._told(match[1]))
        listed = re.search(r"search=\(status:\(values:List\(([A-Z_,]+)\)\)\)", asked.query)
        assert listed, asked.query
        rows = [
            {"id": int(name), "name": f"Campaign {name}", "type": "SPONSORED_UPDATES"}
            for name in sorted({campaign for campaign, _ in account.cost})
            if account.statuses.get(name, "ACTIVE") in listed[1].split(",")
        ]
        return self._paged(asked, rows)

    def _paged(self, asked: Asked, rows: list[dict[str, Any]]) -> Said:
        start = int(asked.params.get("pageToken", "0").removeprefix("token+/="))
        metadata = (
            {"nextPageToken": f"token+/={start + _PAGE}"} if start + _PAGE < len(rows) else {}
        )
        return Said(200, {"elements": rows[start : start + _PAGE], "metadata": metadata})

    def _told(self, account_id: str) -> dict[str, Any]:
        account = self.accounts[account_id]
        own = {"currency": account.currency, "status": account.status}
        return {"id": int(account_id), "name": "Ads", "test": False, **own}

    def _analytics(self, query: str) -> Said:
        if query.startswith("q=statistics&pivots=List(CAMPAIGN,CREATIVE)&timeGranularity=DAILY&"):
            return Said(200, {"paging": {}, "elements": []})  # its campaigns have no ads
        match = re.fullmatch(
            rf"q=analytics&pivot=([A-Z]+)&timeGranularity=([A-Z]+)&dateRange=\(start:{_DATE},"
            rf"end:{_DATE}\)&accounts=List\(urn%3Ali%3AsponsoredAccount%3A([0-9]+)\)"
            r"&fields=([A-Za-z,]+)",
            query,
        )
        assert match, query
        pivot, granularity, *numbers, account_id, fields = match.groups()
        first = date(*map(int, numbers[:3]))
        last = date(*map(int, numbers[3:]))
        account = self.accounts[account_id]
        rows = _rows(account, account_id, pivot, granularity, first, last)
        wanted = set(fields.split(","))
        shown = [{k: v for k, v in row.items() if k in wanted} for row in rows]
        paging = {"start": 0, "count": 10, "links": []}
        elements = shown[: self.most_elements] if account.has_reports else []
        return Said(200, {"paging": paging, "elements": elements})


def _rows(
    account: FakeAccount, account_id: str, pivot: str, granularity: str, first: date, last: date
) -> list[dict[str, Any]]:
    cost = {
        key: Decimal(value)
        for key, value in sorted(account.cost.items(), key=lambda item: item[0][::-1])
        if first <= key[1] <= last
    }
    if granularity == "ALL":
        names = sorted({name for name, _ in cost}) if pivot == "CAMPAIGN" else ["account"]
        return [
            _row(pivot, account_id if name == "account" else name, first, last)
            | ({"approximateMemberReach": account.reach[name]} if name in account.reach else {})
            for name in names
            if cost
        ]
    if pivot == "CAMPAIGN":
        rows = []
        for (name, day), amount in cost.items():
            row = _row(pivot, name, day, day) | {"costInLocalCurrency": str(amount)}
            row |= account.changes.get((name, day), {})
            rows.append({key: value for key, value in row.items() if value is not None})
        return rows
    totals = {d: more for d, more in account.unexplained.items() if first <= d <= last}
    for (_, day), amount in cost.items():
        totals[day] = totals.get(day, Decimal(0)) + amount
    return [
        _row(pivot, account_id, day, day) | {"costInLocalCurrency": str(amount)}
        for day, amount in sorted(totals.items())
    ]


def _row(pivot: str, name: str, first: date, last: date) -> dict[str, Any]:
    kind = "sponsoredCampaign" if pivot == "CAMPAIGN" else "sponsoredAccount"
    return {
        "pivotValues": [f"urn:li:{kind}:{name}"],
        "dateRange": {
            end: {"year": day.year, "month": day.month, "day": day.day}
            for end, day in (("start", first), ("end", last))
        },
        "impressions": 1000,
        "clicks": 20,
        "totalEngagements": 30,
        "externalWebsiteConversions": 2,
    }


def error(
    status: int, service: int, message: str, code: str = "", headers: dict[str, str] | None = None
) -> Said:
    """An error of the API."""
    body: dict[str, Any] = {"status": status, "serviceErrorCode": service, "message": message}
    if code:
        body["code"] = code
    return Said(status, body, headers or {})
