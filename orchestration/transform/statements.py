"""Runs one statement that dbt compiled: a model's table or view, a test's question.

Belongs here: one node, its contract, the rows that a test shows. Does not: their order and threads
(compiled.py).
"""

from __future__ import annotations

import time

import duckdb

from orchestration.transform.nodes import DataTest, Model, Project
from orchestration.transform.results import NodeResult

SAMPLE_ROWS = 5
VIEW = "view"


class ContractError(Exception):
    """A table does not have the types of its contract."""


def run_node(cursor: duckdb.DuckDBPyConnection, project: Project, unique_id: str) -> NodeResult:
    """Build a model or run a test; what is wrong with it is in the result. Closes the cursor."""
    started = time.perf_counter()
    rows, failures, status, message, sample = None, None, "success", "", ""
    try:
        if model := project.models.get(unique_id):
            rows = _build(cursor, model)
        else:
            test = project.tests[unique_id]
            failures, status = _test(cursor, test)
            if status != "pass":
                message = f"Got {failures} results, configured to {status} if {test.fails_if}"
                sample = _sample(cursor, test)
    except (duckdb.Error, ContractError) as error:
        status, message = "error", str(error)
    finally:
        cursor.close()
    seconds = time.perf_counter() - started
    return node_result(project, unique_id, status, seconds, failures, message, sample, rows)


def node_result(
    project: Project,
    unique_id: str,
    status: str,
    seconds: float,
    failures: int | None = None,
    message: str = "",
    sample: str = "",
    rows: int | None = None,
) -> NodeResult:
    """What came of a node."""
    kind = "model" if unique_id in project.models else "test"
    return NodeResult(unique_id, kind, status, failures, message, seconds, sample, rows)


def _build(cursor: duckdb.DuckDBPyConnection, model: Model) -> int | None:
    """Replace the table or view in one statement; a table that breaks its contract is undone."""
    place = f'"{model.schema}"."{model.name}"'
    if model.materialized == VIEW:
        cursor.execute(f"create or replace view {place} as (\n{model.sql}\n)")
        return None
    query = model.sql
    if model.has_contract:
        columns = ", ".join(column.name for column in model.columns)
        query = f"select {columns} from (\n{query}\n) as model_subq"  # noqa: S608
    cursor.execute("begin")
    try:
        made = cursor.execute(f"create or replace table {place} as (\n{query}\n)").fetchall()
        if model.has_contract:
            _check_types(cursor, model, place)
        cursor.execute("commit")
    except (duckdb.Error, ContractError):
        cursor.execute("rollback")
        raise
    return int(made[0][0])


def _check_types(cursor: duckdb.DuckDBPyConnection, model: Model, place: str) -> None:
    """Compare the finished table with its contract.

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


def _test(cursor: duckdb.DuckDBPyConnection, test: DataTest) -> tuple[int, str]:
    """Failing rows, and what they mean."""
    [(failures, warns, fails)] = cursor.execute(
        f"select {test.fail_calc}, {test.fail_calc} {test.warns_if}, "  # noqa: S608
        f"{test.fail_calc} {test.fails_if} from (\n{test.sql}\n) as failing"
    ).fetchall()
    if fails and test.is_error:
        return int(failures), "fail"
    return int(failures), "warn" if warns else "pass"


def _sample(cursor: duckdb.DuckDBPyConnection, test: DataTest) -> str:
    """The first rows that a failing test returns, as one text."""
    cursor.execute(f"select * from (\n{test.sql}\n) limit {SAMPLE_ROWS}")  # noqa: S608
    names = [column[0] for column in cursor.description or []]
    return "; ".join(
        ", ".join(f"{name}={value}" for name, value in zip(names, row, strict=True))
        for row in cursor.fetchall()
    )
