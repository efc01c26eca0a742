"""Cohorts and people of the real marketing funnel against a loop over its two files.

Belongs here: conversion by month of first contact and origin, velocity, what SDRs and reps won.
Does not: totals that were counted by hand (test_marketing_funnel.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction

import pytest

from tests.end_to_end.conftest import RunHome
from tests.end_to_end.funnel_files import rows_of, won_day
from tests.unlike import unlike

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.xdist_group("marketing_funnel")]

AS_OF, WINDOW = date(2018, 11, 30), 450
SIX_DECIMALS = Fraction(1, 10**6)


def _won_days() -> dict[str, date]:
    """The day each seller was won on."""
    return {row["mql_id"]: won_day(row) for row in rows_of("closed_deals")}


def _cohorts() -> dict[tuple[date, str], tuple[int, list[int]]]:
    """How many made contact, and the days of each that was won in time, by month and origin."""
    won = _won_days()
    entered: Counter[tuple[date, str]] = Counter()
    days: dict[tuple[date, str], list[int]] = defaultdict(list)
    for row in rows_of("marketing_qualified_leads"):
        first = date.fromisoformat(row["first_contact_date"][:10])
        # A seller who was won before the first contact was in the funnel from that day on.
        begin = min(first, won.get(row["mql_id"], first))
        cohort = (begin.replace(day=1), row["origin"] or "not_recorded")
        entered[cohort] += 1
        if row["mql_id"] in won and (taken := (won[row["mql_id"]] - begin).days) <= WINDOW:
            days[cohort].append(taken)
    return {cohort: (count, sorted(days[cohort])) for cohort, count in entered.items()}


def _percentile(days: list[int], share: Fraction) -> Fraction | None:
    """Between two neighbours as far as the share lies between them."""
    if not days:
        return None
    place = share * (len(days) - 1)
    below = int(place)
    above = min(below + 1, len(days) - 1)
    return days[below] + (place - below) * (days[above] - days[below])


def _near(found: object, wanted: Fraction | None) -> bool:
    if found is None or wanted is None:
        return found is None and wanted is None
    return abs(Fraction(str(found)) - wanted) < SIX_DECIMALS


def test_conversion_and_velocity_by_month_and_origin(marketing_funnel: RunHome) -> None:
    found = {
        row[:2]: row[2:]
        for row in marketing_funnel.query(
            "select cohort_month, channel_name, entered_count, converted_count, conversion_rate, "
            "p50_days, p75_days, is_mature from funnel.rpt_funnel_cohort "
            "where from_stage = 'mql' and to_stage = 'won'"
        )
    }
    wanted = _cohorts()
    assert unlike(dict.fromkeys(found), dict.fromkeys(wanted)) == {}
    assert len(wanted) > 100
    for cohort, (entered, days) in wanted.items():
        count, converted, rate, p50, p75, is_mature = found[cohort]
        assert (count, converted) == (entered, len(days)), cohort
        assert _near(rate, Fraction(len(days), entered)), cohort
        assert _near(p50, _percentile(days, Fraction(1, 2))), cohort
        assert _near(p75, _percentile(days, Fraction(3, 4))), cohort
        next_month = (cohort[0] + timedelta(days=31)).replace(day=1)
        assert is_mature == (next_month + timedelta(days=WINDOW - 1) <= AS_OF), cohort


def test_only_the_first_months_are_mature(marketing_funnel: RunHome) -> None:
    assert marketing_funnel.query(
        "select distinct cohort_month from funnel.rpt_funnel_cohort where is_mature order by 1"
    ) == [(date(2017, month, 1),) for month in (6, 7, 8)]


@pytest.mark.parametrize(
    ("column", "key"), [("sr_id", "owner_employee_key"), ("sdr_id", "sdr_employee_key")]
)
def test_who_won_how_much_by_month(marketing_funnel: RunHome, column: str, key: str) -> None:
    won = _won_days()
    wanted = Counter(
        (row[column], won[row["mql_id"]].replace(day=1)) for row in rows_of("closed_deals")
    )
    found = marketing_funnel.query(
        "select employees.source_id, cast(date_trunc('month', deals.close_date) as date), count(*) "
        "from core.fct_opportunity as deals inner join core.dim_employee as employees "
        f"on deals.{key} = employees.employee_key where deals.is_won group by all"
    )
    assert {row[:2]: row[2] for row in found} == dict(wanted)


def test_scorecards_of_reps_hold_their_deals_and_no_attainment_without_a_quota(
    marketing_funnel: RunHome,
) -> None:
    """Nobody delivers a quota, so no share of one is reached: unknown, and not 0."""
    won = _won_days()
    wanted = Counter(
        (row["sr_id"], won[row["mql_id"]].replace(day=1)) for row in rows_of("closed_deals")
    )
    found = marketing_funnel.query(
        "select employees.source_id, cards.period_start, cards.won_count, cards.quota, "
        "cards.attainment from funnel.rpt_rep_scorecard as cards "
        "inner join core.dim_employee as employees using (employee_key) "
        "where cards.period_grain = 'month' and cards.won_count > 0"
    )
    assert {row[:2]: row[2] for row in found} == dict(wanted)
    assert {row[3:] for row in found} == {(None, None)}
