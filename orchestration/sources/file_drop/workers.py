"""Works on several things at once, in threads that keep no process alive.

Belongs here: the threads. Does not: what they do (extraction.py).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(
    items: Sequence[Item], work: Callable[[Item], Result], threads: int
) -> list[Result]:
    """Return what `work` gives for each item, in the order of the items.

    Args:
        items: What to work on.
        work: Works on one; an error of it is raised here, of the first item that had one.
        threads: At most so many at once. They are daemons, unlike a pool's: nobody waits at the
            end of the process for one that hangs.
    """
    if threads <= 1 or len(items) <= 1:
        return [work(item) for item in items]
    waiting: SimpleQueue[tuple[Future[Result], Item]] = SimpleQueue()
    futures: list[Future[Result]] = []
    for item in items:
        futures.append(Future())
        waiting.put((futures[-1], item))

    def work_on() -> None:
        while True:
            try:
                future, item = waiting.get_nowait()
            except Empty:
                return
            try:
                future.set_result(work(item))
            except BaseException as error:  # handed to whoever asks for the result
                future.set_exception(error)

    for _ in range(min(threads, len(items))):
        threading.Thread(target=work_on, name="file-drop", daemon=True).start()
    return [future.result() for future in futures]
