"""The day of a campaign or of its ad, in the columns of entity `ad_spend`, in whole cents.

Platforms count in smaller units than the cent (Google in micros). A day's cents are given to its
campaigns by largest remainder, so that they add up to the account's day, rounded once. A campaign's
cents are given to its ads in the same way (by_ad.py).

Belongs here: rows and rounding. Does not: any platform's words, files (slices.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

import pyarrow as pa

SPEND_DATASET = "ad_spend"
CENT = Decimal("0.01")
COUNTS = ("impressions", "clicks", "engagements", "platform_conversions")
SCHEMA = pa.schema(
    [
        pa.field("platform", pa.string()),
        pa.field("platform_account_id", pa.string()),
        pa.field("campaign_id", pa.string()),
        pa.field("campaign_name", pa.string()),
        pa.field("ad_id", pa.string()),
        pa.field("spend_date", pa.date32()),
        pa.field("impressions", pa.int64()),
        pa.field("clicks", pa.int64()),
        pa.field("engagements", pa.int64()),
        pa.field("platform_conversions", pa.decimal128(18, 6)),
        pa.field("spend", pa.decimal128(18, 2)),
        pa.field("currency_code", pa.string()),
        pa.field("platform_time_zone", pa.string()),
        pa.field("source_field", pa.string()),
    ]
)


@dataclass(frozen=True)
class SpendDay:
    """One campaign, or one of its ads, on one day; None where a loader does not land a number.

    Attributes:
        platform: Its name in Concord.
        platform_account_id: The account.
        campaign_id: The campaign.
        campaign_name: Its name, as it is now.
        spend_date: Day in the account's zone.
        impressions: Impressions.
        clicks: Clicks.
        engagements: Interactions of any kind.
        platform_conversions: Conversions as the platform counts them.
        spend: Cost, exactly as the platform tells it; `in_cents` rounds.
        currency_code: The account's currency; None for the source's.
        platform_time_zone: The account's zone.
        source_field: Kind of the campaign in the platform's words, for channels.csv.
        ad_id: The ad; None for a campaign as a whole, and for what no ad of it tells.
    """

    platform: str
    platform_account_id: str
    campaign_id: str
    campaign_name: str | None
    spend_date: date
    impressions: int | None
    clicks: int | None
    engagements: int | None
    platform_conversions: Decimal | None
    spend: Decimal
    currency_code: str | None
    platform_time_zone: str | None
    source_field: str | None = None
    ad_id: str | None = None


def in_cents(days: Iterable[SpendDay]) -> list[SpendDay]:
    """Round each account's day to whole cents, once, and give them to its campaigns.

    The largest remainders get the cents that are left; among equals the smaller campaign id.
    """
    by_day: dict[tuple[str, str, date], list[SpendDay]] = {}
    for item in days:
        key = (item.platform, item.platform_account_id, item.spend_date)
        by_day.setdefault(key, []).append(item)
    found = []
    for own in by_day.values():
        total = sum((item.spend for item in own), Decimal(0)).quantize(CENT, ROUND_HALF_EVEN)
        shares = shared_out(total, [(item.spend, item.campaign_id) for item in own])
        found += [replace(item, spend=cents) for item, cents in zip(own, shares, strict=True)]
    return found


def shared_out(total: Decimal, parts: Sequence[tuple[Decimal, str]]) -> list[Decimal]:
    """Give whole cents to parts: their own, rounded down, and one more to the largest remainders.

    Args:
        total: Whole cents; less than a cent from the sum of the parts, for each of them.
        parts: What each part is exactly, and what decides among equals: the smaller one first.
    """
    floors = [exact.quantize(CENT, ROUND_FLOOR) for exact, _ in parts]
    left = int((total - sum(floors, Decimal(0))) / CENT)
    order = sorted(range(len(parts)), key=lambda at: (floors[at] - parts[at][0], parts[at][1]))
    # Where rounding took more than there is, the smallest remainders give a cent back.
    chosen = set(order[left:]) if left < 0 else set(order[:left])
    step = -CENT if left < 0 else CENT
    return [floor + (step if at in chosen else 0) for at, floor in enumerate(floors)]


def added(one: SpendDay, other: SpendDay) -> SpendDay:
    """The figures of both, as one row; of numbers that a loader does not land there are none."""

    def both(name: str) -> Any:
        first, second = getattr(one, name), getattr(other, name)
        return None if first is None or second is None else first + second

    return replace(one, **{name: both(name) for name in (*COUNTS, "spend")})


def as_table(days: Sequence[SpendDay]) -> pa.Table:
    """Rows in the columns of a delivery."""
    return pa.Table.from_pylist([asdict(item) for item in days], SCHEMA)
