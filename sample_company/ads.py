"""Paid ads by the day, as the platforms first report them and as they restate them later.

Belongs here: campaigns of the platforms that deliver daily, their deliveries, reach and the planted
spend of all platforms. Does not: the weeks of the other three (story, catalogue, ad_days), or who
clicks (web asks `clicked`).

Planted: three currencies and four account zones; tags with typos, without tags and, in May 2025,
with broken ones; campaigns without an id; one that has no ads (Performance Max); one that was
deleted, so that later deliveries no longer know it; days whose rows vanish or appear later; and a
credit for invalid clicks that comes two months late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from sample_company import catalogue as cat
from sample_company.ad_days import days_of
from sample_company.rows import Row, Rows
from sample_company.world import FIRST_DAY, LAST_DAY, World, local_day

DATASET = "ad_performance"
# The last days of a month are first seen before the platforms have settled them.
UNSETTLED_DAYS = 10
VANISHES, APPEARS_LATER = 0.03, 0.06
WEEKEND = 0.4
# The month in which no tag of a search ad was filled in; web knows the same one.
BROKEN_MONTH = (2025, 5)
# Account, month and share of a credit for invalid clicks, and the day it was delivered.
CREDIT = ("MS-410", date(2025, 3, 1), Decimal("0.12"), date(2025, 5, 14))
# Shares of leads and of visitors who once clicked one of these ads.
CLICKED_BY_LEADS, CLICKED_BY_VISITORS = 0.12, 0.06
COUNTS = ("impressions", "clicks", "engagements")
AMOUNTS = ("platform_conversions", "spend")

# Sums by platform, month and currency.
Sums = defaultdict[tuple[str, date, str], Row]
# utm_source, utm_medium, utm_campaign, referrer, click id and source field.
Look = tuple[str, str, str, str, str, str]


@dataclass(frozen=True)
class Platform:
    """Where ads run, and how its visitors look on the site."""

    channel: str
    utm_source: str
    utm_medium: str
    referrer: str
    click_id_type: str
    is_social: bool = False


PLATFORMS = {
    "microsoft_ads": Platform("paid_search", "bing", "cpc", "https://www.bing.com/", "msclkid"),
    "reddit_ads": Platform(
        "paid_social", "reddit", "paid_social", "https://www.reddit.com/", "", is_social=True
    ),
    "capterra_ads": Platform("paid_search", "capterra", "ppc", "https://www.capterra.com/", ""),
}
# Account: currency and zone.
ACCOUNTS = {
    "MS-400": ("EUR", "Europe/Berlin"),
    "MS-410": ("GBP", "Europe/London"),
    "RD-500": ("USD", "UTC"),
    "CP-600": ("USD", "America/New_York"),
}


@dataclass(frozen=True)
class AdCampaign:
    """A campaign; `daily` and `click` are cents for a usual day and a click."""

    platform: str
    account: str
    campaign_id: str
    name: str
    ads: int
    daily: int
    click: int
    first: date = FIRST_DAY
    last: date = LAST_DAY
    is_deleted: bool = False

    @property
    def ad_ids(self) -> tuple[str, ...]:
        """Ids of its ads; a single blank one where the platform reports campaigns only."""
        return tuple(f"{self.campaign_id}-{number}" for number in range(1, self.ads + 1)) or ("",)


CAMPAIGNS = (
    AdCampaign("microsoft_ads", "MS-400", "MS-400-11", "DACH | Search | Planning software", 2,
               3400, 520),
    AdCampaign("microsoft_ads", "MS-400", "MS-400-12", "DACH | Search | Brand", 1, 900, 180),
    AdCampaign("microsoft_ads", "MS-400", "MS-400-13", "DACH | PMax | Planning", 0, 2100, 310,
               first=date(2024, 9, 2)),
    AdCampaign("microsoft_ads", "MS-410", "MS-410-21", "UK_Search_Planning-Software", 1, 2300, 450),
    AdCampaign("reddit_ads", "RD-500", "RD-500-31", "FP&A communities", 2, 2600, 240,
               first=date(2024, 2, 1)),
    AdCampaign("reddit_ads", "RD-500", "RD-500-32", "Month-end humour (test)", 1, 1200, 130,
               first=date(2024, 6, 3), last=date(2024, 10, 31), is_deleted=True),
    AdCampaign("reddit_ads", "RD-500", "RD-500-33", "Ask a controller", 1, 1700, 260,
               first=date(2025, 9, 1)),
    AdCampaign("capterra_ads", "CP-600", "CP-600-41", "Budgeting and forecasting", 1, 3000, 900),
    AdCampaign("capterra_ads", "CP-600", "CP-600-42", "Corporate performance management", 1, 1900,
               1100, first=date(2024, 11, 1)),
)  # fmt: skip
# What a person typed into a campaign: campaign, from, up to, field, value. A blank id is not made
# good later: with another id the day would be another row.
SLIPS: tuple[tuple[str, date, date, str, str], ...] = (
    ("MS-400-11", date(2024, 3, 1), date(2024, 3, 31), "campaign_name",
     "DACH | Serach | Planning software"),
    ("MS-400-12", date(2024, 5, 1), date(2024, 7, 31), "utm_medium", " CPC "),
    ("RD-500-31", date(2024, 4, 1), date(2024, 6, 30), "utm_medium", "PaidSocial"),
    ("RD-500-31", date(2025, 11, 3), date(2025, 12, 14), "utm_medium", "piad_social"),
    ("RD-500-33", date(2025, 9, 1), date(2025, 10, 12), "campaign_id", ""),
    ("CP-600-42", date(2024, 11, 1), date(2024, 11, 24), "utm_source", ""),
    ("CP-600-42", date(2024, 11, 1), date(2024, 11, 24), "utm_medium", ""),
)  # fmt: skip


def advertise(seed: int, world: World, rows: Rows) -> None:
    """Deliver the daily rows, restated ones in later files, and plant what all platforms cost.

    Draws from a generator of its own, so that no other draw of the story moves.
    """
    random = Random(f"{seed}:ads")  # noqa: S311 (a story, not a secret)
    planted: Sums = defaultdict(lambda: {"spend_first_reported": Decimal(0)})
    for week in world.ad_weeks:
        for told in days_of(week):
            row = vars(told) | {"platform_conversions": Decimal(told.conversions)}
            _plant(planted, week.platform, week.currency, told.day, told.spend, row)
    for campaign in CAMPAIGNS:
        currency, _ = ACCOUNTS[campaign.account]
        for settled in _days(random, campaign):
            versions = _versions(random, campaign, settled)
            for delivered, row in versions:
                rows.delivered[f"{DATASET}/{delivered}"].append(row)
            (delivered, first), (_, final) = versions[0], versions[-1]
            day: date = settled["spend_date"]
            reported = first["spend"] if delivered == month_end(day) else Decimal(0)
            _plant(planted, campaign.platform, currency, day, reported, final)
        _reach(random, campaign, rows)
    for (platform, month, currency), sums in sorted(planted.items()):
        rows.plant("ad_spend", platform=platform, month=month, currency_code=currency, **sums)


def click(random: Random, before: datetime) -> tuple[datetime, str, str, Look] | None:
    """Let somebody click one of these ads in the weeks before a moment.

    Returns:
        The moment, its channel, the campaign and the look of the visit; None when no ad ran.
    """
    moment = before - timedelta(minutes=random.randint(40, 60 * 24 * 60))
    day = local_day(moment)
    running = [campaign for campaign in CAMPAIGNS if campaign.first <= day <= campaign.last]
    if not running:
        return None
    campaign = random.choice(running)
    platform = PLATFORMS[campaign.platform]
    utm_campaign = campaign.name.lower().replace(" | ", "-").replace(" ", "-")
    look = (
        platform.utm_source, platform.utm_medium, utm_campaign, platform.referrer,
        platform.click_id_type, cat.WEB,
    )  # fmt: skip
    return moment, platform.channel, campaign.campaign_id, look


@cache
def month_end(day: date) -> date:
    """The last day of a day's month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _days(random: Random, campaign: AdCampaign) -> Iterator[Row]:
    """What each ad's day came to in the end; days without an impression have no row."""
    currency, zone = ACCOUNTS[campaign.account]
    platform = PLATFORMS[campaign.platform]
    slips = [slip[1:] for slip in SLIPS if slip[0] == campaign.campaign_id]
    day = campaign.first
    while day <= campaign.last:
        usual = campaign.daily * _season(day) / len(campaign.ad_ids)
        written: Row = {
            "platform": campaign.platform,
            "platform_account_id": campaign.account,
            "campaign_id": campaign.campaign_id,
            "campaign_name": campaign.name,
            "spend_date": day,
            "currency_code": currency,
            "platform_time_zone": zone,
            "utm_source": platform.utm_source,
            "utm_medium": platform.utm_medium,
        }
        if not platform.is_social and (day.year, day.month) == BROKEN_MONTH:
            written |= {"utm_source": "{lpurl}", "utm_medium": "{network}"}
        written |= {field: value for first, last, field, value in slips if first <= day <= last}
        for ad_id in campaign.ad_ids:
            luck = random.random()
            clicks = int(usual * (0.6 + 0.8 * luck)) // campaign.click
            if clicks:
                cents = clicks * campaign.click + int(luck * campaign.click)
                yield written | {
                    "ad_id": ad_id,
                    "impressions": clicks * (28 + int(40 * random.random())),
                    "clicks": clicks,
                    "engagements": clicks + int(clicks * luck * 3) if platform.is_social else None,
                    "platform_conversions": Decimal(int(clicks * random.random() * 9)) / 100,
                    "spend": Decimal(cents) / 100,
                }
        day += timedelta(days=1)


