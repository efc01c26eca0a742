"""manifest.json: what a version folder holds, for people, tools and the next run.

Belongs here: its shape, reading and writing it. Does not: deciding any of it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from orchestration.publish.errors import PublishError
from orchestration.publish.gate import PublishedGroup
from orchestration.publish.tables import TableOutcome
from orchestration.state.records import PublishAction, PublishLogEntry, TableCount

FILE_NAME = "manifest.json"


@dataclass(frozen=True)
class GroupEntry:
    """A publish group in a version.

    Attributes:
        kpi_group: The group.
        action: Whether its tables are this run's or an earlier version's.
        publish_version: Version that its data are from; None when it was never published.
        as_of_date: As-of date of its data; None when it was never published.
        stale_since: The same date when the group is held.
        reasons: Why it is held, or what was warned about.
    """

    kpi_group: str
    action: Literal["published", "held"]
    publish_version: str | None
    as_of_date: date | None
    stale_since: date | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """A version as a whole."""

    version: str
    as_of_date: date
    run_id: str
    published_at: datetime
    groups: tuple[GroupEntry, ...]
    tables: tuple[TableOutcome, ...]

    def published_groups(self) -> dict[str, PublishedGroup]:
        """Return what readers of this version have of each group."""
        return {
            group.kpi_group: PublishedGroup(group.publish_version, group.as_of_date)
            for group in self.groups
            if group.publish_version is not None and group.as_of_date is not None
        }

    def log_entries(self, action: PublishAction | None = None) -> list[PublishLogEntry]:
        """Return the publish log's entries for this version.

        Args:
            action: What the run did, when it is not what the manifest says (a rollback).
        """
        return [
            PublishLogEntry(
                kpi_group=group.kpi_group,
                action=action or group.action,
                publish_version=group.publish_version,
                folder_version=self.version,
                stale_since=group.stale_since,
                reason="; ".join(group.reasons) or None,
            )
            for group in self.groups
        ]

    def table_counts(self) -> list[TableCount]:
        """Return the rows of the tables, for the state store."""
        return [
            TableCount(table.schema_name, table.table_name, table.group, table.row_count)
            for table in self.tables
            if table.content != "absent"
        ]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into a version folder."""
    text = json.dumps(_as_json(asdict(manifest)), indent=2, ensure_ascii=False)
    path = folder / FILE_NAME
    path.write_text(text + "\n", encoding="utf-8")
    path.chmod(0o644)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a version folder.

    Raises:
        PublishError: When it is missing or damaged.
    """
    path = folder / FILE_NAME
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(
            version=content["version"],
            as_of_date=date.fromisoformat(content["as_of_date"]),
            run_id=content["run_id"],
            published_at=datetime.fromisoformat(content["published_at"]),
            groups=tuple(_read_group(group) for group in content["groups"]),
            tables=tuple(
                TableOutcome(**{**table, "key": tuple(table.get("key", ()))})
                for table in content["tables"]
            ),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PublishError(
            f"{path} cannot be read ({error}); the version folder is damaged. "
            "Roll back to another version, or remove the folder `published` to start anew."
        ) from error


def _read_group(content: dict[str, Any]) -> GroupEntry:
    return GroupEntry(
        kpi_group=content["kpi_group"],
        action=content["action"],
        publish_version=content["publish_version"],
        as_of_date=_read_date(content["as_of_date"]),
        stale_since=_read_date(content["stale_since"]),
        reasons=tuple(content["reasons"]),
    )


def _read_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_as_json(item) for item in value]
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    return value
