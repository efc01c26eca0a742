"""What a reading process is doing, and its death in the middle of it.

Each phase has a clock of its own, so a moment of a short phase is drawn as easily as one of a long
one. The phase is written where it outlives the process.

Belongs here: phases, their clocks, the death. Does not: the reading (pulling_process), or which
moment it shall be (soak).
"""

from __future__ import annotations

import functools
import mmap
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orchestration.connectors.ads.reach import ReachFiles
from orchestration.connectors.ads.slices import DaySlices
from orchestration.connectors.hubspot.message_log import MessageLog
from orchestration.connectors.hubspot.staging import Stager
from orchestration.connectors.landing import Landing
from orchestration.connectors.salesforce import object_pull

# Requests and kept pages; rows that are typed and become deliveries; deliveries that become raw;
# and the moment at which the transform would begin.
EXTRACT, NORMALISE, LOAD, LOADED = "extract", "normalise", "load", "loaded"
# Models that are built, and the moment at which all of them are.
TRANSFORM, TRANSFORMED = "transform", "transformed"
PHASES = (EXTRACT, NORMALISE, LOAD, LOADED, TRANSFORM, TRANSFORMED)
_BEFORE = "before"
_WIDTH = 16
_TICK_SECONDS = 0.0005
# Where a connector types rows and writes deliveries.
_NORMALISING: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Landing, ("stage", "stage_gone", "settle", "replace_by", "compact")),
    (Stager, ("flush", "archived", "gone", "end")),
    (DaySlices, ("replace",)),
    (ReachFiles, ("replace",)),
    (MessageLog, ("add", "settle")),
    (object_pull, ("stage_rows",)),
)


class Clock:
    """The phase that a process is in, and how long it has been in each.

    Attributes:
        phase: Where it is.
        spent: Phase to seconds.
    """

    def __init__(self, path: Path) -> None:
        """Begin before the first phase, and write the phase to a file from now on."""
        path.write_bytes(_BEFORE.ljust(_WIDTH).encode())
        with path.open("r+b") as file:
            self._shown = mmap.mmap(file.fileno(), _WIDTH)
        self.phase = _BEFORE
        self.spent = dict.fromkeys((_BEFORE, *PHASES), 0.0)
        self._since = time.monotonic()

    def enter(self, phase: str) -> str:
        """Be in a phase from now on; returns the one before."""
        now, before = time.monotonic(), self.phase
        self.spent[before] += now - self._since
        self._since, self.phase = now, phase
        self._shown[:_WIDTH] = phase.ljust(_WIDTH).encode()
        return before

    @contextmanager
    def within(self, phase: str) -> Iterator[None]:
        """Be in a phase for a while, then in the one before again."""
        before = self.enter(phase)
        try:
            yield
        finally:
            self.enter(before)

    def watch_normalising(self) -> None:
        """Be in `normalise` wherever a connector types rows or writes deliveries."""
        for owner, names in _NORMALISING:
            for name in names:
                setattr(owner, name, self._watched(getattr(owner, name)))

    def die_in(self, phase: str, after: float) -> None:
        """Die, by -9, when the process has been so many seconds in a phase."""

        def wait() -> None:
            while True:
                now = time.monotonic() - self._since if self.phase == phase else 0.0
                if self.phase == phase and self.spent[phase] + now >= after:
                    os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(_TICK_SECONDS)

        threading.Thread(target=wait, daemon=True).start()

    def _watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*arguments: Any, **named: Any) -> Any:
            with self.within(NORMALISE):
                return function(*arguments, **named)

        return watched


def phase_of_death(path: Path) -> str:
    """The phase that a process was in when it died."""
    return path.read_bytes().decode().strip()
