"""A Salesforce source in sources.yml: where it is, what is read of it, and how carefully.

Belongs here: the options, and the datasets that follow from the objects. Does not: asking
Salesforce anything (connectors/salesforce).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr

from orchestration.company.connector_options import (
    FieldProblem,
    VariableName,
    alias_problems,
    datasets_delivered,
    field_problems,
    is_safe_address,
    known_object,
    objects_read,
)
from orchestration.company.datasets import Dataset
from orchestration.company.value_types import (
    CurrencyCode,
    Decision,
    Integer,
    PositiveInteger,
    SnakeCase,
    Text,
    refuse,
)
from orchestration.connectors.mapping import ApiObject
from orchestration.connectors.salesforce.objects import salesforce_objects


def _check_address(value: str) -> str:
    if not is_safe_address(value):
        raise refuse(
            "is no address of an org",
            allowed="https://<my domain>.my.salesforce.com (http on this machine only)",
            fix="copy My Domain's address from Setup, without a path, a user or a password",
        )
    return value.rstrip("/")


def _check_version(value: str) -> str:
    if not re.fullmatch(r"[0-9]{2}\.0", value):
        raise refuse("is no API version", allowed='a version such as "62.0"', fix="correct it")
    return value


def _check_object(value: str) -> str:
    return known_object(value, salesforce_objects())


def _check_field(value: Any) -> Any:
    if value and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)?", value):
        raise refuse(
            "is no field of Salesforce",
            allowed="an API name such as Segment__c or Owner.Name",
            fix="copy the API name from the Object Manager",
        )
    return value


def _check_key_field(value: str) -> str:
    if "." in value:
        raise refuse(
            "is a field of another object",
            allowed="the API name of a field of the object itself",
            fix="name the object's own field, for example External_Id__c",
        )
    return value


ObjectName = Annotated[Text, AfterValidator(_check_object)]
ApiField = Annotated[Text, AfterValidator(_check_field)]
KeyField = Annotated[ApiField, AfterValidator(_check_key_field)]
MaybeField = Annotated[ApiField | None, Field(description="API name; null: nothing fills it.")]


class SalesforceOptions(Decision):
    """Where the org is, which credentials open it, and what is read."""

    instance_url: Annotated[Text, AfterValidator(_check_address)] = Field(
        description="My Domain's address; usually ${SALESFORCE_URL}."
    )
    client_id_variable: VariableName = Field(
        "SALESFORCE_CLIENT_ID",
        description="Variable with the connected app's consumer key; <name>_FILE may name a file.",
    )
    client_secret_variable: VariableName = Field(
        "SALESFORCE_CLIENT_SECRET",
        description="Variable with its consumer secret; <name>_FILE may name a file (mode 0600).",
    )
    api_version: Annotated[Text, AfterValidator(_check_version)] = Field(
        "62.0", description="Version of the API."
    )
    currency: CurrencyCode | None = Field(
        None, description="Currency of an org with one; default the reporting currency."
    )
    leave_out: list[ObjectName] = Field(
        default_factory=list, description="Objects that are not read."
    )
    fields: dict[ObjectName, dict[SnakeCase, MaybeField]] = Field(
        default_factory=dict,
        description="Object: canonical field: field that fills it, in place of the standard one.",
    )
    value_aliases: dict[ObjectName, dict[SnakeCase, dict[Text, Text]]] = Field(
        default_factory=dict,
        description="Object: canonical field: value as it comes: value to use in its place.",
    )
    custom_fields: dict[ObjectName, list[ApiField]] = Field(
        default_factory=dict, description="Object: further fields, kept as attributes."
    )
    keys: dict[ObjectName, KeyField] = Field(
        default_factory=dict,
        description="Object: field with the id by which the other systems know its records; it "
        "takes the place of Salesforce's own, in lookups too.",
    )
    lag_minutes: Annotated[Integer, Field(ge=0)] = Field(
        5, description="Changes younger than this wait for the next run."
    )
    overlap_minutes: Annotated[Integer, Field(ge=0)] = Field(
        30, description="How far a run looks back behind the one before, for late commits."
    )
    sweep_days: PositiveInteger = Field(
        7, description="Every so many days all ids are compared, which finds hard deletes."
    )
    request_budget: PositiveInteger = Field(5000, description="Requests of one run at most.")
    usage_limit_percent: Annotated[Integer, Field(ge=1, le=100)] = Field(
        80, description="Stop when the org has used this share of its daily requests."
    )
    bulk_threshold: PositiveInteger = Field(
        10_000, description="More records than this are read as a Bulk 2.0 job."
    )


class SalesforceSource(Decision):
    """A Salesforce org."""

    _name: str = PrivateAttr("")

    loader: Literal["salesforce"] = Field(description="Connector that reads the source.")
    options: SalesforceOptions = Field(description="What the loader needs to know.")

    @property
    def name(self) -> str:
        """Name of the source; its rows carry it as source_instance."""
        return self._name

    @property
    def datasets(self) -> dict[str, Dataset]:
        """What it delivers: the outputs of all objects that are read."""
        outputs = ((item.name, item.outputs) for item in self.objects().values())
        return datasets_delivered(outputs, self.options.custom_fields)

    def objects(self) -> Mapping[str, ApiObject]:
        """The objects that are read, with the company's own fields."""
        return objects_read(
            salesforce_objects(),
            self.options.leave_out,
            self.options.fields,
            self.options.value_aliases,
        )


def company_field_problems(source: SalesforceSource) -> list[FieldProblem]:
    """Canonical fields that an object does not have, cannot do without, or does not fill.

    Returns:
        Location below the source, what is wrong, and what is allowed.
    """
    outputs = {name: [*item.outputs.values()] for name, item in source.objects().items()}
    return [
        *field_problems(source.options.fields, salesforce_objects(), "a field of Salesforce"),
        *alias_problems(source.options.value_aliases, outputs),
    ]
