"""Spend, credit and evidence of the sample company, counted again row by row in Python.

Belongs here: what the reports of attribution have to say, from the published credits and spend and
from the planted truth. Does not: whether the credits are right (test_attribution_truth.py).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.end_to_end.conftest import RunHome
from tests.end_to_end.test_attribution_truth import LOOKBACK_DAYS
from tests.end_to_end.test_generated_truth import ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

ROLES = ("touch", "conversion")
OF_LEADS = {"w_shaped", "full_path", "opportunity_creation", "custom"}
ZERO = Decimal(0)


@dataclass
class Sums:
    """What one channel or campaign costs and is credited with in a month."""

    spend: Decimal = ZERO
    counts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    pipeline: Decimal = ZERO
    revenue: Decimal = ZERO


@pytest.fixture(scope="module")
def credits(sample: RunHome) -> list[tuple[Any, ...]]:
    return sample.query(
        "select channel_key, campaign_key, conversion_type, booking_type, model, credited_amount, "
        "credited_conversions, touched_date, converted_date "
        "from attribution.fct_attribution_credit"
    )


@pytest.fixture(scope="module")
def spend(sample: RunHome) -> list[tuple[Any, ...]]:
    return sample.query(
        "select channel_key, coalesce(campaign_key, (select campaign_key from core.dim_campaign "
        "where is_unknown)), spend, spend_date from core.fct_ad_performance_daily"
    )


def month(day: date) -> date:
    return day.replace(day=1)


def told(
    place: int, credits: list[tuple[Any, ...]], spend: list[tuple[Any, ...]]
) -> dict[tuple[Any, ...], Sums]:
    """The report of channels (place 0) or campaigns (place 1), by key, month, model and role."""
    found: dict[tuple[Any, ...], Sums] = defaultdict(Sums)
    models = {row[4] for row in credits}
    for row in spend:
        for model in models:
            for role in ROLES:
                found[row[place], month(row[3]), model, role].spend += row[2]
    for row in credits:
        _, _, kind, booking, model, amount, conversions, touched, converted = row
        for role, day in zip(ROLES, (touched or converted, converted), strict=True):
            sums = found[row[place], month(day), model, role]
            sums.counts[kind] += conversions
            if kind == "won" and booking == "new":
                sums.counts["new"] += conversions
            if kind == "opportunity":
                sums.pipeline += amount or 0
            if kind in ("won", "refund"):
                sums.revenue += amount or 0
    return found


@pytest.mark.parametrize(("place", "name"), [(0, "channel"), (1, "campaign")])
def test_every_cell_is_spend_and_credit_counted_again(
    sample: RunHome,
    credits: list[tuple[Any, ...]],
    spend: list[tuple[Any, ...]],
    place: int,
    name: str,
) -> None:
    expected = told(place, credits, spend)
    rows = sample.query(
        f"select {name}_key, performance_month, model, date_role, spend, lead_count, "  # noqa: S608
        "opportunity_count, credited_conversions, new_customer_count, credited_pipeline, "
        f"credited_revenue, cac, roas from attribution.rpt_{name}_performance"
    )
    assert {row[:4] for row in rows} == expected.keys()
    for *key, spent, leads, opportunities, won, new, pipeline, revenue, cac, roas in rows:
        sums = expected[tuple(key)]
        model = key[2]
        assert spent == sums.spend
        assert leads == (None if model in OF_LEADS else sums.counts["lead"])
        assert opportunities == (None if model == "full_path" else sums.counts["opportunity"])
        assert pipeline == (None if model == "full_path" else sums.pipeline)
        assert (won, new, revenue) == (sums.counts["won"], sums.counts["new"], sums.revenue)
        if sums.spend and sums.counts["new"]:
            assert abs(cac - sums.spend / sums.counts["new"]) < Decimal("0.00001")
        else:
            assert cac is None
        assert (roas is None) == (sums.spend == 0)
        assert roas is None or abs(roas - sums.revenue / sums.spend) < Decimal("0.00001")


def test_both_kinds_of_lonely_rows_are_there(sample: RunHome) -> None:
    """What a join on touches would lose: spend that won nothing, credit that cost nothing."""
    [(unrewarded, free)] = sample.query(
        "select count(*) filter (spend > 0 and credited_conversions = 0), "
        "count(*) filter (spend = 0 and credited_conversions > 0) "
        "from attribution.rpt_channel_performance where model = 'linear' and date_role = 'touch'"
    )
    assert min(unrewarded, free) > 10


def test_spend_is_the_planted_spend(sample: RunHome) -> None:
    """What the platforms said last, in the currency of reports; one model, one role."""
    [(planted,)] = ask(sample, "select sum(spend) from truth('ad_spend') where currency_code='EUR'")
    [(reported, foreign)] = sample.query(
        "select (select sum(spend) from attribution.rpt_channel_performance "
        "where model = 'first' and date_role = 'conversion'), "
        "(select sum(spend) from core.fct_ad_performance_daily where currency_code <> 'EUR')"
    )
    assert reported == planted + foreign


def test_what_spend_brought_back_by_each_age(
    sample: RunHome, credits: list[tuple[Any, ...]]
) -> None:
    won: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row in credits:
        channel, _, kind, _, model, amount, _, touched, converted = row
        if kind in ("won", "refund") and touched is not None:
            age = (converted.year - touched.year) * 12 + converted.month - touched.month
            won[channel, model, month(touched), age] += amount
    rows = sample.query(
        "select channel_key, model, spend_month, age_months, credited_revenue, spend, "
        "payback_age_months, is_mature from attribution.rpt_spend_maturity order by all"
    )
    so_far = ZERO
    paid_back: dict[tuple[Any, ...], int] = {}
    for channel, model, first, age, revenue, spent, _, is_mature in rows:
        so_far = (ZERO if age == 0 else so_far) + won.pop((channel, model, first, age), ZERO)
        assert revenue == so_far
        assert is_mature  # The as-of date is the last day of its month.
        if spent > 0 and so_far >= spent:
            paid_back.setdefault((channel, model, first), age)
    assert {key: amount for key, amount in won.items() if amount} == {}
    assert all(row[6] == paid_back.get(row[:3]) for row in rows)
    assert paid_back
    assert max(row[3] for row in rows) == 35


def test_influence_is_whole_and_by_planted_touches(sample: RunHome) -> None:
    """Each planted opportunity once for each channel of its planted touches."""
    wrong = ask(
        sample,
        f"""with planted as (
            select distinct
                cast(date_trunc('month', fct_opportunity.created_date) as date) as influence_month,
                fct_touch.channel_key, fct_opportunity.opportunity_key, fct_opportunity.amount
            from truth('eligible_touch') as eligible
            inner join fct_touch on eligible.touch_id = fct_touch.source_id
            inner join fct_opportunity on eligible.conversion_id = fct_opportunity.source_id
            where
                eligible.conversion_type = 'opportunity' and fct_opportunity.is_reportable
                and fct_touch.touched_at
                >= eligible.converted_at - interval {LOOKBACK_DAYS["opportunity"]} day
        ),
        expected as (
            select influence_month, channel_key, count(*) as opportunities, sum(amount) as amount
            from planted group by all
        ),
        found as (
            select influence_month, channel_key, influenced_opportunities, influenced_amount
            from attribution.rpt_influence where influenced_opportunities > 0
        )
        (from found except from expected) union all (from expected except from found)""",
    )
    assert wrong == []
    [(influenced, created)] = sample.query(
        "select (select sum(influenced_opportunities) from attribution.rpt_influence), "
        "(select count(*) from core.fct_opportunity where is_reportable)"
    )
    assert influenced > 2 * created  # Not additive: a deal counts in each of its channels.


def lift_tests() -> Iterator[tuple[Any, ...]]:
    with (ROOT / "company" / "experiments.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield (
                row["experiment"], row["channel_name"], row["conversion_type"],
                Decimal(row["incremental_conversions"]), date.fromisoformat(row["start_date"]),
                date.fromisoformat(row["end_date"]),
            )  # fmt: skip


def test_lift_tests_stand_beside_the_range_of_our_models(sample: RunHome) -> None:
    rows = sample.query(
        "select evidence_name, channel_name, conversion_type, evidence_conversions, start_date, "
        "end_date, credited_conversions_low, credited_conversions_high "
        "from attribution.rpt_channel_evidence where evidence_kind = 'lift_test'"
    )
    assert {row[:6] for row in rows} == set(lift_tests())
    for _, channel, kind, _, start, end, low, high in rows:
        credited = sample.query(
            "select coalesce(sum(credited_conversions) filter (channel_name = ? "
            "and conversion_type = ? and converted_date between ? and ?), 0) "
            "from attribution.fct_attribution_credit inner join core.dim_channel "
            "using (channel_key) where model in (select model from "
            "attribution.fct_attribution_credit where conversion_type = ?) group by model",
            channel, kind, start, end, kind,
        )  # fmt: skip
        assert (low, high) == (min(credited)[0], max(credited)[0])


def test_platforms_say_what_was_planted(sample: RunHome) -> None:
    wrong = ask(
        sample,
        """with found as (
            select evidence_name as platform, start_date as month,
                sum(evidence_conversions) as conversions
            from attribution.rpt_channel_evidence where evidence_kind = 'platform_reported'
            group by all
        ),
        planted as (
            select platform, month, sum(platform_conversions) as conversions
            from truth('ad_spend') group by all
        )
        select * from found full join planted using (platform, month)
        where coalesce(found.conversions, 0) <> coalesce(planted.conversions, 0)""",
    )
    assert wrong == []


def test_records_state_their_source_by_themselves(sample: RunHome) -> None:
    """Counted from the CRM's own words: partners say so, a web form says nothing."""
    rows = dict(
        sample.query(
            "select channel_name, sum(evidence_conversions) "
            "from attribution.rpt_channel_evidence where evidence_kind = 'self_reported' "
            "and conversion_type = 'opportunity' group by all"
        )
    )
    assert rows.keys() == {"partner", "existing_customer"}
    [(leads,)] = sample.query(
        "select count(distinct channel_name) from attribution.rpt_channel_evidence "
        "where evidence_kind = 'self_reported' and channel_name in ('direct', 'paid_search')"
    )
    assert leads == 0
