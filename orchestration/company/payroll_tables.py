"""Turns payroll.yml into rows of the rules tables.

Belongs here: the rows. Does not: their columns (rules_schema), or any date or amount of pay (SQL).
"""

from __future__ import annotations

from typing import Any

from orchestration.company.payroll import PayrollFile

Rows = list[dict[str, Any]]
TABLES = (
    "legal_entity", "legal_entity_employee", "pay_run_rule", "pay_account", "payroll_setting",
    "contract_cost_rule",
)  # fmt: skip


def payroll_rows(payroll: PayrollFile | None) -> dict[str, Rows]:
    """Return the rows by table; without the file all are empty.

    Args:
        payroll: payroll.yml.
    """
    tables: dict[str, Rows] = {name: [] for name in TABLES}
    if payroll is None:
        return tables
    payers: set[str] = set()
    for entity in payroll.legal_entities:
        name = {"legal_entity": entity.legal_entity}
        tables["legal_entity"].append(
            {
                **name,
                "legal_entity_label": entity.label,
                "currency_code": entity.currency_code,
                "pays_its_currency": entity.currency_code not in payers,
            }
        )
        payers.add(entity.currency_code)
        tables["legal_entity_employee"] += [
            {**name, "employee_id": employee} for employee in entity.employees
        ]
        tables["pay_run_rule"] += [
            {**name, "kind": run.kind, "months_after": run.months_after, "pay_day": run.day}
            for run in entity.pay_runs
        ]
    tables["pay_account"] = [one.model_dump() for one in payroll.accounts]
    costs = payroll.contract_costs
    tables["payroll_setting"] = [
        {
            "clearing_account": payroll.clearing_account,
            "expected_payout": payroll.expected_payout,
            "asset_account": costs.asset_account if costs else None,
            "amortisation_account": costs.amortisation_account if costs else None,
            "impairment_account": costs.impairment_account if costs else None,
            "expedient_months": costs.expedient_months if costs else None,
        }
    ]
    if costs is not None:
        tables["contract_cost_rule"] = [
            {"kind": kind, "opportunity_type": one.opportunity_type, "benefit_months": one.months}
            for kind in dict.fromkeys(costs.kinds)
            for one in costs.period_of_benefit
        ]
    return tables
