"""Runs the simulator alone: `python -m sample_company.simulators.meta_ads --port 8083`.

Belongs here: the command. Does not: anything else.
"""

from __future__ import annotations

import click

from sample_company.simulators.advertising.command import serve
from sample_company.simulators.clock import Clock
from sample_company.simulators.meta_ads.sample import sample_platform
from sample_company.simulators.meta_ads.simulator import MetaAdsSimulator


@click.command()
@click.option("--port", default=0, help="Where to listen on the loopback; 0 finds a free port.")
@click.option("--token", default="", help="The access token; made up when not given.")
def main(port: int, token: str) -> None:
    """Serve the sample company's account until Control-C; the clock begins 1 November 2026."""
    simulator = MetaAdsSimulator(sample_platform(Clock(runs=True)), token)
    accounts = ", ".join(f"act_{each}" for each in simulator.platform.accounts)
    serve(simulator, port, {"token": simulator.token, "accounts": accounts})


if __name__ == "__main__":
    main()
