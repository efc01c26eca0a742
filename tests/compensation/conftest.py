"""What the tests of pay share: the compiled models, and a way to pay a made-up company."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pytest

from tests.compensation.pay_world import MODELS, PayWorld, run, write_company
from tests.kpi.compiled import CompiledModels, compile_models, empty_warehouse

Pay = Callable[[dict[str, str], PayWorld], duckdb.DuckDBPyConnection]


@pytest.fixture(scope="session")
def pay_models(tmp_path_factory: pytest.TempPathFactory) -> CompiledModels:
    """The models of pay, compiled."""
    return compile_models(tmp_path_factory.mktemp("pay"), MODELS)


@pytest.fixture
def pay(pay_models: CompiledModels, tmp_path: Path) -> Iterator[Pay]:
    """Writes plans and facts, reads them as a run does, and computes what everybody earns."""
    with ExitStack() as stack:
        count = 0

        def compute(plans: dict[str, str], world: PayWorld) -> duckdb.DuckDBPyConnection:
            nonlocal count
            count += 1
            folder = tmp_path / f"company{count}"
            write_company(folder, plans, world)
            connection = stack.enter_context(empty_warehouse(pay_models))
            run(connection, pay_models, folder, world)
            return connection

        yield compute
