"""Pay as it would be: by other plans, quotas or assignments, or with open deals taken as won.

What is so is what the last run computed; what would be so comes of the same models over the same
inputs, but for the rows that are assumed. KPIs stay as they are where deals are assumed.

Belongs here: what is assumed, and putting both side by side. Does not: running models
(scratch.py), layout (cli/).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.company import Company, load_company
from orchestration.company.pay_rows import ASSIGNMENTS_FILE, QUOTAS_FILE
from orchestration.company.plans import PLANS_FOLDER
from orchestration.company.rules_tables import rules_tables
from orchestration.ingest.warehouse import RULES_SCHEMA, write_rules
from orchestration.scenario.scratch import (
    PAY_SCHEMA,
    Place,
    ScenarioError,
    build,
    copy_from_home,
    opened,
    pay_models,
    read_project,
    scratch_home,
)
from orchestration.settings import Settings

Row = Mapping[str, Any]

# The rules that the files of a company's folder `compensation` become.
PLAN_RULES = (
    "plan_version", "plan_component", "plan_band", "plan_absence", "plan_opportunity_type",
    "plan_sold", "plan_instead", "plan_pool_weight", "plan_condition", "plan_draw",
)  # fmt: skip
ASSIGNMENT_RULES = ("plan_assignment",)
QUOTA_RULES = ("quota",)
TARGETS = ("comp_earning_line", "comp_payee", "comp_plan_component", "comp_event")
ACTUAL = "actual"
OPPORTUNITIES: Place = ("core", "fct_opportunity")

_COMPARED = """
    with lines as (
        select 'actual' as side, line.*, component.component, component.plan,
            component.component_label
        from actual.comp_earning_line as line
        inner join actual.comp_plan_component as component using (component_key)
        union all by name
        select 'alternative' as side, line.*, component.component, component.plan,
            component.component_label
        from compensation.comp_earning_line as line
        inner join compensation.comp_plan_component as component using (component_key)
    )
    select
        employee_id, full_name, coalesce(plan, '') as plan, component,
        max(component_label) as component_label, lines.currency_code,
        coalesce(sum(amount) filter (where side = 'actual'), 0)::decimal(18, 2) as actual,
        coalesce(sum(amount) filter (where side = 'alternative'), 0)::decimal(18, 2)
            as alternative,
        (coalesce(sum(amount) filter (where side = 'alternative'), 0)
            - coalesce(sum(amount) filter (where side = 'actual'), 0))::decimal(18, 2)
            as difference,
        coalesce(sum(amount_reporting) filter (where side = 'actual'), 0)::decimal(18, 2)
            as actual_reporting,
        coalesce(sum(amount_reporting) filter (where side = 'alternative'), 0)::decimal(18, 2)
            as alternative_reporting
    from lines inner join compensation.comp_payee using (payee_key)
    where period >= $since
    group by employee_id, full_name, plan, component, lines.currency_code
    order by employee_id, plan, component, lines.currency_code
"""

_LINES_OF_DEAL = """
    select line.amount, line.currency_code, line.explanation
    from compensation.comp_earning_line as line
    inner join compensation.comp_event as event on line.root_event_key = event.event_key
    inner join compensation.comp_plan_component as component
        on line.component_key = component.component_key
    inner join compensation.comp_payee as payee on line.payee_key = payee.payee_key
    where event.source_id = $opportunity and event.event_type = 'booking'
        and payee.employee_id = $payee
    order by component_order, tier_number, earning_line_key
