"""What the platforms said last is what the marts say, and who may earn credit is who should.

The truth is written beside the data by the generator, and never read by the pipeline.
"""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import RunHome
from tests.end_to_end.test_generated_truth import TOUCHES, ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

AD_DAYS = """
    with found as (
        select
            platform, cast(date_trunc('month', spend_date) as date) as month, currency_code,
            sum(spend_local) as spend, sum(impressions) as impressions, sum(clicks) as clicks,
            coalesce(sum(engagements), 0) as engagements,
            coalesce(sum(platform_conversions), 0) as platform_conversions
        from fct_ad_performance_daily group by all
    ),
    planted as (select * exclude (spend_first_reported) from truth('ad_spend'))
"""


def test_spend_is_what_the_platforms_said_last(sample: RunHome) -> None:
    """Per platform, month and currency; impressions, clicks and conversions too."""
    wrong = ask(
        sample,
        f"{AD_DAYS} (from found except from planted) union all (from planted except from found)",
    )
    assert wrong == []
    [(platforms, currencies)] = ask(
        sample,
        f"{AD_DAYS} select count(distinct platform), count(distinct currency_code) from found",
    )
    assert (platforms, currencies) == (6, 3)


def test_spend_is_not_what_the_platforms_said_first(sample: RunHome) -> None:
    [(restated, same)] = ask(
        sample,
        f"""{AD_DAYS} select
            count(*) filter (found.spend <> truth.spend_first_reported),
            count(*) filter (
                truth.spend <> truth.spend_first_reported
                and found.spend = truth.spend_first_reported
            )
        from found inner join truth('ad_spend') as truth using (platform, month, currency_code)""",
    )
    assert restated > 100
    assert same == 0


def test_a_day_of_an_ad_is_there_once(sample: RunHome) -> None:
    double = ask(
        sample,
        """select platform, platform_account_id, platform_campaign_id, ad_id, spend_date
        from fct_ad_performance_daily group by all having count(*) > 1""",
    )
    assert double == []


def test_odd_ads_are_kept(sample: RunHome) -> None:
    """Without an id, without an ad, with tags that no rule knows, and of a deleted campaign."""
    [(unnamed, without_ad, unmapped, deleted)] = ask(
        sample,
        """select
            count(*) filter (platform_campaign_id is null and campaign_key is null),
            count(*) filter (ad_id is null),
            count(*) filter (channel_name = 'unmapped'),
            count(*) filter (platform_campaign_id = 'RD-500-32')
        from fct_ad_performance_daily left join dim_channel using (channel_key)""",
    )
    assert min(unnamed, without_ad, unmapped, deleted) > 30
    [(last_day,)] = ask(sample, "select end_date from dim_campaign where source_id = 'RD-500-32'")
    assert str(last_day) == "2024-10-31"


def test_the_spend_kpi_counts_every_platform_once(sample: RunHome) -> None:
    """Platforms and what is booked without one; nothing between them is unexplained."""
    [(kpi, platforms, booked, reported_twice)] = ask(
        sample,
        """select
            (
                select sum(value) from marts.kpi.rpt_kpi
                where kpi = 'spend' and dimension = 'all' and period_grain = 'month'
            ),
            (select sum(spend) from fct_ad_performance_daily),
            (select sum(amount) from fct_cost_monthly where category = 'media'),
            (
                select count(*) from fct_cost_monthly where category = 'media' and channel_key in
                (select channel_key from fct_ad_performance_daily)
            )""",
    )
    assert kpi == platforms + booked
    assert reported_twice == 0
    unexplained = ask(
        sample,
        """select source_object, sum(abs(difference_value)) from marts.ops.ops_source_bridge
        where kpi = 'spend' and reason not in ('source_total', 'concord_total') group by all
        having sum(abs(difference_value)) <> 0""",
    )
    assert unexplained == []


CHANNELS = (
    "paid_search", "paid_social", "display", "organic_search", "organic_social", "email",
    "webinar", "event", "referral", "partner", "press",
)  # fmt: skip


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_has_touches_and_leads(sample: RunHome, channel: str) -> None:
    [(touches, people)] = ask(
        sample,
        f"""select
            (
                select count(*) from fct_touch inner join dim_channel using (channel_key)
                where is_attributable and channel_name = '{channel}'
            ),
            (
                select count(*) from dim_person
                inner join dim_channel on first_channel_key = channel_key
                where is_known and is_reportable and channel_name = '{channel}'
            )""",
    )
    assert touches >= 50
    assert people >= 20


def test_every_eligible_touch_may_earn_credit(sample: RunHome) -> None:
    wrong = ask(
        sample,
        """select touch_id from truth('eligible_touch') as eligible
        left join fct_touch on touch_id = source_id
        where touch_id is not null and is_attributable is distinct from true""",
    )
    assert wrong == []


def test_bots_and_people_who_did_not_agree_are_not_eligible(sample: RunHome) -> None:
    [(refused, wrong, eligible)] = ask(
        sample,
        f"""{TOUCHES} select
            count(*) filter (is_bot or not has_consent),
            count(*) filter ((is_bot or not has_consent) and is_attributable),
            count(*) filter (
                (is_bot or not has_consent)
                and source_id in (select touch_id from truth('eligible_touch'))
            )
        from seen""",
    )
    assert refused > 1000
    assert (wrong, eligible) == (0, 0)


@pytest.mark.parametrize("conversion_type", ["lead", "mql"])
def test_the_marts_find_the_eligible_touches_of_a_buyer(
    sample: RunHome, conversion_type: str
) -> None:
    wrong = ask(
        sample,
        f"""with conversions as (
            select distinct conversion_id, converted_at, person_key from truth('eligible_touch')
            inner join dim_identity_link on conversion_id = source_id
            where conversion_type = '{conversion_type}' and source_entity = 'lead'
        ),
        found as (
            select conversion_id, source_id from conversions
            inner join fct_touch using (person_key)
            where is_attributable and touched_at <= converted_at
        ),
        planted as (
            select conversion_id, touch_id from truth('eligible_touch')
            where conversion_type = '{conversion_type}' and touch_id is not null
        )
        (from found except from planted) union all (from planted except from found)""",
    )
    assert wrong == []


@pytest.mark.parametrize(("conversion_type", "moment"), [("opportunity", "created_at")])
def test_the_marts_find_the_eligible_touches_of_a_deal(
    sample: RunHome, conversion_type: str, moment: str
) -> None:
    """Of deals whose people the CRM names."""
    wrong = ask(
        sample,
        f"""with found as (
            select fct_opportunity.source_id as conversion_id, fct_touch.source_id
            from fct_opportunity
            inner join bridge_opportunity_person using (opportunity_key)
            inner join fct_touch
                on bridge_opportunity_person.person_key = fct_touch.person_key
            where
                fct_opportunity.is_reportable and is_attributable
                and touched_at <= fct_opportunity.{moment}
        ),
        planted as (
            select conversion_id, touch_id from truth('eligible_touch')
            where
                conversion_type = '{conversion_type}' and people = 'deal'
                and touch_id is not null
        )
        (from found except from planted) union all (from planted except from found)""",
    )
    assert wrong == []
