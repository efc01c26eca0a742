"""A simulator as a process of its own: when it has to end.

Belongs here: signals, and the death of who started it. Does not: what is served.
"""

from __future__ import annotations

import os
import signal
import threading

SECONDS_BETWEEN_LOOKS = 0.5


def end_of_service(parent: int | None) -> threading.Event:
    """An event that is set when the simulator has to end: by Control-C or a request to end.

    Ask for it before anything is made: who hears the address may end us at once, and nothing may
    stay.

    Args:
        parent: Process that started this one, if its end counts too, however it comes.
    """
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    if parent is not None:

        def watch() -> None:
            while os.getppid() == parent and not ended.wait(SECONDS_BETWEEN_LOOKS):
                pass
            ended.set()

        threading.Thread(target=watch, daemon=True).start()
    return ended
