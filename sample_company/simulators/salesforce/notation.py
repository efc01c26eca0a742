"""How objects and fields are written down: a line each.

Belongs here: reading that notation. Does not: the objects (catalogue, sample_fields).

An object's first line is its name, key prefix and traits; a field's line is its name, its type with
length, digits, target or values in brackets, and traits. `cascade`: goes to the bin with that
parent. `tracked`: its changes are noted in the field history. A history object names its parent.
"""

from __future__ import annotations

import re

from sample_company.simulators.salesforce.fields import Field, ObjectType

_AUDIT = {
    "full": "Id IsDeleted CreatedDate CreatedById LastModifiedDate LastModifiedById SystemModstamp",
    "no_bin": "Id CreatedDate CreatedById LastModifiedDate LastModifiedById SystemModstamp",
    "role": "Id LastModifiedDate LastModifiedById SystemModstamp",
    "stage_history": "Id IsDeleted CreatedDate CreatedById SystemModstamp",
    "history": "Id IsDeleted CreatedDate CreatedById",
}
_AUDIT_FIELDS = {
    "Id": Field("Id", "id", 18, is_nillable=False),
    "IsDeleted": Field("IsDeleted", "boolean", is_nillable=False),
    "CreatedDate": Field("CreatedDate", "datetime", is_nillable=False),
    "CreatedById": Field("CreatedById", "reference", 18, reference_to=("User",)),
    "LastModifiedDate": Field("LastModifiedDate", "datetime", is_nillable=False),
    "LastModifiedById": Field("LastModifiedById", "reference", 18, reference_to=("User",)),
    "SystemModstamp": Field("SystemModstamp", "datetime", is_nillable=False),
}
_LINE = re.compile(r"(?P<name>\w+) (?P<type>\w+)(?:\((?P<inside>[^)]*)\))?(?P<traits>[ \w]*)")


def parse_field(line: str) -> Field:
    """Read a field's line, as `Tier__c picklist(A|B|C) tracked`; ValueError when it is none."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise ValueError(f"no field definition: {line!r}")
    name, kind, inside = found["name"], found["type"], found["inside"] or ""
    traits = found["traits"].split()
    names, numbers = inside.split("|") if inside else [], inside.split(",")
    is_number = kind in ("currency", "double", "percent")
    is_named = kind in ("reference", "picklist", "multipicklist")
    return Field(
        name,
        kind,
        length=18 if kind == "reference" else int(inside) if inside.isdigit() else 0,
        precision=sum(map(int, numbers)) if is_number else 0,
        scale=int(numbers[1]) if is_number else 0,
        is_nillable="required" not in traits and kind != "boolean",
        is_calculated="calculated" in traits,
        is_external_id="external" in traits,
        is_cascade="cascade" in traits,
        is_tracked="tracked" in traits,
        reference_to=tuple(names) if kind == "reference" else (),
        values=tuple(names) if is_named and kind != "reference" else (),
    )


def parse_object(text: str) -> ObjectType:
    """Read an object's lines; ValueError when one of them is none."""
    lines = text.strip().splitlines()
    name, prefix, *traits = lines[0].split()
    settings = dict(trait.split("=") for trait in traits if "=" in trait)
    audit = _AUDIT[settings.get("audit", "full")].split()
    fields = {"Id": _AUDIT_FIELDS["Id"]}
    if "IsDeleted" in audit:
        fields["IsDeleted"] = _AUDIT_FIELDS["IsDeleted"]
    fields |= {field.name: field for field in map(parse_field, lines[1:])}
    fields |= {each: _AUDIT_FIELDS[each] for each in audit}
    return ObjectType(
        name,
        prefix,
        fields,
        is_bulkable="unbulkable" not in traits,
        is_mergeable="mergeable" in traits,
        vanishes_with_parent="vanishes" in traits,
        history_of=settings.get("history", ""),
    )
