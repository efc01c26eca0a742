"""Tables that another loader lands, in sources.yml: where they are, and whose objects they hold.

Belongs here: the options, and the datasets that follow. Does not: reading (connectors/landed).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PrivateAttr, ValidationInfo, model_validator

from orchestration.company.connector_options import (
    FieldProblem,
    VariableName,
    alias_problems,
    datasets_delivered,
    delivered_dataset,
    field_problems,
    known_object,
    objects_read,
)
from orchestration.company.datasets import Dataset
from orchestration.company.source_types import DropFolder
from orchestration.company.value_types import CurrencyCode, Decision, SnakeCase, Text, refuse
from orchestration.connectors.ads.spend import SCHEMA
from orchestration.connectors.landed.map_parts import MappedObject, Value
from orchestration.connectors.landed.vendor_map import (
    MAPPED_VENDORS,
    vendor_map,
    with_conversion_actions,
)
from orchestration.connectors.mapping import ApiObject
from orchestration.connectors.salesforce.objects import delivered_objects


def _all_objects(vendor: str) -> Mapping[str, ApiObject]:
    """Every object of a vendor that is read unless the company leaves it out."""
    if vendor not in MAPPED_VENDORS:
        return delivered_objects()
    return {name: item.as_api_object(name) for name, item in vendor_map(vendor).items()}


def _check_object(value: str, info: ValidationInfo) -> str:
    vendor = info.data.get("objects_of")
    return value if vendor is None else known_object(value, _all_objects(vendor))


ObjectName = Annotated[Text, AfterValidator(_check_object)]


class LandedOptions(Decision):
    """Where the tables are, and what they hold."""

    objects_of: Literal[
        "salesforce",
        "hubspot",
        "google_ads",
        "meta_ads",
        "linkedin_ads",
        "marketo",
        "mailchimp",
    ] = Field(description="Whose objects the tables hold.")
    database: DropFolder | None = Field(
        None,
        description="A DuckDB file, or a folder of Parquet files with one folder or file per "
        "table; an absolute path or ${NAME}.",
    )
    postgres_variable: VariableName | None = Field(
        None,
        description="Variable with the address of a PostgreSQL server, in place of a database; "
        "<name>_FILE may name a file (mode 0600).",
    )
    table_schema: Text | None = Field(
        None, alias="schema", description="Schema of the tables, or a folder inside the folder."
    )
    currency: CurrencyCode | None = Field(
        None, description="Currency of an org with one; default the reporting currency."
    )
    leave_out: list[ObjectName] = Field(
        default_factory=list, description="Objects that are not read."
    )
    fields: dict[ObjectName, dict[SnakeCase, Text | None]] = Field(
        default_factory=dict,
        description="Object: canonical field: field that fills it, in place of the standard one.",
    )
    value_aliases: dict[ObjectName, dict[SnakeCase, dict[Text, Text]]] = Field(
        default_factory=dict,
        description="Object: canonical field: value as it comes: value to use in its place.",
    )
    custom_fields: dict[ObjectName, list[Text]] = Field(
        default_factory=dict, description="Object: further fields, kept as attributes."
    )
    conversion_actions: list[Text] = Field(
        default_factory=lambda: ["lead"],
        description="Meta: action types whose sum is platform_conversions; they must not overlap.",
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.database is None) == (self.postgres_variable is None):
            raise refuse(
                "names no place, or two",
                allowed="database (a file or folder) or postgres_variable (a server)",
                fix="keep one of them",
            )
        if self.postgres_variable is not None and self.table_schema is None:
            raise refuse(
                "names no schema",
                allowed="schema: the schema of the server's tables",
                fix="add it",
            )
        return self


class LandedSource(Decision):
    """Tables of another loader."""

    _name: str = PrivateAttr("")
    _company_folder: Path = PrivateAttr(Path())

    loader: Literal["landed_tables"] = Field(description="Connector that reads the source.")
    options: LandedOptions = Field(description="What the loader needs to know.")

    @property
    def name(self) -> str:
        """Name of the source; its rows carry it as source_instance."""
        return self._name

    @property
    def datasets(self) -> dict[str, Dataset]:
        """What it delivers: the outputs of all objects that are read."""
        spend = [item.dataset for item in self.mapped_objects().values() if item.is_spend]
        outputs = ((item.name, item.outputs) for item in self.objects().values())
        found = datasets_delivered(outputs, self.options.custom_fields)
        return {
            name: delivered_dataset(name, "ad_spend", dict.fromkeys(SCHEMA.names), ())
            if name in spend
            else dataset
            for name, dataset in found.items()
        }

    @property
    def database(self) -> Path:
        """The file or folder; a relative path starts from the company folder."""
        return self._company_folder / (self.options.database or "")

    def objects(self) -> Mapping[str, ApiObject]:
        """The objects that are read, with the company's own fields."""
        options = self.options
        if options.objects_of in MAPPED_VENDORS:
            return {name: item.as_api_object(name) for name, item in self.mapped_objects().items()}
        return objects_read(
            delivered_objects(), options.leave_out, options.fields, options.value_aliases
        )

    def mapped_objects(self) -> Mapping[str, MappedObject]:
        """Those of them that a vendor's map describes."""
        options = self.options
        if options.objects_of not in MAPPED_VENDORS:
            return {}
        return {
            name: with_conversion_actions(
                _with_own_columns(item, options.fields.get(name, {})), options.conversion_actions
            )
            for name, item in vendor_map(options.objects_of).items()
            if name not in options.leave_out
        }


def _with_own_columns(item: MappedObject, own: Mapping[str, str | None]) -> MappedObject:
    """An object with the company's own columns in place of the standard ones."""
    if not own:
        return item
    kept = {name: value for name, value in item.fields.items() if name not in own}
    chosen = {name: Value.model_validate({"from": c}) for name, c in own.items() if c is not None}
    needed = tuple(dict.fromkeys([*(n for n in item.needed if n not in own), *chosen]))
    return item.model_copy(update={"fields": {**kept, **chosen}, "needed": needed})


def company_field_problems(source: LandedSource) -> list[FieldProblem]:
    """Canonical fields that an object does not have, cannot do without, or does not fill.

    Returns:
        Location below the source, what is wrong, and what is allowed.
    """
    options = source.options
    problems = field_problems(
        options.fields, _all_objects(options.objects_of), "a field of the API, or a column"
    )
    if options.objects_of in MAPPED_VENDORS:
        return problems + [
            (("options", "value_aliases", name), "only Salesforce's objects have aliases", "none")
            for name in options.value_aliases
        ]
    outputs = {name: [*item.outputs.values()] for name, item in source.objects().items()}
    return problems + alias_problems(options.value_aliases, outputs)
