"""Reads all sources at once, each with a deadline; a slow or broken one stops nobody else.

Belongs here: deadlines. Does not: what reading a source means (file_drop.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError

from orchestration.company.sources import Source
from orchestration.daemon_threads import start
from orchestration.ingest.file_drop import SourceReading

Read = Callable[[Source], SourceReading]
Fail = Callable[[Source, str], SourceReading]


def read_side_by_side(
    sources: Sequence[Source], read: Read, fail: Fail, deadline_seconds: float
) -> list[SourceReading]:
    """Read the sources and return what each gave, in their order.

    Args:
        sources: The sources.
        read: Reads one.
        fail: Words the reading of one that could not be read.
        deadline_seconds: How long each may take. The thread of one that takes longer is left
            behind; it ends with the process and nothing waits for it.
    """
    end = time.monotonic() + deadline_seconds
    started = zip(sources, start(sources, read, len(sources)), strict=True)
    readings = []
    for source, future in started:
        try:
            readings.append(future.result(timeout=max(0.0, end - time.monotonic())))
        except FutureTimeoutError:
            reason = (
                f"did not finish within {deadline_seconds:g} seconds; look at its folder, or raise "
                "CONCORD_SOURCE_DEADLINE"
            )
            readings.append(fail(source, reason))
        except OSError as error:
            readings.append(fail(source, f"cannot be read: {error}"))
    return readings
