"""Tables that another loader lands, in sources.yml: where they are, and whose objects they hold.

Belongs here: the options, and the datasets that follow. Does not: reading (connectors/landed).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PrivateAttr

from orchestration.company.connector_options import (
    FieldProblem,
    alias_problems,
    datasets_delivered,
    field_problems,
    known_object,
    objects_read,
)
from orchestration.company.datasets import Dataset
from orchestration.company.source_types import DropFolder
from orchestration.company.value_types import CurrencyCode, Decision, SnakeCase, Text
from orchestration.connectors.mapping import ApiObject
from orchestration.connectors.salesforce.objects import salesforce_objects


def _check_object(value: str) -> str:
    return known_object(value, salesforce_objects())


ObjectName = Annotated[Text, AfterValidator(_check_object)]


class LandedOptions(Decision):
    """Where the tables are, and what they hold."""

    objects_of: Literal["salesforce"] = Field(description="Whose objects the tables hold.")
    database: DropFolder = Field(
        description="A DuckDB file, or a folder of Parquet files with one folder or file per "
        "table; an absolute path or ${NAME}."
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
        outputs = ((item.name, item.outputs) for item in self.objects().values())
        return datasets_delivered(outputs, self.options.custom_fields)

    @property
    def database(self) -> Path:
        """The database; a relative path starts from the company folder."""
        return self._company_folder / self.options.database

    def objects(self) -> Mapping[str, ApiObject]:
        """The objects that are read, with the company's own fields."""
        return objects_read(
            salesforce_objects(),
            self.options.leave_out,
            self.options.fields,
            self.options.value_aliases,
        )


def company_field_problems(source: LandedSource) -> list[FieldProblem]:
    """Canonical fields that an object does not have, cannot do without, or does not fill.

    Returns:
        Location below the source, what is wrong, and what is allowed.
    """
    return [
        *field_problems(source.options.fields, salesforce_objects(), "a field of the API"),
        *alias_problems(source.options.value_aliases, source.objects()),
    ]
