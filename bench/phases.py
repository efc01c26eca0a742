"""Runs one phase as a process and says what it took.

Belongs here: wall and CPU time and peak memory of a command with all it starts. Does not: which
commands (measure).
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Phase:
    """What one phase took.

    Attributes:
        name: Its name.
        wall_seconds: From start to end.
        cpu_seconds: User and system time of the process and all it started.
        peak_megabytes: Largest resident memory of the process and all it started, together.
        rows: What it worked on, for rows per second.
    """

    name: str
    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: float
    rows: int

    @property
    def rows_per_second(self) -> int:
        """Rows per second of wall time."""
        return int(self.rows / self.wall_seconds) if self.wall_seconds else 0

    def as_record(self) -> dict[str, object]:
        """The phase for a JSON file."""
        return {**asdict(self), "rows_per_second": self.rows_per_second}


def run_phase(
    name: str, command: list[str], rows: int, log: Path, environment: dict[str, str]
) -> Phase:
    """Run a command to its end.

    Raises:
        RuntimeError: When it failed; its words are in the log.
    """
    before = os.times()
    started = time.perf_counter()
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  our own commands
            command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **environment}
        )
        watch = _MemoryWatch(process.pid)
        watch.start()
        code = process.wait()
        watch.stop()
    wall = time.perf_counter() - started
    after = os.times()
    cpu = (
        after.children_user - before.children_user + after.children_system - before.children_system
    )
    if code != 0:
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        words = said[-1] if said else "nothing"
        raise RuntimeError(f"{name} ended with exit code {code}; its last words: {words}")
    return Phase(name, round(wall, 2), round(cpu, 2), round(watch.peak_megabytes, 1), rows)


class _MemoryWatch(threading.Thread):
    """Adds up the resident memory of a process and everything below it, again and again."""

    SECONDS = 0.2

    def __init__(self, process_id: int) -> None:
        super().__init__(daemon=True)
        self._process_id = process_id
        self._ended = threading.Event()
        self.peak_megabytes = 0.0

    def run(self) -> None:
        while not self._ended.wait(self.SECONDS):
            self.peak_megabytes = max(self.peak_megabytes, _resident(self._process_id))

    def stop(self) -> None:
        """Stop watching."""
        self._ended.set()
        self.join()


def _resident(process_id: int) -> float:
    """Megabytes of a process and its descendants; 0 where the system has no /proc."""
    total, waiting = 0.0, [process_id]
    while waiting:
        current = waiting.pop()
        folder = Path("/proc") / str(current)
        try:
            for line in (folder / "status").read_text().splitlines():
                if line.startswith("RssAnon:"):
                    total += int(line.split()[1]) / 1024
            for task in (folder / "task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return total
