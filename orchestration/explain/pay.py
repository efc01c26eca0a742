"""Where the lines of a statement come from: plan, credit, event, record and load.

Amounts are what was published; records are looked up in the working file, which is the last
run's.

Belongs here: the questions. Does not: any rule of pay (models/**/compensation), or layout
(cli/explain_pay_view.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

Row = Mapping[str, Any]

PAYMENT = "payment"
# Of which entity an event is a record, and which field names it.
RECORDS = {
    "booking": ("opportunities", "opportunity_id"),
    "refund": ("refunds", "refund_id"),
    "accepted_lead": ("leads", "lead_id"),
    "meeting_held": ("activities", "activity_id"),
}

_LINES = """
    select
        statement_line.line_number, statement_line.entry_type, statement_line.reason,
        statement_line.status, statement_line.amount, statement_line.currency_code,
        statement_line.explanation, statement_line.posting_key, statement_line.period,
        statement_line.origin_period, statement_line.root_event_key, period.closed_as_of_date
    from compensation.comp_statement_line as statement_line
    left join compensation.comp_period as period using (period)
    where statement_line.payee_key = $payee and statement_line.period = $period
    order by statement_line.currency_code, statement_line.line_number
"""

_PLANS = """
    select
        statement_line.posting_key, component.plan_label, component.plan, component.plan_version,
        component.component_label, component.clause, component.method, component.component_scope,
        component.frequency, component.measured_in, component.approved_by, component.approved_date,
        earning.tier_number, earning.base_in_tier, earning.rate, earning.pay_factor,
        earning.amount_unrounded, earning.withheld_amount, earning.amount as earned_amount
    from compensation.comp_statement_line as statement_line
    inner join compensation.comp_plan_component as component using (component_key)
    left join compensation.comp_earning_line as earning
        on
            statement_line.earning_line_key = earning.earning_line_key
            and statement_line.payee_key = earning.payee_key
    where
        statement_line.payee_key = $payee and statement_line.period = $period
        and statement_line.entry_type <> 'payment'
"""

_CREDITS = """
    select
        statement_line.posting_key, credit.credit_type, credit.share, credit.credited_amount,
        credit.credited_quantity, credit.fx_rate, credited.full_name as credited_name,
        credit.payee_key <> statement_line.payee_key as is_of_somebody_else,
        event.event_type, event.opportunity_type, event.source_system, event.source_id,
        event.amount as event_amount, event.quantity as event_quantity, event.currency_code,
        event.credit_date
    from compensation.comp_statement_line as statement_line
    inner join compensation.comp_earning_line as earning
        on
            statement_line.earning_line_key = earning.earning_line_key
            and statement_line.payee_key = earning.payee_key
    inner join compensation.comp_credit as credit
        on earning.credit_key = credit.credit_key
    inner join compensation.comp_event as event
        on credit.event_key = event.event_key
    inner join compensation.comp_payee as credited
        on credit.payee_key = credited.payee_key
    where statement_line.payee_key = $payee and statement_line.period = $period
"""

_KPIS = """
    select
        statement_line.posting_key, result.kpi, result.kpi_contract_version, result.target,
        result.actual, result.achievement, result.payout_rate, result.weight,
        result.target_amount, result.period_grain, result.period_start, result.currency_code
    from compensation.comp_statement_line as statement_line
    inner join compensation.comp_earning_line as earning
        on
            statement_line.earning_line_key = earning.earning_line_key
            and statement_line.payee_key = earning.payee_key
    inner join compensation.comp_kpi_result as result
        on earning.kpi_result_key = result.kpi_result_key
    where statement_line.payee_key = $payee and statement_line.period = $period
"""

_OVERRIDES = """
    select
        statement_line.posting_key, coalesce(author.full_name, override.author) as author,
        coalesce(approver.full_name, override.approver) as approver, override.reason,
        override.source_system, override.source_id
    from compensation.comp_statement_line as statement_line
    inner join compensation.comp_override as override
        on
            statement_line.override_key = override.override_key
            and statement_line.payee_key = override.payee_key
    left join compensation.comp_payee as author on override.author = author.payee_key
    left join compensation.comp_payee as approver on override.approver = approver.payee_key
    where statement_line.payee_key = $payee and statement_line.period = $period
