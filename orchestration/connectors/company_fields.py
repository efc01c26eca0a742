"""What a company adds to an object's standard fields.

Belongs here: which fields are read in the end. Does not: asking for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from orchestration.connectors.mapping import ApiObject, FieldSource

Item = TypeVar("Item", bound=ApiObject)


Aliases = Mapping[str, Mapping[str, str]]  # canonical field: value of the API: value to use


def with_company_fields(item: Item, fields: Mapping[str, str]) -> Item:
    """Return an object with the company's own fields in its first output.

    Args:
        item: The object.
        fields: Canonical field to field of the API; blank means that nothing fills it.
    """
    if not fields or not item.outputs:
        return item
    dataset = main_dataset(item)
    output = item.outputs[dataset]
    kept = {name: source for name, source in output.fields.items() if name not in fields}
    own = {
        name: FieldSource.model_validate({"from": field, "needed": True})
        for name, field in fields.items()
        if field
    }
    changed = output.model_copy(update={"fields": {**kept, **own}})
    return item.model_copy(update={"outputs": {**item.outputs, dataset: changed}})


def with_aliases(item: Item, aliases: Aliases) -> Item:
    """Return an object whose outputs use other values for some, wherever they have the field."""
    if not aliases:
        return item
    outputs = {}
    for name, output in item.outputs.items():
        fields = {
            field: source.model_copy(update={"words": {**source.words, **aliases.get(field, {})}})
            for field, source in output.fields.items()
        }
        outputs[name] = output.model_copy(update={"fields": fields})
    return item.model_copy(update={"outputs": outputs})


def main_dataset(item: ApiObject) -> str:
    """The dataset that the company's own fields go to: the first."""
    return next(iter(item.outputs))
