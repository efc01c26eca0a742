"""What sources.yml says about one dataset, worked out so that a file can be read with it.

Belongs here: which columns are wanted, which field each fills, and the hash of all that shapes
the rows. Does not: SQL or reading.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from orchestration.canonical import Entity, Field
from orchestration.company.sources import Dataset, Source, effective_options
from orchestration.sources.file_drop.model import FileRefusedError
from orchestration.sources.file_drop.reading import TYPED_FORMATS, ReadOptions

# Raise it when the same file and mapping give other rows than before: all files are read again.
READER_VERSION = 1


@dataclass(frozen=True)
class FieldPlan:
    """Where one field's value comes from.

    Attributes:
        name: Canonical field.
        type: Canonical type.
        required: Whether a blank sends the row to quarantine.
        column: Position among the wanted columns, or None.
        constant: Value for all rows (with a column: for its blanks), or None.
        aliases: Value in the file to value to use; empty means blank.
    """

    name: str
    type: str
    required: bool
    column: int | None
    constant: str | None
    aliases: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DatasetPlan:
    """All that decides how the rows of one dataset's files come out."""

    source: str
    dataset: str
    entity: str
    key: tuple[str, ...]
    format: str | None
    sheet: str | None
    encoding: str
    delimiter: str
    decimal: str
    thousands: str
    date_formats: tuple[str, ...]
    time_zone: str
    company_time_zone: str
    currency: str
    fields: tuple[FieldPlan, ...]
    wanted: tuple[str, ...]
    necessary: frozenset[str]
    attributes: tuple[int, ...]
    where: tuple[tuple[int, tuple[str, ...]], ...]

    def for_format(self, format_name: str) -> DatasetPlan:
        """Return the plan for one file, whose format may come from its suffix."""
        return replace(self, format=format_name)

    @property
    def is_typed(self) -> bool:
        """Whether the cells of the format carry types of their own."""
        return self.format in TYPED_FORMATS

    @property
    def read_options(self) -> ReadOptions:
        """What a reader has to know."""
        if self.format is None:
            raise ValueError("the format is not decided yet")
        necessary = self.necessary
        if self.format != "jsonl":
            # A column of a table may not vanish; a key of a JSON object may be left out for null.
            columns = {self.wanted[f.column] for f in self.fields if f.column is not None}
            necessary = necessary | columns
        return ReadOptions(
            format=self.format,
            encoding=self.encoding,
            delimiter=self.delimiter,
            sheet=self.sheet,
            wanted=self.wanted,
            necessary=necessary,
        )

    def mapping_hash(self) -> str:
        """Return the hash of everything that shapes the rows, the reader's version included."""
        content = asdict(self) | {"necessary": sorted(self.necessary), "reader": READER_VERSION}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def make_plan(source: Source, dataset: Dataset, entities: Mapping[str, Entity]) -> DatasetPlan:
    """Work out the plan of one dataset."""
    entity = entities.get(dataset.entity)
    if entity is None:
        raise FileRefusedError(
            f"entity {dataset.entity!r} does not exist", f"use one of {', '.join(entities)}"
        )
    _require_known_fields(dataset, entity)
    options = effective_options(source, dataset)
    wanted = _wanted(dataset)
    place = {name: position for position, name in enumerate(wanted)}
    fields = tuple(
        _field_plan(name, field, dataset, place) for name, field in entity.fields.items()
    )
    given_formats = dataset.date_formats or source.options.date_formats or ()
    return DatasetPlan(
        source=source.name,
        dataset=dataset.name,
        entity=entity.name,
        key=entity.key,
        format=dataset.format,
        sheet=dataset.sheet,
        encoding=options.encoding,
        delimiter=options.delimiter,
        decimal=options.decimal,
        thousands=options.thousands,
        date_formats=tuple(given_formats),
        time_zone=options.time_zone,
        company_time_zone=source.company_time_zone,
        currency=options.currency,
        fields=fields,
        wanted=wanted,
        necessary=_necessary(dataset, entity),
        attributes=tuple(place[name] for name in dict.fromkeys(dataset.attributes)),
        where=tuple(
            (place[name], tuple(dict.fromkeys(values)))
            for name, values in dataset.rows_where.items()
        ),
    )


def _require_known_fields(dataset: Dataset, entity: Entity) -> None:
    named = {*dataset.columns, *dataset.constants, *dataset.value_aliases}
    unknown = sorted(named - set(entity.fields))
    if unknown:
        raise FileRefusedError(
            f"{entity.name} has no field {', '.join(unknown)}",
            f"use the fields of the entity: {', '.join(entity.fields)}",
        )


def _wanted(dataset: Dataset) -> tuple[str, ...]:
    names = [*dataset.columns.values(), *dataset.attributes, *dataset.rows_where]
    return tuple(dict.fromkeys(names))


def _necessary(dataset: Dataset, entity: Entity) -> frozenset[str]:
    required = {
        column
        for name, column in dataset.columns.items()
        if (entity.fields[name].required or name in entity.key) and name not in dataset.constants
    }
    return frozenset(required | set(dataset.rows_where))


def _field_plan(name: str, field: Field, dataset: Dataset, place: Mapping[str, int]) -> FieldPlan:
    column = dataset.columns.get(name)
    constant = dataset.constants.get(name)
    return FieldPlan(
        name=name,
        type=field.type,
        required=field.required,
        column=None if column is None else place[column],
        constant=None if constant is None else str(constant),
        aliases=tuple(
            (str(value).strip(), str(replacement).strip())
            for value, replacement in dataset.value_aliases.get(name, {}).items()
        ),
    )
