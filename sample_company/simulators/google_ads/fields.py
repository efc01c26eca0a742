"""The fields that can be asked for, and how each is written in a row.

Belongs here: names, and values as JSON has them (an int64 is text). Does not: queries (gaql) or
which rows there are (search).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.advertising.platform import Account, Ad, Campaign

MICROS = 1_000_000
# Display, Video, Demand Gen and App campaigns have unique users.
COUNTED_KINDS = ("DISPLAY", "VIDEO", "DEMAND_GEN", "MULTI_CHANNEL")


@dataclass(frozen=True)
class Cell:
    """Where a row's values come from."""

    account: Account
    customer: str
    campaign: Campaign | None = None
    ad: Ad | None = None
    day: date | None = None
    figures: Figures | None = None
    is_manager: bool = False
    level: int = 0
    day_count: int = 1


Read = Callable[[Cell], Any]


def _of_campaign(read: Callable[[Campaign], Any]) -> Read:
    return lambda cell: None if cell.campaign is None else read(cell.campaign)


def _of_ad(read: Callable[[Ad], Any]) -> Read:
    return lambda cell: None if cell.ad is None else read(cell.ad)


def _metric(read: Callable[[Figures], Any]) -> Read:
    return lambda cell: None if cell.figures is None else read(cell.figures)


def campaign_status(campaign: Campaign) -> str:
    """Status in Google's words."""
    if campaign.removed_at is not None:
        return "REMOVED"
    return "ENABLED" if campaign.is_running else "PAUSED"


def ad_status(ad: Ad) -> str:
    """Status in Google's words."""
    return "ENABLED" if ad.removed_at is None else "REMOVED"


def account_status(account: Account) -> str:
    """Status in Google's words."""
    return "ENABLED" if account.is_open else "CLOSED"


def _micros(value: Decimal) -> str:
    return str(int(value * MICROS))


def unique_users(cell: Cell) -> int:
    """Different people of a cell's days; 0 where Google counts none.

    People count once in a window; here it follows from impressions and its length.
    """
    if cell.campaign is None or cell.figures is None or cell.campaign.kind not in COUNTED_KINDS:
        return 0
    return cell.figures.impressions * 10 // (12 + cell.day_count)


def _frequency(cell: Cell) -> float:
    users = unique_users(cell)
    if cell.figures is None or not users:
        return 0.0
    return float(Decimal(cell.figures.impressions) / users)


_CUSTOMER: dict[str, Read] = {
    "customer.resource_name": lambda cell: f"customers/{cell.account.id}",
    "customer.id": lambda cell: cell.account.id,
    "customer.descriptive_name": lambda cell: cell.account.name,
    "customer.currency_code": lambda cell: cell.account.currency,
    "customer.time_zone": lambda cell: cell.account.zone,
    "customer.manager": lambda cell: cell.is_manager,
    "customer.status": lambda cell: account_status(cell.account),
    "customer.test_account": lambda cell: False,
}
_CLIENT: dict[str, Read] = {
    "customer_client.resource_name": lambda cell: (
        f"customers/{cell.customer}/customerClients/{cell.account.id}"
    ),
    "customer_client.client_customer": lambda cell: f"customers/{cell.account.id}",
    "customer_client.id": lambda cell: cell.account.id,
    "customer_client.level": lambda cell: str(cell.level),
    "customer_client.manager": lambda cell: cell.is_manager,
    "customer_client.hidden": lambda cell: False,
    "customer_client.test_account": lambda cell: False,
    "customer_client.descriptive_name": lambda cell: cell.account.name,
    "customer_client.currency_code": lambda cell: cell.account.currency,
    "customer_client.time_zone": lambda cell: cell.account.zone,
    "customer_client.status": lambda cell: account_status(cell.account),
}
_CAMPAIGN: dict[str, Read] = {
    "campaign.resource_name": _of_campaign(lambda x: f"customers/{x.account_id}/campaigns/{x.id}"),
    "campaign.id": _of_campaign(lambda x: x.id),
    "campaign.name": _of_campaign(lambda x: x.name),
    "campaign.status": _of_campaign(campaign_status),
    "campaign.advertising_channel_type": _of_campaign(lambda x: x.kind),
    "campaign.start_date_time": _of_campaign(lambda x: f"{x.created_at.date()} 00:00:00"),
}
# An ad has a group of its own, with the ad's number.
_AD: dict[str, Read] = {
    "ad_group.resource_name": lambda cell: _ad_path(cell, "adGroups", "{0}"),
    "ad_group.id": _of_ad(lambda ad: ad.id),
    "ad_group.name": _of_ad(lambda ad: ad.name),
    "ad_group.status": _of_ad(ad_status),
    "ad_group_ad.resource_name": lambda cell: _ad_path(cell, "adGroupAds", "{0}~{0}"),
    "ad_group_ad.status": _of_ad(ad_status),
    "ad_group_ad.ad.resource_name": lambda cell: _ad_path(cell, "ads", "{0}"),
    "ad_group_ad.ad.id": _of_ad(lambda ad: ad.id),
    "ad_group_ad.ad.name": _of_ad(lambda ad: ad.name),
}
_METRICS: dict[str, Read] = {
    "segments.date": lambda cell: cell.day.isoformat() if cell.day else None,
    "metrics.cost_micros": _metric(lambda x: _micros(x.cost)),
    "metrics.impressions": _metric(lambda x: str(x.impressions)),
    "metrics.clicks": _metric(lambda x: str(x.clicks)),
    "metrics.interactions": _metric(lambda x: str(x.clicks)),
    "metrics.conversions": _metric(lambda x: float(x.conversions)),
    "metrics.conversions_value": _metric(lambda x: float(x.conversion_value)),
}
_USERS: dict[str, Read] = {
    "metrics.unique_users": lambda cell: str(unique_users(cell)),
    "metrics.average_impression_frequency_per_user": _frequency,
}
RESOURCES: dict[str, dict[str, Read]] = {
    "customer": _CUSTOMER | _METRICS,
    "customer_client": _CLIENT,
    "campaign": _CAMPAIGN | _CUSTOMER | _METRICS | _USERS,
    "ad_group_ad": _AD | _CAMPAIGN | _CUSTOMER | _METRICS,
}
# What answers leave out when it is nothing; booleans and texts are always there.
ZEROS = ("0", 0.0)


def _ad_path(cell: Cell, kind: str, pattern: str) -> str | None:
    if cell.ad is None:
        return None
    return f"customers/{cell.account.id}/{kind}/{pattern.format(cell.ad.id)}"


def camel(name: str) -> str:
    """A name as JSON has it: `cost_micros` is `costMicros`."""
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def row_of(
    cell: Cell, resource: str, names: list[str], *, omits_zeros: bool = True
) -> dict[str, Any]:
    """A row with the fields, and the resource names of all resources that it shows."""
    readers = RESOURCES[resource]
    shown = {resource, *(name.split(".", maxsplit=1)[0] for name in names)}
    named = [f"{each}.resource_name" for each in sorted(shown)]
    if any(name.startswith("ad_group_ad.ad.") for name in names):
        named.append("ad_group_ad.ad.resource_name")
    row: dict[str, Any] = {}
    for name in (*(each for each in named if each in readers), *names):
        value = readers[name](cell)
        is_zero = name.startswith("metrics.") and value in ZEROS
        place = row
        *parents, last = name.split(".")
        for parent in parents:
            place = place.setdefault(camel(parent), {})
        if value is not None and not (is_zero and omits_zeros):
            place[camel(last)] = value
    return row
