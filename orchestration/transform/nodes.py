"""The dbt manifest as Concord's own small records: models and data tests.

Belongs here: reading the manifest. Does not: Dagster (assets.py), running (runner.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

MART_SCHEMAS = ("core", "funnel", "attribution", "kpi", "compensation", "ops")
# Whatever is not in a mart is read by the core, so its failures hold everything.
DEFAULT_GROUP = "core"


@dataclass(frozen=True)
class Column:
    """One column of a mart's contract."""

    name: str
    data_type: str
    description: str = ""


@dataclass(frozen=True)
class Model:
    """One dbt model.

    Attributes:
        unique_id: dbt's id.
        schema: Schema of its table or view.
        name: Its name, also the table's.
        description: What it holds; begins with the grain.
        materialized: ``view`` or ``table``.
        publish_group: Group it is published with; ``by_row`` where each row says it.
        owner: Team that answers for it.
        reads: dbt ids of the models and sources that it reads.
        columns: Its contract, in order; empty below the marts.
    """

    unique_id: str
    schema: str
    name: str
    description: str
    materialized: str
    publish_group: str
    owner: str
    reads: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def is_mart(self) -> bool:
        """Whether readers get it."""
        return self.schema in MART_SCHEMAS


@dataclass(frozen=True)
class DataTest:
    """One dbt data test, the model it stands on and the dbt ids of all that it reads."""

    unique_id: str
    name: str
    model_id: str
    description: str
    reads: tuple[str, ...]


class Project:
    """The models, sources and data tests of a manifest."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        """Keep the manifest; everything else is derived."""
        self._manifest = manifest

    @cached_property
    def models(self) -> dict[str, Model]:
        """All models by dbt id."""
        return {
            unique_id: _model(node)
            for unique_id, node in self._manifest["nodes"].items()
            if node["resource_type"] == "model"
        }

    @cached_property
    def sources(self) -> dict[str, tuple[str, str]]:
        """Schema and table of each source, by dbt id."""
        return {
            unique_id: (node["schema"], node["name"])
            for unique_id, node in self._manifest["sources"].items()
        }

    @cached_property
    def tests(self) -> dict[str, DataTest]:
        """All data tests by dbt id; a test of several models stands on the first it reads."""
        found = {}
        for unique_id, node in self._manifest["nodes"].items():
            if node["resource_type"] != "test":
                continue
            reads = [item for item in node["depends_on"]["nodes"] if item in self.models]
            model_id = node.get("attached_node") or (reads[0] if reads else None)
            if model_id in self.models:
                found[unique_id] = DataTest(
                    unique_id,
                    node["name"],
                    model_id,
                    node.get("description") or "",
                    tuple(node["depends_on"]["nodes"]),
                )
        return found

    @cached_property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """The tested key of each model that has one, by the model's dbt id."""
        found = {}
        for unique_id, test in self.tests.items():
            metadata = self._manifest["nodes"][unique_id].get("test_metadata") or {}
            if metadata.get("name") == "sound_table":
                found[test.model_id] = tuple(metadata["kwargs"]["key"])
        return found

    @cached_property
    def marts(self) -> list[Model]:
        """The models that readers get, by schema and name."""
        return sorted(
            (model for model in self.models.values() if model.is_mart),
            key=lambda model: (model.schema, model.name),
        )


def _model(node: Mapping[str, Any]) -> Model:
    meta = {**(node.get("meta") or {}), **(node["config"].get("meta") or {})}
    return Model(
        unique_id=node["unique_id"],
        schema=node["schema"],
        name=node["name"],
        description=_words(node),
        materialized=node["config"]["materialized"],
        publish_group=meta.get("publish_group", DEFAULT_GROUP),
        owner=meta.get("owner", "revenue_operations"),
        reads=tuple(node["depends_on"]["nodes"]),
        columns=tuple(
            Column(name, column.get("data_type") or "varchar", _words(column))
            for name, column in (node.get("columns") or {}).items()
        ),
    )


def _words(node: Mapping[str, Any]) -> str:
    return (node.get("description") or "").strip()
