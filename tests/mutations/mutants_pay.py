"""Broken rules of pay: credits, windows, bands, rounding, caps, refunds and bonuses.

Belongs here: one line per rule, the words as they stand in the compiled query. Does not: other
rules (mutants.py has them all).
"""

from __future__ import annotations

from tests.mutations.mutant import UNIT, Mutant

PAY = [
    Mutant(
        "a refund is priced on the day of its booking",
        "comp_event",
        "coalesce(won.close_date, refunds.refund_date) as priced_date",
        "refunds.refund_date as priced_date",
        UNIT,
    ),
    Mutant(
        "what is nobody's is the house account's",
        "int_comp_shares",
        "where coalesce(sold_sums.credit_share, 0) < 1",
        "where false",
        UNIT,
    ),
    Mutant(
        "cents that are left go to the largest remainders",
        "comp_credit",
        "order by mod(abs(signed_cents) * millionths, nullif(1000000, 0)) desc, employee_id",
        "order by employee_id",
        UNIT,
    ),
    Mutant(
        "what comes back in parts is cut as it adds up",
        "comp_credit",
        "rows unbounded preceding",
        "rows between current row and current row",
        UNIT,
    ),
    Mutant(
        "what comes back is cut by the cents that were given",
        "comp_credit",
        "when given_cents.signed_cents <> 0 then abs(given_cents.credited_cents)",
        "when false then 0",
        UNIT,
    ),
    Mutant(
        "a component that counts renewals counts no other deals",
        "int_comp_counted_credits",
        "where assigned.counts_every_type or types_that_count.opportunity_type is not null",
        "where true",
        UNIT,
    ),
    Mutant(
        "who is above somebody's lead is above him or her, too",
        "int_comp_reporting_lines",
        "where employee_key <> manager_employee_key",
        "where false",
        UNIT,
    ),
    Mutant(
        "what is the house account's is not paid",
        "comp_credit",
        "not is_house_account as counts_for_pay",
        "true as counts_for_pay",
        UNIT,
    ),
    Mutant(
        "the plan of the day decides",
        "int_comp_counted_credits",
        "and countable.priced_date < assigned.valid_to",
        "",
        UNIT,
    ),
    Mutant(
        "what is sold comes before what is taken back",
        "int_comp_running_credits",
        "order by credit_date, is_reversal, event_key",
        "order by credit_date, event_key",
        UNIT,
    ),
    Mutant(
        "a quota of nothing pays nothing",
        "int_comp_tier_amounts",
        "case when is_payable then rate else cast(0 as decimal(18, 6)) end as rate",
        "rate",
        UNIT,
    ),
    Mutant(
        "a curve begins at nothing",
        "int_comp_tier_amounts",
        "when place_in_window = 1 then 0",
        "when place_in_window = 1 then 7",
        UNIT,
    ),
    Mutant(
        "no more than the cap is paid",
        "int_comp_capped_lines",
        "when cap_key is null then rounded_amount",
        "when true then rounded_amount",
        UNIT,
    ),
    Mutant(
        "no more is taken back late than the window paid",
        "int_comp_late_lines",
        "else least(added.amount_so_far, windows.window_amount)",
        "else added.amount_so_far",
        UNIT,
    ),
    Mutant(
        "when nothing is left of what was counted nothing is left of the pay",
        "int_comp_late_lines",
        "when added.base_so_far >= windows.window_base then windows.window_amount",
        "when false then windows.window_amount",
        UNIT,
    ),
    Mutant(
        "days of unpaid absence do not count",
        "int_comp_kpi_lines",
        "- coalesce(away.days_away, 0) as days_counted",
        "as days_counted",
        UNIT,
    ),
    Mutant(
        "the goal of the plan wins over the target",
        "int_comp_kpi_lines",
        "coalesce(due.goal, values_reached.target) as target",
        "values_reached.target as target",
        UNIT,
    ),
    Mutant(
        "a quota counts by the days that it has in a period",
        "int_comp_period_quotas",
        "converted.valid_from <= periods.period_end",
        "converted.valid_from = periods.period_start",
        UNIT,
    ),
]
