"""How the records of one API object become rows of canonical entities.

Belongs here: the shape of an object's YAML file. Does not: any vendor's objects, SQL (typing_sql).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from orchestration.canonical import load_entities

# Columns that a delivery has beside the entity's: which record a row is of, when it last changed,
# and whether it is gone.
RECORD_ID = "_record_id"
MODIFIED_AT = "_modified_at"
IS_GONE = "_is_gone"
# Raise it when the same records and mapping give other rows than before: all is read again.
LANDING_VERSION = 1


class MappingError(Exception):
    """An object's file is wrong; names every problem of every file."""


class _Definition(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldSource(_Definition):
    """Where a canonical field's value comes from.

    Attributes:
        sources: Fields of the API; the first that holds a value counts.
        together: Whether the values of all of them count, with a space between (first, last name).
        prefix: Only ids that begin so (a reference that may lead to several objects).
        when: Field of the API: values with which the value counts; otherwise it is blank.
        words: Value of the API: value to use; other values stay as they are.
        is_closed: Whether there are no values but those that `words` names and gives, so that
            another one stops the pull.
        scale: Number that the value is multiplied with, as text.
        constant: Value that all rows get.
        record_order: Whether microseconds are added that follow from the record's id, so that
            two records of one second have a moment each, always the same.
        later_microseconds: Microseconds that are added beside that.
        days_later: Days that are added to a date.
        optional: Whether it is quite usual that an org lacks the fields (a feature that is off).
        needed: Whether the company named the field itself, so that it has to be there.
    """

    sources: tuple[str, ...] = Field((), alias="from")
    together: bool = False
    prefix: str | None = None
    when: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    words: Mapping[str, str] = Field(default_factory=dict)
    is_closed: bool = False
    scale: str | None = None
    constant: str | None = None
    record_order: bool = False
    later_microseconds: int = 0
    days_later: int = 0
    optional: bool = False
    needed: bool = False

    @field_validator("sources", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @property
    def api_fields(self) -> tuple[str, ...]:
        """All fields of the API that the value depends on."""
        return (*self.sources, *self.when)


class Output(_Definition):
    """The rows of one canonical entity that an object gives.

    Attributes:
        entity: The entity.
        where: Field of the API: values; a record with another value gives no row. A blank list
            means that the field must hold a value.
        where_not: Field of `where`: values that are known to give no row, where another one
            stops the pull.
        deleted_too: Whether a deleted record still gives its row (that it was merged, say).
        fields: Canonical field to its source.
    """

    entity: str
    deleted_too: bool = False
    where: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    where_not: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    fields: Mapping[str, FieldSource]

    def worded(self, column: str, value: str | None) -> str | None:
        """A field's value in the words of what it alone fills."""
        for source in self.fields.values():
            if value is not None and source.sources == (column,):
                value = source.words.get(value, value)
        return value

    @field_validator("fields", mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {
            name: {"from": source} if isinstance(source, str) else source
            for name, source in value.items()
        }


class ApiObject(_Definition):
    """One object of an API and what becomes of its records.

    Attributes:
        name: Name in the API.
        id_field: Field that identifies a record.
        cursor_field: Field that moves when a record changes.
        deleted_field: Field that says that a record is deleted, where the object has one.
        is_fixed: Whether records never change, so that `where` may leave them out at the source.
        moved_field: Field that a merge of the parents changes without moving the cursor's field;
            sweeps compare it.
        kept: Fields that are read besides and used by nothing yet: they are in the kept pages.
        outputs: Dataset of the source to its rows; an object without any is only kept, and read
            with the sweeps.
    """

    name: str = Field(alias="object")
    id_field: str = "Id"
    cursor_field: str = "SystemModstamp"
    deleted_field: str = "IsDeleted"
    is_fixed: bool = False
    moved_field: str | None = None
    kept: tuple[str, ...] = ()
    outputs: Mapping[str, Output] = Field(default_factory=dict)

    def field_sources(self) -> list[FieldSource]:
        """Every field's source, of all outputs."""
        return [item for output in self.outputs.values() for item in output.fields.values()]

    def api_fields(self) -> tuple[str, ...]:
        """The fields to ask for, each once, the technical ones first."""
        names = [self.id_field, self.cursor_field]
        for output in self.outputs.values():
            names += output.where
            names += [name for item in output.fields.values() for name in item.api_fields]
        names += self.kept
        return tuple(dict.fromkeys(names))

    def moved_column(self) -> str | None:
        """The canonical field of the main output that `moved_field` fills."""
        fields = next(iter(self.outputs.values())).fields
        return next((n for n, f in fields.items() if f.sources == (self.moved_field,)), None)

    def needed_fields(self) -> frozenset[str]:
        """The fields without which the object cannot be read at all.

        Of several sources of a field that a row must have, the last is the one to rely on.
        """
        needed = {self.id_field, self.cursor_field}
        for output in self.outputs.values():
            needed.update(output.where)
            for name, field in load_entities()[output.entity].fields.items():
                source = output.fields.get(name)
                if source is None or source.constant is not None:
                    continue
                if source.needed or field.required:
                    needed.update((*source.sources[-1:], *source.when))
        return frozenset(needed)

    def usually_missing_fields(self) -> frozenset[str]:
        """The fields that many orgs lack, so that it is not worth a word."""
        optional = (
            name for item in self.field_sources() if item.optional for name in item.api_fields
        )
        return frozenset((*optional, *self.kept))


Item = TypeVar("Item", bound=ApiObject)


def load_objects(folder: Path, model: type[Item] = ApiObject) -> Mapping[str, Item]:  # type: ignore[assignment]
    """Return the objects of a vendor by name.

    Args:
        folder: Folder of its YAML files.
        model: The vendor's own form of an object.

    Raises:
        MappingError: When a file is wrong; names all problems.
    """
    return cast(Mapping[str, Item], _load_objects(folder, model))


@lru_cache(maxsize=8)
def _load_objects(folder: Path, model: type[ApiObject]) -> Mapping[str, ApiObject]:
    problems: list[str] = []
    objects: dict[str, ApiObject] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            item = model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (yaml.YAMLError, ValidationError) as error:
            problems.append(f"{path.name}: {error}")
            continue
        objects[item.name] = item
        problems += [f"{path.name}: {text}" for text in contradictions(item)]
    if problems:
        raise MappingError("; ".join(problems))
    return objects


def mapping_hash(item: ApiObject, custom: Sequence[str]) -> str:
    """A hash of all that shapes an object's rows.

    Args:
        item: The object.
        custom: The company's further fields.
    """
    text = json.dumps([item.model_dump(mode="json"), list(custom), LANDING_VERSION], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def contradictions(item: ApiObject) -> list[str]:
    """What of an object does not fit its entities."""
    entities = load_entities()
    problems = [] if item.outputs or item.kept else ["nothing is read: neither outputs nor kept"]
    for dataset, output in item.outputs.items():
        entity = entities.get(output.entity)
        if entity is None:
            problems.append(f"{dataset}: no entity {output.entity!r}")
            continue
        problems += [
            f"{dataset}: {output.entity} has no field {name!r}"
            for name in output.fields
            if name not in entity.fields
        ]
        problems += [
            f"{dataset}: {output.entity} needs {name!r}"
            for name, field in entity.fields.items()
            if field.required and name not in output.fields
        ]
    return problems
