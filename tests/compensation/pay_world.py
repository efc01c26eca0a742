"""A made-up company that pays: plan files, people and deals, run through the compiled models.

Belongs here: the facts, writing them as a company folder and as the models' parents, running the
models. Does not: what anybody should earn (pay_oracle), or plans of one test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from hashlib import md5
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.company.csv_file import columns_of, read_csv
from orchestration.company.kpis import read_kpis
from orchestration.company.model_problems import validate_yaml
from orchestration.company.pay_rows import (
    ASSIGNMENTS_FILE,
    QUOTAS_FILE,
    PlanAssignment,
    Quota,
    check_assignments,
    check_quotas,
)
from orchestration.company.payroll import PAYROLL_FILE, PayrollFile, check_payroll
from orchestration.company.payroll_tables import payroll_rows
from orchestration.company.plan_checks import read_plans
from orchestration.company.plan_tables import plan_rows
from orchestration.company.plans import PLANS_FOLDER
from orchestration.company.rules_schema import RULES_SCHEMAS
from orchestration.company.yaml_file import read_yaml
from orchestration.ledger.source import write_ledger
from tests.kpi.compiled import PROJECT, CompiledModels, Row, make_table

MODELS = (
    "path:models/intermediate/compensation", "path:models/marts/compensation",
    "path:models/intermediate/known",
    "int_opportunity_credits", "int_reporting_periods", "conformed_quotas",
    "conformed_plan_assignments", "stg_company__plan_versions", "stg_company__plan_components",
    "stg_company__plan_bands", "stg_company__plan_absences", "stg_company__plan_assignments",
    "stg_company__plan_opportunity_types", "stg_company__plan_sold", "stg_company__plan_instead",
    "stg_company__plan_pool_weights",
    "stg_company__quotas",
    "stg_company__plan_conditions", "stg_company__plan_draws",
    "stg_company__legal_entities", "stg_company__legal_entity_employees",
    "stg_company__pay_run_rules", "stg_company__pay_accounts", "stg_company__payroll_settings",
    "stg_company__contract_cost_rules",
    "stg_ledger__postings", "stg_ledger__statements", "stg_ledger__period_locks",
)  # fmt: skip
LEDGER_MODELS = frozenset({
    "stg_ledger__postings", "stg_ledger__statements", "stg_ledger__period_locks",
    "int_comp_months", "int_comp_override_months", "int_comp_posted_amounts",
    "int_comp_due_amounts", "int_comp_held_amounts", "int_comp_draw_months",
    "int_comp_moved_amounts", "comp_override", "comp_pending_posting", "comp_ledger",
    "comp_period", "comp_statement_line", "comp_statement", "comp_dispute", "comp_approval",
    "comp_parity",
    "int_comp_pay_runs", "int_comp_payments", "int_comp_pending_payments", "int_comp_pay_lines",
    "int_comp_expected_bonuses", "int_comp_accrual_movements", "int_comp_contract_costs",
    "comp_payroll_input", "comp_payroll_confirmation", "comp_accrual", "comp_accrual_journal",
    "comp_contract_cost", "comp_contract_cost_schedule", "comp_cost_detail", "comp_tie_out",
})  # fmt: skip
FIRST, AS_OF = date(2025, 1, 1), date(2026, 12, 31)
# The calendar goes on after the as-of date, so that the month after a locked one is in it.
LAST = date(2027, 12, 31)
TEXT, MONEY, DAY, FLAG = "varchar", "decimal(18, 2)", "date", "boolean"
MOMENT = "timestamp"


@dataclass
class PayWorld:
    """What happened. People are named by their ids; fiscal years are calendar years.

    Attributes:
        people: Employee, manager ("" is none), first day; who comes again has a new manager.
        assignments: Employee, plan, first day, day after the last (None is open), target, currency.
        quotas: Employee, measure, first day, day after the last, amount, currency ("" is pieces).
        deals: Opportunity, owner ("" is none), day, amount, currency, quantity, SDR ("" is none).
        splits: Opportunity, employee, type, share, first day.
        refunds: Refund, opportunity ("" is not known), day, amount, currency.
        payments: Payment, opportunity, day, amount, currency.
        leads: Hand-off that Sales accepted, employee, day.
        meetings: Meeting, employee, day.
        rates: Currency, first day, rate; holds until the next, never before.
        kpis: KPI, period grain, first day of the period, value and target ("" is not known).
        team_kpis: KPI, period grain, first day of the period, team, value.
        parts: Component of KPIs, employee ("" is nobody), first day of a month, quantity ("" is not
            known).
        absences: Employee, kind, first day, day after the last.
        types: Type of each opportunity that is not new.
        lines: Lines of each opportunity that has some: product, its family, type, amount, cost
            ("" is not known), quantity; they sum to the opportunity's.
        first_period: First month that the ledger pays; None for all.
        overrides: Override, employee, day, amount, currency, author, approver ("" is nobody).
        payroll: Text of payroll.yml; "" is none.
        returns: Payment of payroll, employee, component, amount, currency, pay run, first day of
            the period that it pays for.
        stamps: Day on which a deal, refund, override or split (`split_name`) was recorded, where
            the source says so.
        states: Opportunity, owner, stage (open or won), amount, currency, close date, day on which
            it was recorded; a deal without any was won on its day.
    """

    people: list[tuple[str, str, date]] = field(default_factory=list)
    assignments: list[tuple[str, str, date, date | None, str, str]] = field(default_factory=list)
    quotas: list[tuple[str, str, date, date, str, str]] = field(default_factory=list)
    deals: list[tuple[str, str, date, str, str, str, str]] = field(default_factory=list)
    splits: list[tuple[str, str, str, str, date]] = field(default_factory=list)
    refunds: list[tuple[str, str, date, str, str]] = field(default_factory=list)
    payments: list[tuple[str, str, date, str, str]] = field(default_factory=list)
    leads: list[tuple[str, str, date]] = field(default_factory=list)
    meetings: list[tuple[str, str, date]] = field(default_factory=list)
    rates: list[tuple[str, date, str]] = field(default_factory=list)
    kpis: list[tuple[str, str, date, str, str]] = field(default_factory=list)
    team_kpis: list[tuple[str, str, date, str, str]] = field(default_factory=list)
    parts: list[tuple[str, str, date, str]] = field(default_factory=list)
    absences: list[tuple[str, str, date, date]] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    lines: dict[str, list[tuple[str, str, str, str, str, str]]] = field(default_factory=dict)
    first_period: date | None = None
    overrides: list[tuple[str, str, date, str, str, str, str]] = field(default_factory=list)
    payroll: str = ""
    returns: list[tuple[str, str, str, str, str, date, date]] = field(default_factory=list)
    stamps: dict[str, date] = field(default_factory=dict)
    states: list[tuple[str, str, str, str, str, date, date]] = field(default_factory=list)
    as_of: date = AS_OF


def split_name(split: tuple[str, str, str, str, date]) -> str:
    """The name of a split."""
    name, who, kind, _, day = split
    return f"{name} {who} {kind} {day}"


def _stamp(world: PayWorld, name: str) -> datetime | None:
    day = world.stamps.get(name)
    return datetime.combine(day, time(12)) if day else None


def employee_key(employee: str) -> str | None:
    """The key of an employee in the warehouse."""
    return _md5("company", "people", employee) if employee else None


def payee_key(employee: str) -> str:
    """The key of a payee; of the house account for nobody."""
    key = employee_key(employee)
    return _md5("payee", key) if key else _md5("company", "<house>", "payee")


def _md5(*parts: str) -> str:
    return md5("\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()


def write_company(folder: Path, plans: dict[str, str], world: PayWorld) -> None:
    """Write plans, assignments and quotas as a company folder has them."""
    place = folder / PLANS_FOLDER
    place.mkdir(parents=True)
    if world.payroll:
        (folder / PAYROLL_FILE).write_text(world.payroll, encoding="utf-8")
    for name, text in plans.items():
        (place / f"{name}.yml").write_text(text, encoding="utf-8")
    for file, model, rows in (
        (ASSIGNMENTS_FILE, PlanAssignment, world.assignments),
        (QUOTAS_FILE, Quota, [(*row, "made up") for row in world.quotas]),
    ):
        lines = [",".join(columns_of(model))]
        lines += [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
        (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_company(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Read and check what write_company wrote, as rows of the rules tables."""
    plans, problems = read_plans(folder)
    assignments = read_csv(folder / ASSIGNMENTS_FILE, ASSIGNMENTS_FILE, PlanAssignment)
    quotas = read_csv(folder / QUOTAS_FILE, QUOTAS_FILE, Quota)
    problems += [*assignments.problems, *quotas.problems]
    problems += [*check_assignments(assignments.rows or []), *check_quotas(quotas.rows or [])]
    assert not problems, "\n".join(map(str, problems))
    return {
        **plan_rows(one.plan for one in plans),
        **payroll_rows(_read_payroll(folder)),
        "plan_assignment": [row.model_dump(exclude={"line"}) for row in assignments.rows or []],
        "quota": [row.model_dump(exclude={"line"}) for row in quotas.rows or []],
    }


