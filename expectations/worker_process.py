"""The other end of the worker's pipes: reads jobs from stdin, writes results to stdout.

Belongs here: the loop of the process that evaluates guards. Does not: starting it (worker).
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from typing import BinaryIO

# How often the process looks whether the one that started it still lives.
_SECONDS_BETWEEN_LOOKS = 1.0


def main(parent_id: int) -> None:
    """Serve jobs until stdin ends or the parent is gone.

    Args:
        parent_id: Process that started this one.
    """
    # Ctrl-C goes to every process of the terminal; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, args=(parent_id,), daemon=True).start()
    replies = _claim_stdout()

    from expectations import engine, runner

    engine.warm_up()
    while True:
        try:
            job = pickle.load(sys.stdin.buffer)  # noqa: S301  written by our own parent
        except EOFError:
            return
        try:
            reply: tuple[str, object] = ("ok", runner.evaluate(*job))
        except Exception as error:  # the parent says it to people; a traceback helps nobody
            reply = ("error", f"{type(error).__name__}: {error}")
        try:
            pickle.dump(reply, replies, protocol=pickle.HIGHEST_PROTOCOL)
            replies.flush()
        except BrokenPipeError:
            return


def _claim_stdout() -> BinaryIO:
    """Keep stdout for replies; whatever a library writes there goes to stderr instead."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


def _leave_with_parent(parent_id: int) -> None:
    """End at once when the parent is gone, even in the middle of a job."""
    look = threading.Event()
    while os.getppid() == parent_id:
        look.wait(_SECONDS_BETWEEN_LOOKS)
    os._exit(0)
