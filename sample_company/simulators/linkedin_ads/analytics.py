"""adAnalytics: what accounts, campaigns or creatives came to, by the day, month or in all.

There are no pages: beyond 15,000 elements the answer is cut without a word. Costs are decimal text
with as many digits as there are.

Belongs here: elements and their fields. Does not: headers, tokens.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sample_company.simulators.advertising.figures import Figures, added
from sample_company.simulators.advertising.platform import Account, Platform
from sample_company.simulators.linkedin_ads.errors import bad_request
from sample_company.simulators.linkedin_ads.restli import Query, day_of, plain, structured, texts

MOST_ELEMENTS, MOST_METRICS = 15_000, 20
ACCOUNT, CAMPAIGN, CREATIVE = (
    "urn:li:sponsoredAccount:", "urn:li:sponsoredCampaign:", "urn:li:sponsoredCreative:",
)  # fmt: skip
PIVOTS = {"ACCOUNT": ACCOUNT, "CAMPAIGN": CAMPAIGN, "CREATIVE": CREATIVE}
# The finder q=statistics has two or three pivots; this simulator knows these two together.
TOGETHER = ("CAMPAIGN", "CREATIVE")
GRANULARITIES = ("DAILY", "MONTHLY", "ALL")
DEFAULT_FIELDS = "impressions,clicks"
Element = dict[str, Any]


@dataclass(frozen=True)
class _Cell:
    account: Account
    pivots: tuple[str, ...]
    first: date
    last: date
    figures: Figures


@dataclass(frozen=True)
class Asked:
    """What is asked for."""

    accounts: list[Account]
    campaigns: set[str] | None
    pivot: str
    granularity: str
    first: date
    last: date
    fields: list[str]


def asked_of(platform: Platform, query: Query, today: date) -> Asked:
    """Read a query; LinkedInError for what cannot be. Accounts out of reach are left out."""
    finder, pivot = plain(query, "q"), plain(query, "pivot")
    granularity = plain(query, "timeGranularity")
    if finder == "statistics":
        pivot = _pivots_together(query)
    elif finder != "analytics":
        raise bad_request(
            f"Finder {finder!r} is not known; this simulator has q=analytics and q=statistics."
        )
    elif pivot not in PIVOTS:
        raise bad_request(f"Invalid value for param pivot: {pivot}")
    if granularity not in GRANULARITIES:
        raise bad_request(f"Invalid value for param timeGranularity: {granularity}")
    span = structured(query, "dateRange")
    if not isinstance(span, dict) or "start" not in span:
        raise bad_request("Parameter dateRange is required; it has a start.")
    first = day_of(span["start"], "dateRange.start")
    last = day_of(span["end"], "dateRange.end") if "end" in span else today
    if last < first:
        raise bad_request("dateRange.end must be on or after dateRange.start.")
    urns, campaigns = texts(query, "accounts"), texts(query, "campaigns")
    if not urns and not campaigns:
        raise bad_request("At least one of accounts, campaigns, creatives is required.")
    for urn, kind in [*((x, ACCOUNT) for x in urns), *((x, CAMPAIGN) for x in campaigns)]:
        if not urn.startswith(kind):
            raise bad_request(f"Invalid URN {urn}; {kind}… is expected.")
    fields = [x for x in plain(query, "fields", DEFAULT_FIELDS).split(",") if x]
    _check_fields(fields)
    wanted = {urn.removeprefix(ACCOUNT) for urn in urns}
    open_ones = [each for each in platform.accounts.values() if each.is_open]
    return Asked(
        [each for each in open_ones if not urns or each.id in wanted],
        {urn.removeprefix(CAMPAIGN) for urn in campaigns} if campaigns else None,
        pivot,
        granularity,
        first,
        min(last, today),
        fields,
    )


def _pivots_together(query: Query) -> str:
    pivots = tuple(texts(query, "pivots"))
    if pivots != TOGETHER:
        raise bad_request(f"Invalid value for param pivots: {', '.join(pivots)}")
    return ",".join(TOGETHER)


def elements_of(platform: Platform, asked: Asked) -> Iterator[Element]:
    """All elements, which an answer may cut; nothing has none."""
    for cell in _cells(platform, asked):
        yield {name: FIELDS[name](cell) for name in asked.fields}


def _check_fields(fields: list[str]) -> None:
    unknown = [name for name in fields if name not in FIELDS]
    if unknown:
        raise bad_request(f"Invalid projection: field {unknown[0]} is not of AdAnalyticsV8.")
    if len(set(fields) - {"dateRange", "pivotValues"}) > MOST_METRICS:
        raise bad_request(f"No more than {MOST_METRICS} metrics may be requested.")


def _cells(platform: Platform, asked: Asked) -> Iterator[_Cell]:
    for account in asked.accounts:
        parts: dict[tuple[tuple[str, ...], date, date], list[Figures]] = defaultdict(list)
        for pivots, day, figures in _days(platform, account, asked):
            parts[pivots, *_window(day, asked)].append(figures)
        for (pivots, first, last), several in sorted(parts.items(), key=lambda x: x[0]):
            total = added(several)
            if not total.is_nothing:
                yield _Cell(account, pivots, first, last, total)


def _days(
    platform: Platform, account: Account, asked: Asked
) -> Iterator[tuple[tuple[str, ...], date, Figures]]:
    if asked.pivot == "ACCOUNT" and asked.campaigns is None:
        told = platform.account_days(account, asked.first, asked.last)
        for day, figures in told.items():
            yield (ACCOUNT + account.id,), day, figures
        return
    for each in platform.days(account, asked.first, asked.last):
        if asked.campaigns is not None and each.campaign.id not in asked.campaigns:
            continue
        if asked.pivot == "ACCOUNT":
            yield (ACCOUNT + account.id,), each.day, each.figures
        elif asked.pivot == "CAMPAIGN":
            yield (CAMPAIGN + each.campaign.id,), each.day, each.figures
        elif each.ad is not None:
            own = (CREATIVE + each.ad.id,)
            is_alone = asked.pivot == "CREATIVE"
            yield own if is_alone else (CAMPAIGN + each.campaign.id, *own), each.day, each.figures


def _window(day: date, asked: Asked) -> tuple[date, date]:
    if asked.granularity == "DAILY":
        return day, day
    if asked.granularity == "ALL":
        return asked.first, asked.last
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _day(day: date) -> dict[str, int]:
    return {"month": day.month, "day": day.day, "year": day.year}


def _text(value: Decimal) -> str:
    """A decimal as LinkedIn writes it: no exponent, no more zeros than there must be."""
    return f"{value.normalize():f}"


def _reach(cell: _Cell) -> int:
    """People count once in a window; here it follows from impressions and its length."""
    days = (cell.last - cell.first).days + 1
    return cell.figures.impressions * 10 // (12 + days)


FIELDS: dict[str, Callable[[_Cell], Any]] = {
    "dateRange": lambda cell: {"start": _day(cell.first), "end": _day(cell.last)},
    "pivotValues": lambda cell: list(cell.pivots),
    "impressions": lambda cell: cell.figures.impressions,
    "clicks": lambda cell: cell.figures.clicks,
    "landingPageClicks": lambda cell: cell.figures.clicks,
    "totalEngagements": lambda cell: 2 * cell.figures.clicks,
    "costInLocalCurrency": lambda cell: _text(cell.figures.cost),
    "costInUsd": lambda cell: _text(cell.figures.cost * cell.account.usd_rate),
    "externalWebsiteConversions": lambda cell: int(cell.figures.conversions),
    "oneClickLeads": lambda cell: int(cell.figures.conversions),
    "oneClickLeadFormOpens": lambda cell: 2 * int(cell.figures.conversions),
    "conversionValueInLocalCurrency": lambda cell: _text(cell.figures.conversion_value),
    "approximateMemberReach": _reach,
    **{
        name: lambda cell: 0
        for name in (
            "likes", "comments", "shares", "follows", "otherEngagements", "reactions",
            "companyPageClicks", "actionClicks", "textUrlClicks", "viralImpressions",
            "viralClicks", "videoViews", "videoStarts", "videoCompletions", "fullScreenPlays",
        )
    },
}  # fmt: skip
