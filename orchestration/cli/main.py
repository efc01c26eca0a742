"""The `concord` command.

Belongs here: the list of commands. Each lives in a module of its own, imported when it is used, so
that `concord --help` answers at once.
"""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "run": "Do the whole daily job: validate, ingest, transform, guard, publish.",
    "check": "Validate the company folder; move nothing.",
    "status": "Show the last run, freshness, guards and published versions.",
    "worklist": "Show today's open hand-offs with due times, per owner.",
    "doctor": "Show how far each connector is and what is stuck; clear it.",
    "backfill": "Read a span of days of a source again.",
    "replay": "Make a source's deliveries anew from its kept answers.",
    "kpi": "Show a KPI: value, formula, example, where it comes from.",
    "explain": "Show how a conversion was credited, and why a touch was not.",
    "plan": "Show pay plans in plain language, and what others would pay.",
    "close": "Post, freeze and lock periods of pay.",
    "statement": "Print what somebody is paid for a period, line by line.",
    "export": "Write what finance takes away for a month.",
    "query": "Ask the semantic layer for KPIs by day, channel, team and so on.",
    "rollback": "Let readers see an earlier published version.",
    "postgres": "Bring the published version to PostgreSQL.",
    "dev": "Open Dagster's web UI with schedule and sensor.",
}


class LazyGroup(click.Group):
    """Imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"orchestration.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=(
        "Exit codes: 0 done, 1 the run failed, a guard held a group or PostgreSQL is behind, "
        "2 wrong usage, 3 invalid company folder or environment, 4 another run holds this home."
    ),
)
@click.version_option(package_name="concord-warehouse", prog_name="concord")
def main() -> None:
    """Concord: one funnel, one attribution, one set of KPIs for Sales, Marketing and Finance.

    CONCORD_COMPANY names the company folder, CONCORD_HOME the folder that a run writes to.
    """
