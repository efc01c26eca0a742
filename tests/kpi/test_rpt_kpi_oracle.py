"""rpt_kpi and fct_kpi_component against brute force over random small facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest

from tests.kpi.calendar_rows import GRAINS, months_later
from tests.kpi.compiled import CompiledModels
from tests.kpi.expected_kpis import Expected, Key, expected_rows
from tests.kpi.facts import make_parents, random_facts
from tests.unlike import FEW, unlike

SIX_DECIMALS = Fraction(1, 10**6)
SEEDS = range(8)


def _run_all(warehouse: duckdb.DuckDBPyConnection, models: CompiledModels) -> None:
    models.run_named(warehouse, "int_reporting_periods", "rpt_arr_movement")
    models.run_named(warehouse, "int_person_cycles_described", "int_funnel_steps")
    models.run_only(warehouse, "kpi")


def _published(connection: duckdb.DuckDBPyConnection) -> dict[Key, tuple[object, ...]]:
    rows = connection.execute(
        """
        select kpi, period_grain, period_start, dimension, member,
            value, numerator, denominator, target, is_mature, prior_value
        from kpi.rpt_kpi
        """
    ).fetchall()
    return {row[:5]: row[5:] for row in rows}


def _equal(found: object, wanted: Fraction | None) -> bool:
    if found is None or wanted is None:
        return found is None and wanted is None
    assert isinstance(found, Decimal)
    return abs(Fraction(found) - wanted) < SIX_DECIMALS


def _describes(found: tuple[object, ...], wanted: Expected) -> bool:
    value, numerator, denominator, target, is_mature, _ = found
    return (
        _equal(value, wanted.value)
        and _equal(numerator, wanted.numerator)
        and _equal(denominator, wanted.denominator)
        and _equal(target, wanted.target)
        and is_mature == wanted.is_mature
    )


def _unlike_components(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """Return published months whose parts are not the sums of fct_kpi_component."""
    return connection.execute(
        """
        with components as (
            select
                kpi,
                date_trunc('month', component_date)::date as period_start,
                sum(numerator) as numerator,
                sum(denominator) as denominator
            from kpi.fct_kpi_component
            group by all
        )
        select rpt_kpi.kpi, rpt_kpi.period_start, rpt_kpi.numerator, rpt_kpi.denominator
        from kpi.rpt_kpi
        inner join kpi.dim_kpi using (kpi)
        left join components using (kpi, period_start)
        where
            dimension = 'all'
            and period_grain = 'month'
            and aggregation not in ('median', 'p90', 'product')
            and (
                coalesce(rpt_kpi.numerator, 0) <> coalesce(components.numerator, 0)
                or coalesce(rpt_kpi.denominator, 0) <> coalesce(components.denominator, 0)
            )
        """
    ).fetchall()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_row_equals_brute_force(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, seed: int
) -> None:
    facts = random_facts(seed)
    make_parents(warehouse, facts)
    _run_all(warehouse, models)
    found, wanted = _published(warehouse), expected_rows(facts)
    assert unlike(dict.fromkeys(found), dict.fromkeys(wanted)) == {}
    differing = [key for key, row in wanted.items() if not _describes(found[key], row)]
    assert [(key, found[key], wanted[key]) for key in differing[:FEW]] == []
    assert _unlike_components(warehouse) == []
    for (kpi, grain, start, dimension, member), row in found.items():
        before = (kpi, grain, months_later(start, -GRAINS[grain]), dimension, member)
        assert row[5] == found.get(before, (None,))[0]


def test_the_oracle_sees_a_wrong_value(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels
) -> None:
    facts = random_facts(1)
    make_parents(warehouse, facts)
    _run_all(warehouse, models)
    one_cent_more = {"amount": Decimal("0.01"), "booking_date": date(2026, 1, 1)}
    facts.bookings.append({**facts.bookings[0], **one_cent_more})
    found, wanted = _published(warehouse), expected_rows(facts)
    assert any(not _describes(found[key], row) for key, row in wanted.items() if key in found)
