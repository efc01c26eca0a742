"""Which models and tests stand as this run would make them, so that nobody need do it again.

What a node gives depends on the project's files, on the keyed hash of personal data and on the rows
it reads. All of it together is the node's fingerprint. A node whose fingerprint is the one that was
remembered with it holds the very rows that building it again would write; a test that passed then
passes now. A model that was built again and gave the same rows as before changes nothing for what
reads it: the build stops there. Of a node that falls apart by a key the rows of each table below it
are remembered one by one, so that a few changed rows of them need not concern all of it. The memory
lies in the warehouse itself, so it is lost with it.

Belongs here: what stands, and the memory of it. Does not: fingerprints (fingerprints.py), building
(compiled.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import duckdb

from orchestration.hash_key import hash_key
from orchestration.ingest.warehouse import warehouse
from orchestration.settings import Settings
from orchestration.sources.file_drop import RAW_SCHEMA
from orchestration.transform.difference import IS_OLD
from orchestration.transform.fingerprints import VIEW, Fingerprints, hash_of
from orchestration.transform.nodes import DataTest, Model, Project
from orchestration.transform.project import fingerprint
from orchestration.transform.raw_loads import (
    Loads,
    Noted,
    added_loads,
    loads_before,
    note_loads,
    shown_loads,
)
from orchestration.transform.results import NodeResult
from orchestration.transform.scope import Scope, change_place, tables_below, views_below
from orchestration.transform.whole_builds import is_due, note

SCHEMA = "standing"
TABLE = f"{SCHEMA}.node"
# Stands for the project beside the dbt ids of what a node reads.
CODE = "project"
# A batch that reaches more of a model's keys than this share of its rows is worked out whole; of a
# test the rows are not known.
MOST_SHARE = 0.2
MOST_KEYS = 1_000_000


@dataclass(frozen=True)
class Memory:
    """What is remembered of a node that was made well.

    Attributes:
        fingerprint: Of what made it.
        row_count: Rows of a table or of a mart that is a view; None of other views and of tests.
        content: Stands for a table's rows: the fingerprint under which they were first made.
        digest: `rows_digest` of a table, where it was asked for; else None.
        inputs: Of a node that falls apart by a key: what stood for the project and for the rows of
            each table below it.
    """

    fingerprint: str
    row_count: int | None
    content: str
    digest: str | None
    inputs: Mapping[str, str] = field(default_factory=dict)


class BuildPlan:
    """What a build has to do; some of it only turns out while it is under way.

    Attributes:
        kept: Rows of each model that stands for certain (None for a view that is no mart), and each
            test that passed (None).
        whole_on: The day, where models that are built in part are built whole this time.
        doubted: Their dbt ids.
        mended: Those of them that had other rows than this gave of the same inputs.
    """

    def __init__(
        self,
        project: Project,
        fingerprints: Fingerprints,
        known: dict[str, Memory],
        relations: set[tuple[str, str, bool]],
        loads: tuple[Mapping[str, Noted], Mapping[str, Loads]] = ({}, {}),
        whole_on: date | None = None,
    ) -> None:
        """Find what stands whatever the build makes of the rest."""
        self.whole_on, self.mended = whole_on, list[str]()
        # What was built in part does not stand for certain while only parts were looked at.
        self.doubted = {
            unique_id
            for unique_id, model in project.models.items()
            if whole_on is not None and model.separable is not None and model.materialized != VIEW
        }
        self._project, self._fingerprints = project, fingerprints
        self._known = known
        self._loads_before, self._loads = loads
        # Their rows are known all the same: the same fingerprint gives them again.
        self._lost = {item for item in project.models if _place(project, item) not in relations}
        self._settled: dict[str, bool] = {}
        # What stood for the rows of a table before those changed that were put aside.
        self._changed_from: dict[str, str] = {}
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
        if unique_id in self.doubted or memory is None:
            return None
        if memory.fingerprint != self._fingerprints.of(unique_id):
            return None
        if not self._is_view(unique_id):
            self._fingerprints.settle(unique_id, memory.content)
        return kept_result(self._project, unique_id, memory.row_count)

    def made(self, result: NodeResult) -> None:
        """Take note of a model that was built: the same rows leave alone what reads it."""
        memory = self._known.get(result.unique_id)
        if memory is None:
            return
        if result.has_same_rows:
            self._fingerprints.settle(result.unique_id, memory.content)
        elif result.unique_id in self.doubted - self._lost and (
            memory.fingerprint == self._fingerprints.of(result.unique_id)
        ):
            # The same inputs, and yet other rows: parts of it had been wrong.
            self.mended.append(result.unique_id)
            self._fingerprints.settle(result.unique_id, hash_of(memory.content, str(self.whole_on)))
        if result.changes_are_kept:
            self._changed_from[result.unique_id] = memory.content

    def scope(self, unique_id: str) -> Scope | None:
        """What little changed below a node, once all that it reads is made; None for too much.

        That is so where it does not fall apart by a key, where the project changed, and where a
        table changed of which the rows that changed are not known, or not what they reach.
        """
        node = self._node(unique_id)
        memory = self.before(unique_id)
        if node.separable is None or memory is None or self.whole_on is not None:
            return None
        now = self.inputs(unique_id)
        if set(now) != set(memory.inputs) or now[CODE] != memory.inputs[CODE]:
            return None
        changed: dict[str, str] = {}
        for item in [item for item, content in now.items() if content != memory.inputs[item]]:
            name, place = self._changed_rows(item, memory.inputs[item])
            if place is None or name not in node.separable.reached:
                return None
            changed[name] = place
        if not changed:
            return None
        most_keys = int((memory.row_count or MOST_KEYS) * MOST_SHARE)
        below = tables_below(self._project, unique_id)
        return Scope(node.separable, changed, below, most_keys)

    def _changed_rows(self, unique_id: str, before: str) -> tuple[str, str | None]:
        """The name of a table, and what holds its rows that changed since it had some content."""
        if model := self._project.models.get(unique_id):
            is_known = self._changed_from.get(unique_id) == before
            return model.name, change_place(model.name) if is_known else None
        schema, table = self._project.sources[unique_id]
        name = f"{schema}.{table}"
        content, loads = self._loads_before.get(table, ("", frozenset()))
        if schema != RAW_SCHEMA or content != before:
            return name, None
        added = added_loads(loads, self._loads.get(table, frozenset()))
        if not added:
            return name, None
        listed = ", ".join(f"'{load_id}'" for load_id in added)
        return name, f"(select *, false as {IS_OLD} from {name} where _load_id in ({listed}))"  # noqa: S608

    def memory_of(self, result: NodeResult) -> Memory:
        """What to remember of a node that is good."""
        unique_id = result.unique_id
        known = self._known.get(unique_id)
        digest = known.digest if known is not None and result.is_kept else result.digest
        content = "" if self._is_view(unique_id) else self._fingerprints.content(unique_id)
        is_separable = self._node(unique_id).separable is not None
        inputs = self.inputs(unique_id) if is_separable else {}
        return Memory(self._fingerprints.of(unique_id), result.row_count, content, digest, inputs)

    @property
    def loads(self) -> dict[str, Noted]:
        """What each raw view shows, and what stands for its rows."""
        ids = {names: unique_id for unique_id, names in self._project.sources.items()}
        return {
            entity: (self._fingerprints.content(ids[RAW_SCHEMA, entity]), loads)
            for entity, loads in self._loads.items()
            if (RAW_SCHEMA, entity) in ids
        }

    def _node(self, unique_id: str) -> Model | DataTest:
        return self._project.models.get(unique_id) or self._project.tests[unique_id]

    def inputs(self, unique_id: str) -> dict[str, str]:
        """What stands for the project and for the rows of each table and source below a node."""
        views = views_below(self._project, unique_id)
        read = {item for node in (unique_id, *views) for item in self._node(node).reads}
        tables = sorted(read - set(views))
        return {CODE: self._fingerprints.code} | {
            item: self._fingerprints.content(item) for item in tables
        }

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
        if unique_id in self.doubted or memory is None:
            return False
        if memory.fingerprint != self._fingerprints.of(unique_id):
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
        loads = loads_before(connection), shown_loads(connection)
        today = datetime.now(UTC).date()
        is_whole = is_from_scratch or is_due(connection, today, settings.whole_build_days)
        whole_on = today if is_whole else None
        return BuildPlan(project, fingerprints, known, _relations(connection), loads, whole_on)


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
            "unnest($4) as content, unnest($5::varchar[]) as digest, unnest($6) as inputs",
            [
                [unique_id for unique_id, _ in noted],
                [memory.fingerprint for _, memory in noted],
                [memory.row_count for _, memory in noted],
                [memory.content for _, memory in noted],
                [memory.digest for _, memory in noted],
                [json.dumps(memory.inputs) for _, memory in noted],
            ],
        )
        note_loads(connection, plan.loads)
        if plan.whole_on is not None and plan.doubted <= good.keys():
            note(connection, plan.whole_on)


def _make_table(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(
        f"create table if not exists {TABLE} "
        "(unique_id varchar primary key, fingerprint varchar not null, row_count bigint)"
    )
    for column in ("content", "digest", "inputs"):  # of homes made before they were kept
        connection.execute(f"alter table {TABLE} add column if not exists {column} varchar")


def _remembered(connection: duckdb.DuckDBPyConnection) -> dict[str, Memory]:
    try:
        rows = connection.execute(
            "select unique_id, fingerprint, row_count, content, digest, inputs "
            "from standing.node where content is not null"
        ).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return {}
    return {
        unique_id: Memory(fingerprint, row_count, content, digest, json.loads(inputs or "{}"))
        for unique_id, fingerprint, row_count, content, digest, inputs in rows
    }


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
