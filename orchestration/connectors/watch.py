"""Alarms when an object's fields are not what they were: one vanished, or its type is another.

Belongs here: the comparison, in words of families of types. Does not: asking for fields.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from orchestration.canonical import load_entities
from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.mapping import ApiObject

# Which families of API types a canonical type can be read from; any can be read as text.
_ROLES = {
    "date": ("date", "timestamp"),
    "timestamp": ("timestamp", "date"),
    "money": ("number",),
    "decimal": ("number",),
    "integer": ("number",),
    "boolean": ("boolean",),
}


@dataclass(frozen=True)
class DescribedField:
    """What a source says of one of its fields.

    Attributes:
        type: In the source's words.
        family: text, number, date, timestamp, boolean or other.
        is_formula: Whether it changes without the record's moment of change.
    """

    type: str
    family: str
    is_formula: bool = False


def check_fields(
    source: str,
    item: ApiObject,
    custom: Collection[str],
    known: Mapping[str, str],
    described: Mapping[str, DescribedField],
    family_of: Mapping[str, str],
) -> dict[str, str]:
    """Return the fields to read and their types.

    Args:
        source: Name of the source.
        item: The object.
        custom: The company's further fields.
        known: Field to type, as they were when it was last read; empty at first.
        described: Fields of the object now.
        family_of: Type to family.

    Raises:
        FixConfiguration: Names every field that vanished or changed, with old and new.
    """
    wanted = dict.fromkeys((*item.api_fields(), *custom))
    needed = item.needed_fields() | set(custom)
    problems = []
    found: dict[str, str] = {}
    for name in wanted:
        now = described.get(name)
        if now is None:
            if name in known:
                problems.append(f"field {name} was {known[name]} and is gone (deleted, or hidden)")
            elif name in needed:
                problems.append(f"field {name} does not exist, or the user may not see it")
            continue
        found[name] = now.type
        if name in known and family_of.get(known[name], known[name]) != now.family:
            problems.append(f"field {name} was {known[name]} and is {now.type} now")
    problems += _wrong_roles(item, described)
    if problems:
        raise FixConfiguration(
            f"source {source}, object {item.name}: {'; '.join(problems)}. Nothing was stored; the "
            "same rows come after it is mended. A field that is gone for good: name another under "
            "options.fields, or null"
        )
    if item.deleted_field in described:
        found[item.deleted_field] = described[item.deleted_field].type
    return found


def _wrong_roles(item: ApiObject, described: Mapping[str, DescribedField]) -> list[str]:
    problems = []
    for output in item.outputs.values():
        entity = load_entities()[output.entity]
        for field, source in output.fields.items():
            families = _ROLES.get(entity.fields[field].type)
            for name in source.sources if families else ():
                now = described.get(name)
                # What a related object's field is, this object does not say; its values do.
                if now is None or now.family == "related" or not families:
                    continue
                if now.family not in families:
                    problems.append(
                        f"field {name} is {now.type}, and {output.entity}.{field} needs a "
                        f"{' or '.join(families)}"
                    )
    return list(dict.fromkeys(problems))


def hidden_fields(item: ApiObject, found: Collection[str]) -> list[str]:
    """The standard fields that an org lacks or hides, so that what they fill is blank."""
    usual = item.usually_missing_fields()
    return [name for name in item.api_fields() if name not in found and name not in usual]
