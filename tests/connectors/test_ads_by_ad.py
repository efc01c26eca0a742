"""Campaigns' days split by ad: exact to the cent, nothing lost, nothing made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.connectors.ads.by_ad import in_cents_by_ad, refuse_more_than_campaigns
from orchestration.connectors.ads.platform import Account
from orchestration.connectors.ads.slices import DaySlices
from orchestration.connectors.ads.spend import COUNTS, SCHEMA, SpendDay, in_cents
from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.google_ads.rows import GoogleAdsRows
from orchestration.connectors.meta_ads.rows import MetaAdsRows
from tests.connectors.ads_home import AdsHome, day
from tests.connectors.fake_meta_ads import CREDENTIALS, FakeAccount, FakeMetaAds

CENT = Decimal("0.01")
CAMPAIGN = SpendDay(
    "google_ads", "1", "7", "Search", day(0), 100, 10, 12, Decimal("1.5"), Decimal("10.005"),
    "EUR", "Europe/Berlin", "SEARCH",
)  # fmt: skip


def ad_of(campaign: SpendDay, ad_id: str, spend: str, impressions: int = 10) -> SpendDay:
    return replace(
        campaign, ad_id=ad_id, spend=Decimal(spend), impressions=impressions, clicks=1,
        engagements=1, platform_conversions=Decimal("0.5"), campaign_name=None, source_field=None,
    )  # fmt: skip


def test_a_row_for_each_ad_and_one_for_what_no_ad_tells() -> None:
    ads = [ad_of(CAMPAIGN, "72", "3.333"), ad_of(CAMPAIGN, "71", "3.333")]
    rows = in_cents_by_ad([CAMPAIGN], ads)
    shown = [(row.ad_id, row.spend, row.impressions, row.platform_conversions) for row in rows]
    assert shown == [
        ("71", Decimal("3.33"), 10, Decimal("0.5")),
        ("72", Decimal("3.33"), 10, Decimal("0.5")),
        (None, Decimal("3.34"), 80, Decimal("0.5")),
    ]
    assert {(row.campaign_name, row.source_field) for row in rows} == {("Search", "SEARCH")}


def test_ads_that_tell_everything_leave_no_row_without_an_ad() -> None:
    campaign = replace(
        CAMPAIGN, impressions=10, clicks=1, engagements=1, platform_conversions=Decimal("0.5")
    )
    [row] = in_cents_by_ad([campaign], [ad_of(campaign, "71", "10.005")])
    assert (row.ad_id, row.spend) == ("71", Decimal("10.00"))
    assert in_cents_by_ad([campaign], []) == in_cents([campaign])


def test_a_number_that_a_campaign_lacks_stays_unknown() -> None:
    campaign = replace(CAMPAIGN, engagements=None)
    ads = [replace(ad_of(campaign, "71", "1.00"), engagements=None)]
    assert [row.engagements for row in in_cents_by_ad([campaign], ads)] == [None, None]


@pytest.mark.parametrize("seed", range(30))
def test_campaigns_keep_the_cents_that_they_had_without_ads(seed: int) -> None:
    chance = Random(seed)
    days, ads = [], []
    for number in range(6):
        own_day = day(number % 2)
        parts = [Decimal(chance.randrange(5_000_000)).scaleb(-6) for _ in range(4)]
        told = chance.randrange(len(parts))
        campaign = replace(
            CAMPAIGN, campaign_id=str(number), spend_date=own_day, spend=sum(parts, Decimal(0))
        )
        days.append(campaign)
        ads += [ad_of(campaign, f"{number}{at}", str(part)) for at, part in enumerate(parts[:told])]
    refuse_more_than_campaigns(days, ads)
    rows = in_cents_by_ad(days, ads)
    for campaign in in_cents(days):
        own = [row for row in rows if row.campaign_id == campaign.campaign_id]
        assert sum(row.spend for row in own) == campaign.spend
        for name in COUNTS:
            assert sum(getattr(row, name) for row in own) == getattr(campaign, name)
    exact = {ad.ad_id: ad.spend for ad in ads}
    named = [row for row in rows if row.ad_id is not None]
    assert len(named) == len(ads)
    assert all(abs(row.spend - exact[row.ad_id]) < CENT for row in named)
    assert all(row.spend == row.spend.quantize(CENT) for row in rows)


def test_what_cannot_be_is_refused() -> None:
    ad = ad_of(CAMPAIGN, "71", "10.005001")
    with pytest.raises(FixConfiguration, match=r"ads of campaign 7 add up to 10.005001 and the .*"):
        refuse_more_than_campaigns([CAMPAIGN], [ad])
    refuse_more_than_campaigns([CAMPAIGN], [replace(ad, spend=Decimal("10.0050009"))])
    with pytest.raises(FixConfiguration, match="ad 71 is told twice"):
        refuse_more_than_campaigns([CAMPAIGN], [ad_of(CAMPAIGN, "71", "1")] * 2)
    elsewhere = replace(ad_of(CAMPAIGN, "71", "0"), spend_date=day(1))
    with pytest.raises(FixConfiguration, match="ad 71 is told and its campaign 7 is not"):
        refuse_more_than_campaigns([CAMPAIGN], [elsewhere])


def test_an_ad_of_several_groups_is_added_up() -> None:
    def row(group: str, clicks: str) -> dict[str, object]:
        return {
            "campaign": {"id": "7"},
            "adGroup": {"id": group},
            "adGroupAd": {"ad": {"id": "71"}},
            "segments": {"date": "2025-12-01"},
            "metrics": {"costMicros": "1500000", "clicks": clicks},
        }

    campaign = row("", "5") | {"metrics": {"costMicros": "3000000", "clicks": "5"}}
    account = Account("1", "EUR", "Europe/Berlin")
    page = {"campaigns": [campaign], "totals": [], "ads": [row("1", "2"), row("2", "3")]}
    [ad] = GoogleAdsRows().spend(account, page).ads
    assert (ad.ad_id, ad.spend, ad.clicks) == ("71", 3, 5)
    page["ads"] = [row("1", "2")] * 2
    with pytest.raises(FixConfiguration, match="told once for a day"):
        GoogleAdsRows().spend(account, page)


@pytest.fixture
def meta() -> Iterator[FakeMetaAds]:
    fake = FakeMetaAds()
    fake.accounts["111"] = FakeAccount(spend={("7", day(n)): "1.00" for n in range(41)})
    yield fake
    fake.close()


def _forget_ads(path: Path) -> None:
    """Make a delivery what an earlier version wrote."""
    names = [name for name in SCHEMA.names if name != "ad_id"]
    pq.write_table(pq.read_table(path).select(names), path, compression="zstd")


def test_deliveries_and_pages_of_an_earlier_version(meta: FakeMetaAds, tmp_path: Path) -> None:
    home = AdsHome("meta_ads", meta.url, tmp_path, CREDENTIALS)
    home.options["restated_days"] = 2
    home.pull()
    before = home.files()
    folder = home.source.options.folder / "ad_spend"
    for path in folder.glob("*.parquet"):
        _forget_ads(path)
    assert home.pull().changed == {"ad_spend": 0}
    assert home.files() == before
    assert {tuple(pq.read_schema(path).names) for path in folder.glob("*")} == {tuple(SCHEMA.names)}
    page = {"attribution_windows": [], "campaigns": [], "totals": []}
    assert MetaAdsRows().spend(Account("111", "EUR", "UTC"), page).ads == []
    home.replay()
    assert home.files() == before


def test_campaigns_only_where_the_company_wants_so(meta: FakeMetaAds, tmp_path: Path) -> None:
    home = AdsHome("meta_ads", meta.url, tmp_path, CREDENTIALS)
    home.pull()
    assert any(line.params.get("level") == "ad" for line in meta.asked)
    home.options["by_ad"] = False
    begun = len(meta.asked)
    home.pull(is_full=True)
    assert not any(line.params.get("level") == "ad" for line in meta.asked[begun:])


def test_a_file_that_is_whole_is_left_alone(tmp_path: Path) -> None:
    slices = DaySlices(tmp_path)
    slices.replace("1", date(2025, 12, 1), date(2025, 12, 31), in_cents([CAMPAIGN]))
    [path] = tmp_path.glob("*.parquet")
    stamp = path.stat().st_mtime_ns
    slices.bring_up_to_date()
    assert path.stat().st_mtime_ns == stamp
    assert pa.types.is_string(pq.read_schema(path).field("ad_id").type)
