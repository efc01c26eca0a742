"""Evaluates guards in a process of its own, which can import Great Expectations ahead of time.

Belongs here: starting, feeding and ending that process, and doing its work here when it dies. Does
not: what the process does (worker_process), evaluating guards (runner).

The import takes seconds; started when a run starts, it is over before dbt has built the marts. The
process talks over its own pipes, needs no terminal, and ends when this one does, however it ends.
"""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from os import getpid
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from expectations import data_docs, runner
from expectations.frames import FrameSource
from expectations.model import Suite
from expectations.results import GuardResult
from expectations.runner import Judged
from expectations.verdicts import Verdict

if TYPE_CHECKING:
    import pandas as pd

LOGGER = logging.getLogger("concord.guards")
PROJECT_ROOT = Path(__file__).resolve().parent.parent
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from expectations.worker_process import main; main(int(sys.argv[2]), sys.argv[3] == 'early')"
)


class WorkerError(Exception):
    """The guard process answered that it could not do what it was asked."""


class GuardWorker:
    """A process that evaluates suites while this one does something else.

    Attributes:
        fallback_reason: Why the process cannot be used, where that is so.
        verdicts: Suite name -> what may be kept of it, of all results that were fetched.

    Use it as a context manager, or call `close`. Submit as often as needed; results come back in
    the order of the submissions. When the process dies, the work is done in this process and
    `fallback_reason` says why.
    """

    def __init__(self, is_early: bool = True) -> None:
        """Start the process.

        Args:
            is_early: Whether it begins to import at once, and not when it first has to judge.
        """
        self.fallback_reason: str | None = None
        self.verdicts: dict[str, Verdict] = {}
        self._closed = False
        self._seen: list[tuple[Suite, list[GuardResult]]] = []
        self._pending: deque[tuple[list[Suite], Future[Judged]]] = deque()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  closed in close()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="guards")
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own module
            [
                *(sys.executable, "-c", _START, str(PROJECT_ROOT), str(getpid())),
                "early" if is_early else "late",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
        )

    @property
    def process_id(self) -> int:
        """Id of the process."""
        return self._process.pid

    def warm_up(self) -> None:
        """Let the process import now what it will need; returns at once."""
        self._thread.submit(self._send, None)

    def submit(
        self,
        suites: Sequence[Suite],
        frames: Mapping[str, pd.DataFrame],
        frame_errors: Mapping[str, str] | None = None,
    ) -> None:
        """Hand suites and frames over; returns at once. Arguments as of `runner.evaluate`."""
        job = (list(suites), dict(frames), dict(frame_errors or {}))
        self._pending.append((job[0], self._thread.submit(self._ask, *job)))

    def submit_source(self, suites: Sequence[Suite], source: FrameSource) -> None:
        """Hand suites over with the place of their frames; returns at once."""
        chosen = list(suites)
        self._pending.append((chosen, self._thread.submit(self._ask, chosen, source)))

    def result(self, timeout: float | None = None) -> list[GuardResult]:
        """Wait for the results of the oldest submission that was not asked for yet.

        Args:
            timeout: Seconds after which the process is ended and its work is done here.

        Raises:
            WorkerError: When the process could not do what it was asked.
            IndexError: When nothing was submitted.
        """
        suites, future = self._pending.popleft()
        try:
            judged = future.result(timeout)
        except FutureTimeoutError:
            self.fallback_reason = f"it gave no answer within {timeout:g} seconds"
            self._process.kill()
            judged = future.result()
        self.verdicts |= judged.verdicts
        results = judged.results
        by_guard = {result.guard: result for result in results}
        self._seen += [(suite, [by_guard[g.guard] for g in suite.guards]) for suite in suites]
        return results

    def build_docs(self, folder: Path) -> Path:
        """Write the page with every result that was fetched from this worker."""
        suites = [suite for suite, _ in self._seen]
        results = [result for _, some in self._seen for result in some]
        return data_docs.build_data_docs(suites, results, folder)

    def close(self) -> None:
        """End the process; safe to call twice."""
        self._closed = True
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._thread.shutdown(wait=True, cancel_futures=True)
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            _close_quietly(stream)

    def __enter__(self) -> Self:
        """Return the worker itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self.close()

    def _ask(self, *job: Any) -> Judged:
        if self.fallback_reason is None:
            try:
                return self._exchange(job)
            except (OSError, EOFError, pickle.UnpicklingError, ValueError) as error:
                self._process.kill()
                self._process.wait()
                self.fallback_reason = self.fallback_reason or self._why_it_died(error)
        if self._closed:
            raise WorkerError("The guard process was closed before it answered.")
        LOGGER.warning(
            "The guard process cannot be used (%s); guards are evaluated in the main process, "
            "which takes a few seconds longer. The results are the same.",
            self.fallback_reason,
        )
        return runner.evaluate_job(*job)

    def _exchange(self, job: object) -> Judged:
        stdout = self._send(job)
        verdict, value = pickle.load(stdout)  # noqa: S301  written by our own process
        if verdict != "ok":
            raise WorkerError(f"The guard process reports: {value}")
        if not isinstance(value, Judged):
            raise ValueError(f"the process answered with {type(value).__name__}")
        return value

    def _send(self, job: object) -> IO[bytes]:
        """Give a job to the process; returns the pipe on which it answers."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError("the process has no pipes")
        pickle.dump(job, stdin, protocol=pickle.HIGHEST_PROTOCOL)
        stdin.flush()
        return stdout

    def _why_it_died(self, error: BaseException) -> str:
        code = self._process.returncode
        self._stderr.seek(0)
        lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        said = f", its last words: {lines[-1][:200]}" if lines else ""
        return f"it ended with exit code {code} ({type(error).__name__}){said}"


def _close_quietly(stream: IO[bytes] | None) -> None:
    if stream is not None:
        try:
            stream.close()
        except OSError:
            LOGGER.debug("A pipe of the guard process was broken already.")