def _read_payroll(folder: Path) -> PayrollFile | None:
    path = folder / PAYROLL_FILE
    if not path.exists():
        return None
    file, problems = read_yaml(path, PAYROLL_FILE)
    assert file is not None, problems
    payroll, problems = validate_yaml(file, PayrollFile, file.data)
    assert payroll is not None, problems
    assert check_payroll(payroll, file) == []
    return payroll


def run(
    connection: duckdb.DuckDBPyConnection,
    compiled: CompiledModels,
    folder: Path,
    world: PayWorld,
    ledger: Path | None = None,
) -> None:
    """Make the parents and every model of pay; the company is read from its folder.

    Without a ledger the models of it are left out.
    """
    make_parents(connection, folder, world, ledger)
    run_models(connection, compiled, ledger)


def make_parents(
    connection: duckdb.DuckDBPyConnection, folder: Path, world: PayWorld, ledger: Path | None = None
) -> None:
    """Make what the models read."""
    if ledger is not None:
        write_ledger(connection, ledger)
    for schema in ("rules", "staging", "conformed", "core", "compensation"):
        connection.execute(f"create schema if not exists {schema}")
    for name, rows in read_company(folder).items():
        connection.register("incoming", pa.Table.from_pylist(rows, RULES_SCHEMAS[name]))
        connection.execute(f"create or replace table rules.{name} as from incoming")
        connection.unregister("incoming")
    _make_settings(connection, world)
    _make_people(connection, world)
    _make_facts(connection, world)


