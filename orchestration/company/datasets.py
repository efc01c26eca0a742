"""One dataset of a source in sources.yml: how its files are written, which field is which column.

Belongs here: the models of a dataset and of reading options. Does not: sources (sources).
"""

from __future__ import annotations

from pydantic import Field, PrivateAttr

from orchestration.company.source_types import (
    DateFormat,
    DecimalMark,
    Delimiter,
    Encoding,
    FilePattern,
    Format,
    MaybeBlank,
    Thousands,
)
from orchestration.company.value_types import (
    AnyScalar,
    Boolean,
    CurrencyCode,
    Decision,
    PositiveInteger,
    SnakeCase,
    Text,
    TimeZoneName,
)


class ReadingOptions(Decision):
    """How the files are written; every option left out takes the next wider place's value."""

    encoding: Encoding | None = Field(None, description="Encoding of text files; default utf-8.")
    delimiter: Delimiter | None = Field(
        None, description="Character between two cells; default a comma, for TSV a tab."
    )
    decimal: DecimalMark | None = Field(
        None, description="Decimal mark of numbers; default a point."
    )
    thousands: Thousands | None = Field(
        None, description="Mark between thousands; default none (empty)."
    )
    date_formats: list[DateFormat] | None = Field(
        None, min_length=1, description="Formats of dates and timestamps, tried in this order."
    )
    time_zone: TimeZoneName | None = Field(
        None, description="Zone of timestamps without one; default the company's."
    )
    currency: CurrencyCode | None = Field(
        None, description="Currency of amounts without one; default the reporting currency."
    )


class Dataset(ReadingOptions):
    """One kind of file of a source, and which canonical field each of its columns fills."""

    _name: str = PrivateAttr("")

    entity: SnakeCase = Field(description="Canonical entity that the rows are.")
    files: FilePattern = Field(description="File name pattern inside the source's folder.")
    format: Format | None = Field(None, description="File format; default by the file's suffix.")
    sheet: Text | None = Field(None, description="Sheet of an XLSX file; default the first.")
    columns: dict[SnakeCase, Text] = Field(
        default_factory=dict, description="Canonical field: column of the file."
    )
    constants: dict[SnakeCase, AnyScalar] = Field(
        default_factory=dict, description="Canonical field: value that all rows get."
    )
    value_aliases: dict[SnakeCase, dict[str, MaybeBlank]] = Field(
        default_factory=dict,
        description="Canonical field: value in the file: value to use (null means blank).",
    )
    attributes: list[Text] = Field(
        default_factory=list, description="Further columns of the file that are kept as they are."
    )
    rows_where: dict[Text, list[MaybeBlank]] = Field(
        default_factory=dict,
        description="Column of the file: values; rows with another value are left out.",
    )
    precedence: PositiveInteger | None = Field(
        None,
        description="Which dataset wins when two deliver the same key: the smaller number.",
    )
    optional: Boolean = Field(False, description="Whether it is fine that no file is there.")

    @property
    def name(self) -> str:
        """Name of the dataset inside its source."""
        return self._name
