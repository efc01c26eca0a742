"""Broken rules of the pipeline and its reports.

Belongs here: one line per rule, the words as they stand in the compiled query. Does not: other
rules (mutants.py has them all).
"""

from __future__ import annotations

from tests.mutations.mutant import UNIT, Mutant

PIPELINE = [
    Mutant(
        "a state ends before the day on which the next begins",
        "int_waterfall_positions",
        "is_in_pipeline and day_from <= last_day and day_to > last_day as is_end",
        "is_in_pipeline and day_from <= last_day and day_to >= last_day as is_end",
        UNIT,
    ),
    Mutant(
        "what moves to another team is in the waterfall of both",
        "int_waterfall_reasons",
        "has_begin and begin_team <> final_team as is_transferred",
        "false as is_transferred",
        "oracle of the waterfall",
    ),
    Mutant(
        "the same, on the sample company",
        "int_waterfall_reasons",
        "has_begin and begin_team <> final_team as is_transferred",
        "false as is_transferred",
        "data: assert_waterfall_has_no_residual",
    ),
    Mutant(
        "what leaves unwon leaves with what it came with",
        "int_waterfall_reasons",
        "when left_by is null or left_by = 'won' then last_amount",
        "when true then last_amount",
        "oracle of the waterfall",
    ),
    Mutant(
        "a deal that comes back is reopened, not created",
        "int_waterfall_reasons",
        "when first_state_kind in ('won', 'lost') then 'reopened'",
        "when false then 'reopened'",
        "oracle of the waterfall",
    ),
    Mutant(
        "a deal that was reopened and closed again closed the last time",
        "int_opportunity_history_dates",
        "max(history.changed_date) filter (where not sales_stages.is_open)",
        "min(history.changed_date) filter (where not sales_stages.is_open)",
        UNIT,
    ),
    Mutant(
        "a deal that is open again is in no win rate",
        "int_kpi_opportunities",
        "opportunities.is_won or opportunities.is_lost as is_closed",
        "opportunities.close_date is not null as is_closed",
        "oracle of KPIs",
    ),
    Mutant(
        "what is omitted from the forecast is no pipeline",
        "int_pipeline_states",
        "and coalesce(listed_category <> 'omitted', true)",
        "",
        "oracle of the waterfall",
    ),
    Mutant(
        "deleted deals leave on the day they are deleted",
        "int_opportunity_deletions",
        "opportunities.exclusion_reason = 'deleted'",
        "opportunities.exclusion_reason = 'never'",
        "oracle of the waterfall",
    ),
    Mutant(
        "a rate is no change of the deal: all states at the rate of its creation",
        "int_pipeline_states",
        "and told.created_date = rates.rate_date",
        "and told.valid_from_date = rates.rate_date",
        "oracle of the waterfall",
    ),
    Mutant(
        "an unchanged deal is in the pipeline every day",
        "rpt_pipeline_daily",
        "rows between unbounded preceding and current row",
        "rows between current row and current row",
        "oracle of pipeline by day",
    ),
    Mutant(
        "commit holds what is closed",
        "rpt_forecast",
        "order by category_order\n            rows between unbounded preceding and current row",
        "order by category_order\n            rows between current row and current row",
        "oracle of forecast",
    ),
    Mutant(
        "a deal called closed that is open is still to be won",
        "int_forecast_changes",
        "when forecast_category = 'closed' then 'commit'",
        "when forecast_category = 'closed' then 'closed'",
        "oracle of forecast",
    ),
    Mutant(
        "a forecast of a period without a win has no accuracy",
        "rpt_forecast",
        "cast(actual_amount - abs(amount - actual_amount) as double) / nullif(actual_amount, 0)",
        "cast(actual_amount - abs(amount - actual_amount) as double)"
        " / coalesce(nullif(actual_amount, 0), 1)",
        "oracle of forecast",
    ),
    Mutant(
        "test deals are neither won nor lost",
        "rpt_win_loss",
        "        opportunities.is_reportable\n        and (",
        "        (",
        "oracle of wins and losses",
    ),
    Mutant(
        "a won deal has no reason of a loss",
        "rpt_win_loss",
        "when opportunities.is_won then 'won'\n            else coalesce(reasons.reason,",
        "when false then 'won'\n            else coalesce(reasons.reason,",
        "oracle of wins and losses",
    ),
    Mutant(
        "the shares agreed last count",
        "int_opportunity_credits",
        "order by splits.valid_from desc",
        "order by splits.valid_from asc",
        UNIT,
    ),
    Mutant(
        "pipeline of a period is looked at on its eve",
        "int_scorecard_pipeline",
        "day_from < period_start and day_to >= period_start as is_begin",
        "day_from <= period_start and day_to > period_start as is_begin",
        "oracle of scorecards",
    ),
]
