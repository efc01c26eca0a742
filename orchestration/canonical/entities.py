"""Loads the canonical entities from entities/*.yml.

Belongs here: the shape of an entity and the checks of its file. Does not: column types of any
engine (schema.py) or a source's mapping.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

ENTITIES_DIR = Path(__file__).parent / "entities"

FieldType = Literal[
    "text", "email", "currency", "date", "timestamp", "money", "decimal", "integer", "boolean"
]


class EntityError(Exception):
    """An entity's file is wrong; names every problem of every file."""


class _Definition(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Field(_Definition):
    """One field of an entity.

    Attributes:
        type: Canonical type.
        required: Whether a row without it is of no use and goes to quarantine.
        references: Entity whose id the field holds, or None.
        reference_required: Whether a row whose reference is unknown goes to quarantine.
        values: Concord's own words for it, where there are no others; a connector stops at
            another one, and of a file's the marts say what it counts as.
        description: What the field means.
    """

    type: FieldType
    required: bool = False
    references: str | None = None
    reference_required: bool = False
    values: tuple[str, ...] = ()
    description: str


class Entity(_Definition):
    """One kind of thing that sources deliver.

    Attributes:
        name: Name of the entity and of its raw table.
        description: What one row is.
        key: Fields that make a row unique inside a source.
        fields: Name of the field to its definition, in the order of the columns.
    """

    name: str
    description: str
    key: tuple[str, ...]
    fields: Mapping[str, Field]

    def fields_of_type(self, field_type: FieldType) -> tuple[str, ...]:
        """Return the names of all fields of one type."""
        return tuple(name for name, field in self.fields.items() if field.type == field_type)

    def required_references(self) -> dict[str, str]:
        """Return the fields whose value must be a known id, each with its entity."""
        return {
            name: field.references
            for name, field in self.fields.items()
            if field.reference_required and field.references
        }


def load_entities(folder: Path = ENTITIES_DIR) -> Mapping[str, Entity]:
    """Return every canonical entity by name.

    Args:
        folder: Folder of the entity files.

    Raises:
        EntityError: When a file cannot be read or contradicts another; names all problems.
    """
    return _load(folder)


@lru_cache(maxsize=4)
def _load(folder: Path) -> Mapping[str, Entity]:
    problems: list[str] = []
    entities: dict[str, Entity] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            entity = Entity.model_validate({"name": content.pop("entity"), **content})
        except (yaml.YAMLError, ValidationError, AttributeError, KeyError) as error:
            problems.append(f"{path.name}: {error}")
            continue
        if entity.name != path.stem:
            problems.append(f"{path.name}: entity is {entity.name!r}; name it like the file")
        entities[entity.name] = entity
    for entity in entities.values():
        problems.extend(_contradictions(entity, entities))
    if problems:
        raise EntityError("; ".join(problems))
    return MappingProxyType(entities)


def _contradictions(entity: Entity, entities: Mapping[str, Entity]) -> list[str]:
    problems = [
        f"{entity.name}.yml: key field {name!r} is not among the fields"
        for name in entity.key
        if name not in entity.fields
    ]
    for name, field in entity.fields.items():
        if field.references is not None and field.references not in entities:
            problems.append(f"{entity.name}.yml: {name} references unknown {field.references!r}")
        elif field.references is not None and len(entities[field.references].key) != 1:
            problems.append(f"{entity.name}.yml: {name} references an entity without a single key")
        if field.reference_required and field.references is None:
            problems.append(f"{entity.name}.yml: {name} has reference_required but no references")
    return problems
