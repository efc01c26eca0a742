"""The maps of vendors, one file each in maps/.

Belongs here: reading and checking a map. Does not: its parts (map_parts.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import Field, ValidationError, model_validator

from orchestration.connectors.landed.map_parts import Candidates, MappedObject, Part
from orchestration.connectors.mapping import MappingError, contradictions

MAPS_DIR = Path(__file__).parent / "maps"
Vendor = Literal["hubspot", "google_ads", "meta_ads", "linkedin_ads", "marketo", "mailchimp"]
MAPPED_VENDORS: tuple[str, ...] = get_args(Vendor)


class VendorMap(Part):
    """All objects of a vendor.

    Attributes:
        prefixes: What loaders write before a name; a candidate `~email` has each of them.
        shared: Parts that several objects have, by anchor; nothing reads it.
        objects: The objects by name.
    """

    prefixes: Candidates = ()
    shared: Mapping[str, Any] = Field(default_factory=dict)
    objects: Mapping[str, MappedObject]

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        prefixes = value.get("prefixes", ()) if isinstance(value, dict) else ()
        return _expanded(value, prefixes) if prefixes else value


def _expanded(value: Any, prefixes: Sequence[str]) -> Any:
    if isinstance(value, str) and value.startswith("~"):
        return [prefix + value[1:] for prefix in prefixes]
    if isinstance(value, dict):
        return {key: _expanded(inner, prefixes) for key, inner in value.items()}
    if not isinstance(value, list):
        return value
    found: list[Any] = []
    for inner in value:
        shown = _expanded(inner, prefixes)
        # `~name` in a list of candidates becomes several of them, a list inside stays one.
        found += shown if isinstance(inner, str) and isinstance(shown, list) else [shown]
    return found


@lru_cache(maxsize=16)
def vendor_map(vendor: str, folder: Path = MAPS_DIR) -> Mapping[str, MappedObject]:
    """Return a vendor's objects by name.

    Raises:
        MappingError: When its file is wrong; names all problems.
    """
    path = folder / f"{vendor}.yml"
    try:
        found = VendorMap.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).objects
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise MappingError(f"{path.name}: {error}") from None
    problems = [text for name, item in found.items() for text in _problems(name, item, found)]
    if problems:
        raise MappingError(f"{path.name}: {'; '.join(problems)}")
    return found


def with_conversion_actions(item: MappedObject, actions: Sequence[str]) -> MappedObject:
    """The object with the chosen actions in the place of the word `conversion_actions`."""
    if not item.is_spend:
        return item

    def chosen(value: object) -> object:
        if isinstance(value, dict):
            return {key: chosen(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            kept = [chosen(inner) for inner in value if inner != "conversion_actions"]
            return [*kept, *actions] if len(kept) < len(value) else kept
        return value

    return MappedObject.model_validate(chosen(item.model_dump(by_alias=True)))


def _problems(name: str, item: MappedObject, all_of: Mapping[str, MappedObject]) -> list[str]:
    problems = [f"{name}: {text}" for text in contradictions(item.as_api_object(name))]
    if item.unless is not None and item.unless not in all_of:
        problems.append(f"{name}: no object {item.unless!r}")
    if [other.dataset for other in all_of.values()].count(item.dataset) > 1:
        problems.append(f"{name}: dataset {item.dataset!r} is another object's too")
    problems += [f"{name}: no field {field!r}" for field in item.needed if field not in item.fields]
    for field, value in item.fields.items():
        kinds = (
            value.candidates or value.smallest_of or value.sum_of,
            value.together,
            value.constant,
        )
        if sum(bool(kind) for kind in kinds) != 1:
            problems.append(f"{name}.{field}: needs columns, or together, or a constant")
        for candidate in value.candidates:
            head, _, rest = candidate.partition(".")
            if head in item.lookups and rest not in item.lookups[head].values:
                problems.append(f"{name}.{field}: lookup {head!r} has no value {rest!r}")
    return problems
