"""The sample company's warehouse in which one model at a time is spoiled.

A mutation is one transaction on a copy: the spoiled query, then those models between it and what
a check reads; then the check looks, and all of it is rolled back.

Belongs here: spoiling and looking. Does not: what is spoiled (mutants.py), who looks (checks.py).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from orchestration.transform.nodes import Model, Project
from tests.conftest import RunHome
from tests.connections import connect
from tests.kpi.compiled import CompiledModels, read_compiled
from tests.mutations.unit_tests import CATALOG, UnitTests


class Laboratory:
    """A copy of a built home that may be spoiled again and again.

    Args:
        sample: The home; it is left as it is.
        place: An empty folder for the copy.
    """

    def __init__(self, sample: RunHome, place: Path) -> None:
        """Copy the warehouse."""
        self.sample, self._place = sample, place
        self._manifest_file = sample.home / "dbt_target" / "manifest.json"
        self._manifest: dict[str, Any] = json.loads(self._manifest_file.read_text())
        self._project = Project(self._manifest)
        self.models = {model.name: model for model in self._project.models.values()}
        self.tests = {test.name: test for test in self._project.tests.values()}
        # The statements name the catalog, which is named after the file.
        file = shutil.copy(sample.home / "warehouse.duckdb", place / f"{CATALOG}.duckdb")
        self.connection = connect(file)
        self.connection.execute("set TimeZone = 'UTC'")
        key = (sample.home / "state" / "hash_key").read_text().strip()
        self.connection.execute("set variable concord_hash_key = $1", [key])
        self._copies = 0

    def close(self) -> None:
        """Close the copy."""
        self.connection.close()

    @cached_property
    def unit_tests(self) -> UnitTests:
        """The unit tests of all models."""
        types: dict[str, dict[str, str]] = {}
        for schema, table, column, kind in self.connection.execute(
            "select table_schema, table_name, column_name, data_type "
            "from information_schema.columns where table_catalog = ?",
            [CATALOG],
        ).fetchall():
            types.setdefault(f"{schema}.{table}", {})[column] = kind
        return UnitTests(self._manifest, types)

    @cached_property
    def compiled(self) -> CompiledModels:
        """The compiled models, for oracles that make their parents themselves."""
        # rpt_alignment reads facts that no oracle makes.
        return read_compiled(self._manifest_file, CATALOG).without("rpt_alignment")

    def names(self, unique_ids: Sequence[str]) -> set[str]:
        """The names of the models among dbt's ids."""
        models = self._project.models
        return {models[item].name for item in unique_ids if item in models}

    @contextmanager
    def spoiled(self, name: str, sql: str, read: set[str]) -> Iterator[duckdb.DuckDBPyConnection]:
        """Let a model be another query, and all that lies between it and the tables read."""
        self.connection.execute("begin")
        try:
            self._make(self.models[name], sql)
            for model in self._between(name, read):
                self._make(model, model.sql)
            yield self.connection
        finally:
            self.connection.execute("rollback")

    def _make(self, model: Model, sql: str) -> None:
        kind = "view" if model.materialized == "view" else "table"
        columns = ", ".join(column.name for column in model.columns) or "*"
        query = f"select {columns} from ({sql}\n) as query" if model.has_contract else sql
        self.connection.execute(
            f'create or replace {kind} "{model.schema}"."{model.name}" as ({query}\n)'
        )

    def _between(self, name: str, read: set[str]) -> Iterator[Model]:
        """Yield the models that read a model and are read by tables, parents first."""
        models = self._project.models
        reads = {
            unique_id: [item for item in model.reads if item in models]
            for unique_id, model in models.items()
        }
        order = list(TopologicalSorter(reads).static_order())
        below = {self.models[name].unique_id}
        for unique_id in order:
            if below & set(reads[unique_id]):
                below.add(unique_id)
        above = {self.models[table].unique_id for table in read}
        for unique_id in reversed(order):
            if unique_id in above:
                above |= set(reads[unique_id])
        for unique_id in order:
            if unique_id in below & above and models[unique_id].name != name:
                yield models[unique_id]

    def published(self, read: set[str]) -> RunHome:
        """Return a home in which readers find the tables as they are in the transaction."""
        self._copies += 1
        home = self._place / f"home_{self._copies}"
        current = home / "published" / "current"
        current.mkdir(parents=True)
        (home / "sample_company").symlink_to(self.sample.home / "sample_company")
        with connect(current / "marts.duckdb") as marts:
            for name in sorted(read):
                model = self.models[name]
                file = current / f"{name}.parquet"
                self.connection.execute(f"copy {model.schema}.{name} to '{file}'")
                marts.execute(f"create schema if not exists {model.schema}")
                marts.execute(f"create view {model.schema}.{name} as from '{file}'")
        return RunHome(home, self.sample.finished, {})
