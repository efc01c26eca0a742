"""`concord explain`: where one published figure comes from.

Belongs here: the commands and what is said of a wrong key. Does not: questions (explain/), layout
(explain_view.py, explain_pay_view.py).
"""

from __future__ import annotations

import click

from orchestration.cli.console import stop
from orchestration.cli.exit_codes import RUN_FAILED, USAGE
from orchestration.cli.explain_pay_view import print_pay_lines
from orchestration.cli.explain_view import print_explanation
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.published_marts import marts_or_stop
from orchestration.cli.statement import payee_or_stop, period_or_stop
from orchestration.explain.conversions import (
    SHORTEST_PREFIX,
    explain,
    is_published,
    matching_keys,
)
from orchestration.explain.pay import explain_pay
from orchestration.publish.tables import FINANCE, STORES

WHERE_KEYS_STAND = (
    "Keys stand in attribution.rpt_journey, column conversion_key, of the published marts "
    "({marts}): one row per lead, MQL, opportunity, won deal and refund, beside its "
    "opportunity_key or person_key."
)


@click.group("explain")
def command() -> None:
    """Say where one published figure comes from."""


@command.command("conversion")
@click.argument("key")
@click.option("--all", "shows_all", is_flag=True, help="List every touch that did not count.")
def conversion(key: str, shows_all: bool) -> None:
    """Show the journey to a conversion, each model's credit, and why a touch did not count.

    KEY is a conversion_key of attribution.rpt_journey; its first eight characters will do.
    """
    settings = settings_or_stop()
    marts = marts_or_stop(settings)
    if not is_published(marts):
        stop("Attribution has not been published here yet; `concord run` first.", RUN_FAILED)
    found = matching_keys(marts, key)
    where = WHERE_KEYS_STAND.format(marts=marts)
    if not found:
        short = (
            f" Give at least {SHORTEST_PREFIX} characters." if len(key) < SHORTEST_PREFIX else ""
        )
        stop(f"There is no conversion {key!r}.{short} {where}", USAGE)
    if len(found) > 1:
        stop(f"Several conversions begin with {key!r}: {', '.join(found)}. Give more of it.", USAGE)
    print_explanation(explain(marts, settings.warehouse_path, found[0]), shows_all=shows_all)


@command.command("pay")
@click.argument("payee")
@click.argument("period")
@click.argument("line", type=int, required=False)
def pay(payee: str, period: str, line: int | None) -> None:
    """Show how each line of a statement was computed, back to the record and its load.

    PAYEE is an employee id or a full name, PERIOD a month such as 2026-09; LINE is the number of
    one line, as `concord statement` prints it.
    """
    settings = settings_or_stop()
    first_day = period_or_stop(period)
    finance = marts_or_stop(settings).with_name(STORES[FINANCE].file_name)
    payee_key = payee_or_stop(finance, payee, first_day)
    lines, note = explain_pay(finance, settings.warehouse_path, payee_key, first_day)
    chosen = [one for one in lines if line in (None, one.line["line_number"])]
    if not chosen:
        have = f"it has 1 to {len(lines)}" if lines else "nothing was posted in it"
        which = "no lines" if line is None else f"no line {line}"
        stop(f"The statement of {payee} for {first_day:%Y-%m} has {which}: {have}.", USAGE)
    print_pay_lines(chosen, note)
