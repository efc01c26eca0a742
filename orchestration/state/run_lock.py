"""One run at a time per home.

Belongs here: the lock. Does not: what a run does while it holds it. The lock is the kernel's
(flock), so that a process that dies, however it dies, lets go of it; the file's text only says who
holds it and is never trusted.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

_RETRY_SECONDS = 0.2


class HomeBusy(Exception):  # noqa: N818 - it names a state, not a mistake
    """Another run holds this home.

    Attributes:
        pid: Process id of the holder, None when it could not be read.
        since: When the holder took the lock (UTC), None when it could not be read.
    """

    def __init__(self, path: Path, pid: int | None, since: datetime | None) -> None:
        """Word the message from what is known about the holder."""
        self.pid = pid
        self.since = since
        holder = f"process {pid}" if pid is not None else "another process"
        start = f" since {since:%Y-%m-%d %H:%M:%S} UTC" if since is not None else ""
        super().__init__(
            f"{path.parent} is in use by {holder}{start}: one run at a time per home. "
            "Wait for it to end, or set CONCORD_HOME to another folder."
        )


@contextmanager
def run_lock(path: Path, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the home's lock while the block runs.

    Args:
        path: The lock file; made where missing, and left behind empty.
        wait_seconds: How long to wait for another run to end before giving up.

    Raises:
        HomeBusy: When another run still holds the lock after that.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _take(descriptor, path, time.monotonic() + wait_seconds)
        holder = {"pid": os.getpid(), "started_at": datetime.now(UTC).isoformat()}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)  # lets go of the lock


def _take(descriptor: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise HomeBusy(path, *_holder(descriptor)) from None
            time.sleep(min(_RETRY_SECONDS, remaining))


def _holder(descriptor: int) -> tuple[int | None, datetime | None]:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
        return int(holder["pid"]), datetime.fromisoformat(holder["started_at"])
    except (ValueError, KeyError, TypeError):
        return None, None
