"""Which models and tests stand as this run would make them, so that nobody need do it again.

What a node gives depends on the project's files, on the keyed hash of personal data and on the rows
it reads. All of it together is the node's fingerprint. A node whose fingerprint is the one that was
remembered with it holds the very rows that building it again would write; a test that passed then
passes now. A model that was built again and gave the same rows as before changes nothing for what
reads it: the build stops there. The memory lies in the warehouse itself, so it is lost with it.

Belongs here: what stands, and the memory of it. Does not: fingerprints (fingerprints.py), building
(compiled.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from orchestration.hash_key import hash_key
from orchestration.ingest.warehouse import warehouse
from orchestration.settings import Settings
from orchestration.transform.fingerprints import VIEW, Fingerprints, hash_of
from orchestration.transform.nodes import Project
from orchestration.transform.project import fingerprint
from orchestration.transform.results import NodeResult

SCHEMA = "standing"
TABLE = f"{SCHEMA}.node"


@dataclass(frozen=True)
class Memory:
    """What is remembered of a node that was made well.

    Attributes:
        fingerprint: Of what made it.
        row_count: Rows of a table or of a mart that is a view; None of other views and of tests.
        content: Stands for a table's rows: the fingerprint under which they were first made.
        digest: `rows_digest` of a table, where it was asked for; else None.
    """

    fingerprint: str
    row_count: int | None
    content: str
    digest: str | None


class BuildPlan:
    """What a build has to do; some of it only turns out while it is under way.

    Attributes:
        kept: Rows of each model that stands for certain (None for a view that is no mart), and each
            test that passed (None).
    """

    def __init__(
        self,
        project: Project,
        fingerprints: Fingerprints,
        known: dict[str, Memory],
        relations: set[tuple[str, str, bool]],
    ) -> None:
        """Find what stands whatever the build makes of the rest."""
        self._project, self._fingerprints = project, fingerprints
        self._known = known
        # Their rows are known all the same: the same fingerprint gives them again.
        self._lost = {item for item in project.models if _place(project, item) not in relations}
        self._settled: dict[str, bool] = {}
        self.kept = {
            unique_id: self._known[unique_id].row_count
            for unique_id in [*project.models, *project.tests]
            if self._stands_for_certain(unique_id)
        }

    @property
    def to_build(self) -> list[str]:
        """The dbt ids of the rest, in the order of the project."""
        every = [*self._project.models, *self._project.tests]
        return [unique_id for unique_id in every if unique_id not in self.kept]

    def before(self, unique_id: str) -> Memory | None:
        """What is remembered of a node that is to be built, and is still there."""
        return None if unique_id in self._lost else self._known.get(unique_id)

    def kept_now(self, unique_id: str) -> NodeResult | None:
        """The result of a node that turns out to stand, once all that it reads is made."""
        memory = self.before(unique_id)
        if memory is None or memory.fingerprint != self._fingerprints.of(unique_id):
            return None
        if not self._is_view(unique_id):
            self._fingerprints.settle(unique_id, memory.content)
        return kept_result(self._project, unique_id, memory.row_count)

    def made(self, result: NodeResult) -> None:
        """Take note of a model that was built: the same rows leave alone what reads it."""
        memory = self._known.get(result.unique_id)
        if memory is not None and result.has_same_rows:
            self._fingerprints.settle(result.unique_id, memory.content)

    def memory_of(self, result: NodeResult) -> Memory:
        """What to remember of a node that is good."""
        unique_id = result.unique_id
        known = self._known.get(unique_id)
        digest = known.digest if known is not None and result.is_kept else result.digest
        content = "" if self._is_view(unique_id) else self._fingerprints.content(unique_id)
        return Memory(self._fingerprints.of(unique_id), result.row_count, content, digest)

    def _stands_for_certain(self, unique_id: str) -> bool:
        memory = self.before(unique_id)
        if memory is None:
            return False
        if self._is_view(unique_id):
            return memory.fingerprint == self._fingerprints.of(unique_id)
        return self._is_settled(unique_id)

    def _is_settled(self, unique_id: str) -> bool:
        """Whether the rows of a source or model, or what a test saw, are known before the build."""
        if unique_id not in self._settled:
            self._settled[unique_id] = self._find_settled(unique_id)
        return self._settled[unique_id]

    def _find_settled(self, unique_id: str) -> bool:
        node = self._project.models.get(unique_id) or self._project.tests.get(unique_id)
        if node is None:  # a source
            return True
        if not all([self._is_settled(item) for item in node.reads]):
            return False
        if self._is_view(unique_id):
            return True
        memory = self._known.get(unique_id)
        if memory is None or memory.fingerprint != self._fingerprints.of(unique_id):
            return False
        self._fingerprints.settle(unique_id, memory.content)
        return True

    def _is_view(self, unique_id: str) -> bool:
        model = self._project.models.get(unique_id)
        return model is not None and model.materialized == VIEW


def plan_build(settings: Settings, project: Project, is_from_scratch: bool = False) -> BuildPlan:
    """Say what stands and what must be built.

    Args:
        settings: The home.
        project: The models and tests.
        is_from_scratch: Whether everything is to be built, whatever stands.

    Raises:
        SettingsError: When the hash key cannot be read.
    """
    code = hash_of(fingerprint(settings), duckdb.__version__, hash_key(settings))
    with warehouse(settings) as connection:
        fingerprints = Fingerprints(connection, project, code)
        known = {} if is_from_scratch else _remembered(connection)
        return BuildPlan(project, fingerprints, known, _relations(connection))


def kept_result(project: Project, unique_id: str, row_count: int | None) -> NodeResult:
    """What stands, as if it had just been done again; no time was taken."""
    is_test = unique_id in project.tests
    return NodeResult(
        unique_id=unique_id,
        resource_type="test" if is_test else "model",
        status="pass" if is_test else "success",
        failures=0 if is_test else None,
        message="",
        seconds=0.0,
        row_count=row_count,
        is_kept=True,
    )


def forget(settings: Settings, unique_ids: Iterable[str]) -> None:
    """Take the memory of nodes back; call it before they are built, for a build may be killed."""
    with warehouse(settings) as connection:
        _make_table(connection)
        connection.execute(f"delete from {TABLE} where unique_id in $1", [list(unique_ids)])  # noqa: S608


def remember(settings: Settings, plan: BuildPlan, results: Iterable[NodeResult]) -> None:
    """Note the nodes that a build made well; a test that warned is looked at again next time."""
    good = {item.unique_id: item for item in results if item.status in ("success", "pass")}
    noted = [(unique_id, plan.memory_of(item)) for unique_id, item in good.items()]
    with warehouse(settings) as connection:
        _make_table(connection)
        connection.execute(
            f"insert or replace into {TABLE} by name select unnest($1) as unique_id, "  # noqa: S608
            "unnest($2) as fingerprint, unnest($3::bigint[]) as row_count, "
            "unnest($4) as content, unnest($5::varchar[]) as digest",
            [
                [unique_id for unique_id, _ in noted],
                [memory.fingerprint for _, memory in noted],
                [memory.row_count for _, memory in noted],
                [memory.content for _, memory in noted],
                [memory.digest for _, memory in noted],
            ],
        )


def _make_table(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(
        f"create table if not exists {TABLE} "
        "(unique_id varchar primary key, fingerprint varchar not null, row_count bigint)"
    )
    for column in ("content", "digest"):  # of homes made before they were kept
        connection.execute(f"alter table {TABLE} add column if not exists {column} varchar")


def _remembered(connection: duckdb.DuckDBPyConnection) -> dict[str, Memory]:
    try:
        rows = connection.execute(
            f"select unique_id, fingerprint, row_count, content, digest from {TABLE} "  # noqa: S608
            "where content is not null"
        ).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return {}
    return {unique_id: Memory(*values) for unique_id, *values in rows}


def _relations(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str, bool]]:
    return set(
        connection.execute(
            "select schema_name, view_name, true from duckdb_views() union all "
            "select schema_name, table_name, false from duckdb_tables()"
        ).fetchall()
    )


def _place(project: Project, unique_id: str) -> tuple[str, str, bool]:
    model = project.models[unique_id]
    return model.schema, model.name, model.materialized == VIEW
