"""What an account sets up before it has records: owners with their teams, pipelines with stages.

Belongs here: values, and how HubSpot writes them. Does not: records (records), marketing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sample_company.simulators.hubspot.values import moment_text

# By which property a record of an object names its pipeline and its stage.
PIPELINES = {
    "deals": ("pipeline", "dealstage"),
    "tickets": ("hs_pipeline", "hs_pipeline_stage"),
    "leads": ("hs_pipeline", "hs_pipeline_stage"),
}


@dataclass(frozen=True)
class Stage:
    """A stage of a pipeline; `probability` as HubSpot writes it, `0.0` to `1.0`."""

    id: str
    label: str
    probability: str
    is_closed: bool = False

    @property
    def is_won(self) -> bool:
        """Whether reaching it wins the deal."""
        return self.is_closed and self.probability == "1.0"

    def body(self, order: int, at: str, kind: str) -> dict[str, Any]:
        """The stage on the wire."""
        metadata = {"isClosed": "true" if self.is_closed else "false"}
        if kind == "deals":
            metadata["probability"] = self.probability
        else:
            metadata = {"ticketState": "CLOSED" if self.is_closed else "OPEN"}
        return {
            "label": self.label,
            "displayOrder": order,
            "metadata": metadata,
            "id": self.id,
            "createdAt": at,
            "updatedAt": at,
            "archived": False,
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        }


@dataclass
class Pipeline:
    """A pipeline of deals, tickets or leads."""

    id: str
    label: str
    stages: list[Stage]
    created_at: datetime

    def stage(self, stage: str) -> Stage | None:
        """The stage of an id."""
        return next((each for each in self.stages if each.id == stage), None)

    def body(self, order: int, kind: str) -> dict[str, Any]:
        """The pipeline on the wire."""
        at = moment_text(self.created_at)
        stages = [each.body(number, at, kind) for number, each in enumerate(self.stages)]
        return {
            "label": self.label,
            "displayOrder": order,
            "id": self.id,
            "stages": stages,
            "createdAt": at,
            "updatedAt": at,
            "archived": False,
        }


@dataclass
class Owner:
    """A user whom records belong to; archived when the user has left."""

    id: str
    user_id: int
    email: str
    first_name: str
    last_name: str
    created_at: datetime
    updated_at: datetime
    is_archived: bool = False
    teams: list[str] = field(default_factory=list)

    def body(self, team_ids: dict[str, str]) -> dict[str, Any]:
        """The owner on the wire."""
        found: dict[str, Any] = {
            "id": self.id,
            "email": self.email,
            "type": "PERSON",
            "firstName": self.first_name,
            "lastName": self.last_name,
            "userIdIncludingInactive": self.user_id,
            "createdAt": moment_text(self.created_at),
            "updatedAt": moment_text(self.updated_at),
            "archived": self.is_archived,
        }
        if not self.is_archived:
            found["userId"] = self.user_id
        if self.teams:
            found["teams"] = [
                {"id": team_ids[name], "name": name, "primary": number == 0}
                for number, name in enumerate(self.teams)
            ]
        return found
