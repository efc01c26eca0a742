"""What Salesforce notes of changes by itself: stage history, and the history of tracked fields.

Belongs here: which history rows a change leaves. Does not: changing anything (records).
"""

from __future__ import annotations

from sample_company.simulators.salesforce.fields import ObjectType, Value, read_back
from sample_company.simulators.salesforce.store import Row

STAGE_FIELDS = ("StageName", "Amount", "Probability", "CloseDate", "ForecastCategory")
STAGE_COPIES = (*STAGE_FIELDS, "ExpectedRevenue", "CurrencyIsoCode")
# Which history object notes the tracked fields of an object, and by which field it names it.
FIELD_HISTORIES = {
    "Lead": ("LeadHistory", "LeadId"),
    "Opportunity": ("OpportunityFieldHistory", "OpportunityId"),
}
_DATA_TYPES = {
    "picklist": "DynamicEnum",
    "reference": "EntityId",
    "currency": "Currency",
    "percent": "Percent",
    "date": "DateOnly",
}
Note = dict[str, Value]


def stage_note(kind: ObjectType, before: Row | None, after: Row) -> Note | None:
    """The row of OpportunityHistory that a change leaves, if one of its fields changed."""
    if kind.name != "Opportunity":
        return None
    if before is not None and all(before[name] == after[name] for name in STAGE_FIELDS):
        return None
    note: Note = {
        name: read_back(kind.fields[name], after[name])
        for name in STAGE_COPIES
        if name in kind.fields
    }
    note["OpportunityId"] = after["Id"]
    if before is not None:
        note["PrevAmount"] = read_back(kind.fields["Amount"], before["Amount"])
        note["PrevCloseDate"] = read_back(kind.fields["CloseDate"], before["CloseDate"])
    return note


def field_notes(kind: ObjectType, before: Row | None, after: Row) -> list[Note]:
    """The rows of the field history that a change leaves; a new record leaves `created`."""
    if kind.name not in FIELD_HISTORIES:
        return []
    parent = {FIELD_HISTORIES[kind.name][1]: after["Id"]}
    if before is None:
        return [{**parent, "Field": "created", "DataType": "Text"}]
    return [
        {
            **parent,
            "Field": field.name.removesuffix("Id") if field.reference_to else field.name,
            "DataType": _DATA_TYPES.get(field.type, "Text"),
            "OldValue": read_back(field, before[field.name]),
            "NewValue": read_back(field, after[field.name]),
        }
        for field in kind.fields.values()
        if field.is_tracked and before[field.name] != after[field.name]
    ]
