"""Cycles, their stages, and the leads and MQLs counted of them are what the generator planted.

The truth is written beside the data by the generator, and never read by the pipeline.
"""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import RunHome
from tests.end_to_end.test_generated_truth import ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

PERSONS = """
    with persons as (
        select distinct planted.human, link.person_key
        from dim_identity_link as link
        inner join truth('identity') as planted using (source_entity, source_id)
        where planted.source_entity = 'lead'
    )
"""


def test_stages_of_every_cycle_are_what_was_planted(sample: RunHome) -> None:
    """Side states too, to the second; a status that nobody dated is the warehouse's to place."""
    wrong = ask(
        sample,
        f"""{PERSONS},
        undated as (
            select human from truth('stage') where actual_at is null and not is_skipped
        ),
        planted as (
            select human, cycle, stage, timezone('UTC', actual_at) as actual_at, is_skipped
            from truth('stage') where human not in (from undated)
        ),
        found as (
            select
                persons.human, stages.cycle_number, stages.stage, stages.actual_at,
                stages.is_skipped
            from marts.funnel.fct_person_stage as stages
            inner join persons using (person_key)
            where persons.human not in (from undated)
        )
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []


def test_undated_statuses_count_in_the_planted_cycle(sample: RunHome) -> None:
    wrong = ask(
        sample,
        f"""{PERSONS},
        planted as (select human, cycle, stage from truth('stage')),
        found as (
            select persons.human, stages.cycle_number, stages.stage
            from marts.funnel.fct_person_stage as stages
            inner join persons using (person_key)
        )
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []


def test_people_come_back_more_than_once(sample: RunHome) -> None:
    rows = ask(
        sample,
        "select cycle_number, count(distinct person_key) from marts.funnel.fct_person_stage "
        "group by 1 order by 1",
    )
    planted = ask(
        sample, "select cycle, count(distinct human) from truth('stage') group by 1 order by 1"
    )
    assert rows == planted
    assert [cycle for cycle, _ in rows] == [1, 2, 3]
    assert rows[1][1] > 50


@pytest.mark.parametrize("dimension", ["channel", "segment", "region"])
@pytest.mark.parametrize(("kpi", "day"), [("leads", "lead_date"), ("mqls", "mql_date")])
def test_leads_and_mqls_are_those_of_the_planted_cycles(
    sample: RunHome, kpi: str, day: str, dimension: str
) -> None:
    """A lead is a cycle in which one was created; an MQL is a cycle that got that far."""
    wrong = ask(
        sample,
        f"""
        with planted as (
            select
                cast(date_trunc('month', {day}) as date) as month, {dimension},
                cast(count(*) as decimal(18, 6)) as quantity
            from truth('cycle') where {day} is not null group by all
        ),
        found as (
            select period_start, member, cast(value as decimal(18, 6))
            from marts.kpi.rpt_kpi
            where
                kpi = '{kpi}' and dimension = '{dimension}' and period_grain = 'month'
                and value <> 0
        )
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []


def test_net_new_mqls_are_those_of_first_cycles(sample: RunHome) -> None:
    [(planted, found)] = ask(
        sample,
        """
        select
            (select count(*) from truth('cycle') where cycle = 1 and mql_date is not null),
            (
                select sum(value) from marts.kpi.rpt_kpi
                where
                    kpi = 'mqls_net_new' and dimension = 'all' and period_grain = 'year'
            )
        """,
    )
    assert planted == found > 500


def test_the_planted_load_is_marked_and_nothing_else(sample: RunHome) -> None:
    """The old system's statuses came in one hour: where nothing else says so, it is a load's."""
    wrong = ask(
        sample,
        f"""{PERSONS},
        planted as (select human, cycle, stage from truth('stage') where is_bulk_load),
        found as (
            select persons.human, stages.cycle_number, stages.stage
            from marts.funnel.fct_person_stage as stages
            inner join persons using (person_key)
            where stages.is_bulk_load
        )
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []
    [(loaded,)] = ask(sample, "select count(*) from truth('stage') where is_bulk_load")
    assert loaded > 10


def test_nobody_falls_back_in_the_sample(sample: RunHome) -> None:
    """Its leads go forward, are given back or come again: none of that is a way back."""
    rows = ask(sample, "select sum(regression_count) from marts.funnel.fct_person_stage")
    assert rows == [(0,)]
