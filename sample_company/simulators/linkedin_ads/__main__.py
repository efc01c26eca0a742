"""Runs the simulator alone: `python -m sample_company.simulators.linkedin_ads --port 8084`.

Belongs here: the command. Does not: anything else.
"""

from __future__ import annotations

import click

from sample_company.simulators.advertising.command import serve
from sample_company.simulators.clock import Clock
from sample_company.simulators.linkedin_ads.sample import sample_platform
from sample_company.simulators.linkedin_ads.simulator import LinkedInAdsSimulator


@click.command()
@click.option("--port", default=0, help="Where to listen on the loopback; 0 finds a free port.")
def main(port: int) -> None:
    """Serve the sample company's account until Control-C; the clock begins 1 November 2026."""
    simulator = LinkedInAdsSimulator(sample_platform(Clock(runs=True)))
    tokens = simulator.tokens
    serve(
        simulator,
        port,
        {
            "client id": tokens.client_id,
            "client secret": tokens.client_secret,
            "refresh token": tokens.refresh_token,
            "access token": tokens.issue("AQX"),
            "accounts": ", ".join(simulator.platform.accounts),
        },
    )


if __name__ == "__main__":
    main()