"""


@dataclass(frozen=True)
class Record:
    """One raw row: the file or page that delivered it, and the load that brought it in."""

    entity: str
    source_name: str
    file: str
    row_number: int
    load_id: str


@dataclass(frozen=True)
class PayLine:
    """A line of a statement and all that it was computed from; parts that it has not are None.

    Attributes:
        line: The line as published.
        plan: Component, band, base, rate and unrounded amount, as of the published version.
        credit: The share of the event.
        kpi: What a KPI bonus was computed from.
        override: Who decided an amount by hand.
        records: Raw rows of the event, the override or the payment.
    """

    line: Row
    plan: Row | None
    credit: Row | None
    kpi: Row | None
    override: Row | None
    records: Sequence[Record]

    @property
    def is_other_now(self) -> bool:
        """Whether the line was posted and the earning is another today: later lines make it up."""
        if self.line["entry_type"] == PAYMENT:
            return False
        earned = None if self.plan is None else self.plan["earned_amount"]
        is_of_a_line = self.line["entry_type"] in ("earning", "adjustment", "clawback")
        is_final = self.line["status"] == "final" and self.line["reason"] != "guaranteed"
        is_final = is_final and is_of_a_line and self.override is None
        return is_final and earned != self.line["amount"]


def explain_pay(
    finance: Path, warehouse: Path, payee_key: str, period: date
) -> tuple[list[PayLine], str]:
    """Explain the lines of one statement.

    Args:
        finance: What was published for finance.
        warehouse: The working file of the last run.
        payee_key: Whose statement.
        period: First day of its month.

    Returns:
        The lines in order; and why records cannot be shown, empty when they can.
    """
    with duckdb.connect(str(finance), read_only=True) as connection:
        given = {"payee": payee_key, "period": period}
        lines = _rows(connection, _LINES, given)
        plans, credits, kpis, overrides = (
            {row["posting_key"]: row for row in _rows(connection, query, given)}
            for query in (_PLANS, _CREDITS, _KPIS, _OVERRIDES)
        )
    wanted = {
        **{key: (*RECORDS[row["event_type"]], row["source_id"]) for key, row in credits.items()},
        **{
            key: ("compensation_overrides", "override_id", row["source_id"])
            for key, row in overrides.items()
        },
    }
    paid = {
        line["posting_key"]: line["root_event_key"]
        for line in lines
        if line["entry_type"] == PAYMENT
    }
    for key, source_id in _payments(warehouse, paid).items():
        wanted[key] = ("payroll_returns", "payroll_return_id", source_id)
    records, note = _records(warehouse, set(wanted.values()))
    return [
        PayLine(
            line,
            plans.get(line["posting_key"]),
            credits.get(line["posting_key"]),
            kpis.get(line["posting_key"]),
            overrides.get(line["posting_key"]),
            records.get(wanted[line["posting_key"]], []) if line["posting_key"] in wanted else [],
        )
        for line in lines
    ], note


def _payments(warehouse: Path, paid: Mapping[str, str]) -> dict[str, str]:
    """The ids in payroll of payments, given by posting; none of what is not delivered any more."""
    if not paid or not warehouse.exists():
        return {}
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            found = dict(
                connection.execute(
                    "select payroll_return_key, source_id "
                    "from conformed.conformed_payroll_returns "
                    "where list_contains($keys, payroll_return_key)",
                    {"keys": list(paid.values())},
                ).fetchall()
            )
    except duckdb.IOException:
        return {}
    return {posting: found[key] for posting, key in paid.items() if key in found}


def _records(
    warehouse: Path, wanted: set[tuple[str, str, str]]
) -> tuple[dict[tuple[str, str, str], list[Record]], str]:
    """The raw rows of records by entity, field and id; and why there are none, if so."""
    found: dict[tuple[str, str, str], list[Record]] = {}
    if not warehouse.exists():
        return found, "The working file of the last run is not in this home."
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            for entity, field, name in sorted(wanted):
                rows = connection.execute(
                    f"select _source_name, _file, _row_number, _load_id "  # noqa: S608
                    f"from raw_file_drop.{entity} where {field} = $name "
                    "order by _file_rank, _row_number",
                    {"name": name},
                ).fetchall()
                found[entity, field, name] = [Record(entity, *row) for row in rows]
    except duckdb.IOException:
        return found, "The working file is in use: a run is under way, or another program has it."
    return found, ""


def _rows(
    connection: duckdb.DuckDBPyConnection, query: str, given: Mapping[str, object]
) -> list[Row]:
    found = connection.execute(query, dict(given))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
