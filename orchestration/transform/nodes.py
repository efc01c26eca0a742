"""The dbt manifest as Concord's own small records: models and data tests.

Belongs here: reading the manifest. Does not: Dagster (assets.py), running (runner.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from orchestration.transform.separable import Separable, read_separable, separable_test

MART_SCHEMAS = ("core", "funnel", "attribution", "kpi", "compensation", "ops", "company")
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
        columns: Its columns as described, in order; empty below the marts.
        sql: Its query, or its Python, as dbt compiled it.
        has_contract: Whether the table must have exactly these columns and types.
        language: ``sql`` or ``python``: of what dbt compiled.
        place: Its table or view, as its readers' compiled queries name it.
        separable: How it falls apart by a key; None where it does not.
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
    sql: str = ""
    has_contract: bool = False
    language: str = "sql"
    place: str = ""
    separable: Separable | None = None

    @property
    def is_mart(self) -> bool:
        """Whether readers get it."""
        return self.schema in MART_SCHEMAS


@dataclass(frozen=True)
class DataTest:
    """One dbt data test.

    Attributes:
        unique_id: dbt's id.
        name: Its name.
        model_id: The model it stands on.
        description: What it asks.
        reads: dbt ids of all that it reads.
        sql: Its query as dbt compiled it: the rows that fail.
        fail_calc: Expression over those rows: how many they are.
        warns_if: Comparison of that number; where it holds the test warns.
        fails_if: Comparison; where it holds a test that is an error fails.
        is_error: Whether it can fail, and not only warn.
        separable: How it falls apart by a key; None where it does not.
    """

    unique_id: str
    name: str
    model_id: str
    description: str
    reads: tuple[str, ...]
    sql: str = ""
    fail_calc: str = "count(*)"
    warns_if: str = "!= 0"
    fails_if: str = "!= 0"
    is_error: bool = True
    separable: Separable | None = None


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
    def source_places(self) -> dict[str, str]:
        """By `schema.table` of each source, how compiled queries name it."""
        return {
            f"{node['schema']}.{node['name']}": node.get("relation_name") or node["name"]
            for node in self._manifest["sources"].values()
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
                separable = _separable_test(self.models[model_id], node)
                found[unique_id] = _data_test(unique_id, node, model_id, separable)
        return found

    @cached_property
    def needs_dbt(self) -> list[str]:
        """Names of the nodes that dbt itself must run, because they are more than one query."""
        kinds = ("model", "test", "seed", "snapshot")
        return sorted(
            node["name"]
            for node in self._manifest["nodes"].values()
            if node["resource_type"] in kinds and not _is_query(node)
        )

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
    def looked_up(self) -> frozenset[str]:
        """Names of the models whose changed rows some model looks up."""
        return frozenset(
            name
            for model in self.models.values()
            if model.separable is not None
            for name in model.separable.reached
        )

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
        sql=node.get("compiled_code") or "",
        has_contract=bool((node["config"].get("contract") or {}).get("enforced")),
        language=node.get("language") or "sql",
        place=node.get("relation_name") or f'"{node["schema"]}"."{node["name"]}"',
        separable=read_separable(meta["separable"]) if "separable" in meta else None,
    )


def _separable_test(model: Model, node: Mapping[str, Any]) -> Separable | None:
    """A test of each row by itself and of the key falls apart by the key, or as its view does."""
    metadata = node.get("test_metadata") or {}
    if metadata.get("name") != "sound_table":
        return None
    references = metadata["kwargs"].get("references", {})
    if model.materialized != "view":
        return separable_test(model.name, metadata["kwargs"]["key"], references)
    # Whether a view's row is found elsewhere is asked of all of them.
    return None if references else model.separable


def _data_test(
    unique_id: str, node: Mapping[str, Any], model_id: str, separable: Separable | None
) -> DataTest:
    config = node.get("config") or {}
    return DataTest(
        unique_id=unique_id,
        name=node["name"],
        model_id=model_id,
        description=node.get("description") or "",
        reads=tuple(node["depends_on"]["nodes"]),
        sql=node.get("compiled_code") or "",
        fail_calc=config.get("fail_calc", DataTest.fail_calc),
        warns_if=config.get("warn_if", DataTest.warns_if),
        fails_if=config.get("error_if", DataTest.fails_if),
        is_error=config.get("severity", "ERROR").upper() == "ERROR",
        separable=separable,
    )


def _is_query(node: Mapping[str, Any]) -> bool:
    """Whether a node is what `compiled.py` can run: one query or function, nothing around it."""
    config = node["config"]
    more = ("pre-hook", "post-hook", "pre_hook", "post_hook", "limit", "store_failures", "grants")
    return bool(
        node.get("compiled_code")
        and (node.get("language", "sql") == "sql" or config["materialized"] == "table")
        and config["materialized"] in ("table", "view", "test")
        and not any(config.get(name) for name in more)
        and not node.get("constraints")
        and not any(column.get("constraints") for column in (node.get("columns") or {}).values())
    )


def _words(node: Mapping[str, Any]) -> str:
    return (node.get("description") or "").strip()
