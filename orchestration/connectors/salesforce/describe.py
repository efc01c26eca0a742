"""Asks what fields an object has, as the integration user sees them.

Belongs here: describe and Salesforce's types. Does not: what to make of a change (watch.py).
"""

from __future__ import annotations

from orchestration.connectors.http import Answer
from orchestration.connectors.json_body import read_json
from orchestration.connectors.salesforce.client import Client
from orchestration.connectors.watch import DescribedField

_NUMBERS = ("currency", "double", "int", "percent", "long")
_TEXTS = (
    *("string", "picklist", "multipicklist", "textarea", "id", "reference", "email", "phone"),
    *("url", "combobox", "encryptedstring", "anyType", "time"),
)
FAMILIES = {
    **dict.fromkeys(_NUMBERS, "number"),
    **dict.fromkeys(_TEXTS, "text"),
    "date": "date",
    "datetime": "timestamp",
    "boolean": "boolean",
    "related": "related",
}


def describe(client: Client, object_name: str, paths: tuple[str, ...]) -> dict[str, DescribedField]:
    """Return the fields of an object.

    Args:
        client: The org.
        object_name: The object.
        paths: Fields of related objects that are wanted, such as `Owner.Name`; each is there
            when its relationship is.

    Raises:
        ConnectorError: ObjectMissing when the org has no such object.
    """
    return describe_object(client, object_name, paths)[1]


def describe_object(
    client: Client, object_name: str, paths: tuple[str, ...]
) -> tuple[str, dict[str, DescribedField]]:
    """Return the first three letters of an object's ids, and its fields as `describe` does.

    Raises:
        ConnectorError: ObjectMissing when the org has no such object.
    """

    def understand(answer: Answer) -> tuple[str, dict[str, DescribedField]]:
        found: dict[str, DescribedField] = {}
        relationships = set()
        body = read_json(answer.body)
        for item in body["fields"]:
            kind = str(item["type"])
            found[item["name"]] = DescribedField(
                kind, FAMILIES.get(kind, "other"), bool(item.get("calculated"))
            )
            relationships.add(item.get("relationshipName"))
        for path in paths:
            if path.partition(".")[0] in relationships:
                found[path] = DescribedField("related", "related")
        return str(body.get("keyPrefix") or ""), found

    return client.get(f"{client.data_path}/sobjects/{object_name}/describe", understand)
