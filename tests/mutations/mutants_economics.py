"""Broken rules of spend, credit and evidence.

Belongs here: one line per rule, the words as they stand in the compiled query. Does not: other
rules (mutants.py has them all).
"""

from __future__ import annotations

from tests.mutations.mutant import UNIT, Mutant

ECONOMICS = [
    Mutant(
        "credit without spend stays",
        "int_spend_and_credit",
        "full outer join credited",
        "left join credited",
        UNIT,
    ),
    Mutant(
        "spend without credit stays",
        "int_spend_and_credit",
        "full outer join credited",
        "right join credited",
        UNIT,
    ),
    Mutant(
        "a refund lowers revenue",
        "int_spend_and_credit",
        "conversion_type in ('won', 'refund')",
        "conversion_type in ('won')",
        UNIT,
    ),
    Mutant(
        "an upsell is no new customer",
        "int_spend_and_credit",
        "and booking_type = 'new'",
        "and booking_type is not null",
        UNIT,
    ),
    Mutant(
        "credit without a touch is credited by touch too",
        "int_spend_and_credit",
        "coalesce(touched_date, converted_date) as credit_date",
        "max(touched_date) as credit_date",
        UNIT,
    ),
    Mutant(
        "what a model does not suit is unknown",
        "int_spend_and_credit",
        "case when models.has_leads = 1 then joined.lead_count end",
        "joined.lead_count",
        UNIT,
    ),
    Mutant(
        "what cost nothing has no CAC",
        "int_performance_months",
        "cast(nullif(months.spend, 0) as double)",
        "cast(months.spend as double)",
        UNIT,
    ),
    Mutant(
        "touches of a month may win until their lookback has passed",
        "int_performance_months",
        "when months.date_role = 'touch'",
        "when months.date_role = 'never'",
        UNIT,
    ),
    Mutant(
        "a deal counts once for a channel",
        "rpt_influence",
        "select distinct",
        "select",
        UNIT,
    ),
    Mutant(
        "revenue of an age is all of it so far",
        "rpt_spend_maturity",
        "sum(credited_amount) over (\n            partition by channel_key, model, spend_month\n"
        "            order by age_month\n        )",
        "credited_amount",
        UNIT,
    ),
    Mutant(
        "the month of the as-of date is not over",
        "rpt_spend_maturity",
        "max(date_day) <=",
        "min(date_day) <=",
        UNIT,
    ),
    Mutant(
        "the end of the lookback counts",
        "int_journey_candidates",
        "touches.touched_at > bounds.closes_at",
        "touches.touched_at >= bounds.closes_at",
        UNIT,
    ),
    Mutant(
        "a rule of other fields states no channel",
        "int_stated_channels",
        "utm_source, utm_medium, utm_campaign, referrer_domain, click_id_type) is null",
        "null) is null",
        UNIT,
    ),
    Mutant(
        "our credit is that of the days of the evidence",
        "rpt_channel_evidence",
        "evidence.start_date <= credited.performance_date",
        "true",
        UNIT,
    ),
    Mutant(
        "evidence of a campaign is compared with that campaign",
        "rpt_channel_evidence",
        "and coalesce(evidence.campaign_key = credited.campaign_key, true)",
        "",
        UNIT,
    ),
]
