"""sources.yml: which systems deliver data, how their files are read, who is right about what.

Belongs here: the models of sources.yml and the options that hold for one dataset in the end.
Does not: checks against the canonical entities (source_checks) or reading any export
(orchestration/sources).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, PrivateAttr

from orchestration.company.source_types import (
    DateFormat,
    DecimalMark,
    Delimiter,
    DropFolder,
    Encoding,
    FilePattern,
    Format,
    Loader,
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

DEFAULT_ENCODING = "utf-8"
DEFAULT_DATE_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S.%f%z",
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


class FileDropOptions(ReadingOptions):
    """Where a file-drop source lies and how its files are written unless a dataset differs."""

    folder: DropFolder = Field(
        description="Folder of the exports; relative to the company folder; may hold ${NAME}."
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


class Source(Decision):
    """One system that delivers data."""

    _name: str = PrivateAttr("")

    loader: Loader = Field(description="Connector that reads the source.")
    options: FileDropOptions = Field(description="What the loader needs to know.")
    datasets: dict[SnakeCase, Dataset] = Field(
        min_length=1, description="Dataset name: what it holds; the order is the precedence."
    )

    @property
    def name(self) -> str:
        """Name of the source; its rows carry it as source_instance."""
        return self._name


class SourcesFile(Decision):
    """sources.yml as a whole."""

    sources: dict[SnakeCase, Source] = Field(
        min_length=1, description="Source name: how it is read. The order is the rank."
    )
    system_of_record: dict[SnakeCase, SnakeCase] = Field(
        default_factory=dict,
        description="Entity: source that is right; needed where two sources deliver one entity.",
    )


@dataclass(frozen=True)
class EffectiveOptions:
    """The options that hold for one dataset, all with a value."""

    folder: Path
    encoding: str
    delimiter: str
    decimal: str
    thousands: str
    date_formats: tuple[str, ...]
    time_zone: str
    currency: str


def with_defaults(
    name: str, source: Source, *, company_folder: Path, time_zone: str, currency: str
) -> Source:
    """Return the source with its names, precedences and what the company decides filled in.

    Args:
        name: Name of the source.
        source: The source as written in sources.yml.
        company_folder: Folder that a relative drop folder starts from.
        time_zone: The company's time zone.
        currency: The company's reporting currency.
    """
    options = source.options.model_copy(
        update={
            "folder": company_folder / source.options.folder,
            "time_zone": source.options.time_zone or time_zone,
            "currency": source.options.currency or currency,
        }
    )
    datasets: dict[str, Dataset] = {}
    for position, (dataset_name, dataset) in enumerate(source.datasets.items(), start=1):
        copy = dataset.model_copy(update={"precedence": dataset.precedence or position})
        copy._name = dataset_name
        datasets[dataset_name] = copy
    result = source.model_copy(update={"options": options, "datasets": datasets})
    result._name = name
    return result


def source_from_mapping(
    name: str,
    entry: Mapping[str, Any],
    *,
    company_folder: Path,
    time_zone: str = "UTC",
    currency: str = "USD",
) -> Source:
    """Make one source as load_company would, from what stands below its name in sources.yml.

    Args:
        name: Name of the source.
        entry: The keys loader, options and datasets.
        company_folder: Folder that a relative drop folder starts from.
        time_zone: The company's time zone.
        currency: The company's reporting currency.
    """
    return with_defaults(
        name,
        Source.model_validate(entry),
        company_folder=company_folder,
        time_zone=time_zone,
        currency=currency,
    )


def effective_options(source: Source, dataset: Dataset) -> EffectiveOptions:
    """Return the options for one dataset: its own, else the source's, else the defaults.

    Args:
        source: A source of a loaded company.
        dataset: One of its datasets.

    Raises:
        ValueError: When the source does not come from a loaded company, so that nobody decided
            its time zone and currency.
    """
    general = source.options
    time_zone = dataset.time_zone or general.time_zone
    currency = dataset.currency or general.currency
    if time_zone is None or currency is None:
        raise ValueError(f"source {source.name!r} has no time zone or currency: load the company")
    thousands = dataset.thousands if dataset.thousands is not None else general.thousands
    is_tsv = dataset.format == "tsv" or dataset.files.lower().endswith((".tsv", ".tab"))
    return EffectiveOptions(
        folder=general.folder,
        encoding=dataset.encoding or general.encoding or DEFAULT_ENCODING,
        delimiter=dataset.delimiter or ("\t" if is_tsv else general.delimiter or ","),
        decimal=dataset.decimal or general.decimal or ".",
        thousands=thousands or "",
        date_formats=tuple(dataset.date_formats or general.date_formats or DEFAULT_DATE_FORMATS),
        time_zone=time_zone,
        currency=currency,
    )
