"""Runs on DuckDB what dbt compiled, node by node, as `dbt build` would.

dbt writes the statements once for each state of the project; each run then needs only them. What
dbt does around a statement (context, templates, events) takes longer than most statements do:
docs/adr/0012-duckdb-runs-what-dbt-compiled.md.

Belongs here: several nodes at a time, and what they need. Does not: one statement (statements.py),
their order (order.py).
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from queue import Queue

import duckdb

from orchestration.hash_key import hash_key
from orchestration.ingest.warehouse import warehouse
from orchestration.settings import Settings
from orchestration.transform.nodes import Project
from orchestration.transform.order import Order
from orchestration.transform.results import NodeResult, OnNode
from orchestration.transform.scope import CHANGES
from orchestration.transform.standing import BuildPlan
from orchestration.transform.statements import GIVEN_UP, node_result, run_node

LOGGER = logging.getLogger("concord.transform")


def run_compiled(
    settings: Settings,
    project: Project,
    chosen: Collection[str],
    on_node: OnNode | None = None,
    plan: BuildPlan | None = None,
) -> Iterator[NodeResult]:
    """Build the chosen models and run the chosen tests; yield what came of each as it ends.

    Args:
        settings: The home; its limits hold.
        project: The models and tests with their statements.
        chosen: dbt ids.
        on_node: As of `runner.run_dbt`.
        plan: Knows what stands after all, once what it reads was built; None for building all.
    """
    told: Queue[NodeResult | BaseException | None] = Queue()
    builder = _Builder(settings, project, chosen, plan, told.put)
    builder.start()
    total, done = len(chosen), 0
    try:
        while (item := told.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            done += 1
            if on_node is not None:
                on_node(_name(project, item), item.status, done, total)
            yield item
    finally:
        builder.stop()


class _Builder(threading.Thread):
    """Builds in threads of its own, so that it need not wait until each result was heard."""

    def __init__(
        self,
        settings: Settings,
        project: Project,
        chosen: Collection[str],
        plan: BuildPlan | None,
        tell: Callable[[NodeResult | BaseException | None], None],
    ) -> None:
        super().__init__(name="builder", daemon=True)
        self._settings, self._project, self._chosen = settings, project, chosen
        self._plan, self._tell = plan, tell
        self._is_stopped = threading.Event()
        self._running: dict[Future[NodeResult], duckdb.DuckDBPyConnection] = {}
        # Nodes that broke with the warehouse: waiting for their second try, and all that had one.
        self._again: list[str] = []
        self._tried: set[str] = set()
        self._is_lost = False

    def run(self) -> None:
        """Build all; tell every result, what went wrong beside them, and at last None."""
        try:
            order = Order(self._project, self._chosen)
            self._is_lost = True
            for attempt in itertools.count():
                if not self._is_lost:
                    break
                with warehouse(self._settings) as connection:
                    # Rows of a table have no order, and readers get them sorted. One checkpoint at
                    # the end is cheaper than one after every other statement.
                    connection.execute("set preserve_insertion_order = false")
                    connection.execute("set checkpoint_threshold = '1GB'")
                    if attempt == 0:
                        _forget_changes(connection)
                        _make_schemas(connection, self._project, self._chosen)
                        _drop_other_kinds(connection, self._project, self._chosen)
                    self._is_lost = False
                    self._build_all(connection, order)
        except BaseException as error:
            self._tell(error)
        self._tell(None)

    def stop(self) -> None:
        """Begin nothing more, and break off what is under way; safe when all is done."""
        self._is_stopped.set()
        for cursor in list(self._running.values()):
            with contextlib.suppress(duckdb.ConnectionException):  # its node ended just now
                cursor.interrupt()
        self.join()

    def _build_all(self, connection: duckdb.DuckDBPyConnection, order: Order) -> None:
        """Build until all is built, or stopped, or DuckDB gave the warehouse up."""
        count = self._settings.threads
        with ThreadPoolExecutor(count, "build") as pool:
            # Alone, with all threads and all memory, a node takes another way through DuckDB.
            _set_threads(connection, count)
            while self._again and self._goes_on():
                self._begin(connection, pool, self._again.pop(0))
                self._hear(order)
            # Models side by side fill the cores with less work than parts of one model do: two
            # cores build a million touches in 50 s instead of 64, with a fifth less computing.
            if self._goes_on():
                _set_threads(connection, max(1, count // 2))
            while self._goes_on():
                while len(self._running) < count and (unique_id := order.next()):
                    if self._plan is not None and (kept := self._plan.kept_now(unique_id)):
                        order.done(unique_id)
                        self._tell(kept)
                        continue
                    self._begin(connection, pool, unique_id)
                if not self._running:
                    return
                self._hear(order)

    def _goes_on(self) -> bool:
        return not self._is_lost and not self._is_stopped.is_set()

    def _begin(
        self, connection: duckdb.DuckDBPyConnection, pool: ThreadPoolExecutor, unique_id: str
    ) -> None:
        before = self._plan.before(unique_id) if self._plan is not None else None
        scope = self._plan.scope(unique_id) if self._plan is not None else None
        try:
            cursor = _cursor(connection, self._settings)
        except GIVEN_UP:  # What runs beside it broke just now.
            if not self._running:
                raise
            self._is_lost = True
            self._again.append(unique_id)
            return
        future = pool.submit(run_node, cursor, self._project, unique_id, before, scope)
        self._running[future] = cursor

    def _hear(self, order: Order) -> None:
        """Wait for what is under way and end it.

        DuckDB gives a whole database up when it finds a mistake of its own, and with it the nodes
        beside the one that hit upon it; what was committed stands. Each of these nodes gets a
        second try in the database opened anew, alone. One that breaks again is an error.
        """
        done = wait(self._running, return_when=FIRST_COMPLETED).done
        self._is_lost |= any(future.result().has_lost_warehouse for future in done)
        if self._is_lost:
            done = wait(self._running).done
        is_alone = len(done) == 1
        for future in done:
            del self._running[future]
            result = future.result()
            if not result.has_lost_warehouse or (is_alone and result.unique_id in self._tried):
                self._end(order, result)
                continue
            LOGGER.warning(
                "DuckDB gave the warehouse up; %s is tried again. %s",
                _name(self._project, result),
                result.message,
            )
            self._tried.add(result.unique_id)
            self._again.append(result.unique_id)

    def _end(self, order: Order, result: NodeResult) -> None:
        if self._plan is not None and result.is_good:
            self._plan.made(result)
        for ended in _ended(order, self._project, result):
            self._tell(ended)


def _name(project: Project, result: NodeResult) -> str:
    node = project.models.get(result.unique_id) or project.tests[result.unique_id]
    return node.name


def _ended(order: Order, project: Project, result: NodeResult) -> list[NodeResult]:
    """The result and those of what is skipped because of it."""
    if result.is_good:
        order.done(result.unique_id)
        return [result]
    fallen = order.broke(result.unique_id)
    return [result, *(node_result(project, item, "skipped", 0.0) for item in fallen)]


def _cursor(connection: duckdb.DuckDBPyConnection, settings: Settings) -> duckdb.DuckDBPyConnection:
    """A cursor with what each must be told anew."""
    cursor = connection.cursor()
    cursor.execute("set TimeZone = 'UTC'")
    cursor.execute("set enable_progress_bar = false")
    # Only macros/personal_data.sql reads it.
    cursor.execute("set variable concord_hash_key = $1", [hash_key(settings)])
    return cursor


def _set_threads(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    connection.execute(f"set threads = {count}")


def _forget_changes(connection: duckdb.DuckDBPyConnection) -> None:
    """What changed in the build before is no concern of this one."""
    connection.execute(f"drop schema if exists {CHANGES} cascade")
    connection.execute(f"create schema {CHANGES}")


def _make_schemas(
    connection: duckdb.DuckDBPyConnection, project: Project, chosen: Collection[str]
) -> None:
    models = [project.models[item] for item in chosen if item in project.models]
    for schema in sorted({model.schema for model in models}):
        connection.execute(f'create schema if not exists "{schema}"')


def _drop_other_kinds(
    connection: duckdb.DuckDBPyConnection, project: Project, chosen: Collection[str]
) -> None:
    """Drop tables that shall be views and the other way round: neither replaces the other."""
    found = connection.execute(
        "select schema_name, view_name, 'view' from duckdb_views() union all "
        "select schema_name, table_name, 'table' from duckdb_tables()"
    ).fetchall()
    kinds = {(schema, name): kind for schema, name, kind in found}
    for unique_id in chosen:
        if model := project.models.get(unique_id):
            kind = kinds.get((model.schema, model.name), model.materialized)
            if kind != model.materialized:
                connection.execute(f'drop {kind} "{model.schema}"."{model.name}"')
