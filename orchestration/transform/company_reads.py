"""What the company's own models read, as dbt compiled them: nothing raw, nothing beside their refs.

The files say most of it, and are checked first (company/model_checks.py). What a template computes,
and what SQL reads past it, only the compiled statement shows.

Belongs here: judging compiled models. Does not: compiling.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from orchestration.company.model_checks import SETTINGS_MODELS, readable_models
from orchestration.transform.company_project import INTERNAL, PUBLISHED

_SCHEMAS = (PUBLISHED, INTERNAL)
# Table functions that read no file and no other table.
_HARMLESS = frozenset({"unnest", "range", "generate_series"})
_HOOKS = ("pre-hook", "post-hook", "pre_hook", "post_hook")


def company_model_problems(manifest: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with the company's compiled models, a sentence for each."""
    nodes = manifest["nodes"]
    return [
        f"models/{node['name']}: {problem}"
        for node in nodes.values()
        if node["resource_type"] == "model" and node["fqn"][1] in _SCHEMAS
        for problem in [*_place(node), *_refs(node, nodes), *_statement(node, nodes)]
    ]


def _place(node: Mapping[str, Any]) -> Iterator[str]:
    config = node["config"]
    if node["schema"] != node["fqn"][1] or (node.get("alias") or node["name"]) != node["name"]:
        yield "gives itself another schema or name; fix: remove schema and alias"
    if config["materialized"] not in ("table", "view"):
        kind = config["materialized"]
        yield f"is materialized as {kind}; allowed: table, view; fix: remove materialized"
    if any(config.get(hook) for hook in _HOOKS):
        yield "has hooks, which may change other tables; fix: remove them"


def _refs(node: Mapping[str, Any], nodes: Mapping[str, Any]) -> Iterator[str]:
    for item in node["depends_on"]["nodes"]:
        read = nodes.get(item)
        if read is None:
            yield f"reads the source {item}, which holds raw data; fix: read a conformed model"
        elif read["fqn"][1] not in _SCHEMAS and read["name"] not in {
            *readable_models(),
            *SETTINGS_MODELS,
        }:
            yield f"may not read {read['name']}; fix: read a mart or a conformed model"


def _statement(node: Mapping[str, Any], nodes: Mapping[str, Any]) -> Iterator[str]:
    """Tables that the statement reads and no ref names."""
    allowed = {
        (nodes[item]["schema"], nodes[item]["name"])
        for item in node["depends_on"]["nodes"]
        if item in nodes
    }
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select json_serialize_sql($1)", [node.get("compiled_code") or ""]
        ).fetchall()
    tree = json.loads(rows[0][0])
    if tree.get("error"):
        yield f"is no select statement: {tree.get('error_message')}"
        return
    parts = list(_parts(tree))
    steps = {entry["key"] for part in parts for entry in _steps(part)}
    for part in parts:
        if part.get("type") == "BASE_TABLE":
            place = (part["schema_name"], part["table_name"])
            is_step = not place[0] and place[1] in steps
            if not is_step and place not in allowed:
                name = ".".join(filter(None, place))
                yield f"reads {name!r} past ref; fix: read a mart or a conformed model by ref"
        elif part.get("type") == "TABLE_FUNCTION":
            name = part["function"].get("function_name", "")
            if name not in _HARMLESS:
                yield f"calls {name}; allowed: {', '.join(sorted(_HARMLESS))}; fix: remove it"


def _steps(part: Mapping[str, Any]) -> list[Any]:
    found = part.get("cte_map")
    return found["map"] if isinstance(found, dict) else []


def _parts(tree: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _parts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _parts(value)