def run_models(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledModels, ledger: Path | None = None
) -> None:
    """Make the models, but for those that say what was known."""
    for path, relation, sql in compiled.statements:
        if (ledger is None and Path(path).stem in LEDGER_MODELS) or "/known/" in path:
            continue
        kind = "view" if path.startswith("staging") else "table"
        connection.execute(f"create or replace {kind} {relation} as {sql}")


def _make_settings(connection: duckdb.DuckDBPyConnection, world: PayWorld) -> None:
    make_table(
        connection, "staging.stg_company__settings",
        {"reporting_currency": TEXT, "first_pay_period": DAY, "smallest_pay_group": "integer",
         "time_zone": TEXT},
        [{"reporting_currency": "EUR", "first_pay_period": world.first_period,
          "smallest_pay_group": 5, "time_zone": "UTC"}],
    )  # fmt: skip
    make_table(
        connection, "staging.stg_company__as_of", {"as_of_date": DAY},
        [{"as_of_date": world.as_of}],
    )  # fmt: skip
    connection.execute(
        f"""
        create or replace table core.dim_date as
        select date_day, date_trunc('month', date_day)::date as month_start_date,
            date_trunc('quarter', date_day)::date as fiscal_quarter_start_date,
            date_trunc('year', date_day)::date as fiscal_year_start_date,
            isodow(date_day) < 6 as is_business_day
        from (
            select unnest(generate_series(date '{FIRST}', date '{LAST}', interval 1 day))::date
                as date_day
        )
        """
    )
    make_table(
        connection, "staging.given_rates",
        {"currency_code": TEXT, "valid_from": DAY, "rate": "decimal(18, 9)"},
        [{"currency_code": a, "valid_from": b, "rate": Decimal(c)} for a, b, c in world.rates],
    )  # fmt: skip
    connection.execute(
        """
        create or replace table intermediate.int_exchange_rates as
        select currency_code, rate, date_day as rate_date
        from core.dim_date inner join staging.given_rates on valid_from <= date_day
        qualify row_number() over (
            partition by currency_code, date_day order by valid_from desc
        ) = 1
        """
    )
    make_table(
        connection, "core.fct_cost_monthly",
        {"business_function": TEXT, "category": TEXT, "amount": MONEY, "cost_month": DAY}, [],
    )  # fmt: skip
    make_table(
        connection, "kpi.dim_kpi", {"kpi": TEXT, "contract_version": "integer"},
        [{"kpi": name, "contract_version": 1} for name in sorted({row[0] for row in world.kpis})],
    )  # fmt: skip
    make_table(
        connection, "kpi.rpt_kpi",
        {"kpi": TEXT, "period_grain": TEXT, "period_start": DAY, "dimension": TEXT,
         "member": TEXT, "value": "decimal(38, 6)", "target": "decimal(38, 6)",
         "numerator": "decimal(38, 6)", "denominator": "decimal(38, 6)"},
        [{"kpi": kpi, "period_grain": grain, "period_start": start, "dimension": "all",
          "member": "all", "value": Decimal(value) if value else None,
          "target": Decimal(target) if target else None}
         for kpi, grain, start, value, target in world.kpis]
        + [{"kpi": kpi, "period_grain": grain, "period_start": start, "dimension": "team",
            "member": team, "value": Decimal(value)}
           for kpi, grain, start, team, value in world.team_kpis],
    )  # fmt: skip
    _make_parts(connection, world)


