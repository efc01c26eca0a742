"""Accounts and campaigns, and searching them over pages with tokens.

Belongs here: entities and searches. Does not: figures (analytics).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from sample_company.simulators.advertising.platform import Account, Campaign, Platform
from sample_company.simulators.linkedin_ads.analytics import ACCOUNT
from sample_company.simulators.linkedin_ads.errors import bad_request
from sample_company.simulators.linkedin_ads.restli import Query, plain, structured
from sample_company.simulators.messages import Response

PAGE, MOST = 100, 1000
Element = dict[str, Any]


def account_element(account: Account) -> Element:
    """An account."""
    return {
        "id": int(account.id),
        "name": account.name,
        "currency": account.currency,
        "status": account.status or ("ACTIVE" if account.is_open else "CANCELED"),
        "type": "BUSINESS",
        "test": False,
        "servingStatuses": ["RUNNABLE"] if account.is_open else ["STOPPED"],
        "version": {"versionTag": "1"},
    }


def campaign_element(campaign: Campaign) -> Element:
    """A campaign."""
    made = int(campaign.created_at.timestamp() * 1000)
    return {
        "id": int(campaign.id),
        "name": campaign.name,
        "account": ACCOUNT + campaign.account_id,
        "campaignGroup": f"urn:li:sponsoredCampaignGroup:{campaign.account_id}0",
        "status": campaign_status(campaign),
        "type": "SPONSORED_UPDATES",
        "costType": "CPM",
        "objectiveType": campaign.kind,
        "test": False,
        "runSchedule": {"start": made},
        "changeAuditStamps": {"created": {"time": made}, "lastModified": {"time": made}},
        "version": {"versionTag": "1"},
    }


def campaign_status(campaign: Campaign) -> str:
    """Status in LinkedIn's words."""
    if campaign.status is not None:
        return campaign.status
    if campaign.removed_at is not None:
        return "REMOVED"
    return "ACTIVE" if campaign.is_running else "PAUSED"


def accounts(platform: Platform, query: Query) -> list[Element]:
    """The accounts that a search finds."""
    found = [account_element(each) for each in platform.accounts.values()]
    return _searched(found, query, hidden="")


def campaigns(platform: Platform, account: Account, query: Query) -> list[Element]:
    """The campaigns that a search finds; removed ones only when it names their status."""
    found = [campaign_element(each) for each in platform.campaigns_of(account)]
    return _searched(found, query, hidden="REMOVED")


def _searched(found: list[Element], query: Query, hidden: str) -> list[Element]:
    if plain(query, "q") != "search":
        raise bad_request("Finder search (q=search) is required.")
    criteria = structured(query, "search") or {}
    if not isinstance(criteria, dict):
        raise bad_request(f"Invalid value for param search: {criteria}")
    found = [each for each in found if "status" in criteria or each["status"] != hidden]
    for name, wanted in criteria.items():
        if name == "test":
            found = [each for each in found if str(each["test"]).lower() == wanted]
        elif name in ("status", "id", "name", "type") and isinstance(wanted, dict):
            values = {str(each) for each in wanted.get("values", [])}
            found = [each for each in found if str(each[name]) in values]
        else:
            raise bad_request(f"Invalid value for param search: {name}")
    return found


def page(query: Query, elements: list[Element]) -> Response:
    """A page, and the token of the next one."""
    if "start" in query or "count" in query:
        raise bad_request("start and count are no parameters of this search; use pageToken.")
    try:
        size = int(plain(query, "pageSize", str(PAGE)))
        token = plain(query, "pageToken")
        start = int(urlsafe_b64decode(token).decode()) if token else 0
    except ValueError:
        raise bad_request("Invalid pageToken or pageSize") from None
    if not 1 <= size <= MOST:
        raise bad_request(f"pageSize must be between 1 and {MOST}.")
    end = start + size
    metadata: dict[str, str] = {}
    if end < len(elements):
        metadata["nextPageToken"] = urlsafe_b64encode(f"{end:>6}".encode()).decode()
    return Response.of_json({"elements": elements[start:end], "metadata": metadata})
