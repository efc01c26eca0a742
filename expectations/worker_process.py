"""The other end of the worker's pipes: reads jobs from stdin, writes results to stdout.

Belongs here: the loop of the process that evaluates guards. Does not: starting it (worker).
"""

from __future__ import annotations

import pickle
import sys

from expectations.child_process import serve_parent


def main(parent_id: int, is_early: bool) -> None:
    """Serve jobs until stdin ends or the parent is gone.

    Args:
        parent_id: Process that started this one.
        is_early: Whether to import Great Expectations before the first job comes.
    """
    replies = serve_parent(parent_id)

    from expectations import engine, runner

    if is_early:
        engine.warm_up()
    while True:
        try:
            job = pickle.load(sys.stdin.buffer)  # noqa: S301  written by our own parent
        except EOFError:
            return
        if job is None:
            engine.warm_up()
            continue
        try:
            reply: tuple[str, object] = ("ok", runner.evaluate_job(*job))
        except Exception as error:  # the parent says it to people; a traceback helps nobody
            reply = ("error", f"{type(error).__name__}: {error}")
        try:
            pickle.dump(reply, replies, protocol=pickle.HIGHEST_PROTOCOL)
            replies.flush()
        except BrokenPipeError:
            return
