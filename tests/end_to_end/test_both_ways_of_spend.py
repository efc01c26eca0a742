"""Ad spend by the day through the simulated platforms is what the weekly file adds up."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.crm_files import AD_PLATFORMS
from tests.end_to_end.conftest import RunHome

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

# A week begins on the weekday of the first day of all.
FIRST_DAY = "date '2023-11-01'"
WEEKS = f"""
    select
        platform, platform_account_id, platform_campaign_id,
        dim_campaign.source_id as campaign, campaign_name, dim_campaign.campaign_group,
        channel_name, channel_group, spend.currency_code,
        {FIRST_DAY} + 7 * (date_diff('day', {FIRST_DAY}, spend_date) // 7)::integer as week,
        sum(spend_local) as spend, sum(impressions) as impressions, sum(clicks) as clicks
    from {{home}}.core.fct_ad_performance_daily as spend
    inner join {{home}}.core.dim_campaign using (campaign_key)
    inner join {{home}}.core.dim_channel using (channel_key)
    where platform in {AD_PLATFORMS}
    group by all
"""


@pytest.fixture(scope="module")
def both(sample: RunHome, ad_files: RunHome) -> Iterator[duckdb.DuckDBPyConnection]:
    """Both homes' marts, as catalogs `daily` and `weekly`."""
    with duckdb.connect() as connection:
        for name, home in (("daily", sample), ("weekly", ad_files)):
            marts = home.current / "marts.duckdb"
            connection.execute(f"attach '{marts}' as {name} (read_only)")
        yield connection


def test_every_week_is_the_same_in_both(both: duckdb.DuckDBPyConnection) -> None:
    """Spend to the cent, its campaign, channel and currency."""
    daily, weekly = (WEEKS.format(home=home) for home in ("daily", "weekly"))
    assert both.execute(f"select count(*) from ({weekly})").fetchall() == [(5 * 157,)]
    for one, other in ((daily, weekly), (weekly, daily)):
        assert both.execute(f"({one}) except all ({other})").fetchall() == []


def test_only_the_days_know_their_month(both: duckdb.DuckDBPyConnection) -> None:
    """Which is why the daily way is the default: a week of two months counts in one of them."""
    months = """
        select platform, date_trunc('month', spend_date) as spend_month, sum(spend_local)
        from {}.core.fct_ad_performance_daily
        where platform in (select platform from weekly.core.fct_ad_performance_daily) group by all
    """
    moved = f"({months.format('daily')}) except all ({months.format('weekly')})"
    [(count,)] = both.execute(f"select count(*) from ({moved})").fetchall()
    assert count > 90
    [(days, rows)] = both.execute(
        f"""select count(distinct spend_date), count(*) from daily.core.fct_ad_performance_daily
        where platform in {AD_PLATFORMS}"""
    ).fetchall()
    assert days == 1096
    assert rows > 5 * 1000


def test_each_platform_is_a_source_of_its_own_and_tells_its_zone(sample: RunHome) -> None:
    rows = sample.query(
        f"""select distinct
            source_system, source_instance, platform, platform_account_id, currency_code,
            platform_time_zone
        from core.fct_ad_performance_daily where platform in {AD_PLATFORMS} order by 1"""
    )
    assert rows == [
        ("google_ads",) * 3 + ("1000000100", "EUR", "Europe/Berlin"),
        ("linkedin_ads",) * 3 + ("200", "USD", "UTC"),
        ("meta_ads",) * 3 + ("300", "GBP", "Europe/London"),
    ]


def test_the_days_are_told_by_ad(sample: RunHome) -> None:
    """Each campaign of the story has one ad at its platform, which tells all of its spend."""
    rows = sample.query(
        f"""select platform, count(distinct platform_campaign_id), count(distinct ad_id),
            count(*) filter (ad_id is null or not starts_with(ad_id, platform_campaign_id))
        from core.fct_ad_performance_daily where platform in {AD_PLATFORMS} group by 1 order by 1"""
    )
    assert rows == [("google_ads", 3, 3, 0), ("linkedin_ads", 1, 1, 0), ("meta_ads", 1, 1, 0)]
