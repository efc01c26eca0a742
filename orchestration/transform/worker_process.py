"""The other end of the dbt worker's pipes: reads commands from stdin, writes results to stdout.

Belongs here: the loop of the process that runs dbt. Does not: starting it (worker.py), dbt itself
(runner.py).
"""

from __future__ import annotations

import gc
import pickle
import sys
from typing import BinaryIO

from expectations.child_process import serve_parent


def main(parent_id: int) -> None:
    """Serve commands until stdin ends or the parent is gone.

    Args:
        parent_id: Process that started this one.
    """
    replies = serve_parent(parent_id)
    settings = pickle.load(sys.stdin.buffer)  # noqa: S301  written by our own parent
    # dbt makes many objects that live to its end: look for garbage seldom.
    gc.set_threshold(200_000, 50, 100)

    from orchestration.transform.runner import run_dbt, warm_up

    warm_up(settings)
    while True:
        try:
            command, arguments, only = pickle.load(sys.stdin.buffer)  # noqa: S301
        except EOFError:
            return
        try:
            results = run_dbt(
                settings,
                command,
                arguments,
                only,
                on_node=lambda *node: _reply(replies, "node", node),
                on_good=lambda result: _reply(replies, "good", result),
            )
        except Exception as error:  # the parent says it to people; a traceback helps nobody
            _reply(replies, "failed", f"{error}" or type(error).__name__)
        else:
            _reply(replies, "done", results)


def _reply(replies: BinaryIO, kind: str, value: object) -> None:
    pickle.dump((kind, value), replies, protocol=pickle.HIGHEST_PROTOCOL)
    replies.flush()
