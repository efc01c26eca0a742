"""The objects of HubSpot that Concord reads, and the form of their files.

Beside the account's properties a record has columns that HubSpot keeps elsewhere:

    id, archived, createdAt, updatedAt    of the record itself
    <link>                                id of a record that it is associated with (`links`)
    <stage>_label, _probability, _is_closed, _is_won and pipeline_label      of its pipeline
    owner_of_<property>                   id of the owner whose user a property names

Belongs here: the shape of an object's file. Does not: asking for records.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestration.connectors.mapping import (
    ApiObject,
    MappingError,
    Output,
    contradictions,
    load_objects,
)
from orchestration.connectors.watch import DescribedField

OBJECTS_DIR = Path(__file__).parent / "objects"
OWN_COLUMNS = {
    "id": DescribedField("id", "text"),
    "archived": DescribedField("bool", "boolean"),
    "createdAt": DescribedField("datetime", "timestamp"),
    "updatedAt": DescribedField("datetime", "timestamp"),
}
_TEXT, _NUMBER = DescribedField("text", "text"), DescribedField("number", "number")
_BOOLEAN, _MOMENT = DescribedField("bool", "boolean"), DescribedField("datetime", "timestamp")
# What the parts and the short lists are made of.
PART_COLUMNS: Mapping[str, Mapping[str, DescribedField]] = {
    "history": {"id": _TEXT, "record_id": _TEXT, "changed_at": _MOMENT, "changed_by": _TEXT},
    "changes": {
        "id": _TEXT,
        "record_id": _TEXT,
        "changed_at": _MOMENT,
        "property": _TEXT,
        "value": _TEXT,
        "changed_by_owner": _TEXT,
    },
    "merges": {"id": _TEXT, "losing_id": _TEXT, "surviving_id": _TEXT, "merged_at": _MOMENT},
    "roles": {
        "id": _TEXT,
        "record_id": _TEXT,
        "other_id": _TEXT,
        "label": _TEXT,
        "changed_at": _MOMENT,  # nobody says when
    },
}


class Link(BaseModel):
    """An association that becomes a column.

    Attributes:
        to: The other object.
        primary: Type ids of HubSpot that mark the primary one; it counts before the others, and
            of the others the one with the smallest id, which is the oldest.
        is_all: Whether all of them count, as rows of the part `roles`; the column holds none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: str
    primary: tuple[str, ...] = ()
    is_all: bool = False


class Part(ApiObject):
    """Rows of which a record gives several: its history, its merges, its associations.

    Attributes:
        made_from: Which of them: `history` is a row for each moment, with a column for each
            property; `changes` a row for each change of one property.
    """

    made_from: Literal["history", "changes", "merges", "roles"]
    id_field: str = "id"
    cursor_field: str = "changed_at"
    deleted_field: str = ""

    @property
    def is_replaced(self) -> bool:
        """Whether what a record gives now takes the place of what it gave before."""
        return self.made_from == "roles"


class AsLeads(BaseModel):
    """What records give besides, where they are the company's leads.

    Attributes:
        needed: Properties that an account cannot lack then.
        history: Properties whose history is read then.
        outputs: Dataset to its rows.
        parts: Further rows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    needed: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    outputs: Mapping[str, Output]
    parts: tuple[Part, ...] = ()


class HubSpotObject(ApiObject):
    """One object of HubSpot.

    Attributes:
        scope: Scope that the private app needs.
        reader: How it is read: as a CRM object, as a list without search, or in its own way.
        path: Path of the list.
        needed: Properties that an account cannot lack, beside those that a row must have.
        links: Column to association.
        stage_field: Property with the stage, where the object has pipelines.
        user_field: Property that names a user whose owner is wanted.
        merged_field: Property with the ids of merged records.
        history: Properties whose history is read.
        is_archived_read_often: Whether archived records are looked for in each run, not only with
            a sweep.
        parts: Further rows.
        as_leads: What its records give besides, where they are the company's leads.
    """

    id_field: str = "id"
    cursor_field: str = "hs_lastmodifieddate"
    deleted_field: str = "archived"
    scope: str
    reader: Literal[
        "crm", "list", "owners", "forms", "submissions", "email_events", "participations"
    ] = "crm"
    path: str = ""
    needed: tuple[str, ...] = ()
    links: Mapping[str, Link] = Field(default_factory=dict)
    stage_field: str | None = None
    user_field: str | None = None
    merged_field: str | None = None
    history: tuple[str, ...] = ()
    is_archived_read_often: bool = False
    parts: tuple[Part, ...] = ()
    as_leads: AsLeads | None = None

    @property
    def list_path(self) -> str:
        """Path of the list of all records."""
        return self.path or f"/crm/v3/objects/{self.name}"

    def api_fields(self) -> tuple[str, ...]:
        """The columns that are wanted, each once."""
        extra = [self.stage_field, self.user_field, self.merged_field, *self.history]
        names = (*super().api_fields(), *(name for name in extra if name))
        return tuple(dict.fromkeys(names))

    def needed_fields(self) -> frozenset[str]:
        """The columns without which the object cannot be read."""
        return super().needed_fields() | set(self.needed)

    def all_outputs(self) -> dict[str, tuple[ApiObject, Output]]:
        """Every dataset of the object and of its parts."""
        return {
            name: (item, output)
            for item in (self, *self.parts)
            for name, output in item.outputs.items()
        }

    def with_leads(self, leads: AsLeads | None) -> HubSpotObject:
        """The object as it is read where its records are leads; None: where they are none."""
        if leads is None:
            return self.model_copy(update={"as_leads": None})
        return self.model_copy(
            update={
                "as_leads": None,
                "needed": (*self.needed, *leads.needed),
                "history": tuple(dict.fromkeys((*self.history, *leads.history))),
                "outputs": {**self.outputs, **leads.outputs},
                "parts": (*self.parts, *leads.parts),
            }
        )

    def derived_columns(self) -> dict[str, DescribedField]:
        """The columns that are no properties of the record."""
        found = dict(OWN_COLUMNS)
        found |= {name: _TEXT for name, link in self.links.items() if not link.is_all}
        if self.stage_field:
            stage = self.stage_field
            found |= {f"{stage}_label": _TEXT, "pipeline_label": _TEXT}
            found |= {f"{stage}_probability": _NUMBER}
            found |= {f"{stage}_is_closed": _BOOLEAN, f"{stage}_is_won": _BOOLEAN}
        if self.user_field:
            found[f"owner_of_{self.user_field}"] = _TEXT
        return found


@lru_cache(maxsize=1)
def hubspot_objects() -> Mapping[str, HubSpotObject]:
    """Every object that is read unless the company leaves it out, by name.

    Raises:
        MappingError: When a file is wrong.
    """
    found = load_objects(OBJECTS_DIR, HubSpotObject)
    whole = [*found.values(), *(item.with_leads(item.as_leads) for item in found.values())]
    checked: list[ApiObject] = [*whole, *(part for item in whole for part in item.parts)]
    if problems := [text for item in checked for text in contradictions(item)]:
        raise MappingError("; ".join(problems))
    return found
