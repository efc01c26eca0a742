"""Paid ads: what the platforms deliver first, what they restate, and what it came to."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from sample_company.ads import CAMPAIGNS, CREDIT, DATASET, month_end
from sample_company.generate import generate


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    generate(folder, scale=1)
    return folder


def value(sql: str) -> int:
    return int(duckdb.sql(sql).fetchall()[0][0])


def ad_days(folder: Path) -> str:
    """SQL that reads each delivery of the daily ads, and the version of a day that is newest."""
    return f"""
        with deliveries as (
            select
                *,
                cast(regexp_extract(filename, '([0-9-]{{10}})[.]parquet', 1) as date) as delivered
            from read_parquet('{folder}/delivered/{DATASET}/*.parquet', filename = true)
        ),
        ranked as (
            select *, row_number() over (
                partition by platform, platform_account_id, campaign_id, ad_id, spend_date
                order by delivered desc
            ) as age
            from deliveries
        )
    """


def test_ads_are_delivered_by_the_month_and_restated_by_later_files(small: Path) -> None:
    assert value(f"{ad_days(small)} select count(distinct delivered) from ranked") == 37
    later = "delivered > last_day(spend_date)"
    assert value(f"{ad_days(small)} select count(*) from ranked where spend_date > delivered") == 0
    assert value(f"{ad_days(small)} select count(*) from ranked where {later}") > 2000
    # Later files know rows that vanished, and rows that nobody had seen.
    gone = f"{later} and spend = 0 and clicks = 0 and impressions = 0"
    assert value(f"{ad_days(small)} select count(*) from ranked where {gone}") > 20
    alone = """select count(*) from (
        select bool_and(delivered > last_day(spend_date)) as is_late from ranked
        group by platform, platform_account_id, campaign_id, ad_id, spend_date) where is_late"""
    assert value(f"{ad_days(small)} {alone}") > 20
    account, month, _, delivered = CREDIT
    credited = f"delivered = '{delivered}' and platform_account_id = '{account}'"
    assert (
        value(
            f"{ad_days(small)} select count(distinct spend_date) from ranked where {credited} "
            f"and age = 1 and date_trunc('month', spend_date) = '{month}'"
        )
        == (month_end(month) - month).days + 1
    )


def test_a_deleted_campaign_is_in_no_later_delivery(small: Path) -> None:
    for campaign in (campaign for campaign in CAMPAIGNS if campaign.is_deleted):
        named = f"from ranked where campaign_id = '{campaign.campaign_id}'"
        assert value(f"{ad_days(small)} select count(*) {named}") > 50
        assert (
            value(f"{ad_days(small)} select count(*) {named} and last_day(spend_date) <> delivered")
            == 0
        )


def test_spend_in_truth_is_what_the_newest_delivery_of_each_day_says(small: Path) -> None:
    truth = f"'{small}/truth/ad_spend/*.parquet'"
    sums = """select platform, cast(date_trunc('month', spend_date) as date) as month,
        currency_code, sum(spend) from ranked where {} group by all"""
    for column, rows in (
        ("spend", "age = 1"),
        ("spend_first_reported", "delivered = last_day(spend_date)"),
    ):
        planted = f"""select platform, month, currency_code, {column} from {truth}
            where platform in (select platform from ranked)"""
        found = sums.format(rows)
        different = f"(({found}) except ({planted})) union all (({planted}) except ({found}))"
        assert value(f"{ad_days(small)} select count(*) from ({different})") == 0, column
    assert value(f"select count(*) from {truth} where spend <> spend_first_reported") > 100
    assert value(f"select count(distinct platform) from {truth}") == 6
    assert value(f"select count(distinct currency_code) from {truth}") == 3


def test_platforms_with_an_api_and_those_of_monthly_files_are_not_the_same(small: Path) -> None:
    folder = small / "delivered"
    assert (
        value(
            f"select count(*) from '{folder}/{DATASET}/*.parquet' where platform in "
            f"(select platform from '{folder}/ad_spend/*.parquet')"
        )
        == 0
    )