"""


@dataclass(frozen=True)
class AssumedDeal:
    """An open deal that is taken as won on the as-of date.

    Attributes:
        opportunity_id: Its id in the CRM.
        amount: Its amount in its own currency; None as the CRM has it.
    """

    opportunity_id: str
    amount: Decimal | None = None


@dataclass(frozen=True)
class Assumptions:
    """What is other than it is; what is None stays.

    Attributes:
        plans: Folder with the versions of all plans.
        quotas: File in place of quotas.csv.
        assignments: File in place of assignments.csv.
        deals: Deals that are won.
    """

    plans: Path | None = None
    quotas: Path | None = None
    assignments: Path | None = None
    deals: Sequence[AssumedDeal] = ()

    @property
    def changed_rules(self) -> tuple[str, ...]:
        """The rules tables that are others."""
        return (
            *(PLAN_RULES if self.plans else ()),
            *(QUOTA_RULES if self.quotas else ()),
            *(ASSIGNMENT_RULES if self.assignments else ()),
        )


@dataclass(frozen=True)
class Comparison:
    """Both sides.

    Attributes:
        rows: A row for each payee, component and currency: actual, alternative, difference.
        since: First fiscal period that they add up.
        as_of: The as-of date of the run that computed the actual side.
        lines: Lines of the assumed deal of one payee, where it was asked for one.
        reporting_currency: Of the sums over all payees.
    """

    rows: Sequence[Row]
    since: date
    as_of: date
    lines: Sequence[Row]
    reporting_currency: str


def compare(
    settings: Settings,
    assumed: Assumptions,
    since: date | None = None,
    payee: str | None = None,
) -> Comparison:
    """Compute pay as assumed, and put it beside what the last run computed.

    Args:
        settings: The home; it is only read.
        assumed: What is other than it is.
        since: First day from which fiscal periods count; default the running fiscal year.
        payee: Employee id of whose lines of the first assumed deal are wanted.

    Raises:
        CompanyInvalid: When the plans or files are wrong; with everything that is.
        ScenarioError: When a deal cannot be assumed, or no run has computed pay.
    """
    changed = assumed.changed_rules
    company = other_company(settings, assumed) if changed else None
    project = read_project(settings)
    models = pay_models(project, TARGETS, [(RULES_SCHEMA, name) for name in changed])
    kept = [(PAY_SCHEMA, name) for name in ("comp_earning_line", "comp_plan_component")]
    with scratch_home(settings) as scratch:
        copy_from_home(settings, scratch, [*models.inputs, *kept])
        with opened(scratch) as connection:
            _keep_actual(connection, kept)
            if company:
                tables = rules_tables(company)
                write_rules(connection, {name: tables[name] for name in changed})
            as_of = _one(connection, "select as_of_date from staging.stg_company__as_of")
            _win(connection, assumed.deals, as_of)
        build(scratch, project, models)
        with opened(scratch) as connection:
            begin = since or _one(
                connection,
                "select fiscal_year_start_date from core.dim_date where date_day = $day",
                day=as_of,
            )
            rows = _rows(connection, _COMPARED, since=begin)
            lines = []
            if payee is not None:
                lines = _rows(
                    connection,
                    _LINES_OF_DEAL,
                    opportunity=assumed.deals[0].opportunity_id,
                    payee=payee,
                )
            currency = _one(
                connection, "select reporting_currency from staging.stg_company__settings"
            )
    return Comparison(rows, begin, as_of, lines, currency)


def other_company(settings: Settings, assumed: Assumptions) -> Company:
    """The company with other plans, quotas or assignments; checked as a whole.

    Raises:
        CompanyInvalid: With everything that is wrong.
    """
    own = settings.company_dir
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _copy_folder(assumed.plans or own / PLANS_FOLDER, folder / PLANS_FOLDER)
        for chosen, name in (
            (assumed.quotas, QUOTAS_FILE),
            (assumed.assignments, ASSIGNMENTS_FILE),
        ):
            source = chosen or own / name
            if source.exists():
                shutil.copyfile(source, folder / name)
        return load_company(own, settings.variables, as_of=settings.as_of, pay_folder=folder)


def _copy_folder(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for path in sorted(source.glob("*.yml")):
        shutil.copyfile(path, target / path.name)


def _keep_actual(connection: duckdb.DuckDBPyConnection, places: Iterable[Place]) -> None:
    connection.execute(f"create schema {ACTUAL}")
    for schema, name in places:
        connection.execute(f"create table {ACTUAL}.{name} as from {schema}.{name}")


def _win(connection: duckdb.DuckDBPyConnection, deals: Iterable[AssumedDeal], as_of: date) -> None:
    """Take deals as won on the as-of date.

    Raises:
        ScenarioError: With everything that speaks against it.
    """
    problems = []
    for deal in deals:
        found = _rows(
            connection,
            "from core.fct_opportunity where source_id = $deal",
            deal=deal.opportunity_id,
        )
        problem = _why_not(deal, found)
        if problem:
            problems.append(problem)
            continue
        connection.execute(
            """
            update core.fct_opportunity
            set is_won = true, is_lost = false, is_open = false, close_date = $day,
                amount_local = coalesce($amount::decimal(18, 2), amount_local),
                amount = coalesce(round($amount::decimal(18, 2) * fx_rate, 2), amount)
            where source_id = $deal
            """,
            {"day": as_of, "amount": deal.amount, "deal": deal.opportunity_id},
        )
    if problems:
        raise ScenarioError("\n".join(problems))


def _why_not(deal: AssumedDeal, found: Sequence[Row]) -> str:
    name = deal.opportunity_id
    if not found:
        return f"There is no deal {name}; give the id that the CRM has."
    if len(found) > 1:
        return f"{name} is the id of {len(found)} deals of several systems; none is taken."
    [one] = found
    if not one["is_open"]:
        how = "won" if one["is_won"] else "lost"
        return f"{name} is {how} already, on {one['close_date']}; give an open deal."
    if not one["is_reportable"]:
        return f"{name} is not paid for: {one['exclusion_reason']}."
    if deal.amount is None and one["amount_local"] is None:
        return f"{name} has no amount yet; give one with --amount."
    return ""


def _rows(connection: duckdb.DuckDBPyConnection, query: str, **given: object) -> list[Row]:
    found = connection.execute(query, given)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _one(connection: duckdb.DuckDBPyConnection, query: str, **given: object) -> Any:
    return connection.execute(query, given).fetchall()[0][0]
