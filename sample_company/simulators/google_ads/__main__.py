"""Runs the simulator alone: `python -m sample_company.simulators.google_ads --port 8082`.

Belongs here: the command. Does not: anything else.
"""

from __future__ import annotations

import click

from sample_company.simulators.advertising.command import serve, with_options
from sample_company.simulators.advertising.tokens import Tokens
from sample_company.simulators.alone import end_of_service
from sample_company.simulators.clock import Clock
from sample_company.simulators.google_ads.sample import sample_platform
from sample_company.simulators.google_ads.simulator import (
    DEVELOPER_TOKEN,
    TOKEN_LIFE,
    GoogleAdsSimulator,
)


@click.command()
@with_options
def main(port: int, secret: str, listening: int | None, still: bool, tied: int | None) -> None:
    """Serve the sample company's accounts until Control-C; the clock begins 1 November 2026."""
    ended = end_of_service(tied)
    clock = Clock(runs=not still)
    tokens = Tokens(clock, client_secret=secret, refresh_token=secret, life=TOKEN_LIFE)
    token = secret or DEVELOPER_TOKEN
    simulator = GoogleAdsSimulator(sample_platform(clock), tokens, token)
    serve(
        simulator,
        port,
        listening,
        ended,
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
