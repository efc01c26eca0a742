"""Fields and objects as Salesforce describes them, and the text that stands for a value.

Belongs here: types, the answer to describe, and how a value is written on the wire. Does not: which
objects there are (catalogue), where rows are kept (store).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Value = str | bool | int | Decimal | date | datetime | dict[str, Any] | None
NUMBERS = ("currency", "double", "percent")
SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
    "anyType": "xsd:anyType",
    **dict.fromkeys(NUMBERS, "xsd:double"),
}
# Types whose text needs no escaping on the wire.
PLAIN = ("id", "reference", "date", "datetime", "boolean", "int", *NUMBERS)


@dataclass(frozen=True)
class Field:
    """A column as describe shows it; `is_cascade`: children go to the bin with their parent."""

    name: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    is_nillable: bool = True
    is_calculated: bool = False
    is_external_id: bool = False
    is_cascade: bool = False
    is_tracked: bool = False
    reference_to: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def relationship_name(self) -> str | None:
        """How a path through a reference begins."""
        return self.name.removesuffix("Id") if self.reference_to else None

    def described(self) -> dict[str, Any]:
        """The field as describe shows it."""
        return {
            "aggregatable": self.type not in ("address", "anyType", "textarea"),
            "byteLength": self.length * 3,
            "calculated": self.is_calculated,
            "calculatedFormula": None,
            "cascadeDelete": self.is_cascade,
            "compoundFieldName": None,
            "createable": not self.is_calculated and self.name not in AUDIT_NAMES,
            "custom": self.name.endswith("__c"),
            "defaultValue": False if self.type == "boolean" else None,
            "digits": 9 if self.type == "int" else 0,
            "externalId": self.is_external_id,
            "filterable": self.type not in ("address", "anyType", "textarea"),
            "idLookup": self.name == "Id" or self.is_external_id,
            "label": self.name.removesuffix("__c").replace("_", " "),
            "length": self.length,
            "name": self.name,
            "nillable": self.is_nillable,
            "picklistValues": [
                {"active": True, "defaultValue": False, "label": value, "value": value}
                for value in self.values
            ],
            "precision": self.precision,
            "referenceTo": list(self.reference_to),
            "relationshipName": self.relationship_name,
            "scale": self.scale,
            "soapType": SOAP_TYPES.get(self.type, "xsd:string"),
            "sortable": self.type not in ("address", "anyType", "textarea"),
            "type": self.type,
            "unique": False,
            "updateable": not self.is_calculated and self.name not in AUDIT_NAMES,
        }


AUDIT_NAMES = (
    "Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById",
    "SystemModstamp",
)  # fmt: skip


@dataclass
class ObjectType:
    """An object: `history_of` names the parent whose changes it holds."""

    name: str
    key_prefix: str
    fields: dict[str, Field] = field(default_factory=dict)
    is_bulkable: bool = True
    is_mergeable: bool = False
    vanishes_with_parent: bool = False
    history_of: str = ""

    def find(self, name: str) -> Field | None:
        """The field of that name in any letter case, as SOQL has it."""
        if name in self.fields:
            return self.fields[name]
        return next((f for f in self.fields.values() if f.name.lower() == name.lower()), None)

    def listed(self, version: str) -> dict[str, Any]:
        """The object as the list of all objects shows it."""
        base = f"/services/data/v{version}/sobjects/{self.name}"
        is_custom = self.name.endswith("__c")
        return {
            "activateable": False,
            "createable": not self.history_of,
            "custom": is_custom,
            "deletable": not self.history_of,
            "keyPrefix": self.key_prefix,
            "label": self.name.removesuffix("__c").replace("_", " "),
            "mergeable": self.is_mergeable,
            "name": self.name,
            "queryable": True,
            "replicateable": "SystemModstamp" in self.fields,
            "retrieveable": True,
            "undeletable": "IsDeleted" in self.fields and not self.history_of,
            "updateable": not self.history_of,
            "urls": {
                "sobject": base,
                "describe": f"{base}/describe",
                "rowTemplate": f"{base}/{{ID}}",
            },
        }

    def described(self, version: str) -> dict[str, Any]:
        """The answer to describe."""
        return {
            **self.listed(version),
            "fields": [f.described() for f in self.fields.values()],
            "childRelationships": [],
            "recordTypeInfos": [],
        }


def number_text(value: Decimal) -> str:
    """Write a number as Salesforce's JSON and CSV do: 9576.0, and 1.39E8 from ten millions on."""
    if value == 0:
        return "0.0"
    sign, digits, exponent = value.normalize().as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"{value} is no number that a field can hold")
    text, minus = "".join(map(str, digits)), "-" if sign else ""
    first = len(text) + exponent - 1
    if -3 <= first < 7:
        plain = f"{abs(value.normalize()):f}"
        return minus + (plain if "." in plain else f"{plain}.0")
    return f"{minus}{text[0]}.{text[1:] or '0'}E{first}"


def moment_text(value: datetime) -> str:
    """Write a moment in UTC to the second, without zone: `2026-10-31T08:00:00.000`.

    Salesforce shows milliseconds that are always zero; ValueError for a moment without a zone.
    """
    if value.tzinfo is None:
        raise ValueError(f"a moment needs a zone, {value.isoformat()} has none")
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000"


def stored(kind: Field, value: Value) -> str | None:
    """Return the text under which a value is kept; blank text is no value, as in Salesforce.

    ValueError when the value does not fit the field's type.
    """
    if value is None or value == "":
        return "false" if kind.type == "boolean" else None
    writer = _WRITERS.get(kind.type, _text)
    try:
        return writer(value)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise ValueError(f"{kind.name} ({kind.type}) cannot hold {value!r}: {error}") from error


def read_back(kind: Field, text: str | None) -> Value:
    """Return the value that a kept text stands for."""
    if text is None:
        return None
    if kind.type == "datetime":
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    if kind.type == "date":
        return date.fromisoformat(text)
    if kind.type == "boolean":
        return text == "true"
    if kind.type == "int":
        return int(text)
    if kind.type in NUMBERS:
        return Decimal(text)
    if kind.type in ("anyType", "address"):
        found: Value = json.loads(text)
        return found
    return text


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise TypeError("text is expected")
    return value


def _moment(value: Value) -> str:
    if not isinstance(value, datetime):
        raise TypeError("a moment is expected")
    return moment_text(value)


def _day(value: Value) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError("a day is expected")
    return value.isoformat()


def _truth(value: Value) -> str:
    if not isinstance(value, bool):
        raise TypeError("true or false is expected")
    return "true" if value else "false"


def _whole(value: Value) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a whole number is expected")
    return str(value)


def _number(value: Value) -> str:
    if not isinstance(value, (int, Decimal)) or isinstance(value, bool):
        raise TypeError("a Decimal is expected")
    return number_text(Decimal(value))


def _json(value: Value) -> str:
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, datetime):
        return f'"{moment_text(value)}+0000"'
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    return json.dumps(value, ensure_ascii=False)


_WRITERS = {
    "datetime": _moment,
    "date": _day,
    "boolean": _truth,
    "int": _whole,
    "anyType": _json,
    "address": _json,
    **dict.fromkeys(NUMBERS, _number),
}
