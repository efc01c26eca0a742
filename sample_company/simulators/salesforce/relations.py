"""Fields of the record that a reference leads to (`Owner.Name`), in a query's SELECT.

Belongs here: which field a path means, and its SQL. Does not: its JSON (rendering); paths of more
than one step, in conditions, or through a reference to several objects, which are not spoken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from sample_company.simulators.salesforce.fields import Field, ObjectType
from sample_company.simulators.salesforce.store import quoted


@dataclass(frozen=True)
class RelatedField(Field):
    """A field of another object, named by its path.

    Attributes:
        relation: The relationship, as the path begins.
        reference: The field that leads there.
        start: The object that has the reference.
        target: The object that it leads to.
    """

    relation: str = ""
    reference: str = ""
    start: str = ""
    target: str = ""


def related_field(
    path: str, kind: ObjectType, objects: Mapping[str, ObjectType]
) -> RelatedField | None:
    """The field that a path means from an object; None when there is no such relationship.

    Raises:
        LookupError: When the related object has no such field; names the field and the object.
    """
    relation, _, name = path.partition(".")
    for reference in kind.fields.values():
        found = reference.relationship_name
        if not found or found.lower() != relation.lower() or len(reference.reference_to) != 1:
            continue
        target = objects.get(reference.reference_to[0])
        own = target.find(name) if target else None
        if target is None or own is None:
            raise LookupError(name, reference.reference_to[0])
        copied = {each.name: getattr(own, each.name) for each in fields(Field)}
        copied["name"] = f"{found}.{own.name}"
        return RelatedField(
            **copied, relation=found, reference=reference.name, start=kind.name, target=target.name
        )
    return None


def column(field: Field) -> str:
    """SQL of a field's kept text."""
    if not isinstance(field, RelatedField):
        return quoted(field.name)
    own = field.name.rpartition(".")[2]
    return (
        f"(select related.{quoted(own)} from {quoted(field.target)} as related "  # noqa: S608
        f"where related.Id = {quoted(field.start)}.{quoted(field.reference)})"
    )


def own_name(field: Field) -> str:
    """The field of the queried object itself that a field depends on."""
    return field.reference if isinstance(field, RelatedField) else field.name


def together(found: Iterable[Field]) -> list[list[Field]]:
    """Fields as JSON shows them: those of one relationship together, where the first stands."""
    groups: dict[str, list[Field]] = {}
    for field in found:
        key = f"{field.relation}." if isinstance(field, RelatedField) else field.name
        groups.setdefault(key, []).append(field)
    return list(groups.values())
