"""The JSON Schemas for editors: fresh, and of one mind with the models."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from company_folder import COMPANY, FUNNEL, KPI_LEADS, SOURCES

from orchestration.company import json_schemas, write_json_schemas
from orchestration.settings import PROJECT_ROOT

VALID = {"company": COMPANY, "funnel": FUNNEL, "sources": SOURCES, "kpi": KPI_LEADS}


class DatesAsText(yaml.SafeLoader):
    """Reads YAML as an editor does: a date is a text."""


DatesAsText.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def test_the_written_schemas_are_fresh(tmp_path: Path) -> None:
    for path in write_json_schemas(tmp_path):
        committed = PROJECT_ROOT / "docs" / "schema" / path.name
        assert committed.is_file(), f"{path.name} is missing in docs/schema: write_json_schemas"
        assert committed.read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), (
            f"docs/schema/{path.name} is stale: write_json_schemas(Path('docs/schema'))"
        )


@pytest.mark.parametrize("name", sorted(VALID))
def test_a_valid_file_fits_its_schema(name: str) -> None:
    content = yaml.load(VALID[name], Loader=DatesAsText)  # noqa: S506 (a safe loader)
    jsonschema.validate(content, json_schemas()[name])


@pytest.mark.parametrize("name", sorted(VALID))
def test_a_schema_refuses_unknown_keys(name: str) -> None:
    content = yaml.load(VALID[name], Loader=DatesAsText)  # noqa: S506 (a safe loader)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**content, "unknown": 1}, json_schemas()[name])


def test_every_key_is_described() -> None:
    for name, schema in json_schemas().items():
        for model, definition in [(name, schema), *schema.get("$defs", {}).items()]:
            for key, content in definition["properties"].items():
                assert content.get("description"), f"{model}.{key} has no description"
    assert json.dumps(json_schemas())
