"""Every map of a vendor fits the canonical entities, and a wrong one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.canonical import load_entities
from orchestration.connectors.landed.vendor_map import MAPPED_VENDORS, MAPS_DIR, vendor_map
from orchestration.connectors.mapping import MappingError


def test_every_map_is_a_vendors() -> None:
    assert {path.stem for path in MAPS_DIR.glob("*.yml")} == set(MAPPED_VENDORS)


@pytest.mark.parametrize("vendor", MAPPED_VENDORS)
def test_entities_and_fields_exist(vendor: str) -> None:
    for item in vendor_map(vendor).values():
        entity = load_entities()[item.entity]
        assert set(item.fields) <= set(entity.fields)
        assert {name for name, field in entity.fields.items() if field.required} <= set(item.fields)
        assert not any(name.startswith("~") for names in item.key for name in names)


def test_a_wrong_map_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yml"
    path.write_text(
        "objects:\n  deals:\n    tables: [deal]\n    unless: nothing\n    dataset: deals\n"
        "    entity: opportunities\n    key: [[id]]\n"
        "    fields: {opportunity_id: id, shoe_size: size, sales_stage: {constant: a, from: b}}\n"
    )
    with pytest.raises(MappingError) as caught:
        vendor_map("wrong", tmp_path)
    for word in ("shoe_size", "'nothing'", "deals.sales_stage"):
        assert word in str(caught.value)
    path.write_text("objects: {deals: {tables: [deal], colour: red}}\n")
    with pytest.raises(MappingError, match="colour"):
        vendor_map("wrong", tmp_path)
