"""The canonical entities load, agree with each other and become raw tables."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.canonical import EntityError, load_entities, raw_columns, raw_schema


def test_all_entities_load() -> None:
    entities = load_entities()

    assert len(entities) == 37
    assert entities["opportunities"].key == ("opportunity_id",)
    assert entities["opportunity_lines"].required_references() == {
        "opportunity_id": "opportunities"
    }


def test_raw_schema_has_the_fields_and_the_technical_columns() -> None:
    schema = raw_schema(load_entities()["opportunities"])

    assert schema.field("amount").type == pa.decimal128(18, 2)
    assert schema.field("created_at").type == pa.timestamp("us")
    assert schema.names[-9:] == [
        "attributes",
        "_source_system",
        "_source_name",
        "_dataset",
        "_dataset_rank",
        "_file",
        "_file_rank",
        "_row_number",
        "_load_id",
    ]
    assert list(raw_columns(load_entities()["opportunities"])) == schema.names


def test_problems_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    field = "{type: text, description: d}"
    (tmp_path / "one.yml").write_text(
        f"entity: one\ndescription: d\nkey: [nothing]\nfields: {{one_id: {field}}}\n"
    )
    (tmp_path / "two.yml").write_text(
        "entity: two\ndescription: d\nkey: [two_id]\n"
        "fields: {two_id: {type: text, description: d, references: three}}\n"
    )
    (tmp_path / "four.yml").write_text("entity: four\nkey: [x]\nfields: {}\nsurprise: 1\n")

    with pytest.raises(EntityError) as caught:
        load_entities(tmp_path)

    for part in ("'nothing'", "'three'", "four.yml", "surprise"):
        assert part in str(caught.value)
