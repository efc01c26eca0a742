"""Runs a model that dbt compiled from Python: asks its function for rows, as dbt-duckdb does.

Belongs here: the function's two arguments, and its rows as a query. Does not: writing the table
(statements.py), what a model computes (orchestration/algorithms).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.transform.nodes import Model

RESULT = "rows_of_python"


class PythonModelError(Exception):
    """A Python model failed, or gave no table."""


def query_of_python(
    cursor: duckdb.DuckDBPyConnection, model: Model, names: Mapping[str, str] | None = None
) -> str:
    """Run a model's function; return a query that gives its rows on this cursor.

    Args:
        cursor: Of the warehouse.
        model: The model.
        names: By the place of a table that it reads, the name of what it shall read instead.

    Raises:
        PythonModelError: With what the function said.
    """
    module: dict[str, Any] = {"__name__": model.name}
    try:
        exec(compile(model.sql, f"{model.name}.py", "exec"), module)  # noqa: S102  our own project
        instead = names or {}
        reader = module["dbtObj"](
            lambda place: cursor.sql(f"select * from {instead.get(place, place)}")  # noqa: S608
        )
        rows = module["model"](reader, cursor)
    except Exception as error:
        raise PythonModelError(
            f"{model.schema}.{model.name} could not be computed: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(rows, pa.Table):
        raise PythonModelError(
            f"{model.schema}.{model.name} gave a {type(rows).__name__}; allowed: a pyarrow Table"
        )
    cursor.register(RESULT, rows)
    return f"select * from {RESULT}"  # noqa: S608
