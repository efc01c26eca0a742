"""One warehouse for all guard tests: making its tables costs more than a case."""

from __future__ import annotations

import duckdb
import pytest

from tests.expectations.warehouse import empty_warehouse


@pytest.fixture(scope="session")
def warehouse() -> duckdb.DuckDBPyConnection:
    return empty_warehouse()