@cache
def _definitions() -> list[Row]:
    definitions, problems = read_kpis(PROJECT / "kpis", "kpis")
    assert not problems
    return [definition.model_dump() for definition in definitions.values()]


def _make_parts(connection: duckdb.DuckDBPyConnection, world: PayWorld) -> None:
    """What the KPIs of single people are made of."""
    make_table(
        connection, "staging.stg_company__kpi_definitions",
        dict.fromkeys(("kpi", "aggregation", "numerator_component", "denominator_component"), TEXT),
        _definitions() if world.parts else [],
    )  # fmt: skip
    make_table(
        connection, "intermediate.int_kpi_employee_components",
        {"component": TEXT, "employee_key": TEXT, "month_start_date": DAY,
         "quantity": "decimal(38, 6)"},
        [{"component": component, "employee_key": employee_key(who) or "unknown",
          "month_start_date": month, "quantity": Decimal(quantity) if quantity else None}
         for component, who, month, quantity in world.parts],
    )  # fmt: skip
    make_table(
        connection, "intermediate.int_kpi_recorded_components", {"component": TEXT},
        [{"component": name} for name in sorted({row[0] for row in world.parts})],
    )  # fmt: skip


def _make_people(connection: duckdb.DuckDBPyConnection, world: PayWorld) -> None:
    versions: list[Row] = []
    for who, manager, start in sorted(world.people, key=lambda row: (row[0], row[2])):
        if versions and versions[-1]["employee_key"] == employee_key(who):
            versions[-1] = {**versions[-1], "valid_to": start}
        versions.append({
            "employee_key": employee_key(who), "manager_employee_key": employee_key(manager),
            "valid_from": start,
        })  # fmt: skip
    make_table(
        connection, "core.dim_employee_history",
        {"employee_key": TEXT, "manager_employee_key": TEXT, "valid_from": DAY, "valid_to": DAY},
        versions,
    )  # fmt: skip
    names = sorted({who for who, _, _ in world.people})
    make_table(
        connection, "core.dim_employee",
        {"employee_key": TEXT, "source_id": TEXT, "full_name": TEXT, "business_function": TEXT},
        [{"employee_key": employee_key(who), "source_id": who, "full_name": who,
          "business_function": "sales"} for who in names],
    )  # fmt: skip
    make_table(
        connection, "conformed.conformed_employee_absences",
        {"absence_key": TEXT, "employee_key": TEXT, "absence_kind": TEXT, "valid_from": DAY,
         "valid_to": DAY, "created_at": MOMENT},
        [{"absence_key": f"{who} {start}", "employee_key": employee_key(who),
          "absence_kind": kind, "valid_from": start, "valid_to": end}
         for who, kind, start, end in world.absences],
    )  # fmt: skip
    make_table(
        connection, "conformed.conformed_compensation_overrides",
        {"override_key": TEXT, "employee_key": TEXT, "author_employee_key": TEXT,
         "approver_employee_key": TEXT, "source_system": TEXT, "source_id": TEXT,
         "currency_code": TEXT, "reason": TEXT, "amount_local": MONEY, "period_start": DAY,
         "valid_to": DAY, "created_at": MOMENT},
        [{"override_key": name, "employee_key": employee_key(who),
          "author_employee_key": employee_key(author),
          "approver_employee_key": employee_key(approver), "source_system": "hr",
          "source_id": name, "currency_code": currency, "reason": "made up",
          "amount_local": Decimal(amount), "period_start": day,
          "created_at": _stamp(world, name)}
         for name, who, day, amount, currency, author, approver in world.overrides],
    )  # fmt: skip
    make_table(
        connection, "conformed.conformed_compensation_disputes",
        {"dispute_key": TEXT, "employee_key": TEXT, "opportunity_key": TEXT,
         "source_system": TEXT, "source_id": TEXT, "reason": TEXT, "resolution": TEXT,
         "period_start": DAY, "raised_at": "timestamp", "raised_date": DAY,
         "resolved_at": "timestamp", "resolved_date": DAY},
        [],
    )  # fmt: skip
    make_table(
        connection, "conformed.conformed_payroll_returns",
        {"payroll_return_key": TEXT, "employee_key": TEXT, "source_id": TEXT, "component": TEXT,
         "currency_code": TEXT, "paid_amount_local": MONEY, "pay_run_date": DAY,
         "period_start": DAY},
        [{"payroll_return_key": name, "employee_key": employee_key(who), "source_id": name,
          "component": component, "currency_code": currency,
          "paid_amount_local": Decimal(amount), "pay_run_date": day, "period_start": start}
         for name, who, component, amount, currency, day, start in world.returns],
    )  # fmt: skip
    delivered = {"source_system": TEXT, "source_instance": TEXT, "employee_id": TEXT,
              "currency_code": TEXT, "valid_from": DAY, "valid_to": DAY,
              "created_at": MOMENT}  # fmt: skip
    for name, more in (
        ("plan_assignments", {"assignment_id": TEXT, "plan": TEXT, "target_amount": MONEY}),
        ("quotas", {"quota_id": TEXT, "measure": TEXT, "quota_amount": MONEY}),
    ):
        make_table(connection, f"staging.stg_file_drop__{name}", {**delivered, **more}, [])


