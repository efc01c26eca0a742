"""A HubSpot source in sources.yml: which account, what is read of it, and how carefully.

Belongs here: the options, and the datasets that follow from the objects. Does not: asking HubSpot
anything (connectors/hubspot).
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
from orchestration.connectors.company_fields import (
    Aliases,
    with_aliases,
    with_company_fields,
)
from orchestration.connectors.hubspot.objects import AsLeads, HubSpotObject, hubspot_objects
from orchestration.connectors.mapping import ApiObject


def _check_address(value: str) -> str:
    if not is_safe_address(value):
        raise refuse(
            "is no address of HubSpot's API",
            allowed="https://api.hubapi.com (http on this machine only)",
            fix="leave it out, or write the address without a path, a user or a password",
        )
    return value.rstrip("/")


def _check_object(value: str) -> str:
    return known_object(value, hubspot_objects())


def _check_property(value: Any) -> Any:
    if value and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_~-]*", value):
        raise refuse(
            "is no property of HubSpot",
            allowed="an internal name such as annualrevenue or my_segment",
            fix="copy the internal name from Settings, Properties (the label is another)",
        )
    return value


ObjectName = Annotated[Text, AfterValidator(_check_object)]
PropertyName = Annotated[Text, AfterValidator(_check_property)]
MaybeProperty = Annotated[
    PropertyName | None, Field(description="Internal name; null: nothing fills it.")
]


class HubSpotOptions(Decision):
    """Which account, which token opens it, and what is read."""

    base_url: Annotated[Text, AfterValidator(_check_address)] = Field(
        "https://api.hubapi.com", description="Address of the API."
    )
    token_variable: VariableName = Field(
        "HUBSPOT_TOKEN",
        description="Variable with the private app's access token; <name>_FILE may name a file "
        "(mode 0600).",
    )
    currency: CurrencyCode | None = Field(
        None, description="Currency of an account with one; default the reporting currency."
    )
    leads_from: Literal["leads", "contacts"] = Field(
        "leads",
        description="What the company's leads are: records of the lead object, or every contact "
        "with a lifecycle stage.",
    )
    leave_out: list[ObjectName] = Field(
        default_factory=list, description="Objects that are not read."
    )
    fields: dict[ObjectName, dict[SnakeCase, MaybeProperty]] = Field(
        default_factory=dict,
        description="Object: canonical field: property that fills it, in place of the standard "
        "one.",
    )
    value_aliases: dict[ObjectName, dict[SnakeCase, dict[Text, Text]]] = Field(
        default_factory=dict,
        description="Object: canonical field: value as it comes: value to use in its place.",
    )
    custom_properties: dict[ObjectName, list[PropertyName]] = Field(
        default_factory=dict, description="Object: further properties, kept as attributes."
    )
    lag_minutes: Annotated[Integer, Field(ge=0)] = Field(
        5, description="Changes younger than this wait for the next run."
    )
    overlap_minutes: Annotated[Integer, Field(ge=0)] = Field(
        30, description="How far a run looks back behind the one before; the search lags behind."
    )
    sweep_days: PositiveInteger = Field(
        7,
        description="Every so many days all is read and compared, which finds what search does "
        "not show: associations, calculated properties, deletes.",
    )
    request_budget: PositiveInteger = Field(20_000, description="Requests of one run at most.")
    usage_limit_percent: Annotated[Integer, Field(ge=1, le=100)] = Field(
        80, description="Stop when the account has used this share of its daily requests."
    )


class HubSpotSource(Decision):
    """A HubSpot account."""

    _name: str = PrivateAttr("")

    loader: Literal["hubspot"] = Field(description="Connector that reads the source.")
    options: HubSpotOptions = Field(
        default_factory=HubSpotOptions,
        description="What the loader needs to know.",
    )

    @property
    def name(self) -> str:
        """Name of the source; its rows carry it as source_instance."""
        return self._name

    @property
    def datasets(self) -> dict[str, Dataset]:
        """What it delivers: the outputs of all objects that are read."""
        outputs = (
            (item.name, {name: output for name, (_, output) in item.all_outputs().items()})
            for item in self.objects().values()
        )
        return datasets_delivered(outputs, self.options.custom_properties)

    def objects(self) -> Mapping[str, HubSpotObject]:
        """The objects that are read, with the company's own properties."""
        aliases = self.options.value_aliases
        found = objects_read(
            self._chosen_objects(), self.options.leave_out, self.options.fields, aliases
        )
        for name in aliases.keys() & found.keys():
            parts = tuple(with_aliases(part, aliases[name]) for part in found[name].parts)
            found[name] = found[name].model_copy(update={"parts": parts})
        return found

    def _chosen_objects(self) -> dict[str, HubSpotObject]:
        """All objects, with the leads where the company has them."""
        if self.options.leads_from == "leads":
            return {name: item.with_leads(None) for name, item in hubspot_objects().items()}
        own = {field: name or "" for field, name in self.options.fields.get("leads", {}).items()}
        aliases = self.options.value_aliases.get("leads", {})
        return {
            name: item.with_leads(_own_leads(item.as_leads, own, aliases))
            for name, item in hubspot_objects().items()
            if name != "leads"
        }


def _own_leads(
    leads: AsLeads | None, fields: Mapping[str, str], aliases: Aliases
) -> AsLeads | None:
    """What records give as leads, with the company's own properties and values for it."""
    if leads is None:
        return None
    rows = ApiObject(object="leads", outputs=leads.outputs)
    return leads.model_copy(
        update={
            "outputs": with_aliases(with_company_fields(rows, fields), aliases).outputs,
            "parts": tuple(with_aliases(part, aliases) for part in leads.parts),
        }
    )


def company_field_problems(source: HubSpotSource) -> list[FieldProblem]:
    """Canonical fields that an object does not have, cannot do without, or does not fill.

    Returns:
        Location below the source, what is wrong, and what is allowed.
    """
    outputs = {
        name: [output for _, output in item.all_outputs().values()]
        for name, item in source.objects().items()
    }
    return [
        *field_problems(source.options.fields, hubspot_objects(), "a property of HubSpot"),
        *alias_problems(source.options.value_aliases, outputs),
    ]
