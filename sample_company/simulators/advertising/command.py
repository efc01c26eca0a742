"""Serving until somebody ends it, for the commands of the three platforms.

Belongs here: what the three commands share: options, waiting, what is printed. Does not: a
platform's own credentials.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Event

import click

from sample_company.simulators.server import Simulator

_OPTIONS = (
    click.option("--port", default=0, help="Where to listen on the loopback; 0 finds a free port."),
    click.option(
        "--secret",
        default="",
        envvar="SIMULATOR_SECRET",
        help="What every secret of the account is; made up, each its own, when not given.",
    ),
    click.option(
        "--listening",
        type=int,
        default=None,
        help="Number of an open file: a socket that listens already, in place of a port.",
    ),
    click.option("--still", is_flag=True, help="Let the clock stand still, so nothing is new."),
    click.option("--tied", type=int, help="Process that started this one: end when it ends."),
)


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a simulator that runs alone."""
    decorated = command
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def serve(
    simulator: Simulator, port: int, listening: int | None, ended: Event, told: Mapping[str, str]
) -> None:
    """Listen, say where and with which credentials, and stop when it has ended."""
    simulator.start(port, listening)
    for name, value in {"url": simulator.url, **told}.items():
        click.echo(f"{name:<15} {value}")
    ended.wait()
    simulator.stop()
    click.echo(f"{simulator.count()} requests")
