"""docs/metrics.md: every KPI definition for people who read and do not query.

Belongs here: its text. Does not: the definitions (dbt_project/kpis).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import fill

from orchestration.company.kpis import KpiDefinition

_WIDTH = 100
_GROUPS = {
    "core": "Core",
    "demand": "Demand: Marketing and the hand-over",
    "pipeline": "Pipeline: Sales",
    "attribution": "Attribution",
    "unit_economics": "Unit economics: what growth costs and keeps",
    "compensation": "Compensation",
    "ops": "Operations",
}
_HEAD = """\
# The KPIs

Each KPI is defined once, in `dbt_project/kpis/<kpi>.yml`; this page is made from those files by
`make docs`. `concord kpi <kpi> --by channel` shows the published figures. A ratio is always the sum
of its numerators over the sum of its denominators and is unknown (NULL), never 0, where the
denominator is 0; all KPIs count reportable records only (no tests, internal, deleted or duplicate
ones).
"""


def metrics_page(kpis: Mapping[str, KpiDefinition]) -> str:
    """Return the page, by publish group, headline KPIs first."""
    parts = [_HEAD]
    for group, title in _GROUPS.items():
        own = [(kpi, item) for kpi, item in kpis.items() if item.kpi_group == group]
        if own:
            parts.append(f"## {title}\n")
            parts += [_entry(kpi, item) for kpi, item in sorted(own, key=_place)]
    return "\n".join(parts)


def _place(entry: tuple[str, KpiDefinition]) -> tuple[bool, int, str]:
    kpi, definition = entry
    order = definition.headline_order
    return order is None, order or 0, kpi


def _entry(kpi: str, item: KpiDefinition) -> str:
    facts = {
        "Formula": item.formula,
        "Example": item.example,
        "Made of": _made_of(item),
        "Date": item.date_role,
        "Final when": item.maturity_rule,
        "Reported by": ", ".join(item.dimensions) or "the total only",
        "Of one person": item.by_person,
        "Unit, owner": f"{item.unit}; {item.owner}; contract version {item.contract_version}",
    }
    lines = [f"### {item.kpi_label}", "", *_wrapped(f"`{kpi}`: {item.description}"), ""]
    for label, text in facts.items():
        if text:
            lines += _wrapped(f"- *{label}*: {text}", "  ")
    return "\n".join([*lines, ""])


def _made_of(item: KpiDefinition) -> str | None:
    if item.aggregation == "ratio":
        return f"sum of {item.numerator_component} / sum of {item.denominator_component}"
    if item.aggregation == "product":
        return _product_of(item)
    named = item.numerator_component
    return f"{item.aggregation} of {named}" if named else None


def _product_of(item: KpiDefinition) -> str:
    text = " x ".join(item.factors) or "1"
    for divisor in item.divisors:
        text += f" / {divisor}"
    return f"{text}, at most {item.at_most}" if item.at_most else text


def _wrapped(text: str, indent: str = "") -> Iterable[str]:
    return fill(
        text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ).splitlines()
