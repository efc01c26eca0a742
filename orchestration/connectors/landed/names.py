"""Under which names loaders land the tables and columns of an API's objects and fields.

Loaders keep a name, write it in small letters, or in snake case, each in its own way:
`StageName` becomes `stage_name`, `Product2` `product_2` or `product2`, `Tier__c` `tier_c` or
`tier__c`. HubSpot's properties get a prefix.

Belongs here: names. Does not: looking into a database (tables.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# Names that a loader changed for other reasons: a reserved word.
_OTHER_TABLES: Mapping[str, tuple[str, ...]] = {"User": ("sf_user",)}
_PREFIXES = ("", "property_", "properties_", "properties__")


def table_names(object_name: str) -> tuple[str, ...]:
    """Names that an object's table may have, the likeliest first, in small letters."""
    return _unique([*_spellings(object_name), *_OTHER_TABLES.get(object_name, ())])


def column_names(field: str) -> tuple[str, ...]:
    """Names that a field's column may have, the likeliest first, in small letters.

    A field of a related object (`Period.EndDate`) is no column of the table.
    """
    if "." in field:
        return ()
    return _unique(prefix + name for prefix in _PREFIXES for name in _spellings(field))


def spellings(name: str) -> tuple[str, ...]:
    """Ways in which loaders write a name, in small letters; a point may be one or two underscores.

    `segments.date` becomes `segments_date`, `costMicros` `cost_micros`.
    """
    forms = (name, name.replace(".", "_"), name.replace(".", "__"))
    return _unique(spelled for form in forms for spelled in _spellings(form))


def _spellings(name: str) -> list[str]:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    with_digits = re.sub(r"(?<=[A-Za-z])(?=[0-9])", "_", words)
    found = [name, words, with_digits]
    found += [re.sub(r"_+", "_", item) for item in found]
    return [item.lower() for item in found]


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
