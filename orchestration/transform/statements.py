"""Runs one statement that dbt compiled: a model's table or view, a test's question.

Belongs here: one node, its contract, the rows that a test shows. Does not: their order and threads
(compiled.py).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import duckdb

from orchestration.transform.difference import write_difference
from orchestration.transform.nodes import DataTest, Model, Project
from orchestration.transform.parts import part_queries, write_table
from orchestration.transform.python_models import PythonModelError, query_of_python
from orchestration.transform.results import NodeResult
from orchestration.transform.rows_digest import rows_digest
from orchestration.transform.scope import (
    Scope,
    TooManyKeysError,
    change_place,
    in_scope,
    narrow,
    renamed,
)
from orchestration.transform.standing import Memory

SAMPLE_ROWS = 5
# Rows from which on writing a table costs more than comparing it.
LARGE = 5_000
VIEW = "view"
PYTHON = "python"
# After these DuckDB answers nothing more until the database is opened anew.
GIVEN_UP = (duckdb.FatalException, duckdb.InternalException)


class ContractError(Exception):
    """A table does not have the types of its contract."""


@dataclass(frozen=True)
class _Made:
    """What building a model gave; of a view that is no mart, nothing."""

    row_count: int | None = None
    has_same_rows: bool = False
    digest: str | None = None
    changes_are_kept: bool = False
    is_narrow: bool = False


def run_node(
    cursor: duckdb.DuckDBPyConnection,
    project: Project,
    unique_id: str,
    before: Memory | None = None,
    scope: Scope | None = None,
) -> NodeResult:
    """Build a model or run a test; what is wrong with it is in the result. Closes the cursor.

    Args:
        cursor: Of the warehouse.
        project: The models and tests.
        unique_id: dbt's id.
        before: What is remembered of the table as it stands, to be compared with the new one.
        scope: What changed since, where the node need look no further; it was good then.
    """
    started = time.perf_counter()
    made, failures, status, message, sample = _Made(), None, "success", "", ""
    has_lost_warehouse = False
    try:
        if model := project.models.get(unique_id):
            is_looked_up = model.name in project.looked_up
            made = _build(cursor, project, model, before, scope, is_looked_up)
        else:
            test = project.tests[unique_id]
            query = test.sql
            if scope is not None:
                with contextlib.suppress(TooManyKeysError):
                    query = renamed(query, narrow(cursor, scope))
                    made = _Made(is_narrow=True)
            failures, status = _test(cursor, test, query)
            if status != "pass":
                message = f"Got {failures} results, configured to {status} if {test.fails_if}"
                sample = _sample(cursor, query)
    except (duckdb.Error, ContractError, PythonModelError) as error:
        status, message = "error", str(error)
        has_lost_warehouse = isinstance(error, GIVEN_UP) or isinstance(error.__cause__, GIVEN_UP)
    finally:
        cursor.close()
    seconds = time.perf_counter() - started
    result = node_result(project, unique_id, status, seconds, failures, message, sample)
    return replace(
        result,
        row_count=made.row_count,
        has_same_rows=made.has_same_rows,
        digest=made.digest,
        changes_are_kept=made.changes_are_kept,
        is_narrow=made.is_narrow,
        has_lost_warehouse=has_lost_warehouse,
    )


def node_result(
    project: Project,
    unique_id: str,
    status: str,
    seconds: float,
    failures: int | None = None,
    message: str = "",
    sample: str = "",
) -> NodeResult:
    """What came of a node."""
    kind = "model" if unique_id in project.models else "test"
    return NodeResult(unique_id, kind, status, failures, message, seconds, sample)


def _build(
    cursor: duckdb.DuckDBPyConnection,
    project: Project,
    model: Model,
    before: Memory | None,
    scope: Scope | None,
    is_looked_up: bool,
) -> _Made:
    """Replace the table or view at once; what breaks its contract is undone."""
    place = f'"{model.schema}"."{model.name}"'
    is_large = before is not None and (before.row_count or 0) >= LARGE
    if scope is not None and is_large:
        with _transaction(cursor) as transaction, contextlib.suppress(TooManyKeysError):
            query = _query(cursor, model, narrow(cursor, scope))
            if made := _patched(cursor, model, query, in_scope(scope.separable.key)):
                return replace(made, is_narrow=True)
            transaction.undo = True
    if model.materialized == VIEW:
        with _transaction(cursor):
            cursor.execute(f"create or replace view {place} as (\n{_query(cursor, model)}\n)")
            if not model.has_contract:
                return _Made()
            _check_types(cursor, model, place)
            [(row_count,)] = cursor.execute(f"select count(*) from {place}").fetchall()  # noqa: S608
            return _Made(int(row_count))
    is_compared = is_large or (before is not None and is_looked_up)
    # Comparing all at once would take the memory that writing in parts spares.
    if is_compared and not part_queries(cursor, project, model):
        with _transaction(cursor) as transaction:
            if made := _patched(cursor, model, _query(cursor, model)):
                return made
            transaction.undo = True
    with _transaction(cursor):
        row_count = write_table(cursor, project, model, partial(_query, cursor, model))
        if model.has_contract:
            _check_types(cursor, model, place)
        return _compared(cursor, place, row_count, before)


def _query(
    cursor: duckdb.DuckDBPyConnection, model: Model, names: Mapping[str, str] | None = None
) -> str:
    """The model's rows with the columns of its contract, of tables that may have other names."""
    names = names or {}
    if model.language == PYTHON:
        query = query_of_python(cursor, model, names)
    else:
        query = renamed(model.sql, names)
    if not model.has_contract:
        return query
    columns = ", ".join(column.name for column in model.columns)
    return f"select {columns} from (\n{query}\n) as model_subq"  # noqa: S608


