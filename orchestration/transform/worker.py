"""Runs dbt in a process of its own, which imports dbt while the run still ingests.

dbt needs seconds to import and to read its project before the first model. Started with the run,
the process is ready when the raw guards have passed. It ends when this one does, however it ends.

Belongs here: starting, asking and ending that process. Does not: what it does (worker_process.py).
"""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from os import getpid
from typing import Any

from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.transform.project import TransformError
from orchestration.transform.results import NodeResult, OnNode

LOGGER = logging.getLogger("concord.transform")
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from orchestration.transform.worker_process import main; main(int(sys.argv[2]))"
)


class DbtWorker:
    """A process that runs dbt commands; one after the other."""

    def __init__(self, settings: Settings) -> None:
        """Start the process; it begins to import at once."""
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  closed in close()
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own module
            [sys.executable, "-c", _START, str(PROJECT_ROOT), str(getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
        )
        self._send(settings)

    @property
    def process_id(self) -> int:
        """Id of the process."""
        return self._process.pid

    def run(
        self,
        command: str,
        arguments: Sequence[str] = (),
        only: Collection[str] | None = None,
        on_node: OnNode | None = None,
    ) -> Iterator[NodeResult]:
        """Run a dbt command there; yield the result of every node, good ones as they come.

        Args:
            command: As of `runner.run_dbt`.
            arguments: As of `runner.run_dbt`.
            only: As of `runner.run_dbt`.
            on_node: As of `runner.run_dbt`.

        Raises:
            TransformError: When dbt could not run, or its process died.
        """
        self._send((command, list(arguments), None if only is None else list(only)))
        told: set[str] = set()
        while True:
            kind, value = self._receive()
            if kind == "node" and on_node is not None:
                on_node(*value)
            elif kind == "good":
                told.add(value.unique_id)
                yield value
            elif kind == "failed":
                raise TransformError(value)
            elif kind == "done":
                yield from (result for result in value if result.unique_id not in told)
                return

    def close(self) -> None:
        """End the process; safe to call twice."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            try:
                if stream is not None:
                    stream.close()
            except OSError:
                LOGGER.debug("A pipe of the dbt process was broken already.")

    def _send(self, message: object) -> None:
        pipe = self._process.stdin
        if pipe is None:
            raise TransformError("the dbt process has no pipes")
        try:
            pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
            pipe.flush()
        except OSError as error:
            raise TransformError(self._why_it_died()) from error

    def _receive(self) -> tuple[str, Any]:
        pipe = self._process.stdout
        if pipe is None:
            raise TransformError("the dbt process has no pipes")
        try:
            kind, value = pickle.load(pipe)  # noqa: S301  written by our own process
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise TransformError(self._why_it_died()) from error
        return kind, value

    def _why_it_died(self) -> str:
        self._process.kill()
        code = self._process.wait()
        self._stderr.seek(0)
        lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        said = f"; its last words: {lines[-1][:300]}" if lines else ""
        hint = " (killed: perhaps the machine ran out of memory; lower CONCORD_MEMORY)"
        return f"the dbt process ended with exit code {code}{hint if code == -9 else ''}{said}"


_workers: dict[str, DbtWorker] = {}


def start_worker(settings: Settings, run_id: str) -> None:
    """Start the dbt process of a run, ahead of its transform step."""
    close_workers()
    _workers[run_id] = DbtWorker(settings)


def worker_of_run(settings: Settings, run_id: str) -> DbtWorker:
    """The run's dbt process; started now when nobody did so before."""
    if run_id not in _workers:
        start_worker(settings, run_id)
    return _workers[run_id]


def close_workers() -> None:
    """End the dbt processes of this process."""
    for worker in _workers.values():
        worker.close()
    _workers.clear()
