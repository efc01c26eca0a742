"""Whatever happens to accounts, all levels tell the same, and the past stays known."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from sample_company.ad_days import spread
from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.advertising.life import RESTATED_DAYS, Life
from sample_company.simulators.advertising.platform import Account, Platform
from sample_company.simulators.google_ads import sample as google
from sample_company.simulators.google_ads.simulator import GoogleAdsSimulator
from sample_company.simulators.linkedin_ads import sample as linkedin
from sample_company.simulators.linkedin_ads.simulator import LinkedInAdsSimulator
from sample_company.simulators.meta_ads import sample as meta
from sample_company.simulators.meta_ads.simulator import MetaAdsSimulator
from tests.sample_company.simulators.ads_client import AdsClient

SEEDS = range(3)
FIRST, LAST = date(2026, 9, 1), date(2026, 12, 31)
Sums = dict[date, Decimal]


def lived(platform: Platform, seed: int) -> Account:
    account = platform.add_account("Velmora", "EUR", "UTC", account_id="1112223334")
    life = Life(platform, seed, ("SEARCH", "PERFORMANCE_MAX"), frozenset({"PERFORMANCE_MAX"}))
    for _ in range(25):
        life.live_day()
    return account


def truth(platform: Platform, account: Account) -> Sums:
    """What campaigns cost by day; days on which nothing happened are left out."""
    found: Sums = {}
    for (_, day), figures in platform.truth_of(account).items():
        if not figures.is_nothing:
            found[day] = found.get(day, Decimal(0)) + figures.cost
    return found


def summed(pairs: Any) -> Sums:
    found: Sums = {}
    for day, cost in pairs:
        found[day] = found.get(day, Decimal(0)) + cost
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_google_tells_the_truth_at_all_levels(seed: int) -> None:
    platform = google.empty_platform()
    account = lived(platform, seed)
    with GoogleAdsSimulator(platform) as simulator:
        client = AdsClient(
            simulator.url,
            Authorization=f"Bearer {simulator.tokens.issue()}",
            developer_token=simulator.developer_token,
            login_customer_id=simulator.manager.id,
        )

        def told(resource: str) -> Sums:
            query = (
                f"SELECT segments.date, metrics.cost_micros FROM {resource} "
                f"WHERE segments.date BETWEEN '{FIRST}' AND '{LAST}'"
            )
            path = f"/v23/customers/{account.id}/googleAds:searchStream"
            rows = client.ask("POST", path, {"query": query}).json[0].get("results", [])
            return summed(
                (
                    date.fromisoformat(row["segments"]["date"]),
                    Decimal(row["metrics"].get("costMicros", "0")) / 1_000_000,
                )
                for row in rows
            )

        assert told("customer") == told("campaign") == truth(platform, account)
        assert sum(told("ad_group_ad").values()) < sum(told("campaign").values())


@pytest.mark.parametrize("seed", SEEDS)
def test_meta_tells_the_truth_at_all_levels(seed: int) -> None:
    platform = meta.empty_platform()
    account = lived(platform, seed)
    with MetaAdsSimulator(platform) as simulator:
        client = AdsClient(simulator.url, Authorization=f"Bearer {simulator.token}")
        every = ["ACTIVE", "PAUSED", "DELETED"]

        def told(level: str) -> Sums:
            answer = client.get(
                f"/v26.0/act_{account.id}/insights",
                level=level,
                fields="spend",
                time_increment=1,
                time_range={"since": str(FIRST), "until": str(LAST)},
                filtering=[]
                if level == "account"
                else [{"field": f"{level}.effective_status", "operator": "IN", "value": every}],
                limit=5000,
            )
            rows = answer.json["data"]
            return summed((date.fromisoformat(x["date_start"]), Decimal(x["spend"])) for x in rows)

        assert told("account") == told("campaign") == truth(platform, account)


@pytest.mark.parametrize("seed", SEEDS)
def test_linkedin_tells_the_truth_at_all_levels(seed: int) -> None:
    platform = linkedin.empty_platform()
    account = lived(platform, seed)
    with LinkedInAdsSimulator(platform) as simulator:
        client = AdsClient(
            simulator.url,
            Authorization=f"Bearer {simulator.tokens.issue()}",
            LinkedIn_Version="202611",
            X_Restli_Protocol_Version="2.0.0",
        )

        def told(pivot: str) -> Sums:
            span = "(start:(year:2026,month:9,day:1),end:(year:2026,month:12,day:31))"
            answer = client.ask(
                "GET",
                f"/rest/adAnalytics?q=analytics&pivot={pivot}&timeGranularity=DAILY"
                f"&dateRange={span}&accounts=List(urn%3Ali%3AsponsoredAccount%3A{account.id})"
                "&fields=costInLocalCurrency,dateRange",
            )
            starts = [(each, each["dateRange"]["start"]) for each in answer.json["elements"]]
            return summed(
                (date(x["year"], x["month"], x["day"]), Decimal(each["costInLocalCurrency"]))
                for each, x in starts
            )

        assert told("ACCOUNT") == told("CAMPAIGN") == truth(platform, account)


@pytest.mark.parametrize("seed", SEEDS)
def test_days_are_restated_for_a_month_and_every_version_stays_known(seed: int) -> None:
    platform = google.empty_platform()
    account = platform.add_account("Velmora", "EUR", "UTC")
    life = Life(platform, seed)
    known = []
    for _ in range(40):
        life.live_day()
        known.append((platform.clock.now(), platform.truth_of(account)))
        platform.clock.advance(timedelta(minutes=1))
    restated = 0
    for (before, old), (after, new) in pairwise(known):
        assert platform.truth_of(account, before) == old
        for _, day in {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}:
            assert timedelta(1) <= after.date() - day <= timedelta(RESTATED_DAYS)
            restated += after.date() - day > timedelta(1)
    assert restated > 20


def test_amounts_are_whole_units_and_versions_in_order() -> None:
    platform = meta.empty_platform()
    account = platform.add_account("Velmora")
    campaign = platform.add_campaign(account, "Search")
    with pytest.raises(ValueError, match="multiple"):
        platform.tell(campaign, FIRST, Figures(Decimal("1.001")))
    platform.tell(campaign, FIRST, Figures(Decimal("1.01")))
    with pytest.raises(ValueError, match="told later"):
        at = platform.clock.now() - timedelta(days=1)
        platform.tell(campaign, FIRST, Figures(Decimal("1.02")), at=at)


@pytest.mark.parametrize("total", [0, 1, 7, 100, 99_999])
def test_what_is_spread_adds_up(total: int) -> None:
    parts = spread(total, [5, 5, 5, 5, 5, 2, 2])
    assert sum(parts) == total
    assert max(parts[:5]) - min(parts[:5]) <= 1
    assert min(parts) >= 0
