"""`concord plan`: a pay plan in plain language, and what another one would pay.

Belongs here: the commands. Does not: the words (plan_view.py), what a plan may say
(company/plans.py).
"""

from __future__ import annotations

import click
from rich.markup import escape

from orchestration.cli.check import show_problems
from orchestration.cli.console import console
from orchestration.cli.exit_codes import INVALID_INPUT
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.plan_compare import compare
from orchestration.cli.plan_view import plan_lines
from orchestration.cli.plan_what_if import estimate, what_if
from orchestration.cli.published_marts import stop_unknown
from orchestration.company import CompanyInvalid, load_company
from orchestration.company.plans import PlanFile
from orchestration.sample import ensure_sample


@click.group("plan")
def command() -> None:
    """Show the pay plans of the company folder, and what others would pay."""


command.add_command(compare)
command.add_command(what_if)
command.add_command(estimate)


@command.command("list")
def list_plans() -> None:
    """List the plans and their versions."""
    for plan in _plans():
        until = f" to {plan.valid_to}" if plan.valid_to else ""
        console.print(
            f"{plan.plan} {plan.version}: {escape(plan.label)}, from {plan.valid_from}{until}"
        )


@command.command("show")
@click.argument("name")
@click.option("--version", "number", type=int, help="One version only; default all.")
def show(name: str, number: int | None) -> None:
    """Print a plan in plain language, the newest version first."""
    plans = _plans()
    versions = [plan for plan in plans if plan.plan == name]
    if not versions:
        stop_unknown("There is no plan", name, sorted({plan.plan for plan in plans}))
    known = [plan.version for plan in versions]
    if number is not None and number not in known:
        stop_unknown(f"{name} has no version", str(number), [str(one) for one in known])
    chosen = [plan for plan in reversed(versions) if number in (None, plan.version)]
    for place, plan in enumerate(chosen):
        if place:
            console.print()
        for line in plan_lines(plan):
            console.print(escape(line), soft_wrap=True)


def _plans() -> tuple[PlanFile, ...]:
    settings = settings_or_stop()
    try:
        ensure_sample(settings)
        return load_company(settings.company_dir, settings.variables, as_of=settings.as_of).plans
    except CompanyInvalid as invalid:
        show_problems(invalid)
        raise click.exceptions.Exit(INVALID_INPUT) from None
