"""A folder of GA4's BigQuery export in sources.yml: where it is, and which events are touches.

Belongs here: the options, and the dataset that follows. Does not: reading files (connectors/ga4).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, PrivateAttr

from orchestration.company.connector_options import delivered_dataset
from orchestration.company.datasets import Dataset
from orchestration.company.source_types import DropFolder
from orchestration.company.value_types import Decision, SnakeCase, Text

DATASET = "web_touches"
_FIELDS = (
    "touch_id", "touched_at", "touch_type", "anonymous_id", "session_id", "utm_source",
    "utm_medium", "utm_campaign", "referrer", "landing_page", "click_id_type", "source_field",
    "has_consent",
)  # fmt: skip


class Ga4Options(Decision):
    """Where the export's files are, and what is made of their events."""

    folder: DropFolder = Field(
        description="Folder of the files events_YYYYMMDD; an absolute path or ${NAME}."
    )
    touch_types: dict[Text, SnakeCase] = Field(
        min_length=1,
        description="Event: touch type of funnel.yml; other events are no touches.",
    )
    person_field: Literal["person_id", "lead_id"] | None = Field(
        None, description="What the site's user id is, when it is the CRM's id; else leave it out."
    )


class Ga4Source(Decision):
    """The export of a GA4 property."""

    _name: str = PrivateAttr("")
    _company_folder: Path = PrivateAttr(Path())

    loader: Literal["ga4_export"] = Field(description="Connector that reads the source.")
    options: Ga4Options = Field(description="What the loader needs to know.")

    @property
    def name(self) -> str:
        """Name of the source; its rows carry it as source_instance."""
        return self._name

    @property
    def datasets(self) -> dict[str, Dataset]:
        """What it delivers: touches."""
        person = self.options.person_field
        fields = dict.fromkeys((*_FIELDS, *((person,) if person else ())))
        return {DATASET: delivered_dataset(DATASET, "touches", fields, ())}

    @property
    def folder(self) -> Path:
        """The folder; a relative one starts from the company folder."""
        return self._company_folder / self.options.folder
