"""Runs the simulator alone: `python -m sample_company.simulators.google_ads --port 8082`.

Belongs here: the command. Does not: anything else.
"""

from __future__ import annotations

import click

from sample_company.simulators.advertising.command import serve
from sample_company.simulators.clock import Clock
from sample_company.simulators.google_ads.sample import sample_platform
from sample_company.simulators.google_ads.simulator import GoogleAdsSimulator


@click.command()
@click.option("--port", default=0, help="Where to listen on the loopback; 0 finds a free port.")
def main(port: int) -> None:
    """Serve the sample company's accounts until Control-C; the clock begins 1 November 2026."""
    simulator = GoogleAdsSimulator(sample_platform(Clock(runs=True)))
    tokens = simulator.tokens
    serve(
        simulator,
        port,
        {
            "developer token": simulator.developer_token,
            "client id": tokens.client_id,
            "client secret": tokens.client_secret,
            "refresh token": tokens.refresh_token,
            "manager": simulator.manager.id,
            "accounts": ", ".join(simulator.platform.accounts),
        },
    )


if __name__ == "__main__":
    main()
