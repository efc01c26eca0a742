"""Asks what properties an object has, and what stages its pipelines have.

Belongs here: properties, pipelines and HubSpot's types. Does not: what to make of a change
(watch.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.connectors.http import Answer
from orchestration.connectors.hubspot.client import Client
from orchestration.connectors.hubspot.objects import HubSpotObject
from orchestration.connectors.json_body import read_json
from orchestration.connectors.watch import DescribedField

FAMILIES = {
    **dict.fromkeys(("string", "enumeration", "phone_number", "text", "id"), "text"),
    "number": "number",
    "date": "date",
    "datetime": "timestamp",
    "bool": "boolean",
}


@dataclass(frozen=True)
class Stage:
    """One stage of a pipeline.

    Attributes:
        label: What people see.
        probability: As a fraction, where it has one.
        is_closed: Whether a record ends there.
        is_won: Whether it ends well.
    """

    label: str
    probability: str | None
    is_closed: bool
    is_won: bool


@dataclass(frozen=True)
class Pipelines:
    """The pipelines of an object: id to label, and stage's id to stage."""

    labels: Mapping[str, str]
    stages: Mapping[str, Stage]


NO_PIPELINES = Pipelines({}, {})


def describe(client: Client, item: HubSpotObject) -> dict[str, DescribedField]:
    """Return the columns of an object: its properties and what is kept elsewhere.

    Raises:
        ConnectorError: ObjectMissing when the account has no such object.
    """

    def understand(answer: Answer) -> dict[str, DescribedField]:
        found: dict[str, DescribedField] = {}
        for entry in read_json(answer.body)["results"]:
            kind = str(entry["type"])
            if kind == "enumeration" and entry.get("fieldType") == "booleancheckbox":
                kind = "bool"
            found[str(entry["name"])] = DescribedField(kind, FAMILIES.get(kind, "other"))
        return found

    found = client.ask("GET", f"/crm/v3/properties/{item.name}", understand)
    return {**found, **item.derived_columns()}


def read_pipelines(client: Client, item: HubSpotObject) -> tuple[bytes, Pipelines]:
    """Return the answer about an object's pipelines, and what it says.

    Raises:
        ConnectorError: The class that says what would help.
    """
    return client.ask(
        "GET",
        f"/crm/v3/pipelines/{item.name}",
        lambda answer: (answer.body, pipelines(answer.body)),
    )


def pipelines(body: bytes) -> Pipelines:
    """What an answer about pipelines says.

    Raises:
        ValueError: When it is no such answer.
    """
    labels: dict[str, str] = {}
    stages: dict[str, Stage] = {}
    try:
        for pipeline in read_json(body)["results"]:
            labels[str(pipeline["id"])] = str(pipeline["label"])
            for stage in pipeline["stages"]:
                stages[str(stage["id"])] = _stage(stage)
    except (KeyError, TypeError) as error:
        raise ValueError("no pipelines") from error
    return Pipelines(labels, stages)


def _stage(stage: dict[str, object]) -> Stage:
    metadata = stage.get("metadata")
    said = metadata if isinstance(metadata, dict) else {}
    probability = said.get("probability")
    is_won = probability is not None and float(str(probability)) == 1
    is_closed = str(said.get("isClosed", "")).lower() == "true"
    is_closed = is_closed or str(said.get("ticketState", "")).upper() == "CLOSED"
    return Stage(
        str(stage["label"]),
        None if probability is None else str(probability),
        is_closed,
        is_closed and is_won,
    )
