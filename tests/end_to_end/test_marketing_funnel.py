"""The real marketing funnel holds the figures that were counted from its files by hand."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import RunHome

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.xdist_group("marketing_funnel")]


def test_every_mql_arrives(marketing_funnel: RunHome) -> None:
    rows = marketing_funnel.query(
        "select count(*), cast(min(reached_date) as varchar), cast(max(reached_date) as varchar) "
        "from funnel.fct_person_stage where stage = 'mql'"
    )
    assert rows == [(8000, "2017-06-14", "2018-05-31")]
    assert (
        marketing_funnel.value(
            "select sum(value) from kpi.rpt_kpi "
            "where kpi = 'mqls' and period_grain = 'year' and dimension = 'all'"
        )
        == 8000
    )


def test_won_by_sdrs_and_reps(marketing_funnel: RunHome) -> None:
    assert marketing_funnel.query(
        "select count(*), count(distinct sdr_employee_key), count(distinct owner_employee_key) "
        "from core.fct_opportunity where is_won"
    ) == [(842, 32, 22)]


def test_won_of_mqls_by_origin(marketing_funnel: RunHome) -> None:
    rows = marketing_funnel.query(
        """
        with people as (
            select
                channel_name,
                person_key,
                bool_or(stage = 'mql') as is_mql,
                bool_or(stage = 'won') as is_won
            from funnel.fct_person_stage
            inner join core.dim_channel using (channel_key)
            group by all
        )
        select channel_name, count(*) filter (where is_won), count(*)
        from people where is_mql group by 1
        """
    )
    found = {name: (won, mqls) for name, won, mqls in rows}
    assert found["organic_search"] == (271, 2296)
    assert found["paid_search"] == (195, 1586)
    assert found["social"] == (75, 1350)
    assert found["unknown"] == (179, 1099)
    assert found["not_recorded"][1] == 60
    assert sum(won for won, _ in found.values()) == 842


def test_cohorts_hold_the_same_deals(marketing_funnel: RunHome) -> None:
    entered, converted = marketing_funnel.query(
        "select sum(entered_count), sum(converted_count) from funnel.rpt_funnel_cohort "
        "where from_stage = 'mql' and to_stage = 'won'"
    )[0]
    assert entered == 8000
    assert 835 <= converted <= 842


def test_median_days_to_win(marketing_funnel: RunHome) -> None:
    assert (
        marketing_funnel.value(
            "select median(sales_cycle_days) from core.fct_opportunity where is_won"
        )
        == 14
    )


def test_unknown_amounts_stay_unknown(marketing_funnel: RunHome) -> None:
    assert marketing_funnel.query("select count(*), count(amount) from core.fct_booking") == [
        (842, 0)
    ]
    values = marketing_funnel.query(
        "select value from kpi.rpt_kpi where kpi = 'bookings' and period_grain = 'year' "
        "and dimension = 'all' and period_start >= '2018-01-01'"
    )
    assert values == [(None,)]


def test_the_rep_s_function_wins(marketing_funnel: RunHome) -> None:
    assert marketing_funnel.query(
        "select business_function, count(*) from core.dim_employee group by 1 order by 1"
    ) == [("sales", 22), ("sdr", 19)]


def test_a_deal_won_before_its_first_contact_is_flagged(marketing_funnel: RunHome) -> None:
    assert marketing_funnel.query(
        "select count(*), bool_and(is_won) from core.fct_opportunity where has_date_conflict"
    ) == [(1, True)]
