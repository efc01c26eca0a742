"""A home that lives through random histories, shared by the tests of the laws.

Belongs here: the home. Does not: what must hold of it.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from orchestration.settings import Settings
from orchestration.transform import standing, statements
from orchestration.transform.nodes import Project
from orchestration.transform.project import manifest_json
from tests.kpi.compiled import CompiledModels, compile_models
from tests.laws.building import HASH_KEY, build, ingest, settings_of
from tests.laws.comparing import differences
from tests.laws.counting import uncounted_rows
from tests.laws.from_scratch import Queries, compiled_queries, make_from_scratch
from tests.laws.history import History
from tests.laws.sums import broken_cases

FIRST_SEED = 20261031


@dataclass(frozen=True)
class Lived:
    """What a history led to.

    Attributes:
        differences: Between the home and one built from scratch.
        broken_sums: The sums that do not hold in the home.
        uncounted: Rows that were delivered and are neither in raw nor in quarantine.
        narrow: Names of the models of which only the keys that the history reached were built.
        told: What happened, for the message of a test that fails.
    """

    differences: list[str]
    broken_sums: list[str]
    uncounted: list[str]
    told: str
    narrow: frozenset[str]


@dataclass
class Life:
    """A small company's home, and what it takes to build it from scratch."""

    history: History
    settings: Settings
    project: Project
    queries: Queries
    lived: dict[int, Lived] = field(default_factory=dict)

    @property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """The tested key of each table."""
        return {self.project.models[item].name: key for item, key in self.project.keys.items()}

    def live(self, seed: int) -> Lived:
        """Let a history happen and the home follow it."""
        if seed not in self.lived:
            told = self.history.happen(seed)
            with pytest.MonkeyPatch.context() as patch:
                # Small as its tables are, only the rows that differ are written into them, and
                # only the keys are worked out that a batch reached, however many.
                patch.setattr(statements, "LARGE", 2)
                patch.setattr(standing, "MOST_SHARE", 1_000)
                results = build(self.settings)
            database = self.settings.warehouse_path
            self.lived[seed] = Lived(
                differences(database, self.from_scratch(), self.keys),
                broken_cases(database, HASH_KEY),
                uncounted_rows(self.history, self.settings),
                told,
                frozenset(item.unique_id.split(".")[-1] for item in results if item.is_narrow),
            )
        return self.lived[seed]

    def from_scratch(self, name: str = "fresh", queries: Queries | None = None) -> Path:
        """Build the marts from the deliveries as they are now in a fresh home; return its file."""
        fresh = settings_of(self.history.place / name, self.history.company, threads=1)
        shutil.rmtree(fresh.home, ignore_errors=True)
        ingest(fresh)
        make_from_scratch(fresh, self.project, queries or self.queries)
        return fresh.warehouse_path


@pytest.fixture(scope="session")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """The home after its first build."""
    history = History(tmp_path_factory.mktemp("laws"), Random(FIRST_SEED))
    history.begin()
    settings = settings_of(history.place / "home", history.company)
    build(settings)
    project = Project(manifest_json(settings))
    # Of the first build, which has nothing to add to: later ones may compile increments.
    return Life(history, settings, project, compiled_queries(project))


@pytest.fixture(scope="session")
def first(life: Life) -> Path:
    """What the deliveries make from scratch; nobody changes the file."""
    return life.from_scratch("first")


@pytest.fixture(scope="session")
def compiled_laws(tmp_path_factory: pytest.TempPathFactory) -> CompiledModels:
    """The models that a few tables put to a test, compiled once for all of these tests."""
    return compile_models(
        tmp_path_factory.mktemp("laws"),
        [
            "int_record_merges", "int_record_aliases", "int_anonymous_persons",
            "int_addressed_persons", "int_opportunity_stage_changes", "int_opportunity_loads",
        ],
    )  # fmt: skip