@cache
def _season(day: date) -> float:
    """A day's weight; 1 on a working day of an ordinary month, a third more in the last year."""
    growth = 1 + 0.35 * (day - FIRST_DAY).days / (LAST_DAY - FIRST_DAY).days
    return cat.MONTH_WEIGHTS[day.month - 1] / 100 * (1 if day.weekday() < 5 else WEEKEND) * growth


def _versions(random: Random, campaign: AdCampaign, settled: Row) -> list[tuple[date, Row]]:
    """Return a day's row in every delivery that holds it, by the day of the delivery.

    The last days of a month come again with the next month, settled. A row that vanishes is
    delivered once more with nothing in it: a file that leaves a row out says nothing about it.
    """
    day: date = settled["spend_date"]
    end = month_end(day)
    versions = [(end, settled)]
    # A campaign that was deleted is not in the next delivery, and stays as it was first seen.
    if not campaign.is_deleted and end < LAST_DAY and (end - day).days < UNSETTLED_DAYS:
        luck = random.random()
        first = settled | {
            "spend": settled["spend"] + Decimal(int(float(settled["spend"]) * 6 * luck)) / 100,
            "platform_conversions": settled["platform_conversions"] / 2,
        }
        if luck < VANISHES:
            counted = (name for name in COUNTS if settled[name] is not None)
            settled = settled | dict.fromkeys(counted, 0) | dict.fromkeys(AMOUNTS, Decimal(0))
        following = (month_end(end + timedelta(days=1)), settled)
        versions = [following] if VANISHES <= luck < APPEARS_LATER else [(end, first), following]
    account, month, share, delivered = CREDIT
    if campaign.account == account and day.replace(day=1) == month:
        credited = settled["spend"] - (settled["spend"] * share).quantize(Decimal("0.01"))
        versions.append((delivered, settled | {"spend": credited}))
    return versions


def _plant(
    planted: Sums, platform: str, currency: str, day: date, reported: Decimal, final: Row
) -> None:
    sums = planted[platform, day.replace(day=1), currency]
    sums["spend_first_reported"] += reported
    for name in (*COUNTS, *AMOUNTS):
        sums[name] = sums.get(name, 0) + (final.get(name) or 0)


def _reach(random: Random, campaign: AdCampaign, rows: Rows) -> None:
    start = campaign.first
    while start <= campaign.last:
        end = month_end(start) + timedelta(days=1)
        rows.add(
            "reach_windows",
            platform=campaign.platform,
            entity_type="campaign",
            entity_id=campaign.campaign_id,
            window_start=start,
            window_end=end,
            reach=random.randint(900, 14000),
            frequency=Decimal(random.randint(105, 420)) / 100,
        )
        start = end
