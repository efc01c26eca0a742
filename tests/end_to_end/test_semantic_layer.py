"""MetricFlow's answers over the published marts are the values of rpt_kpi."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orchestration.kpi.semantic_queries import SemanticLayer, answer
from tests.conftest import RunHome

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

# rpt_kpi has six decimals; MetricFlow's floats are as exact as floats are.
HALF_A_DIGIT = Decimal("0.0000005") + Decimal("0.000000001")
DIMENSIONS = ("all", "channel", "team", "segment", "region", "product")


@pytest.fixture(scope="module")
def layer(sample: RunHome) -> SemanticLayer:
    return SemanticLayer(sample.home / "dbt_target" / "semantic_manifest.json")


def test_every_sum_and_ratio_that_is_no_state_is_a_metric(
    sample: RunHome, layer: SemanticLayer
) -> None:
    kpis = sample.query(
        "select kpi from kpi.dim_kpi where aggregation in ('sum', 'ratio') and not is_state"
    )
    assert {kpi for (kpi,) in kpis} <= set(layer.metrics)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_metrics_by_month_are_what_is_published(
    sample: RunHome, layer: SemanticLayer, dimension: str
) -> None:
    compared = 0
    kpis = sample.query(
        "select distinct kpi, aggregation from kpi.dim_kpi inner join kpi.rpt_kpi using (kpi) "
        "where aggregation in ('sum', 'ratio') and not is_state and dimension = ?",
        dimension,
    )
    for kpi, aggregation in kpis:
        answered = ask(sample, layer, kpi, dimension)
        published = sample.query(
            "select cast(period_start as varchar), member, value from kpi.rpt_kpi "
            "where kpi = ? and dimension = ? and period_grain = 'month' and value is not null",
            kpi,
            dimension,
        )
        for month, member, value in published:
            found = answered.get((month, member), Decimal(0) if aggregation == "sum" else None)
            assert found is not None, (kpi, month, member)
            assert abs(Decimal(found) - value) <= HALF_A_DIGIT, (kpi, month, member)
            compared += value != 0
    assert compared > 100


def ask(
    sample: RunHome, layer: SemanticLayer, kpi: str, dimension: str
) -> dict[tuple[str, str], Decimal]:
    by = ["month", *([dimension] if dimension != "all" else [])]
    _, rows = answer(sample.current / "marts.duckdb", layer.sql([kpi], by))
    return {
        (str(row[0])[:10], row[1] if dimension != "all" else "all"): row[-1]
        for row in rows
        if row[-1] is not None
    }


def test_the_command_shows_the_answer_or_the_statement(sample: RunHome) -> None:
    shown = sample.again("query", "bookings", "win_rate", "--by", "year").out
    statement = sample.again("query", "bookings", "--by", "month", "--sql").out

    assert "2025-01-01" in shown
    assert "fct_kpi_component" in statement


def test_the_command_says_what_can_be_asked(sample: RunHome) -> None:
    metric = sample.again("query", "booking")
    grouping = sample.again("query", "bookings", "--by", "weekday")

    assert (metric.code, grouping.code) == (2, 2)
    assert "did you mean 'bookings'?" in metric.text
    assert "channel" in grouping.text
