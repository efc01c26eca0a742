"""KPIs that are made of other KPIs: their order, and what is wrong with their factors."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from orchestration.company.kpi_products import MOST_LEVELS, product_levels, product_problems
from orchestration.company.kpis import MOST_FACTORS, KpiDefinition
from orchestration.docs import KPI_FOLDER

DBT_PROJECT = Path(__file__).resolve().parents[2] / "dbt_project" / "dbt_project.yml"


def kpi(name: str, dimensions: tuple[str, ...] = ("team",), **more: object) -> KpiDefinition:
    return KpiDefinition.model_validate(
        {
            "kpi": name,
            "kpi_label": name,
            "description": "What it says.",
            "formula": "How it is made.",
            "unit": "ratio",
            "aggregation": "product" if more else "sum",
            "date_role": "Close date",
            "owner": "sales",
            "kpi_group": "pipeline",
            "is_additive": False,
            "dimensions": list(dimensions),
            "contract_version": 1,
            **({} if more else {"numerator_component": name}),
            **more,
        }
    )


def of(*kpis: KpiDefinition) -> dict[str, KpiDefinition]:
    return {str(item.kpi): item for item in kpis}


def said(kpis: dict[str, KpiDefinition], *chosen: str) -> list[str]:
    return [
        f"{item.file}: {item.key} {item.value}: {item.message}"
        for item in product_problems(kpis, "kpis", chosen or tuple(kpis))
    ]


def test_a_product_comes_after_what_it_is_made_of() -> None:
    kpis = of(
        kpi("velocity", factors=["deals", "speed"]),
        kpi("speed", factors=["rate"], divisors=["days"]),
        kpi("deals"),
        kpi("rate"),
        kpi("days"),
    )
    assert product_levels(kpis) == {"velocity": 2, "speed": 1, "deals": 0, "rate": 0, "days": 0}
    assert said(kpis) == []


def test_every_wrong_factor_is_named_at_once() -> None:
    kpis = of(kpi("velocity", ("team", "region"), factors=["deals", "no_such"], divisors=["days"]),
              kpi("deals", ("team", "region")), kpi("days"))  # fmt: skip
    assert said(kpis) == [
        "kpis/velocity.yml: factors 'no_such': no such KPI",
        "kpis/velocity.yml: dimensions 'days': its factor is not reported by region",
    ]


def test_only_the_chosen_are_looked_at() -> None:
    kpis = of(kpi("wrong", factors=["no_such"]), kpi("right", factors=["deals"]), kpi("deals"))
    assert said(kpis, "right") == []
    assert len(said(kpis, "wrong")) == 1


def test_a_kpi_is_not_made_of_itself() -> None:
    kpis = of(kpi("one", factors=["two"]), kpi("two", divisors=["one"]))
    [problem] = said(kpis)
    assert "a KPI is made of itself" in problem
    assert "one" in problem
    assert "two" in problem


def test_products_of_products_end_somewhere() -> None:
    kpis = of(
        kpi("a", factors=["b"]),
        kpi("b", factors=["c"]),
        kpi("c", factors=["d"]),
        kpi("d", factors=["e"]),
        kpi("e"),
    )
    assert said(kpis) == ["kpis/a.yml: factors 'a': is a product of products in 4 steps"]


def test_the_lifetime_that_is_shown_is_the_lifetime_that_is_observed() -> None:
    """One number of the company's, in the definition and in the variable that the models read."""
    shown = yaml.safe_load((KPI_FOLDER / "customer_lifetime_months.yml").read_text())["at_most"]
    observed = yaml.safe_load(DBT_PROJECT.read_text())["vars"]["customer_lifetime_months"]
    assert shown == observed


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("int_kpi_factors", f"set most_factors = {MOST_FACTORS} "),
        ("int_kpi_products", f"set most_factors = {MOST_FACTORS} "),
        ("int_kpi_products", f"set most_levels = {MOST_LEVELS} "),
    ],
)
def test_the_models_compute_as_much_as_may_be_defined(model: str, said: str) -> None:
    """Templates cannot read Python's bounds; a difference would leave factors out silently."""
    folder = DBT_PROJECT.parent / "models" / "intermediate" / "kpi"
    assert said in (folder / f"{model}.sql").read_text(encoding="utf-8")
