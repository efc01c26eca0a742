"""Hand-offs, their clocks and decisions are what the generator planted, row by row.

The truth is written beside the data by the generator, and never read by the pipeline.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import duckdb
import pytest

from sample_company.handoffs import WORTH_A_TRY
from sample_company.working_hours import after_work, opening
from sample_company.world import local_day
from tests.end_to_end.conftest import RunHome

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

MOMENTS = ("assigned_at", "first_human_touch_at", "due_at", "decided_at", "returned_at")
PLANTED = """
    with planted as (
        select
            *, row_number() over (partition by lead_id order by assigned_at) as handoff_number
        from read_parquet('{truth}/handoff/*.parquet')
        where is_reportable
    ),

    seen as (
        select
            coalesce(planted.lead_id, found.source_id) as lead_id,
            planted.handoff_number,
            planted,
            found,
            dim_reason.reason as found_reason
        from planted
        full join funnel.fct_handoff as found
            on found.source_id = planted.lead_id
            and found.handoff_number = planted.handoff_number
        left join core.dim_reason on dim_reason.reason_key = found.reason_key
    )
"""


def ask(sample: RunHome, sql: str) -> list[tuple[Any, ...]]:
    """Ask the marts and the planted hand-offs side by side."""
    planted = PLANTED.format(truth=sample.home / "sample_company" / "truth")
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach '{sample.current / 'marts.duckdb'}' as marts (read_only)")
        connection.execute("use marts")
        return connection.execute(f"{planted} {sql}").fetchall()


def test_every_hand_off_is_there_once(sample: RunHome) -> None:
    [(rows, planted, found)] = ask(
        sample,
        "select count(*), count(planted.lead_id), count(found.handoff_key) from seen",
    )
    assert rows == planted == found > 600


@pytest.mark.parametrize("moment", MOMENTS)
def test_moments_are_the_planted_ones_to_the_second(sample: RunHome, moment: str) -> None:
    wrong = ask(
        sample,
        f"select lead_id, handoff_number, planted.{moment}, found.{moment} from seen "
        f"where planted.{moment}::timestamp is distinct from found.{moment}",
    )
    assert wrong == []


def test_decisions_reasons_and_cycles_are_the_planted_ones(sample: RunHome) -> None:
    """The truth gives an expiry as a reason, too; here the decision says it."""
    wrong = ask(
        sample,
        "select lead_id, handoff_number, planted.decision, found.decision, "
        "planted.reason, found_reason, planted.cycle, found.cycle_number from seen "
        "where planted.decision is distinct from found.decision "
        "or nullif(planted.reason, 'expired') is distinct from found_reason "
        "or planted.cycle is distinct from found.cycle_number",
    )
    assert wrong == []


def test_the_recycle_rate_of_each_month_is_the_planted_one(sample: RunHome) -> None:
    """Accepted and given back later, of all that was decided, by the month of the decision."""
    differing = ask(
        sample,
        """
        , told as (
            select period_start, numerator, denominator
            from kpi.rpt_kpi
            where kpi = 'recycle_rate' and dimension = 'all' and period_grain = 'month'
        ),

        expected as (
            select
                date_trunc('month', planted.decided_at at time zone 'Europe/Berlin')::date
                    as period_start,
                count(*) filter (
                    where planted.decision = 'accepted' and planted.returned_at is not null
                ) as recycled_count,
                count(*) as decided_count
            from seen
            where planted.decision <> 'open'
            group by all
        )

        select period_start, numerator, recycled_count, denominator, decided_count
        from told full join expected using (period_start)
        where
            coalesce(numerator, 0) <> coalesce(recycled_count, 0)
            or coalesce(denominator, 0) <> coalesce(decided_count, 0)
        """,
    )
    assert differing == []
    [(recycled,)] = ask(
        sample,
        "select sum(numerator) from kpi.rpt_kpi "
        "where kpi = 'recycle_rate' and dimension = 'all' and period_grain = 'month'",
    )
    assert recycled > 5


def test_breaches_are_answers_after_the_promised_moment(sample: RunHome) -> None:
    """The last day ends at 23:00 UTC; nobody was given to somebody else unanswered."""
    wrong = ask(
        sample,
        "select lead_id from seen where found.is_breached <> coalesce("
        "planted.first_human_touch_at > planted.due_at, "
        "planted.due_at < timestamptz '2026-10-31 23:00:00+00')",
    )
    assert wrong == []
    assert ask(sample, "select sum(found.reassignment_count) from seen") == [(0,)]


def test_minutes_are_those_between_the_planted_moments(sample: RunHome) -> None:
    minutes = "date_diff('minute', planted.assigned_at, planted.first_human_touch_at)"
    wrong = ask(
        sample,
        f"select lead_id, {minutes}, found.response_minutes from seen "
        f"where {minutes} is distinct from found.response_minutes",
    )
    assert wrong == []


def test_business_minutes_lead_to_the_planted_answer(sample: RunHome) -> None:
    """By the generator's own clock, wherever the answer came while somebody was at work."""
    answered = ask(
        sample,
        "select planted.assigned_at, planted.first_human_touch_at, "
        "found.response_business_minutes from seen where found.response_minutes is not null",
    )
    at_work = 0
    for assigned_at, touched_at, minutes in answered:
        hours = opening(local_day(touched_at))
        if hours is not None and hours[0] < touched_at <= hours[1]:
            at_work += 1
            work = timedelta(seconds=int(minutes * 60))
            assert after_work(assigned_at, work) == touched_at
    assert at_work > 500


def test_what_came_back_is_followed(sample: RunHome) -> None:
    """Who was handed off a second time is no dead end of the first."""
    wrong = ask(
        sample,
        "select first.lead_id, first.found.outcome_after_return from seen as first "
        "inner join seen as again on again.lead_id = first.lead_id and again.handoff_number = 2 "
        "where first.handoff_number = 1 and first.found.outcome_after_return "
        "not in ('handed_off_again', 'opportunity', 'won')",
    )
    assert wrong == []
    [(worth_a_try,)] = ask(
        sample,
        "select count(*) from seen where handoff_number = 1 and planted.decision = 'rejected' "
        f"and planted.reason in {WORTH_A_TRY} and found.outcome_after_return = 'handed_off_again'",
    )
    assert worth_a_try > 5
