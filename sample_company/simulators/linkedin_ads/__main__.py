"""Runs the simulator alone: `python -m sample_company.simulators.linkedin_ads --port 8084`.

Belongs here: the command. Does not: anything else.
"""

from __future__ import annotations

import click

from sample_company.simulators.advertising.command import serve, with_options
from sample_company.simulators.advertising.tokens import Tokens
from sample_company.simulators.alone import end_of_service
from sample_company.simulators.clock import Clock
from sample_company.simulators.linkedin_ads.sample import sample_platform
from sample_company.simulators.linkedin_ads.simulator import ACCESS_LIFE, LinkedInAdsSimulator


@click.command()
@with_options
def main(port: int, secret: str, listening: int | None, still: bool, tied: int | None) -> None:
    """Serve the sample company's account until Control-C; the clock begins 1 November 2026."""
    ended = end_of_service(tied)
    clock = Clock(runs=not still)
    tokens = Tokens(clock, client_secret=secret, refresh_token=secret, life=ACCESS_LIFE)
    simulator = LinkedInAdsSimulator(sample_platform(clock), tokens)
    serve(
        simulator,
        port,
        listening,
        ended,
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
