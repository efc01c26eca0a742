"""Runs the simulator alone: `python -m sample_company.simulators.meta_ads --port 8083`.

Belongs here: the command. Does not: anything else.
"""

from __future__ import annotations

import click

from sample_company.simulators.advertising.command import serve, with_options
from sample_company.simulators.alone import end_of_service
from sample_company.simulators.clock import Clock
from sample_company.simulators.meta_ads.sample import sample_platform
from sample_company.simulators.meta_ads.simulator import MetaAdsSimulator


@click.command()
@with_options
def main(port: int, secret: str, listening: int | None, still: bool, tied: int | None) -> None:
    """Serve the sample company's account until Control-C; the clock begins 1 November 2026."""
    ended = end_of_service(tied)
    simulator = MetaAdsSimulator(sample_platform(Clock(runs=not still)), secret)
    accounts = ", ".join(f"act_{each}" for each in simulator.platform.accounts)
    serve(simulator, port, listening, ended, {"token": simulator.token, "accounts": accounts})


if __name__ == "__main__":
    main()
