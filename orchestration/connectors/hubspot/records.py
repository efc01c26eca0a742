"""Turns HubSpot's records, histories and associations into columns of text.

Belongs here: from answers to rows of text. Does not: types (typing_sql.py) or requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from orchestration.connectors.hubspot.describe import NO_PIPELINES, Pipelines
from orchestration.connectors.hubspot.objects import HubSpotObject, Link
from orchestration.connectors.hubspot.reading import Page, Record

Row = dict[str, str | None]


@dataclass(frozen=True)
class Association:
    """One association of a record: with which other one, and its types' ids and labels."""

    other: str
    types: tuple[tuple[str, str, str | None], ...]


@dataclass
class Assembly:
    """Records that are being put together from several answers.

    Attributes:
        item: The object.
        pipelines: Of the object.
        owner_of: User's id to owner's id.
        records: Id to record.
        links: Column to record's id to its associations.
    """

    item: HubSpotObject
    pipelines: Pipelines = NO_PIPELINES
    owner_of: Mapping[str, str] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    links: dict[str, dict[str, list[Association]]] = field(default_factory=dict)

    def add(self, page: Page) -> None:
        """Add records, or further properties of records that are there."""
        for record in page.records:
            known = self.records.setdefault(str(record["id"]), record)
            if known is not record:
                known["properties"] = {**known["properties"], **record["properties"]}

    def add_links(self, column: str, page: Page) -> None:
        """Add associations."""
        found = self.links.setdefault(column, {})
        for entry in page.records:
            held = found.setdefault(str(entry["from"]["id"]), [])
            for target in entry.get("to") or []:
                types = tuple(
                    (str(kind["category"]), str(kind["typeId"]), kind.get("label") or None)
                    for kind in target["associationTypes"]
                )
                held.append(Association(str(target["toObjectId"]), types))

    def rows(self, columns: Sequence[str]) -> list[Row]:
        """One row of text for each record."""
        return [self._row(record, columns) for record in self.records.values()]

    def part_rows(self, made_from: str) -> list[Row]:
        """The rows of a part."""
        maker = {
            "history": self._history,
            "changes": self._changes,
            "merges": self._merges,
            "roles": self._roles,
        }
        return [row for record in self.records.values() for row in maker[made_from](record)]

    def losers(self) -> set[str]:
        """Ids that were merged into one of the records."""
        return {loser for record in self.records.values() for loser in self._losers(record)}

    def _row(self, record: Record, columns: Sequence[str]) -> Row:
        properties = record["properties"]
        found: dict[str, Any] = {**properties}
        found |= {name: record.get(name) for name in ("id", "archived", "createdAt", "updatedAt")}
        for column, link in self.item.links.items():
            if not link.is_all:
                found[column] = chosen(self.links.get(column, {}).get(str(record["id"]), []), link)
        if self.item.stage_field:
            found |= self._stage(self.item.stage_field, properties)
        if self.item.user_field:
            user = properties.get(self.item.user_field)
            found[f"owner_of_{self.item.user_field}"] = self.owner_of.get(str(user))
        return {name: text(found.get(name)) for name in columns}

    def _stage(self, stage_field: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        pipeline_id = properties.get("hs_pipeline") or properties.get("pipeline")
        stage = self.pipelines.stages.get(str(properties.get(stage_field)))
        found: dict[str, Any] = {
            f"{stage_field}_label": self._label(properties.get(stage_field)),
            "pipeline_label": self.pipelines.labels.get(str(pipeline_id), pipeline_id),
        }
        if stage is not None:
            found[f"{stage_field}_probability"] = stage.probability
            found[f"{stage_field}_is_closed"] = stage.is_closed
            found[f"{stage_field}_is_won"] = stage.is_won
        return found

    def _label(self, stage_id: Any) -> Any:
        """A stage as people see it; one that no pipeline has any more keeps its id."""
        stage = self.pipelines.stages.get(str(stage_id))
        return stage_id if stage is None else stage.label

    def _versions(self, record: Record) -> Iterable[tuple[str, Mapping[str, Any], str | None]]:
        """Property, version and value, a stage by its label.

        The newest comes first; of two of one moment it is the one that counts.
        """
        held = record.get("propertiesWithHistory") or {}
        for name in self.item.history:
            for version in held.get(name) or []:
                value = text(version.get("value"))
                if name == self.item.stage_field and value is not None:
                    value = text(self._label(value))
                yield name, version, value

    def _history(self, record: Record) -> Iterable[Row]:
        moments: dict[str, Row] = {}
        for name, version, value in self._versions(record):
            stamp = str(version["timestamp"])
            row = moments.setdefault(stamp, self._change(record, stamp, version))
            row.setdefault(name, value)
        return moments.values()

    def _changes(self, record: Record) -> Iterable[Row]:
        found: dict[str, Row] = {}
        for name, version, value in self._versions(record):
            stamp = str(version["timestamp"])
            row_id = f"{record['id']}-{name}-{milliseconds(stamp)}"
            row = {
                "id": row_id,
                "record_id": str(record["id"]),
                "changed_at": stamp,
                "property": name,
                "value": value,
                "changed_by_owner": self.owner_of.get(str(version.get("updatedByUserId"))),
            }
            found.setdefault(row_id, row)
        return found.values()

    def _change(self, record: Record, stamp: str, version: Mapping[str, Any]) -> Row:
        record_id = str(record["id"])
        user = version.get("updatedByUserId")
        by = self.owner_of.get(str(user)) or version.get("sourceType")
        return {
            "id": f"{record_id}-{milliseconds(stamp)}",
            "record_id": record_id,
            "changed_at": stamp,
            "changed_by": text(by),
            "deal_currency_code": text(record["properties"].get("deal_currency_code")),
        }

    def _losers(self, record: Record) -> list[str]:
        if not self.item.merged_field:
            return []
        ids = text(record["properties"].get(self.item.merged_field)) or ""
        found = [part.strip().partition(":")[0] for part in ids.split(";")]
        return [value for value in found if value and value != str(record["id"])]

    def _merges(self, record: Record) -> Iterable[Row]:
        stamp = text(record["properties"].get(self.item.cursor_field)) or record.get("updatedAt")
        for loser in self._losers(record):
            yield {
                "id": loser,
                "losing_id": loser,
                "surviving_id": str(record["id"]),
                "merged_at": text(stamp),
            }

    def _roles(self, record: Record) -> Iterable[Row]:
        record_id = str(record["id"])
        for column, link in self.item.links.items():
            if not link.is_all:
                continue
            for held in self.links.get(column, {}).get(record_id, []):
                labels: list[tuple[str, str | None]]
                labels = [(kind, label) for _, kind, label in held.types if label]
                for kind, label in labels or [("", None)]:
                    row_id = "-".join(part for part in (record_id, held.other, kind) if part)
                    yield {
                        "id": row_id,
                        "record_id": record_id,
                        "other_id": held.other,
                        "label": label,
                    }


def chosen(held: Sequence[Association], link: Link) -> str | None:
    """The association that counts: the primary one, else the one with the smallest id."""
    primary = [
        item
        for item in held
        if any(
            category == "HUBSPOT_DEFINED" and kind in link.primary
            for category, kind, _ in item.types
        )
    ]
    ids = [item.other for item in primary or held]
    return min(ids, key=lambda value: (len(value), value), default=None)


def table(rows: Sequence[Row], columns: Sequence[str]) -> pa.Table:
    """Rows as a table of texts."""
    return pa.table(
        {name: pa.array([row.get(name) for row in rows], pa.string()) for name in columns}
    )


def text(value: Any) -> str | None:
    """A value as text; HubSpot's blank is nothing.

    Raises:
        ValueError: When it is a list or an object.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        raise ValueError("a value is a list or an object")
    return str(value)


def is_number(value: str) -> bool:
    """Whether a value is a number."""
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False


def is_moment(value: str) -> bool:
    """Whether a value is a day or a moment."""
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


FITS = {"number": is_number, "timestamp": is_moment, "date": is_moment}


def milliseconds(stamp: str) -> int:
    """A moment as HubSpot writes it, in milliseconds.

    Raises:
        ValueError: When it is none.
    """
    return round(datetime.fromisoformat(stamp).timestamp() * 1000)
