"""The sample company's three advertising accounts: weeks as days, and nothing lost."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pyarrow.parquet as pq
import pytest

from sample_company.simulators.advertising.platform import Account, Platform
from sample_company.simulators.google_ads.sample import sample_platform as google
from sample_company.simulators.linkedin_ads.sample import sample_platform as linkedin
from sample_company.simulators.meta_ads.sample import sample_platform as meta
from sample_company.world import FIRST_DAY, LAST_DAY
from tests.conftest import ROOT

EXPORT = ROOT / "sample_company" / "exports" / "marketing" / "ad_spend.parquet"
CENT = Decimal("0.01")
Make = Callable[[], Platform]
PLATFORMS: dict[str, Make] = {"google_ads": google, "meta_ads": meta, "linkedin_ads": linkedin}


@cache
def platform_of(name: str) -> tuple[Platform, Account]:
    found = PLATFORMS[name]()
    (account,) = found.accounts.values()
    return found, account


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_exported_week_is_its_days(name: str) -> None:
    platform, account = platform_of(name)
    truth = platform.truth_of(account)
    weeks = [row for row in pq.read_table(EXPORT).to_pylist() if row["platform"] == name]
    assert len(weeks) in (157, 3 * 157)
    seen = set()
    for week in weeks:
        days = [week["date"] + timedelta(days=number) for number in range(7)]
        keys = [(week["campaign_id"], day) for day in days]
        found = [truth[key] for key in keys if key in truth]
        seen |= set(keys)
        assert sum(x.cost.quantize(CENT) for x in found) == week["cost"]
        assert sum((x.cost for x in found), Decimal(0)).quantize(CENT) == week["cost"]
        assert sum(x.impressions for x in found) == week["impressions"]
        assert sum(x.clicks for x in found) == week["clicks"]
        campaign = platform.campaigns[week["campaign_id"]]
        assert campaign.name == week["campaign_name"]
        assert (account.id, account.currency) == (week["account_id"], week["currency"])
        assert [ad.id for ad in campaign.ads] == [week["ad_id"]]
    assert truth.keys() <= seen, "no day beside the weeks"
    days = {day for _, day in truth}
    assert (
        (min(days), max(days)) == (FIRST_DAY, LAST_DAY) == (date(2023, 11, 1), date(2026, 10, 31))
    )


@pytest.mark.parametrize("name", PLATFORMS)
def test_it_is_the_same_every_time_and_the_account_is_its_campaigns(name: str) -> None:
    platform, account = platform_of(name)
    again = PLATFORMS[name]()
    (other,) = again.accounts.values()
    assert again.truth_of(other) == platform.truth_of(account)
    sums: dict[date, Decimal] = defaultdict(Decimal)
    for (_, day), figures in platform.truth_of(account).items():
        sums[day] += figures.cost
    totals = platform.account_days(account, date.min, date.max)
    assert {day: figures.cost for day, figures in totals.items()} == sums


def test_linkedin_tells_more_digits_than_cents() -> None:
    platform, account = platform_of("linkedin_ads")
    costs = [figures.cost for figures in platform.truth_of(account).values()]
    assert sum(cost != cost.quantize(CENT) for cost in costs) > len(costs) // 2


@pytest.mark.parametrize("name", PLATFORMS)
def test_it_runs_alone(name: str) -> None:
    command = [sys.executable, "-m", f"sample_company.simulators.{name}", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        rest = process.stdout.read()
    assert first.split()[0] == "url"
    assert "accounts" in rest
    assert rest.strip().endswith("0 requests")
