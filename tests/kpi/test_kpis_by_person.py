"""What single people have of KPIs against brute force, and that they make the company.

Belongs here: components by employee. Does not: what a plan pays for them (tests/compensation).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction

import duckdb
import pytest

from tests.kpi.compiled import CompiledModels
from tests.kpi.expected_kpis import expected_of_people
from tests.kpi.facts import Facts, make_parents, random_facts
from tests.kpi.test_rpt_kpi_oracle import _run_all
from tests.unlike import unlike

SEEDS = range(8)
Cells = dict[tuple[str, date, str], Fraction | None]


def _of_people(connection: duckdb.DuckDBPyConnection, facts: Facts) -> Cells:
    told = {
        name for item in facts.definitions.values() if item.by_person for name in item.components
    }
    rows = connection.execute(
        """
        select component, month_start_date, employee_key, quantity
        from intermediate.int_kpi_employee_components
        """
    ).fetchall()
    return {
        (component, month, who): None if quantity is None else Fraction(quantity)
        for component, month, who, quantity in rows
        if component in told
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_every_person_equals_brute_force(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, seed: int
) -> None:
    facts = random_facts(seed)
    make_parents(warehouse, facts)
    _run_all(warehouse, models)
    assert unlike(_of_people(warehouse, facts), expected_of_people(facts)) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_people_and_nobody_make_the_company(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, seed: int
) -> None:
    """Of every KPI that can be told by person, in every month, exactly."""
    facts = random_facts(seed)
    make_parents(warehouse, facts)
    _run_all(warehouse, models)
    summed: dict[tuple[str, date], Fraction] = defaultdict(Fraction)
    for (component, month, _), quantity in _of_people(warehouse, facts).items():
        summed[component, month] += quantity or 0
    told = {kpi: item for kpi, item in facts.definitions.items() if item.by_person}
    rows = warehouse.execute(
        """
        select kpi, period_start, numerator, denominator from kpi.rpt_kpi
        where dimension = 'all' and period_grain = 'month'
        """
    ).fetchall()
    found, wanted = {}, {}
    for kpi, month, numerator, denominator in rows:
        if kpi in told:
            parts = zip(told[kpi].components, (numerator, denominator), strict=False)
            for component, quantity in parts:
                found[kpi, component, month] = summed[component, month]
                wanted[kpi, component, month] = Fraction(quantity or 0)
    assert {kpi for kpi, _, _ in wanted} == set(told)
    assert unlike(found, wanted) == {}


def test_every_such_component_is_told_of_several_people() -> None:
    """The random facts have, over all seeds, two people and nobody for each component."""
    seen: dict[str, set[str]] = defaultdict(set)
    for seed in SEEDS:
        facts = random_facts(seed)
        for component, _, who in expected_of_people(facts):
            seen[component].add(who)
    told = {name for item in facts.definitions.values() if item.by_person
            for name in item.components}  # fmt: skip
    assert told == set(seen)
    quotas = {"booking_quota", "credited_to_quota"}
    assert {
        component
        for component, people in seen.items()
        if len(people) < 3 or ("unknown" not in people and component not in quotas)
    } == set()
