"""In which order chosen nodes are built: what each waits for, and what falls with one that broke.

As `dbt build` has it: a model waits for the models that it reads, also where models that stand lie
between, and for each test that can be run before it; what waits for a broken node is skipped.

Belongs here: the order. Does not: building (compiled.py).
"""

from __future__ import annotations

from collections.abc import Collection

from orchestration.transform.nodes import Project


class Order:
    """Hands out the nodes that may be built now.

    Of those, first the one that most others wait for.
    """

    def __init__(self, project: Project, chosen: Collection[str]) -> None:
        """Work out what waits for what among the chosen models and tests."""
        self._waits = _waits(project, set(chosen))
        self._followers: dict[str, list[str]] = {unique_id: [] for unique_id in self._waits}
        for unique_id, waits in self._waits.items():
            for item in waits:
                self._followers[item].append(unique_id)
        weight = {unique_id: len(self._below(unique_id)) for unique_id in self._waits}
        ranked = sorted(weight, key=lambda item: (-weight[item], item))
        self._rank = {unique_id: place for place, unique_id in enumerate(ranked)}
        self._ready = [unique_id for unique_id, waits in self._waits.items() if not waits]

    def next(self) -> str | None:
        """A node that may be built now; None while all that are left wait."""
        if not self._ready:
            return None
        chosen = min(self._ready, key=self._rank.__getitem__)
        self._ready.remove(chosen)
        return chosen

    def done(self, unique_id: str) -> None:
        """Take a node as built; what waited for it alone may be built now."""
        for follower in self._followers[unique_id]:
            waits = self._waits.get(follower)
            if waits is not None:
                waits.discard(unique_id)
                if not waits:
                    self._ready.append(follower)
        self._waits.pop(unique_id, None)

    def broke(self, unique_id: str) -> list[str]:
        """Take a node as broken; returns what is skipped with it, in order."""
        self._waits.pop(unique_id, None)
        fallen = sorted(self._below(unique_id) & self._waits.keys(), key=self._rank.__getitem__)
        for item in fallen:
            del self._waits[item]
        return fallen

    def _below(self, unique_id: str) -> set[str]:
        found: set[str] = set()
        stack = [unique_id]
        while stack:
            for follower in self._followers[stack.pop()]:
                if follower not in found:
                    found.add(follower)
                    stack.append(follower)
        return found


def _waits(project: Project, chosen: set[str]) -> dict[str, set[str]]:
    above = _models_above(project)
    waits: dict[str, set[str]] = {}
    for unique_id in project.models:
        if unique_id in chosen:
            waits[unique_id] = above[unique_id] & chosen
    for unique_id, test in project.tests.items():
        if unique_id not in chosen:
            continue
        models = {item for item in test.reads if item in project.models}
        waits[unique_id] = (models.union(*(above[item] for item in models))) & chosen
        for model in waits:
            if model in project.models and models <= above[model]:
                waits[model].add(unique_id)
    return waits


def _models_above(project: Project) -> dict[str, set[str]]:
    """All models that each model reads, also by way of others."""
    found: dict[str, set[str]] = {}

    def of(unique_id: str) -> set[str]:
        if unique_id not in found:
            models = [item for item in project.models[unique_id].reads if item in project.models]
            found[unique_id] = set(models).union(*(of(item) for item in models))
        return found[unique_id]

    for unique_id in project.models:
        of(unique_id)
    return found
