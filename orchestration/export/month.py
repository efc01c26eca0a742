"""What was published of a month of pay, as rows.

Belongs here: the questions to the published finance store. Does not: files (statements.py,
workbook.py, tables.py), checks (tie_out.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.publish.manifest import Manifest

Row = Mapping[str, Any]
FINAL = "final"

_STATEMENTS = """
    select statement.*, payee.full_name, payee.employee_id, payee.business_function
    from compensation.comp_statement as statement
    inner join compensation.comp_payee as payee on statement.payee_key = payee.payee_key
    where statement.period = $period
    order by payee.employee_id, statement.payee_key, statement.currency_code
"""

_LINES = """
    select
        line.statement_key, line.line_number, line.entry_type, line.reason, line.origin_period,
        line.event_date, line.amount, line.currency_code, line.explanation, line.posting_key,
        event.event_type, event.source_system, event.source_id,
        event.amount as event_amount, event.currency_code as event_currency_code,
        credited.full_name as credited_name, credit.credit_type, credit.share,
        credit.credited_amount, credit.credited_quantity, credit.fx_rate,
        result.kpi, result.target as kpi_target, result.actual as kpi_actual, result.achievement,
        result.kpi_publish_version,
        component.plan, component.plan_label, component.plan_version, component.component_label,
        component.clause, component.method,
        earning.tier_number, earning.base_in_tier, earning.rate, earning.amount_unrounded,
        earning.withheld_amount, override.reason as override_reason
    from compensation.comp_statement_line as line
    left join compensation.comp_plan_component as component
        on line.component_key = component.component_key
    left join compensation.comp_earning_line as earning
        on line.earning_line_key = earning.earning_line_key and line.payee_key = earning.payee_key
    left join compensation.comp_credit as credit on earning.credit_key = credit.credit_key
    left join compensation.comp_event as event on credit.event_key = event.event_key
    left join compensation.comp_payee as credited on credit.payee_key = credited.payee_key
    left join compensation.comp_kpi_result as result
        on earning.kpi_result_key = result.kpi_result_key
    left join compensation.comp_override as override on line.override_key = override.override_key
    where line.period = $period
    order by line.statement_key, line.line_number
"""


class ExportError(Exception):
    """Why a month cannot be exported; the words are meant for the user."""


@dataclass(frozen=True)
class Statement:
    """A payee's month in one currency, with its lines."""

    head: Row
    lines: Sequence[Row]

    @property
    def file_stem(self) -> str:
        """Name of its files, without what a folder could take for something else."""
        name = f"{self.head['employee_id'] or self.head['payee_key']}-{self.head['currency_code']}"
        return "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in name)


@dataclass(frozen=True)
class Month:
    """A month of pay as published.

    Attributes:
        period: Its row of comp_period.
        statements: By employee id and currency.
        manifest: Of the published version.
        company_name: For titles.
        finance: The published file.
    """

    period: Row
    statements: Sequence[Statement]
    manifest: Manifest
    company_name: str
    finance: Path

    @property
    def first_day(self) -> date:
        """The month."""
        day: date = self.period["period"]
        return day

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.first_day:%Y-%m}"

    @property
    def is_final(self) -> bool:
        """Whether it is locked; everything else is a draft."""
        return bool(self.period["status"] == "locked")


def read_month(finance: Path, manifest: Manifest, company_name: str, period: date) -> Month:
    """Read a month.

    Args:
        finance: The published finance store.
        manifest: Of its version.
        company_name: For titles.
        period: First day of the month.

    Raises:
        ExportError: When nothing of it was published.
    """
    with duckdb.connect(str(finance), read_only=True) as connection:
        try:
            periods = rows(connection, "from compensation.comp_period order by period")
            found = [one for one in periods if one["period"] == period]
            if not found:
                names = [f"{one['period']:%Y-%m}" for one in periods]
                known = f"; these are: {names[0]} to {names[-1]}" if names else ""
                raise ExportError(f"There is no period {period:%Y-%m}{known}.")
            lines: dict[str, list[Row]] = defaultdict(list)
            for line in rows(connection, _LINES, period=period):
                lines[line["statement_key"]].append(line)
            statements = [
                Statement(head, lines[head["statement_key"]])
                for head in rows(connection, _STATEMENTS, period=period)
            ]
        except duckdb.Error as error:
            raise ExportError(
                f"The published version has no whole pay ({str(error).splitlines()[0]}); "
                "`concord run` publishes one."
            ) from error
    return Month(found[0], statements, manifest, company_name, finance)


def rows(connection: duckdb.DuckDBPyConnection, query: str, **given: object) -> list[Row]:
    """The answer to a question, a mapping for each row."""
    found = connection.execute(query, given)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
