"""The edges of the user and of an ad account: accounts, campaigns, ad sets and ads.

Belongs here: objects and their fields. Does not: insights.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sample_company.simulators.advertising.platform import Account, Campaign, Platform
from sample_company.simulators.meta_ads.asking import is_shown, names, wanted_states
from sample_company.simulators.meta_ads.errors import bad_parameter
from sample_company.simulators.meta_ads.states import account_status, ad_set_id, state_of

EDGES = {"campaigns": "campaign", "adsets": "adset", "ads": "ad"}
Row = dict[str, Any]


def account_row(account: Account) -> Row:
    """An account with all its fields."""
    return {
        "id": f"act_{account.id}",
        "account_id": account.id,
        "name": account.name,
        "currency": account.currency,
        "timezone_name": account.zone,
        "account_status": account_status(account),
    }


def edge_rows(platform: Platform, account: Account, edge: str, asked: dict[str, str]) -> list[Row]:
    """The objects of an edge; deleted ones only for those who ask for them."""
    named = frozenset(names(asked, "effective_status")) or None
    wanted = wanted_states(asked, EDGES[edge]).get(EDGES[edge], named)
    rows = _campaigns(platform, account)
    if edge == "adsets":
        rows = _ad_sets(platform, account)
    elif edge == "ads":
        rows = _ads(platform, account)
    return [chosen(row, asked) for row in rows if is_shown(row["effective_status"], wanted)]


def chosen(row: Row, asked: dict[str, str]) -> Row:
    """The fields that are asked for, and the id always; MetaError for one that is unknown."""
    fields = names(asked, "fields")
    for name in fields:
        if name not in row:
            raise bad_parameter(f"Tried accessing nonexisting field ({name})")
    return {name: row[name] for name in (*fields, "id")}


def _campaigns(platform: Platform, account: Account) -> Iterator[Row]:
    for each in platform.campaigns_of(account):
        yield {
            "id": each.id,
            "account_id": account.id,
            "name": each.name,
            "objective": each.kind,
            **_state(each),
        }


def _ad_sets(platform: Platform, account: Account) -> Iterator[Row]:
    for each in platform.campaigns_of(account):
        yield {
            "id": ad_set_id(each),
            "account_id": account.id,
            "campaign_id": each.id,
            "name": each.name,
            **_state(each),
        }


def _ads(platform: Platform, account: Account) -> Iterator[Row]:
    for campaign in platform.campaigns_of(account):
        for ad in campaign.ads:
            status = state_of(ad, campaign)
            yield {
                "id": ad.id,
                "account_id": account.id,
                "campaign_id": campaign.id,
                "adset_id": ad_set_id(campaign),
                "name": ad.name,
                "status": "DELETED" if status == "DELETED" else "ACTIVE",
                "effective_status": status,
                "created_time": _moment(campaign.created_at),
            }


def _state(campaign: Campaign) -> Row:
    state = state_of(campaign)
    made = _moment(campaign.created_at)
    return {"status": state, "effective_status": state, "created_time": made}


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S%z}"
