"""`concord plan what-if` and `concord plan estimate`: pay as it would be, beside what it is.

Belongs here: the commands and their tables. Does not: computing (scenario/what_if.py).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import duckdb
from rich.markup import escape
from rich.table import Table

from orchestration.cli.check import show_problems
from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import INVALID_INPUT, RUN_FAILED, USAGE
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.published_marts import marts_or_stop, stop_unknown
from orchestration.cli.statement import period_or_stop
from orchestration.company import CompanyInvalid
from orchestration.export.neutral import neutral_row
from orchestration.publish.tables import FINANCE, STORES
from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.scenario.what_if import AssumedDeal, Assumptions, Comparison

Row = Mapping[str, Any]
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DEAL_COLUMNS = ["opportunity_id", "amount"]
COLUMNS = (
    "employee_id", "full_name", "plan", "component", "component_label", "currency_code",
    "actual", "alternative", "difference",
)  # fmt: skip


@click.command("what-if")
@click.option("--plans", type=FOLDER, help="Folder with all plans, as compensation/plans.")
@click.option("--quotas", type=FILE, help="A file in place of compensation/quotas.csv.")
@click.option("--assignments", type=FILE, help="A file in place of compensation/assignments.csv.")
@click.option(
    "--deals", type=FILE, help="CSV of open deals taken as won: opportunity_id, amount (or empty)."
)
@click.option(
    "--since", default="", metavar="MONTH", help="Periods from this month; default this fiscal year"
)
@click.option(
    "--csv", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write all rows, too."
)
def what_if(
    plans: Path | None,
    quotas: Path | None,
    assignments: Path | None,
    deals: Path | None,
    since: str,
    target: Path | None,
) -> None:
    """Compute pay by other plans, quotas or deals, beside what it is; nothing is changed.

    The same models as in a run work on a copy of what the last run worked on.
    """
    if not any((plans, quotas, assignments, deals)):
        stop("Say what is other: --plans, --quotas, --assignments or --deals.", USAGE)
    begin = period_or_stop(since) if since else None
    settings = settings_or_stop()
    from orchestration.scenario.what_if import Assumptions

    assumed = Assumptions(plans, quotas, assignments, _read_deals(deals) if deals else ())
    found = _compare_or_stop(settings, assumed, begin)
    _print_comparison(found)
    if target is not None:
        _write_csv(target, found.rows)
        console.print(f"All {len(found.rows)} rows: {escape(str(target))}", highlight=False)


@click.command("estimate")
@click.option("--payee", required=True, help="Employee id or full name.")
@click.option("--opportunity", required=True, help="The open deal, by its id in the CRM.")
@click.option("--amount", default="", help="Its amount in its own currency; default the CRM's.")
def estimate(payee: str, opportunity: str, amount: str) -> None:
    """Say what an open deal would pay somebody, were it won on the as-of date."""
    settings = settings_or_stop()
    finance = marts_or_stop(settings).with_name(STORES[FINANCE].file_name)
    who, name = _payee_or_stop(finance, payee)
    from orchestration.scenario.what_if import AssumedDeal, Assumptions

    deal = AssumedDeal(opportunity, _amount_or_stop(amount) if amount else None)
    found = _compare_or_stop(settings, Assumptions(deals=(deal,)), None, who)
    changed = [row for row in found.rows if row["employee_id"] == who and row["difference"]]
    sums = _sums(changed)
    told = ", ".join(f"{value:+,} {currency}" for currency, value in sums.items()) or "nothing"
    console.print(
        f"[bold]{escape(name)}[/bold] ({escape(who)}): {escape(opportunity)}, won on "
        f"{found.as_of}, would pay [bold]{told}[/bold]",
        highlight=False,
    )
    for line in found.lines:
        console.print(f"  {line['amount']:,}  {escape(line['explanation'])}", soft_wrap=True)
    told_by_lines: dict[str, Decimal] = defaultdict(Decimal)
    for line in found.lines:
        told_by_lines[line["currency_code"]] += line["amount"]
    for currency, value in sums.items():
        if value != told_by_lines[currency]:
            rest = value - told_by_lines[currency]
            console.print(f"  {rest:+,}  {currency} on other lines, which it moves")
    console.print(
        "[dim]An estimate: by the plan, the quota and the rates of that day, with the deals that "
        "are known. Bonuses for KPIs stay as they are.[/dim]"
    )


def _compare_or_stop(
    settings: Settings, assumed: Assumptions, since: date | None, payee: str | None = None
) -> Comparison:
    from orchestration.scenario.scratch import ScenarioError
    from orchestration.scenario.what_if import compare
    from orchestration.transform.project import TransformError

    try:
        return compare(settings, assumed, since, payee)
    except CompanyInvalid as invalid:
        show_problems(invalid)
        raise click.exceptions.Exit(INVALID_INPUT) from None
    except (ScenarioError, TransformError) as error:
        stop(str(error), RUN_FAILED)


def _print_comparison(found: Comparison) -> None:
    rows = [row for row in found.rows if row["difference"]]
    console.print(
        f"Earned in fiscal periods from {found.since} on, as of {found.as_of}: "
        f"{len(rows)} of {len(found.rows)} sums are others",
        highlight=False,
    )
    table = Table(box=None, pad_edge=False, show_edge=False)
    for name in ("payee", "component"):
        table.add_column(name)
    for name in ("actual", "alternative", "difference", ""):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            f"{escape(row['full_name'])} ({escape(row['employee_id'])})",
            escape(row["component_label"]),
            f"{row['actual']:,}",
            f"{row['alternative']:,}",
            f"{row['difference']:+,}",
            row["currency_code"],
        )
    actual = sum((row["actual_reporting"] for row in found.rows), Decimal())
    other = sum((row["alternative_reporting"] for row in found.rows), Decimal())
    table.add_row(
        "[bold]all[/bold]",
        "",
        f"{actual:,}",
        f"{other:,}",
        f"{other - actual:+,}",
        found.reporting_currency,
    )
    console.print(table)


def _write_csv(target: Path, rows: Iterable[Row]) -> None:
    target.touch(mode=0o600)
    target.chmod(0o600)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(neutral_row([row[name] for name in COLUMNS]) for row in rows)


def _read_deals(path: Path) -> Sequence[AssumedDeal]:
    """The deals of a file; end the command with everything that is wrong with it."""
    from orchestration.scenario.what_if import AssumedDeal

    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != DEAL_COLUMNS:
            stop(f"{path}: the first line has to be {','.join(DEAL_COLUMNS)}.", USAGE)
        deals, problems = [], []
        for row in reader:
            name, text = (row["opportunity_id"] or "").strip(), (row["amount"] or "").strip()
            amount = _amount(text) if text else None
            if not name or (text and amount is None):
                problems.append(
                    f"{path}:{reader.line_num}: {name or 'no opportunity_id'}, amount {text!r}; "
                    "give an id, and an amount such as 12000.00 or nothing"
                )
            deals.append(AssumedDeal(name, amount))
    if len({one.opportunity_id for one in deals}) < len(deals):
        problems.append(f"{path}: a deal stands there twice; name each once")
    if problems:
        stop("\n".join(problems), USAGE)
    return deals


def _amount(text: str) -> Decimal | None:
    """A positive amount in whole cents; None when the text is none."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    is_good = amount.is_finite() and 0 < amount < 10**15 and amount == round(amount, 2)
    return amount if is_good else None


def _amount_or_stop(text: str) -> Decimal:
    amount = _amount(text)
    if amount is None:
        stop(f"{text!r} is no amount; give one above 0, such as 12000.00.", USAGE)
    return amount


def _payee_or_stop(finance: Path, payee: str) -> tuple[str, str]:
    """Employee id and name of a payee; end the command when there is none."""
    with duckdb.connect(str(finance), read_only=True) as connection:
        try:
            people = connection.execute(
                "select employee_id, full_name from compensation.comp_payee where is_on_plan"
            ).fetchall()
        except duckdb.CatalogException:
            stop("Pay has not been published here yet; `concord run` first.", RUN_FAILED)
    found = [(who, name) for who, name in people if payee in (who, name)]
    if not found:
        stop_unknown("Nobody on a plan is", payee, sorted(who for who, _ in people))
    if len(found) > 1:
        ids = ", ".join(sorted(who for who, _ in found))
        stop(f"Several people are called {payee!r}; give one of the ids {ids}.", USAGE)
    return found[0]


def _sums(rows: Iterable[Row]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["currency_code"]] += row["difference"]
    return dict(sorted(sums.items()))