@dataclass
class _Transaction:
    """Whether what was done shall be undone."""

    undo: bool = False


@contextlib.contextmanager
def _transaction(cursor: duckdb.DuckDBPyConnection) -> Iterator[_Transaction]:
    cursor.execute("begin")
    transaction = _Transaction()
    try:
        yield transaction
    except (duckdb.Error, ContractError):
        cursor.execute("rollback")
        raise
    cursor.execute("rollback" if transaction.undo else "commit")


def _patched(
    cursor: duckdb.DuckDBPyConnection, model: Model, query: str, condition: str = "true"
) -> _Made | None:
    """Write into a large table only the rows that differ; None where that is not the way."""
    place = f'"{model.schema}"."{model.name}"'
    difference = write_difference(cursor, place, query, condition, change_place(model.name))
    if difference is None:
        return None
    if model.has_contract:
        _check_types(cursor, model, place)
    return _Made(
        difference.row_count,
        difference.changed_count == 0,
        changes_are_kept=difference.are_kept,
    )


def _compared(
    cursor: duckdb.DuckDBPyConnection, place: str, row_count: int, before: Memory | None
) -> _Made:
    """Compare the new table with the one that everybody else still sees."""
    if before is None or before.row_count != row_count:
        return _Made(row_count)
    digest = rows_digest(cursor, place)
    digest_before = before.digest
    if digest_before is None:
        with cursor.cursor() as onlooker:
            onlooker.execute("set TimeZone = 'UTC'")
            digest_before = rows_digest(onlooker, place)
    return _Made(row_count, digest == digest_before, digest)


def _check_types(cursor: duckdb.DuckDBPyConnection, model: Model, place: str) -> None:
    """Compare the finished table or view with its contract.

    Raises:
        ContractError: With every column whose type is another one.
    """
    typed = [f"cast(null as {column.data_type}) as {column.name}" for column in model.columns]
    declared = cursor.execute(f"describe select {', '.join(typed)}").fetchall()
    found = cursor.execute(f"describe {place}").fetchall()
    wrong = [
        f"{name} is {is_type}, its contract says {type_}"
        for (name, type_, *_), (_, is_type, *_) in zip(declared, found, strict=True)
        if type_ != is_type
    ]
    if wrong:
        raise ContractError(
            f"{model.schema}.{model.name} breaks its contract: {'; '.join(wrong)}. Mend the model, "
            f"or the types in {model.name}.yml"
        )


def _test(cursor: duckdb.DuckDBPyConnection, test: DataTest, query: str) -> tuple[int, str]:
    """Failing rows, and what they mean."""
    [(failures, warns, fails)] = cursor.execute(
        f"select {test.fail_calc}, {test.fail_calc} {test.warns_if}, "  # noqa: S608
        f"{test.fail_calc} {test.fails_if} from (\n{query}\n) as failing"
    ).fetchall()
    if fails and test.is_error:
        return int(failures), "fail"
    return int(failures), "warn" if warns else "pass"


def _sample(cursor: duckdb.DuckDBPyConnection, query: str) -> str:
    """The first rows that a failing test returns, as one text."""
    cursor.execute(f"select * from (\n{query}\n) limit {SAMPLE_ROWS}")  # noqa: S608
    names = [column[0] for column in cursor.description or []]
    return "; ".join(
        ", ".join(f"{name}={value}" for name, value in zip(names, row, strict=True))
        for row in cursor.fetchall()
    )
