"""The guard process of a run: started early, so that its import is over before it is needed.

Belongs here: one worker per run and process. Does not: what it evaluates.
"""

from __future__ import annotations

from expectations.worker import GuardWorker

_workers: dict[str, GuardWorker] = {}


def worker_of_run(run_id: str, is_early: bool = True) -> GuardWorker:
    """The run's guard process; started by the first who asks.

    Args:
        run_id: The run.
        is_early: As of `GuardWorker`; of no meaning when the process was started before.
    """
    if run_id not in _workers:
        close_workers()
        _workers[run_id] = GuardWorker(is_early)
    return _workers[run_id]


def close_workers() -> None:
    """End the guard processes of this process."""
    for worker in _workers.values():
        worker.close()
    _workers.clear()
