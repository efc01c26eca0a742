"""Starts the simulators that sources.yml asks for, each in a process of its own, and ends them.

A simulator listens on a free port of 127.0.0.1 that this process has opened before, so that its
address is known at once and nobody waits until it has loaded: the first request does. Address and
made-up credentials take the place of the source's own in memory; they are written nowhere. The
process ends with the pull, with the command, or with its parent, however that ends.

Belongs here: processes, and what a source is told of them. Does not: what they serve
(sample_company), or pulling.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from orchestration.company import Company
from orchestration.company.simulated import SIMULATED
from orchestration.company.sources import ConnectorSource, Source
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.state import StateStore

# Of which story a simulated source's deliveries are.
MARKER = ".made_from.txt"
# What a simulator may know of the environment.
_KNOWN = ("PATH", "LANG", "TMPDIR")
_BACKLOG = 64
_SECONDS_TO_END = 5.0


@dataclass
class Simulator:
    """One simulator and how a source reads through it.

    Attributes:
        loader: Whose API it speaks.
        address: Where it listens.
        secret: Made up for this run.
        process: It runs here.
        said: What it wrote.
    """

    loader: str
    address: str
    secret: str = field(repr=False)
    process: subprocess.Popen[bytes] = field(repr=False)
    said: IO[bytes] = field(repr=False)

    def end(self) -> None:
        """End the process; a second call does nothing."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.said.close()

    def failure(self) -> str | None:
        """Why it runs no longer, in its last words; None while it runs."""
        if self.process.poll() is None:
            return None
        self.said.seek(0)
        words = self.said.read().decode(errors="replace").strip().splitlines()
        return f"its simulator ended: {words[-1] if words else 'it said nothing'}"


class Simulators:
    """The simulators of a company's sources."""

    def __init__(self, company: Company, variables: Mapping[str, str]) -> None:
        """Start those that sources.yml asks for; of the environment they get what is no secret."""
        self._by_source: dict[str, Simulator] = {}
        for name in company.sources.simulated:
            connector = company.sources.sources[name].connector
            if connector is not None:
                self._by_source[name] = _start(connector, variables)

    def of(
        self, source: Source, variables: Mapping[str, str]
    ) -> tuple[ConnectorSource | None, Mapping[str, str]]:
        """How to read a source: its connector and the variables, with the simulator's in place.

        Args:
            source: Any source; one that is not simulated stays as it is.
            variables: The environment.
        """
        connector = source.connector
        if connector is None or not (found := self._by_source.get(source.name)):
            return connector, variables
        simulated = SIMULATED[connector.loader]
        options = connector.options.model_copy(update=simulated.addresses(found.address))
        told = {
            getattr(options, option): found.secret if value is None else value
            for option, value in simulated.credentials.items()
        }
        others = {
            name: value
            for name, value in variables.items()
            if name.removesuffix("_FILE") not in told
        }
        named = connector.model_copy(update={"options": options})
        return named, {**others, **told}

    def failure(self, source: Source) -> str | None:
        """Why a source's simulator runs no longer, if it has one that does not."""
        found = self._by_source.get(source.name)
        return found.failure() if found else None

    @property
    def names(self) -> Sequence[str]:
        """The sources that are read through simulators."""
        return tuple(self._by_source)

    def close(self) -> None:
        """End all of them."""
        for simulator in self._by_source.values():
            simulator.end()
        self._by_source.clear()


_running: dict[str, Simulators] = {}


def simulators_of_run(run_id: str, company: Company, variables: Mapping[str, str]) -> Simulators:
    """The run's simulators; started by the first who asks."""
    if run_id not in _running:
        end_simulators()
        _running[run_id] = Simulators(company, variables)
    return _running[run_id]


def end_simulators() -> None:
    """End the simulators of this process."""
    for simulators in _running.values():
        simulators.close()
    _running.clear()


atexit.register(end_simulators)


def forget_other_story(settings: Settings, state: StateStore, source: Source) -> None:
    """Forget what was read of a simulated source, where the sample tells another story by now.

    Its records would have the same ids and stamps and say other things, which no system does.
    """
    told = settings.sample_dir / "made_from.txt"
    story = told.read_text() if told.exists() else ""
    folder: Path = source.options.folder
    marker = folder / MARKER
    if marker.exists() and marker.read_text() == story:
        return
    state.forget_connector(source.name)
    shutil.rmtree(settings.raw_pages_dir / source.name, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    marker.write_text(story)


def _start(connector: ConnectorSource, variables: Mapping[str, str]) -> Simulator:
    secret = secrets.token_hex(16)
    known = {name: variables[name] for name in _KNOWN if name in variables}
    said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
    with socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        number = listening.fileno()
        process = subprocess.Popen(  # noqa: S603  our own interpreter and our own module
            [
                *(sys.executable, "-m", f"sample_company.simulators.{connector.loader}"),
                *("--listening", str(number), "--still", "--tied", str(os.getpid())),
            ],
            cwd=PROJECT_ROOT,
            env={**known, "SIMULATOR_SECRET": secret},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            pass_fds=(number,),
        )
    return Simulator(connector.loader, address, secret, process, said)
