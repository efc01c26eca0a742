"""sources.yml: which systems deliver data, how their files are read, who is right about what.

Belongs here: the models of sources.yml and the options that hold for one dataset in the end.
Does not: checks against the canonical entities (source_checks) or reading any export
(orchestration/sources).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, TypeAdapter

from orchestration.company.datasets import Dataset, ReadingOptions
from orchestration.company.ga4_source import Ga4Source
from orchestration.company.google_ads_source import GoogleAdsSource
from orchestration.company.hubspot_source import HubSpotOptions, HubSpotSource
from orchestration.company.landed_source import LandedSource
from orchestration.company.linkedin_ads_source import LinkedInAdsSource
from orchestration.company.meta_ads_source import MetaAdsSource
from orchestration.company.salesforce_source import SalesforceOptions, SalesforceSource
from orchestration.company.source_types import DropFolder
from orchestration.company.value_types import Decision, SnakeCase

__all__ = [
    "Dataset",
    "HubSpotOptions",
    "HubSpotSource",
    "ReadingOptions",
    "SalesforceOptions",
    "SalesforceSource",
]

# A source that a connector pulls.
ConnectorSource = (
    SalesforceSource
    | HubSpotSource
    | GoogleAdsSource
    | MetaAdsSource
    | LinkedInAdsSource
    | Ga4Source
    | LandedSource
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


class FileDropOptions(ReadingOptions):
    """Where a file-drop source lies and how its files are written unless a dataset differs."""

    folder: DropFolder = Field(
        description="Folder of the exports; relative to the company folder; may hold ${NAME}."
    )


class Source(Decision):
    """One system that delivers data, ready to be read from a drop folder.

    A connector's source has its deliveries' folder here; what it pulls is in `connector`.
    """

    _name: str = PrivateAttr("")
    _connector: ConnectorSource | None = PrivateAttr(None)
    _company_time_zone: str = PrivateAttr("UTC")

    loader: str = Field(description="Connector that reads the source.")
    options: FileDropOptions = Field(description="What the loader needs to know.")
    datasets: dict[SnakeCase, Dataset] = Field(
        min_length=1, description="Dataset name: what it holds; the order is the precedence."
    )

    @property
    def name(self) -> str:
        """Name of the source; its rows carry it as source_instance."""
        return self._name

    @property
    def connector(self) -> ConnectorSource | None:
        """The source as written, when a connector pulls it; None for a drop folder."""
        return self._connector

    @property
    def company_time_zone(self) -> str:
        """The zone that decides on which day a moment was."""
        return self._company_time_zone


class FileDropSource(Source):
    """One system whose exports lie in a folder."""

    loader: Literal["file_drop"] = Field(description="Connector that reads the source.")


AnySource = Annotated[FileDropSource | ConnectorSource, Field(discriminator="loader")]


class SourcesFile(Decision):
    """sources.yml as a whole."""

    sources: dict[SnakeCase, AnySource] = Field(
        min_length=1, description="Source name: how it is read. The order is the rank."
    )
    system_of_record: dict[SnakeCase, SnakeCase] = Field(
        default_factory=dict,
        description="Entity: source that is right; needed where two sources deliver one entity.",
    )
    simulated: list[SnakeCase] = Field(
        default_factory=list,
        description="Sources whose system a simulator plays, started and ended by each run; for "
        "the sample company.",
    )


@dataclass(frozen=True)
class Sources:
    """sources.yml of a loaded company: every source ready to be read."""

    sources: Mapping[str, Source]
    system_of_record: Mapping[str, str]
    simulated: tuple[str, ...] = ()


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
    name: str,
    source: Source | ConnectorSource,
    *,
    company_folder: Path,
    time_zone: str,
    currency: str,
    deliveries_folder: Path | None = None,
) -> Source:
    """Return the source with its names, precedences and what the company decides filled in.

    Args:
        name: Name of the source.
        source: The source as written in sources.yml.
        company_folder: Folder that a relative drop folder starts from.
        time_zone: The company's time zone.
        currency: The company's reporting currency.
        deliveries_folder: Where connectors deliver to; each has a folder of its name there.
    """
    connector = None
    if isinstance(source, ConnectorSource):
        connector = source.model_copy()
        connector._name = name
        if isinstance(connector, Ga4Source | LandedSource):
            connector._company_folder = company_folder
        folder = (deliveries_folder or company_folder / "deliveries") / name
        # An API's moments are UTC; the deliveries say so themselves.
        own_currency = getattr(source.options, "currency", None)
        options = FileDropOptions(folder=folder, time_zone="UTC", currency=own_currency or currency)
    else:
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
    result = Source.model_construct(loader=source.loader, options=options, datasets=datasets)
    result._name = name
    result._connector = connector
    result._company_time_zone = time_zone
    return result


def source_from_mapping(
    name: str,
    entry: Mapping[str, Any],
    *,
    company_folder: Path,
    time_zone: str = "UTC",
    currency: str = "USD",
    deliveries_folder: Path | None = None,
) -> Source:
    """Make one source as load_company would, from what stands below its name in sources.yml.

    Args:
        name: Name of the source.
        entry: The keys loader, options and datasets.
        company_folder: Folder that a relative drop folder starts from.
        time_zone: The company's time zone.
        currency: The company's reporting currency.
        deliveries_folder: Where connectors deliver to.
    """
    written: FileDropSource | ConnectorSource = TypeAdapter(AnySource).validate_python(entry)
    return with_defaults(
        name,
        written,
        company_folder=company_folder,
        time_zone=time_zone,
        currency=currency,
        deliveries_folder=deliveries_folder,
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
