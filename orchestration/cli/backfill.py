"""`concord backfill`: reads a span of days of a source again, slice by slice."""

from __future__ import annotations

import uuid
from contextlib import closing
from datetime import date
from typing import Any

import click
from rich.markup import escape

from orchestration.cli.check import show_problems
from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import BUSY, INVALID_INPUT, RUN_FAILED, USAGE
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.live import LiveReporter
from orchestration.company import Company, CompanyInvalid
from orchestration.connectors.day_span import CALENDAR, slicing_of
from orchestration.progress import watched_by
from orchestration.state import HomeBusy, Slicing


@click.command("backfill")
@click.argument("source")
@click.option("--from", "from_day", metavar="DAY", required=True, help="First day: YYYY-MM-DD.")
@click.option("--to", "to_day", metavar="DAY", required=True, help="Last day: YYYY-MM-DD.")
@click.option(
    "--by",
    "slicing",
    type=click.Choice(CALENDAR),
    help="How much is read and delivered as one: month (default), week or day of the calendar.",
)
@click.option("--slice-days", metavar="N", help="In place of --by: so many days at a time.")
@click.option(
    "--object",
    "objects",
    metavar="NAME",
    multiple=True,
    help="Only this object of a CRM, for example Opportunity or deals; may be given again.",
)
@click.option("--again", is_flag=True, help="Read also the slices that this command read before.")
def command(
    source: str,
    from_day: str,
    to_day: str,
    slicing: str | None,
    slice_days: str | None,
    objects: tuple[str, ...],
    again: bool,
) -> None:
    """Read a span of days of SOURCE again, slice by slice, oldest first.

    Of an advertising platform what happened on these days is read; of a CRM the records whose last
    modification lies in them (days of UTC), deleted ones too.

    A backfill that ended early goes on where it ended when the same command is given again. The
    daily run reads on as if there had been none; the next `concord run` brings what changed to the
    marts.
    """
    settings = settings_or_stop()
    from orchestration.dagster_home import dagster_instance
    from orchestration.ingest.backfill_job import BACKFILL_OP, build_backfill_job
    from orchestration.steps import company_of_run, hold_home, release_home

    run_id = str(uuid.uuid4())
    try:
        hold_home(settings)
        company = company_of_run(settings, run_id)
        by = _refuse_wrong(company, source, (from_day, to_day), slicing, slice_days, objects)
        live = LiveReporter(console)
        with dagster_instance(settings) as instance, watched_by(live), closing(live):
            from orchestration.cli.quiet import QUIET, failure_text

            config = {
                "source": source,
                "from_day": from_day,
                "to_day": to_day,
                "by": by,
                "again": again,
                "objects": list(objects),
            }
            result = build_backfill_job(settings).execute_in_process(
                run_config={"ops": {BACKFILL_OP: {"config": config}}, **QUIET},
                instance=instance,
                run_id=run_id,
                raise_on_error=False,
            )
    except HomeBusy as busy:
        stop(str(busy), BUSY)
    except CompanyInvalid as invalid:
        show_problems(invalid)
        raise click.exceptions.Exit(INVALID_INPUT) from None
    finally:
        release_home(settings)
    if not result.success:
        stop(failure_text(result), RUN_FAILED)
    _print_done(source, result.output_for_node(BACKFILL_OP))


def _refuse_wrong(
    company: Company,
    source: str,
    ends: tuple[str, str],
    slicing: str | None,
    slice_days: str | None,
    objects: tuple[str, ...],
) -> Slicing:
    """End with everything that is wrong with the command line, else return the slicing."""
    from orchestration.connectors.backfillable import why_not, wrong_objects

    problems = [why_not(source, company.sources.sources)]
    problems += wrong_objects(source, company.sources.sources, objects)
    by = slicing or CALENDAR[0]
    if slice_days is not None:
        if slicing is not None:
            problems.append("--by and --slice-days exclude each other; give one of them")
        try:
            by = slicing_of(f"{slice_days} days")
        except ValueError:
            problems.append(f"--slice-days is {slice_days!r}; give a number of days such as 10")
    days: list[date] = []
    for option, text in zip(("--from", "--to"), ends, strict=True):
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            problems.append(f"{option} is {text!r}; give a day such as 2025-01-31")
    if len(days) == 2 and days[0] > days[1]:
        problems.append(f"--from {days[0]} is after --to {days[1]}; give the earlier day first")
    if found := [problem for problem in problems if problem]:
        stop("\n".join(found), USAGE)
    return by


def _print_done(source: str, facts: dict[str, Any]) -> None:
    for note in filter(None, facts["notes"].splitlines()):
        console.print(f"  {escape(note)}", soft_wrap=True)
    if not facts["slices_read"]:
        console.print(
            f"[green]✓[/green] all {facts['slices_read_before']} slices of {escape(source)} were "
            "read before; `--again` reads them once more",
            soft_wrap=True,
        )
        return
    before = f" ({facts['slices_read_before']} before)" if facts["slices_read_before"] else ""
    console.print(
        f"[green]✓[/green] {facts['slices_read']} slices of {escape(source)} read{before}, "
        f"{facts['rows_changed']:,} rows changed, {facts['requests']:,} requests; `concord run` "
        "goes on from here",
        soft_wrap=True,
    )
