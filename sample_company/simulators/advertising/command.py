"""Serving until somebody ends it, for the commands of the three platforms.

Belongs here: waiting, and what is printed. Does not: options.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from threading import Event

import click

from sample_company.simulators.server import Simulator


def serve(simulator: Simulator, port: int, told: Mapping[str, str]) -> None:
    """Listen, say where and with which credentials, and stop at Control-C."""
    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    simulator.start(port)
    for name, value in {"url": simulator.url, **told}.items():
        click.echo(f"{name:<15} {value}")
    ended.wait()
    simulator.stop()
    click.echo(f"{simulator.count()} requests")
