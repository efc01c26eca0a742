"""Runs the simulator alone: `python -m sample_company.simulators.hubspot --port 8081`.

Belongs here: the command. Does not: anything else.
"""

from __future__ import annotations

from pathlib import Path

import click

from sample_company.simulators.alone import end_of_service
from sample_company.simulators.clock import Clock
from sample_company.simulators.hubspot.auth import Auth
from sample_company.simulators.hubspot.limits import Limits
from sample_company.simulators.hubspot.maven import load_maven_crm
from sample_company.simulators.hubspot.sample import sample_portal
from sample_company.simulators.hubspot.simulator import HubSpotSimulator


@click.command()
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A CRM export of four CSV files to serve; without it, the sample company's marketing.",
)
@click.option("--port", default=0, help="Where to listen on the loopback; 0 finds a free port.")
@click.option(
    "--token",
    default="",
    envvar="SIMULATOR_SECRET",
    help="The private app's token; made up when not given.",
)
@click.option("--client-id", default="concord", show_default=True, help="The OAuth app's id.")
@click.option("--client-secret", default="", help="With what secret; made up when not given.")
@click.option(
    "--listening",
    type=int,
    default=None,
    help="Number of an open file: a socket that listens already, in place of a port.",
)
@click.option("--still", is_flag=True, help="Let the clock stand still, so that nothing is new.")
@click.option("--tied", type=int, help="Process that started this one: end when it ends.")
@click.option(
    "--limits/--no-limits",
    default=True,
    show_default=True,
    help="Refuse more than 190 requests in ten seconds or 5 searches a second.",
)
def main(
    folder: Path | None,
    port: int,
    token: str,
    client_id: str,
    client_secret: str,
    listening: int | None,
    still: bool,
    tied: int | None,
    limits: bool,
) -> None:
    """Serve an account until Control-C; its clock begins on 1 November 2026 and runs."""
    ended = end_of_service(tied)
    clock = Clock(runs=not still)
    portal = load_maven_crm(folder, clock) if folder else sample_portal(clock, is_lazy=True)
    auth = Auth(clock, client_id=client_id, client_secret=client_secret, token=token)
    usual = Limits(
        clock,
        zone=portal.zone,
        ten_secondly=190 if limits else None,
        searches_a_second=5 if limits else None,
    )
    simulator = HubSpotSimulator(portal, auth, usual)
    simulator.start(port, listening)
    click.echo(f"url            {simulator.url}")
    click.echo(f"token          {auth.private_token}")
    click.echo(f"client id      {auth.client_id}")
    click.echo(f"client secret  {auth.client_secret}")
    click.echo(f"refresh token  {auth.refresh_token}")
    ended.wait()
    simulator.stop()
    click.echo(f"{simulator.count()} requests")


if __name__ == "__main__":
    main()
