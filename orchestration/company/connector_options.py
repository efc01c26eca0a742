"""What the options of all connectors share: safe addresses, names of variables, datasets.

Belongs here: checks and shapes without a vendor's words. Does not: any vendor's options.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator

from orchestration.canonical import load_entities
from orchestration.company.datasets import Dataset
from orchestration.company.suggestions import did_you_mean, listed
from orchestration.company.value_types import Text, refuse
from orchestration.connectors.company_fields import (
    Aliases,
    Item,
    main_dataset,
    with_aliases,
    with_company_fields,
)
from orchestration.connectors.mapping import ApiObject, Output

_HOSTS_WITHOUT_TLS = ("localhost", "127.0.0.1", "[::1]")
FieldProblem = tuple[tuple[str, ...], str, str]


def is_safe_address(value: str) -> bool:
    """Whether a token may be sent to an address: TLS, or this machine, and nothing but a host."""
    parts = urlsplit(value)
    host = parts.netloc.rpartition("@")[2].rsplit(":", 1)[0]
    has_tls = parts.scheme == "https" or (parts.scheme == "http" and host in _HOSTS_WITHOUT_TLS)
    is_plain = "@" not in parts.netloc and not parts.path.strip("/") and not parts.query
    return has_tls and bool(host) and is_plain


def _check_variable(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
        raise refuse(
            "is no name of a variable",
            allowed="letters, digits and underscores, for example SALESFORCE_CLIENT_SECRET",
            fix="write the variable's name here; its value belongs in the environment",
        )
    return value


def _check_address(value: str) -> str:
    parts = urlsplit(value)
    if not is_safe_address(f"{parts.scheme}://{parts.netloc}"):
        raise refuse(
            "is no safe address",
            allowed="an https address (http on this machine only)",
            fix="leave it out, or write an https address without a user or a password",
        )
    return value.rstrip("/")


VariableName = Annotated[Text, AfterValidator(_check_variable)]
Address = Annotated[Text, AfterValidator(_check_address)]


def delivered_dataset(
    name: str, entity: str, fields: Mapping[str, Any], custom: Sequence[str]
) -> Dataset:
    """A dataset of a connector's deliveries: the columns have the names of canonical fields.

    Args:
        name: The dataset.
        entity: What its rows are.
        fields: Canonical fields that it fills.
        custom: The company's further fields, kept as attributes.
    """
    columns = {field: field for field in fields}
    if "is_deleted" in load_entities()[entity].fields:
        columns["is_deleted"] = "is_deleted"
    dataset = Dataset(
        entity=entity,
        files=f"{name}/*.parquet",
        format="parquet",
        columns=columns,
        attributes=list(dict.fromkeys(custom)),
        optional=True,
    )
    dataset._name = name
    return dataset


def objects_read(
    objects: Mapping[str, Item],
    leave_out: Collection[str],
    fields: Mapping[str, Mapping[str, str | None]],
    aliases: Mapping[str, Aliases] | None = None,
) -> dict[str, Item]:
    """The objects that a source reads, with the company's own fields and values.

    Args:
        objects: The vendor's objects.
        leave_out: Names of those that are not read.
        fields: Object: canonical field: field of the API, None for nothing.
        aliases: Object: canonical field: value of the API: value to use.
    """
    return {
        name: with_aliases(
            with_company_fields(
                item, {field: api or "" for field, api in fields.get(name, {}).items()}
            ),
            (aliases or {}).get(name, {}),
        )
        for name, item in objects.items()
        if name not in leave_out
    }


def datasets_delivered(
    outputs: Iterable[tuple[str, Mapping[str, Output]]], custom: Mapping[str, Sequence[str]]
) -> dict[str, Dataset]:
    """The datasets of a source: every output of every object; the first has the custom fields.

    Args:
        outputs: Object and its outputs by dataset.
        custom: Object: the company's further fields.
    """
    return {
        name: delivered_dataset(
            name, output.entity, output.fields, custom.get(item, ()) if position == 0 else ()
        )
        for item, own in outputs
        for position, (name, output) in enumerate(own.items())
    }


def known_object(value: str, names: Collection[str]) -> str:
    """Return the name of an object that is read.

    Raises:
        ValueError: In the words of the company folder, when there is none of that name.
    """
    if value not in names:
        raise refuse(
            "is no object that is read",
            allowed=listed(names),
            fix=did_you_mean(value, names) or "choose one of them",
        )
    return value


def field_problems(
    fields: Mapping[str, Mapping[str, str | None]],
    objects: Mapping[str, ApiObject],
    vendor_field: str,
) -> list[FieldProblem]:
    """Canonical fields that an object's entity does not have, or cannot do without.

    Args:
        fields: Object: canonical field: field of the API.
        objects: The vendor's objects.
        vendor_field: What fills a field, in words.

    Returns:
        Location below the source, what is wrong, and what is allowed.
    """
    problems: list[FieldProblem] = []
    for name, chosen in fields.items():
        item = objects[name]
        if not item.outputs:
            text = "is read and kept only: it has no fields that could be filled"
            problems.append((("options", "fields", name), text, "another object"))
            continue
        entity = load_entities()[item.outputs[main_dataset(item)].entity]
        for field, api in chosen.items():
            location = ("options", "fields", name, field)
            if field not in entity.fields:
                text = f"entity {entity.name!r} has no such field"
                problems.append((location, text, listed(entity.fields)))
            elif api is None and entity.fields[field].required:
                text = f"entity {entity.name!r} needs the field {field!r}"
                problems.append((location, text, vendor_field))
    return problems


def alias_problems(
    aliases: Mapping[str, Aliases], outputs: Mapping[str, Sequence[Output]]
) -> list[FieldProblem]:
    """Canonical fields with aliases that the object does not fill, and words that are not theirs.

    Args:
        aliases: Object: canonical field: value of the API: value to use.
        outputs: Object: what the source makes of its records.

    Returns:
        Location below the source, what is wrong, and what is allowed.
    """
    problems: list[FieldProblem] = []
    for name, chosen in aliases.items():
        if name not in outputs:
            continue
        filled = dict.fromkeys(field for output in outputs[name] for field in output.fields)
        problems += [
            (("options", "value_aliases", name, field), "is not filled by it", listed(filled))
            for field in chosen
            if field not in filled
        ]
        entities = [load_entities()[output.entity] for output in outputs[name]]
        known = {
            field: own.values
            for entity in entities
            for field, own in entity.fields.items()
            if own.values and field in chosen
        }
        problems += [
            (
                ("options", "value_aliases", name, field, value),
                f"{word!r} is no value of {field}",
                listed(known[field]),
            )
            for field in known
            for value, word in chosen[field].items()
            if word not in known[field]
        ]
    return problems
