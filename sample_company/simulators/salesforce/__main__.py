"""Runs the simulator alone: `python -m sample_company.simulators.salesforce --port 8080`.

Belongs here: the command. Does not: anything else.
"""

from __future__ import annotations

from pathlib import Path

import click

from sample_company.simulators.alone import end_of_service
from sample_company.simulators.clock import Clock
from sample_company.simulators.salesforce.auth import Auth
from sample_company.simulators.salesforce.maven import load_maven_crm
from sample_company.simulators.salesforce.sample import sample_organisation
from sample_company.simulators.salesforce.simulator import SalesforceSimulator
from sample_company.simulators.salesforce.volume import add_opportunities


@click.command()
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A CRM export of four CSV files to serve; without it, the sample company.",
)
@click.option("--port", default=0, help="Where to listen on the loopback; 0 finds a free port.")
@click.option("--client-id", default="concord", show_default=True, help="Who may log in.")
@click.option(
    "--client-secret",
    default="",
    envvar="SIMULATOR_SECRET",
    help="With what secret; made up when not given.",
)
@click.option(
    "--listening",
    type=int,
    default=None,
    help="Number of an open file: a socket that listens already, in place of a port.",
)
@click.option("--still", is_flag=True, help="Let the clock stand still, so that nothing is new.")
@click.option("--tied", type=int, help="Process that started this one: end when it ends.")
@click.option("--opportunities", default=0, help="How many opportunities to add, for measuring.")
def main(
    folder: Path | None,
    port: int,
    client_id: str,
    client_secret: str,
    listening: int | None,
    still: bool,
    tied: int | None,
    opportunities: int,
) -> None:
    """Serve an organisation until Control-C; its clock begins on 1 November 2026 and runs."""
    ended = end_of_service(tied)
    clock = Clock(runs=not still)
    organisation = load_maven_crm(folder, clock) if folder else sample_organisation(clock)
    if opportunities:
        add_opportunities(organisation, opportunities)
    auth = Auth(clock, client_id=client_id, client_secret=client_secret)
    simulator = SalesforceSimulator(organisation, auth).start(port, listening)
    click.echo(f"url            {simulator.url}")
    click.echo(f"client id      {auth.client_id}")
    click.echo(f"client secret  {auth.client_secret}")
    ended.wait()
    simulator.stop()
    organisation.close()
    click.echo(f"{simulator.count()} requests")


if __name__ == "__main__":
    main()
