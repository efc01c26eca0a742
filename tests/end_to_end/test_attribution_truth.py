"""Credits of the sample company against its planted truth, and what must hold of all of them.

The truth knows no lookback; the company's own (company/attribution.yml) is applied to it here.
"""

from __future__ import annotations

import pytest
import yaml

from tests.conftest import ROOT
from tests.end_to_end.conftest import RunHome
from tests.end_to_end.test_generated_truth import ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

LOOKBACK_DAYS = yaml.safe_load((ROOT / "company" / "attribution.yml").read_text(encoding="utf-8"))[
    "lookback_days"
]
# A person's first cycle; of one who came back the later ones are no planted conversions.
OF_PEOPLE = """
    select conversion_key, links.source_id as conversion_id
    from (
        select * from attribution.rpt_journey
        where conversion_type = '{conversion_type}'
        qualify row_number() over (partition by person_key order by converted_at) = 1
    ) as journeys
    inner join dim_identity_link as links using (person_key)
    where links.source_entity = 'lead'
"""
OF_DEALS = """
    select conversion_key, fct_opportunity.source_id as conversion_id
    from attribution.rpt_journey
    inner join fct_opportunity using (opportunity_key)
    where conversion_type = '{conversion_type}'
"""


@pytest.mark.parametrize("conversion_type", ["lead", "mql", "opportunity", "won"])
def test_credit_goes_to_the_planted_touches(sample: RunHome, conversion_type: str) -> None:
    """By the linear model, which credits each touch that may earn any."""
    conversions = OF_PEOPLE if conversion_type in ("lead", "mql") else OF_DEALS
    query = f"""
        with conversions as ({conversions.format(conversion_type=conversion_type)}),
        planted as (
            select conversion_id, touch_id
            from truth('eligible_touch') as eligible
            inner join fct_touch on eligible.touch_id = fct_touch.source_id
            where
                conversion_type = '{conversion_type}'
                and fct_touch.touched_at
                >= eligible.converted_at - interval {LOOKBACK_DAYS[conversion_type]} day
        ),
        judged as (
            select distinct conversion_id from truth('eligible_touch')
            where conversion_type = '{conversion_type}'
        ),
        found as (
            select conversions.conversion_id, fct_touch.source_id as touch_id
            from attribution.fct_attribution_credit
            inner join conversions using (conversion_key)
            inner join judged using (conversion_id)
            inner join fct_touch using (touch_key)
            where model = 'linear'
        )
    """
    wrong = ask(
        sample,
        f"{query} (from found except from planted) union all (from planted except from found)",
    )
    assert wrong == []
    [(count,)] = ask(sample, f"{query} select count(*) from planted")
    assert count > 500


def test_every_model_has_the_total_of_the_won_deals(sample: RunHome) -> None:
    totals = ask(
        sample,
        """select model, sum(credited_amount), sum(credited_conversions)
        from attribution.fct_attribution_credit where conversion_type = 'won' group by model""",
    )
    [(amount, count)] = ask(
        sample,
        "select sum(amount), count(*) from fct_opportunity where is_won and is_reportable",
    )
    assert {total[1:] for total in totals} == {(amount, count)}
    assert len(totals) == 12


def test_a_refund_takes_credit_back_where_the_win_gave_it(sample: RunHome) -> None:
    """The same touches in the same shares, below zero."""
    wrong = ask(
        sample,
        """with credits as (
            select conversion_type, opportunity_key, model, touch_key, weight
            from attribution.fct_attribution_credit
            inner join attribution.rpt_journey using (conversion_key, conversion_type)
            where conversion_type in ('won', 'refund')
        ),
        refunds as (select * exclude conversion_type from credits where conversion_type = 'refund'),
        wins as (select * exclude conversion_type from credits where conversion_type = 'won')
        select * from refunds
        where opportunity_key in (select opportunity_key from wins)
        except select * from wins""",
    )
    assert wrong == []
    [(refunded, above)] = ask(
        sample,
        """select sum(credited_amount), count(*) filter (credited_amount > 0)
        from attribution.fct_attribution_credit
        where conversion_type = 'refund' and model = 'last'""",
    )
    assert refunded < 0
    assert above == 0
