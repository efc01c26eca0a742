"""Works on several things at once, in threads that keep no process alive.

Belongs here: the threads. Does not: what they do, or how long one waits for them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def start(
    items: Sequence[Item], work: Callable[[Item], Result], threads: int
) -> list[Future[Result]]:
    """Begin to work on items; return what will come of each, in their order.

    Args:
        items: What to work on.
        work: Works on one; its error goes to whoever asks for the result.
        threads: At most so many at once. They are daemons, unlike a pool's: nobody waits at the
            end of the process for one that hangs.
    """
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
        threading.Thread(target=work_on, name="concord-work", daemon=True).start()
    return futures
