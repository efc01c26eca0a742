"""`concord explain`: where one published figure comes from.

Belongs here: the commands and what is said of a wrong key. Does not: questions (explain/), layout
(explain_view.py).
"""

from __future__ import annotations

import click

from orchestration.cli.console import stop
from orchestration.cli.exit_codes import RUN_FAILED, USAGE
from orchestration.cli.explain_view import print_explanation
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.published_marts import marts_or_stop
from orchestration.explain.conversions import (
    SHORTEST_PREFIX,
    explain,
    is_published,
    matching_keys,
)

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
