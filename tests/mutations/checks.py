"""Who looks at a spoiled model: unit tests, planted truth, sums, data tests and oracles.

A check raises AssertionError when it notices something. All of them are tests of other rooms; here
they look at another warehouse.

Belongs here: their names, and what they have to be given. Does not: what they hold true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import duckdb

from tests.attribution.few_journeys import few_journeys_equal_brute_force
from tests.conftest import RunHome
from tests.end_to_end import test_attribution_truth as attribution
from tests.end_to_end import test_cycle_truth as cycles
from tests.end_to_end import test_generated_truth as generated
from tests.end_to_end import test_handoff_truth as handoffs
from tests.end_to_end import test_identity_truth as identities
from tests.end_to_end import test_retention_truth as retention
from tests.kpi import (
    test_arr_oracle,
    test_forecast_oracle,
    test_kpis_by_person,
    test_pipeline_daily_oracle,
    test_pipeline_waterfall_oracle,
    test_rep_scorecard_oracle,
    test_rpt_kpi_oracle,
    test_win_loss_oracle,
)
from tests.kpi.compiled import CompiledModels, empty_warehouse
from tests.laws.sums import CASES, broken
from tests.mutations.laboratory import Laboratory

SEEDS = range(4)
WORD = re.compile(r"\w+")

MARTS: Mapping[str, tuple[set[str], Callable[[RunHome], None]]] = {
    "truth of identities": (
        {"dim_identity_link"},
        identities.test_every_planted_id_is_linked,
    ),
    "truth of lost ids": (
        {"fct_activity", "dim_account", "dim_identity_link"},
        identities.test_acts_that_name_a_lost_id_find_who_survived,
    ),
    "truth of visitors": (
        {"fct_touch", "dim_channel", "dim_person"},
        generated.test_a_known_person_is_one,
    ),
    "truth of strangers": (
        {"fct_touch", "dim_channel", "dim_person"},
        generated.test_no_two_people_become_one,
    ),
    "truth of credit": (
        {"fct_touch", "dim_channel", "dim_person"},
        generated.test_only_bots_no_consent_and_excluded_people_earn_no_credit,
    ),
    "truth of channels": (
        {"fct_touch", "dim_channel", "dim_person"},
        generated.test_touches_have_the_planted_channel,
    ),
    "truth of stages": (
        {"dim_identity_link", "fct_person_stage"},
        cycles.test_stages_of_every_cycle_are_what_was_planted,
    ),
    "truth of loads": (
        {"dim_identity_link", "fct_person_stage"},
        cycles.test_the_planted_load_is_marked_and_nothing_else,
    ),
    "truth of decisions": (
        {"fct_handoff", "dim_reason"},
        handoffs.test_decisions_reasons_and_cycles_are_the_planted_ones,
    ),
    "truth of breaches": (
        {"fct_handoff", "dim_reason"},
        handoffs.test_breaches_are_answers_after_the_promised_moment,
    ),
    "truth of business minutes": (
        {"fct_handoff", "dim_reason"},
        handoffs.test_business_minutes_lead_to_the_planted_answer,
    ),
    "truth of hand-offs": (
        {"fct_handoff", "dim_reason"},
        handoffs.test_every_hand_off_is_there_once,
    ),
    **{
        f"truth of {moment}": (
            {"fct_handoff", "dim_reason"},
            lambda home, moment=moment: (  # type: ignore[misc]
                handoffs.test_moments_are_the_planted_ones_to_the_second(home, moment)
            ),
        )
        for moment in handoffs.MOMENTS
    },
    "truth of bookings": (
        {"fct_booking"},
        lambda home: generated.test_bookings_and_refunds_by_month_and_currency(
            home, "fct_booking", "booking", "booking_date", "amount_local"
        ),
    ),
    "truth of refunds": (
        {"fct_refund"},
        lambda home: generated.test_bookings_and_refunds_by_month_and_currency(
            home, "fct_refund", "refund", "refund_date", "amount_local"
        ),
    ),
    "truth of won deals": ({"fct_booking"}, generated.test_won_deals_by_month),
    "truth of subscriptions": (
        {"fct_subscription_month"},
        generated.test_recurring_revenue_at_each_month_end,
    ),
    "truth of renewals": (
        {"fct_subscription_month"},
        generated.test_a_renewal_is_no_growth_in_the_reporting_currency,
    ),
    "truth of recurring revenue": (
        {"rpt_arr_movement", "dim_account"},
        retention.test_every_movement_is_right_in_the_reporting_currency,
    ),
    "truth of credited touches": (
        {
            "fct_attribution_credit",
            "rpt_journey",
            "fct_touch",
            "fct_opportunity",
            "dim_identity_link",
        },
        lambda home: attribution.test_credit_goes_to_the_planted_touches(home, "won"),
    ),
    "truth of letters": ({"fct_message_send"}, generated.test_letters_by_month_and_programme),
    "truth of buying groups": (
        {"bridge_opportunity_person", "fct_opportunity", "dim_identity_link"},
        generated.test_buying_groups_are_what_was_planted,
    ),
}

Oracle = Callable[[duckdb.DuckDBPyConnection, CompiledModels, int], None]
ORACLES: Mapping[str, Oracle] = {
    "oracle of credits": few_journeys_equal_brute_force,
    "oracle of recurring revenue": test_arr_oracle.test_movements_and_cohorts_equal_brute_force,
    "oracle of forecast": test_forecast_oracle.test_every_week_equals_brute_force,
    "oracle of pipeline by day": test_pipeline_daily_oracle.test_every_day_equals_brute_force,
    "oracle of the waterfall": test_pipeline_waterfall_oracle.test_every_cell_equals_brute_force,
    "oracle of scorecards": test_rep_scorecard_oracle.test_every_period_equals_brute_force,
    "oracle of KPIs": test_rpt_kpi_oracle.test_every_row_equals_brute_force,
    "oracle of KPIs by person": test_kpis_by_person.test_every_person_equals_brute_force,
    "oracle of wins and losses": test_win_loss_oracle.test_every_cell_equals_brute_force,
}


def notices(laboratory: Laboratory, check: str, model: str, sql: str) -> bool:
    """Whether a check sees that a model became another query.

    Args:
        laboratory: Where to look.
        check: `unit tests`, a name of MARTS or ORACLES, `sums: …` of tests/laws/sums.py, or
            `data: …`, a data test of dbt.
        model: The model's name.
        sql: The query.
    """
    if check == "unit tests":
        return bool(laboratory.unit_tests.failing(model, sql))
    if check in ORACLES:
        return _oracle_notices(ORACLES[check], laboratory.compiled.with_query(model, sql))
    kind, _, name = check.partition(": ")
    if kind == "sums":
        case = next(case for case in CASES if case.name == name)
        read = {word for word in WORD.findall(case.later) if word in laboratory.models}
        with laboratory.spoiled(model, sql, read) as connection:
            return bool(list(broken(connection, case)))
    if kind == "data":
        test = laboratory.tests[name]
        with laboratory.spoiled(model, sql, laboratory.names(test.reads)) as connection:
            return bool(connection.execute(test.sql).fetchall())
    read, look = MARTS[check]
    with laboratory.spoiled(model, sql, read):
        return _raises(look, laboratory.published(read))


def _oracle_notices(oracle: Oracle, models: CompiledModels) -> bool:
    for seed in SEEDS:
        with empty_warehouse(models) as connection:
            if _raises(oracle, connection, models, seed):
                return True
    return False


def _raises(look: Callable[..., None], *arguments: Any) -> bool:
    try:
        look(*arguments)
    except AssertionError:
        return True
    return False
