"""The order in which Dagster is told of nodes: each model after the models that it reads.

Belongs here: that order, where some nodes stand and others are just being built. Does not: what
Dagster is told (assets.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orchestration.transform.nodes import Project
from orchestration.transform.results import NodeResult


def in_order(
    project: Project, kept: Iterable[NodeResult], built: Iterable[NodeResult]
) -> Iterator[NodeResult]:
    """Yield every built result as it comes, and each kept one once what it reads was yielded.

    A kept result whose model reads one that was not built well is left out: its table is sound, but
    nobody knows what it would be made from next.
    """
    waiting = list(kept)
    told: set[str] = set()
    waiting, ready = _part(project, waiting, told)
    yield from ready
    for result in built:
        yield result
        if result.is_good:
            told.add(result.unique_id)
            waiting, ready = _part(project, waiting, told)
            yield from ready


def _part(
    project: Project, waiting: list[NodeResult], told: set[str]
) -> tuple[list[NodeResult], list[NodeResult]]:
    """What must wait on, and what may be told now, in order; `told` grows by it."""
    ready: list[NodeResult] = []
    grows = True
    while grows and waiting:
        later = []
        for result in waiting:
            if all(item in told for item in _models_below(project, result)):
                ready.append(result)
                told.add(result.unique_id)
            else:
                later.append(result)
        grows = len(later) < len(waiting)
        waiting = later
    return waiting, ready


def _models_below(project: Project, result: NodeResult) -> list[str]:
    node = project.models.get(result.unique_id) or project.tests[result.unique_id]
    return [item for item in node.reads if item in project.models]
