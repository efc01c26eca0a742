"""Broken rules of bookings, rates, recurring revenue and KPIs.

Belongs here: one line per rule, the words as they stand in the compiled query. Does not: other
rules (mutants.py has them all).
"""

from __future__ import annotations

from tests.mutations.mutant import UNIT, Mutant

MONEY = [
    Mutant(
        "a booking is converted at the rate of its close date",
        "int_opportunities_dated",
        "when is_won then coalesce(known_close_date, created_date)",
        "when is_won then created_date",
        UNIT,
    ),
    Mutant(
        "a rate holds until the next begins",
        "int_exchange_rates",
        "fx_rates.valid_to > days.date_day",
        "fx_rates.valid_to >= days.date_day",
        UNIT,
    ),
    Mutant(
        "an opportunity of another currency is worth nothing without a rate",
        "int_opportunities_valued",
        "and chosen.rate_date = rates.rate_date",
        "and chosen.rate_date > rates.rate_date",
        UNIT,
    ),
    Mutant(
        "only what is reportable is booked",
        "fct_booking",
        "where opportunities.is_won and opportunities.is_reportable",
        "where opportunities.is_won",
        "truth of bookings",
    ),
    Mutant(
        "a deal without lines is booked",
        "fct_booking",
        "from without_lines",
        "from without_lines where false",
        "truth of bookings",
    ),
    Mutant(
        "a booking is dated by its close",
        "fct_booking",
        "opportunities.close_date as booking_date",
        "opportunities.created_date as booking_date",
        "truth of won deals",
    ),
    Mutant(
        "of two deliveries of a day of an ad the newest counts",
        "stg_file_drop__ad_spend",
        ") = 1",
        ") >= 1",
        "sums: ad_spend -> core.fct_ad_performance_daily",
    ),
    Mutant(
        "a campaign without ads keeps its spend",
        "conformed_ad_spend",
        "from ad_spend\n",
        "from (select * from ad_spend where ad_id is not null) as ad_spend\n",
        "sums: ad_spend -> core.fct_ad_performance_daily",
    ),
    Mutant(
        "a subscription ends before its last day",
        "fct_subscription_month",
        "started.valid_to > months.state_date",
        "started.valid_to >= months.state_date",
        UNIT,
    ),
    Mutant(
        "a moving rate is no growth of a customer",
        "fct_subscription_month",
        "and active.subscription_start_date = rates.rate_date",
        "and active.state_date = rates.rate_date",
        "truth of renewals",
    ),
    Mutant(
        "who comes back is no growth",
        "rpt_arr_movement",
        "bridged.movement_month > first_months.first_month",
        "false",
        "truth of recurring revenue",
    ),
    Mutant(
        "what a customer ends with it begins the next month with",
        "rpt_arr_movement",
        "recurring_amount as begin_amount,\n        0 as end_amount",
        "0 as begin_amount,\n        0 as end_amount",
        "truth of recurring revenue",
    ),
    Mutant(
        "subsidiaries are one customer with their parent",
        "int_recurring_months",
        "on unioned.account_key = account_parents.account_key",
        "on unioned.account_key = account_parents.parent_account_key",
        "truth of recurring revenue",
    ),
    Mutant(
        "a renewal ends the contract that it renews",
        "int_booking_contracts",
        "least(terms.term_end_date, coalesce(renewed.renewal_date, terms.term_end_date))",
        "terms.term_end_date",
        "oracle of recurring revenue",
    ),
    Mutant(
        "new customers are not in the base of retention",
        "rpt_retention_cohort",
        "least(",
        "greatest(",
        "oracle of recurring revenue",
    ),
]
KPIS = [
    Mutant(
        "a ratio of nothing is unknown, not 0",
        "int_kpi_values",
        "nullif(denominator, 0)",
        "coalesce(nullif(denominator, 0), 1)",
        "oracle of KPIs",
    ),
    Mutant(
        "a deal is its owner's",
        "int_kpi_opportunities",
        "coalesce(opportunities.owner_employee_key, 'unknown') as employee_key",
        "'unknown' as employee_key",
        "oracle of KPIs by person",
    ),
    Mutant(
        "what is booked is the owner's",
        "int_kpi_components_bookings",
        "coalesce(bookings.owner_employee_key, 'unknown') as employee_key",
        "coalesce(bookings.owner_employee_key, 'North') as employee_key",
        "oracle of KPIs by person",
    ),
    Mutant(
        "people and nobody add up to a row of the company",
        "int_kpi_employee_components",
        "cast(sum(quantity) as decimal(38, 6))",
        "cast(max(quantity) as decimal(38, 6))",
        "oracle of KPIs by person",
    ),
    Mutant(
        "of a state the last month counts, never the sum",
        "int_kpi_cells",
        "or by_dimension.month_start_date = periods.last_month_start_date",
        "or true",
        UNIT,
    ),
    Mutant(
        "price realisation compares lines of which both amounts are known",
        "int_kpi_components_bookings",
        "'list_amount_with_booked' as component",
        "'list_amount' as component",
        UNIT,
    ),
    Mutant(
        "what is booked after the as-of date has not happened",
        "int_kpi_components_bookings",
        "where bookings.booking_date <= (",
        "where true or bookings.booking_date <= (",
        UNIT,
    ),
    Mutant(
        "a broken promise is not kept",
        "int_kpi_components_handoffs",
        "case when is_breached then 0 else 1 end",
        "1",
        UNIT,
    ),
    Mutant(
        "only what was accepted is recycled",
        "int_kpi_components_handoffs",
        "decision = 'accepted' and is_returned",
        "is_returned",
        UNIT,
    ),
    Mutant(
        "who left before the month is not counted",
        "fct_cost_monthly",
        "months.cost_month < employees.valid_to",
        "true",
        UNIT,
    ),
    Mutant(
        "only pay is folded",
        "fct_cost_monthly",
        "listed.category in ('people', 'commission')",
        "listed.category is not null",
        UNIT,
    ),
    Mutant(
        "nine in ten were as fast, not half of them",
        "int_kpi_medians",
        "percentile_cont(0.9)",
        "percentile_cont(0.5)",
        UNIT,
    ),
    Mutant(
        "only Marketing's touches are its influence",
        "int_opportunity_sources",
        "where business_function = 'marketing'",
        "where business_function is not null",
        UNIT,
    ),
    Mutant(
        "the pipeline that Marketing never touched is not influenced",
        "int_kpi_components_opportunities",
        "case when is_marketing_influenced then creation_amount else 0 end",
        "creation_amount",
        UNIT,
    ),
    Mutant(
        "the net promoter score takes the detractors off",
        "int_kpi_components_customers",
        "when 'detractor' then -1",
        "when 'detractor' then 0",
        UNIT,
    ),
]