def _make_facts(connection: duckdb.DuckDBPyConnection, world: PayWorld) -> None:
    make_table(
        connection, "core.fct_opportunity",
        {"opportunity_key": TEXT, "account_key": TEXT, "owner_employee_key": TEXT,
         "sdr_employee_key": TEXT,
         "opportunity_type": TEXT,
         "source_system": TEXT, "source_id": TEXT, "currency_code": TEXT, "amount": MONEY,
         "amount_local": MONEY, "is_won": FLAG, "is_reportable": FLAG, "close_date": DAY,
         "is_open": FLAG, "is_lost": FLAG, "is_creation_load": FLAG, "is_close_load": FLAG,
         "exclusion_reason": TEXT, "created_date_rule": TEXT, "created_date": DAY},
        [{"opportunity_key": name, "owner_employee_key": employee_key(owner),
          "opportunity_type": world.types.get(name, "new"),
          "sdr_employee_key": employee_key(sdr), "source_system": "crm", "source_id": name,
          "currency_code": currency, "amount": Decimal(amount), "amount_local": Decimal(amount),
          "is_won": True, "is_reportable": True, "close_date": day, "is_open": False,
          "is_lost": False, "is_creation_load": False, "is_close_load": False,
          "created_date_rule": "source", "created_date": world.stamps.get(name, FIRST)}
         for name, owner, day, amount, currency, _, sdr in world.deals],
    )  # fmt: skip
    _make_states(connection, world)
    make_table(
        connection, "core.fct_subscription_month",
        {"account_key": TEXT, "subscription_month": DAY, "recurring_amount": MONEY}, [],
    )  # fmt: skip
    _make_bookings(connection, world)
    make_table(
        connection, "conformed.conformed_opportunity_splits",
        {"split_key": TEXT, "opportunity_key": TEXT, "employee_key": TEXT, "split_type": TEXT,
         "share": "decimal(18, 6)", "valid_from": DAY, "created_at": MOMENT},
        [{"split_key": split_name(row), "opportunity_key": row[0],
          "employee_key": employee_key(row[1]), "split_type": row[2], "share": Decimal(row[3]),
          "valid_from": row[4], "created_at": _stamp(world, split_name(row))}
         for row in world.splits],
    )  # fmt: skip
    make_table(
        connection, "core.fct_refund",
        {"refund_key": TEXT, "opportunity_key": TEXT, "source_system": TEXT, "source_id": TEXT,
         "currency_code": TEXT, "amount": MONEY, "amount_local": MONEY, "is_reportable": FLAG,
         "refund_date": DAY},
        [{"refund_key": name, "opportunity_key": deal or None, "source_system": "crm",
          "source_id": name, "currency_code": currency, "amount": Decimal(amount),
          "amount_local": Decimal(amount), "is_reportable": True, "refund_date": day}
         for name, deal, day, amount, currency in world.refunds],
    )  # fmt: skip
    make_table(
        connection, "conformed.conformed_refunds",
        {"refund_key": TEXT, "refund_date": DAY, "created_at": MOMENT},
        [{"refund_key": row[0], "refund_date": row[2], "created_at": _stamp(world, row[0])}
         for row in world.refunds],
    )  # fmt: skip
    make_table(
        connection, "core.fct_payment",
        {"payment_key": TEXT, "opportunity_key": TEXT, "source_system": TEXT, "source_id": TEXT,
         "currency_code": TEXT, "amount": MONEY, "amount_local": MONEY, "is_reportable": FLAG,
         "paid_date": DAY},
        [{"payment_key": name, "opportunity_key": deal, "source_system": "billing",
          "source_id": name, "currency_code": currency,
          "amount": Decimal(amount), "amount_local": Decimal(amount), "is_reportable": True,
          "paid_date": day} for name, deal, day, amount, currency in world.payments],
    )  # fmt: skip
    make_table(
        connection, "funnel.fct_handoff",
        {"handoff_key": TEXT, "owner_employee_key": TEXT, "source_system": TEXT,
         "source_id": TEXT, "decision": TEXT, "decided_date": DAY},
        [{"handoff_key": name, "owner_employee_key": employee_key(who), "source_system": "crm",
          "source_id": name, "decision": "accepted", "decided_date": day}
         for name, who, day in world.leads],
    )  # fmt: skip
    make_table(
        connection, "core.fct_activity",
        {"activity_key": TEXT, "employee_key": TEXT, "source_system": TEXT, "source_id": TEXT,
         "activity_type": TEXT, "direction": TEXT, "is_human": FLAG, "occurred_date": DAY},
        [{"activity_key": name, "employee_key": employee_key(who), "source_system": "crm",
          "source_id": name, "activity_type": "meeting", "direction": "two_way",
          "is_human": True, "occurred_date": day} for name, who, day in world.meetings],
    )  # fmt: skip


