"""An org like most: the objects that Concord reads, with the fields that it asks for."""

from __future__ import annotations

from orchestration.canonical import load_entities
from orchestration.connectors.salesforce.objects import salesforce_objects
from tests.connectors.fake_salesforce import FakeOrg

_KINDS = {
    "date": "date",
    "timestamp": "datetime",
    "money": "currency",
    "decimal": "double",
    "integer": "int",
    "boolean": "boolean",
}
_NOT_THERE = ("CurrencyIsoCode",)


def define_all(org: FakeOrg) -> None:
    """Define every object with a fitting type for each field."""
    for name, item in salesforce_objects().items():
        types: dict[str, str] = {}
        relationships: dict[str, str] = {}
        for output in item.outputs.values():
            entity = load_entities()[output.entity]
            for field, source in output.fields.items():
                for api in source.api_fields:
                    head, _, rest = api.partition(".")
                    if rest:
                        relationships[head] = f"{head}Id"
                        types[f"{head}Id"] = "reference"
                    elif api not in _NOT_THERE and api not in types:
                        types[api] = _KINDS.get(entity.fields[field].type, "string")
            for api, values in output.where.items():
                types[api] = "boolean" if "true" in values else "string"
        types |= dict.fromkeys((api for api in item.kept if api not in _NOT_THERE), "string")
        for api in ("Id", "SystemModstamp", "CreatedDate"):
            types.pop(api, None)
        org.define(name, relationships, **types)
