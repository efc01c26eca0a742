"""What each process that serves its parent over pipes does first.

Belongs here: keeping the pipe for replies, and leaving with the parent. Nothing heavy is imported.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import BinaryIO

# How often the process looks whether the one that started it still lives.
_SECONDS_BETWEEN_LOOKS = 1.0


def serve_parent(parent_id: int) -> BinaryIO:
    """Tie this process to its parent, and return the pipe on which it replies.

    Ctrl-C goes to every process of the terminal; the parent decides what it means. Whatever a
    library writes to stdout goes to stderr instead. When the parent is gone, this process ends at
    once, even in the middle of a job.

    Args:
        parent_id: Process that started this one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, args=(parent_id,), daemon=True).start()
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


def _leave_with_parent(parent_id: int) -> None:
    look = threading.Event()
    while os.getppid() == parent_id:
        look.wait(_SECONDS_BETWEEN_LOOKS)
    os._exit(0)