def _make_bookings(connection: duckdb.DuckDBPyConnection, world: PayWorld) -> None:
    lines = [
        (name, number, line)
        for name, _, _, amount, _, quantity, _ in world.deals
        for number, line in enumerate(
            world.lines.get(name, [("", "", "new", amount, "", quantity)])
        )
    ]
    make_table(
        connection, "core.fct_booking",
        {"booking_key": TEXT, "opportunity_key": TEXT, "product_key": TEXT, "booking_type": TEXT,
         "amount": MONEY, "amount_local": MONEY, "cost_amount": MONEY,
         "quantity": "decimal(18, 6)"},
        [{"booking_key": f"{name}-{number}", "opportunity_key": name, "product_key": product,
          "booking_type": kind, "amount": Decimal(amount), "amount_local": Decimal(amount),
          "cost_amount": Decimal(cost) if cost else None, "quantity": Decimal(quantity)}
         for name, number, (product, _, kind, amount, cost, quantity) in lines],
    )  # fmt: skip
    products = sorted({(line[0], line[1]) for _, _, line in lines})
    make_table(
        connection, "core.dim_product",
        {"product_key": TEXT, "source_id": TEXT, "product_group": TEXT},
        [{"product_key": product, "source_id": product, "product_group": group}
         for product, group in products],
    )  # fmt: skip


