"""What a vendor's map is made of: which tables, columns and lookups fill which canonical fields.

A column is named by its candidates, in the words of the API: the
names that loaders make of `segments.date` (`segments_date`, `segments__date`, key `date` inside a
JSON column `segments`) are found by themselves (candidates.py). `stage.label`, where `stage` is a
lookup, is a value of that lookup.

Belongs here: the shape of an object in a map. Does not: reading the files (vendor_map.py), SQL
(mapped_query.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from orchestration.connectors.mapping import (
    ApiObject,
    FieldSource,
    Output,
)

# Names of the query's columns beside the canonical fields.
KEY, MODIFIED, GONE = "record key", "record modified", "record gone"


class Part(BaseModel):
    """Base of all parts: nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Candidates = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]


class Condition(Part):
    """Which rows count: those whose value is listed; `known` names the values that do not.

    Attributes:
        candidates: Columns.
        values: Values of rows that count; empty for any value.
        known: Further values; any other is an error. Empty: any other value is left out.
        optional: Whether all rows count where no such column is.
    """

    candidates: Candidates = Field(alias="from")
    values: Candidates = ()
    known: Candidates = ()
    optional: bool = False


class Match(Part):
    """A column of a lookup that equals one of the object (or of a lookup before it).

    Both are compared without the beginnings `strip`; of ours only what `pattern` finds counts.
    """

    theirs: Candidates
    ours: Candidates
    strip: Candidates = ()
    pattern: str | None = None


class Lookup(Part):
    """Values from another table, at most one per row.

    Attributes:
        tables: Names that the table may have.
        explode: Columns with a JSON list, whose elements are the rows where the table has one.
        match: What has to be equal.
        where: Which rows count.
        values: Name to candidates.
        choose: Of several rows: the newest version, the smallest id, the earliest or latest
            moment, the sum of numbers, or whether there is any (then a value is its name).
        prefer: Column and values of rows that count before others (for `smallest`).
    """

    tables: Candidates
    explode: Candidates = ()
    match: tuple[Match, ...] = Field(min_length=1)
    where: tuple[Condition, ...] = ()
    values: Mapping[str, Candidates]
    choose: Literal["newest", "smallest", "earliest", "latest", "sum", "any"] = "newest"
    prefer: Condition | None = None


class Pivot(Part):
    """A table of changes, one row per property: becomes one row per record and moment.

    Attributes:
        record: Column of the record's id.
        at: Column of the moment.
        name: Column of the property's name.
        value: Column of its value.
        properties: Properties that become columns.
        beside: Further columns, of any of the moment's rows.
    """

    record: Candidates
    at: Candidates
    name: Candidates
    value: Candidates
    properties: Candidates
    beside: Mapping[str, Candidates] = Field(default_factory=dict)


class SumOf(Part):
    """A JSON list of things, whose numbers are added up.

    Attributes:
        lists: Columns with the list.
        name: Key of a thing's name.
        names: Names that count.
        value: Key of its number.
    """

    lists: Candidates
    name: str
    names: Candidates
    value: str


class Value(Part):
    """What fills a canonical field.

    Attributes:
        candidates: Columns; the first that is there and holds a value counts.
        together: Columns whose values all count, with `separator` between.
        separator: A space for names, a hyphen for keys.
        smallest_of: Columns with a JSON list of ids: the smallest counts after the candidates.
        sum_of: A list whose numbers are added up, after the candidates.
        constant: Value that all rows get.
        default: Value of rows without one.
        words: Value to value.
        unit: micros (millionths), cents, or milliseconds (a moment since 1970, or a text).
        strip: Beginnings that are removed (`urn:li:sponsoredAccount:`).
        pattern: Regular expression with one group, which is the value.
    """

    candidates: Candidates = Field((), alias="from")
    together: tuple[Candidates, ...] = ()
    separator: str = " "
    smallest_of: Candidates = ()
    sum_of: SumOf | None = None
    constant: str | None = None
    default: str | None = None
    words: Mapping[str, str] = Field(default_factory=dict)
    unit: Literal["micros", "cents", "milliseconds"] | None = None
    strip: Candidates = ()
    pattern: str | None = None

    def source(self, name: str) -> FieldSource:
        """As the typing of deliveries wants it; the query gives the column the field's name."""
        if self.constant is not None:
            return FieldSource(constant=self.constant)
        scale = {"micros": "0.000001", "cents": "0.01"}.get(self.unit or "")
        return FieldSource.model_validate({"from": name, "words": self.words, "scale": scale})


def _short_form(value: object) -> object:
    return {"from": value} if isinstance(value, str | list) else value


ShortValue = Annotated[Value, BeforeValidator(_short_form)]


class MappedObject(Part):
    """One object and what becomes of its table's rows.

    Attributes:
        tables: Names that its table may have, the best first.
        unless: Object whose table makes this one needless.
        dataset: Dataset of the source.
        entity: The entity.
        key: What makes a record; a part without a column is left out, but not the first.
        modified: Moment of the last change; without one, the loader's.
        where: Which rows count.
        is_history: Whether every version of a record counts.
        keeps_deleted: Whether a row that the loader marks as deleted counts nevertheless.
        explode: Columns with a JSON list, whose elements are the rows where the table has one.
        pivot: How changes become rows.
        lookups: Further tables, in order.
        fields: Canonical field to what fills it.
        needed: Fields without whose columns the object cannot be read, beside the required ones.
    """

    tables: Candidates
    unless: str | None = None
    dataset: str
    entity: str
    key: tuple[Candidates, ...] = Field(min_length=1)
    modified: Candidates = ()
    where: tuple[Condition, ...] = ()
    is_history: bool = False
    keeps_deleted: bool = False
    explode: Candidates = ()
    pivot: Pivot | None = None
    lookups: Mapping[str, Lookup] = Field(default_factory=dict)
    fields: Mapping[str, ShortValue]
    needed: Candidates = ()

    @property
    def is_spend(self) -> bool:
        """Whether its rows are added up to campaigns' days."""
        return self.entity == "ad_spend"

    def as_api_object(self, name: str) -> ApiObject:
        """The object as the typing of deliveries wants it."""
        fields = {field: value.source(field) for field, value in self.fields.items()}
        return ApiObject(
            object=name,
            id_field=KEY,
            cursor_field=MODIFIED,
            deleted_field=GONE,
            outputs={self.dataset: Output(entity=self.entity, fields=fields)},
        )