def _make_states(connection: duckdb.DuckDBPyConnection, world: PayWorld) -> None:
    """What each deal was, and from when on that was recorded."""
    make_table(
        connection, "staging.stg_company__sales_stages",
        {"sales_stage": TEXT, "is_open": FLAG, "is_won": FLAG, "is_lost": FLAG},
        [{"sales_stage": name, "is_open": name == "open", "is_won": name == "won",
          "is_lost": False} for name in ("open", "won")],
    )  # fmt: skip
    told = {row[0] for row in world.states}
    states = [*world.states]
    states += [
        (name, owner, "won", amount, currency, day, day)
        for name, owner, day, amount, currency, *_ in world.deals
        if name not in told
    ]
    states.sort(key=lambda row: (row[0], row[6]))
    rows: list[Row] = []
    for place, (name, owner, stage, amount, currency, day, known) in enumerate(states):
        after = states[place + 1] if place + 1 < len(states) else None
        rows.append({
            "opportunity_key": name, "owner_employee_key": employee_key(owner),
            "sales_stage": stage, "currency_code": currency, "amount_local": Decimal(amount),
            "close_date": day, "valid_from_date": known,
            "valid_to_date": after[6] if after and after[0] == name else None,
            "valid_from": datetime.combine(known, time()),
        })  # fmt: skip
    make_table(
        connection, "intermediate.int_opportunity_states",
        {"opportunity_key": TEXT, "owner_employee_key": TEXT, "sales_stage": TEXT,
         "currency_code": TEXT, "amount_local": MONEY, "close_date": DAY,
         "valid_from_date": DAY, "valid_to_date": DAY, "valid_from": MOMENT},
        rows,
    )  # fmt: skip


def earned(connection: duckdb.DuckDBPyConnection, who: str, component: str = "") -> list[Decimal]:
    """What somebody earned, by event and tier, in the order of the credit dates and ids."""
    rows = connection.execute(
        """
        select lines.amount
        from compensation.comp_earning_line as lines
        inner join compensation.comp_plan_component as components using (component_key)
        left join compensation.comp_event as events using (event_key)
        where lines.payee_key = ? and (? = '' or component = ?)
        order by lines.credit_date, events.source_id, component_order, tier_number
        """,
        [payee_key(who), component, component],
    ).fetchall()
    return [amount for (amount,) in rows]
