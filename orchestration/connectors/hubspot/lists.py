"""What HubSpot gives as lists without a search: owners, campaigns, forms, submissions, events.

A short list is read whole in each run, so what is not in it is gone. Submissions come newest
first and are read back to where the run before ended; with a sweep, all of them. Participations are
read of the marketing events that may have news; with a sweep, of all that anybody registered for.

Belongs here: these lists, in the form of records. Does not: CRM objects (object_pull.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from orchestration.connectors.hubspot.object_pull import ObjectPull
from orchestration.connectors.hubspot.objects import HubSpotObject
from orchestration.connectors.hubspot.reading import Page, Record, list_pages

_SUBMISSIONS_PAGE = 50
_CLICK_IDS = ("gclid", "gbraid", "wbraid", "fbclid", "li_fat_id", "msclkid", "ttclid")
_TYPES = {
    "updatedAt": "datetime",
    "createdAt": "datetime",
    "submitted_at": "datetime",
    "occurred_at": "datetime",
    "is_active": "bool",
    "sent_at": "datetime",
    "clicked_at": "datetime",
    "unsubscribed_at": "datetime",
    "changed_at": "datetime",
    "is_delivered": "bool",
}


class ListPull(ObjectPull):
    """The pull of one list."""

    def describe(self) -> None:
        """The columns of a list are known; no answer tells them."""
        names = [*self.item.api_fields(), self.item.deleted_field]
        self.columns = {name: _TYPES.get(name, "text") for name in names if name}
        self.stager.columns = self.columns

    def _read_all(self) -> None:
        self._read_list_since(None)

    def _read_changed(self, since: datetime) -> None:
        self._read_list_since(since)

    def _read_list_since(self, since: datetime | None) -> None:
        self.describe()
        is_whole = self.item.reader not in _NEWS_ONLY or since is None
        for origin, page in self._pages(since):
            self._keep(f"list_{origin}", page)
            assembly = self._assembly()
            assembly.add(normalised(self.item, page, origin))
            self.stager.flush(assembly)
        if is_whole and self.known.cursor_at is not None:
            self._gone(self.stager.vanished())

    def _pages(self, since: datetime | None) -> Iterator[tuple[str, Page]]:
        """Pages, each with what it is a page of (a form's id, for submissions)."""
        if self.item.reader == "submissions":
            yield from self._submissions(since)
            return
        if self.item.reader == "participations":
            yield from self._participations(since)
            return
        asked: list[dict[str, str]] = [{}]
        if self.item.reader == "owners":
            asked = [{"archived": "false"}, {"archived": "true"}]
        elif self.item.reader == "list":
            names = [name for name in self.item.api_fields() if name not in _OUTSIDE]
            asked = [{"properties": ",".join(names)}]
        for params in asked:
            for page in list_pages(self.client, self.item.list_path, params):
                yield self.item.reader, page

    def _submissions(self, since: datetime | None) -> Iterator[tuple[str, Page]]:
        oldest = -1.0 if since is None else since.timestamp() * 1000
        for forms in list_pages(self.client, "/marketing/v3/forms"):
            for form in forms.records:
                path = f"{self.item.list_path}/{form['id']}"
                for page in list_pages(self.client, path, size=_SUBMISSIONS_PAGE):
                    yield str(form["id"]), page
                    if any(float(record["submittedAt"]) < oldest for record in page.records):
                        break

    def _participations(self, since: datetime | None) -> Iterator[tuple[str, Page]]:
        for events in list_pages(self.client, self.item.list_path):
            for event in events.records:
                event_id = str(event.get("objectId") or event["id"])
                if not _has_people(event) or not _may_have_news(event, since):
                    continue
                path = f"{self.item.list_path}/participations/{event_id}/breakdown"
                for page in list_pages(self.client, path):
                    yield event_id, page


# Without a sweep these are not read whole.
_NEWS_ONLY = ("submissions", "participations")
# Attendance is often told days after an event.
_DAYS_OF_NEWS = timedelta(days=30)
_COUNTS = ("registrants", "attendees", "cancellations", "noShows")


def _has_people(event: Record) -> bool:
    """Whether anybody registered or came; an event that does not say may have people."""
    return any(name not in event or int(event[name] or 0) for name in _COUNTS)


def _may_have_news(event: Record, since: datetime | None) -> bool:
    """Whether somebody may have registered or come since: it was changed, or is not long over."""
    if since is None:
        return True
    ends = event.get("endDateTime") or event.get("startDateTime")
    changed = event.get("updatedAt")
    return (
        ends is None
        or datetime.fromisoformat(str(ends)) + _DAYS_OF_NEWS >= since
        or (changed is not None and datetime.fromisoformat(str(changed)) >= since)
    )


_OUTSIDE = ("id", "createdAt", "updatedAt", "archived")


def normalised(item: HubSpotObject, page: Page, origin: str) -> Page:
    """A page of a list with records in the form of CRM records.

    Args:
        item: The list.
        page: One of its pages.
        origin: What it is a page of: the form, for submissions.

    Raises:
        ValueError: When a record lacks what it needs.
    """
    if item.reader == "submissions":
        records = [_submission(record, origin) for record in page.records]
        return Page(page.body, records, page.after)
    if item.reader == "participations":
        return Page(page.body, [_participation(record) for record in page.records], page.after)
    maker = {"owners": _owner, "forms": _form}.get(item.reader)
    if maker is None:
        return page
    return Page(page.body, [maker(record) for record in page.records], page.after)


def _owner(record: Record) -> Record:
    teams = record.get("teams") or []
    primary = [team for team in teams if team.get("primary")] or teams
    properties = {
        "firstName": record.get("firstName"),
        "lastName": record.get("lastName"),
        "email": record.get("email"),
        "team": primary[0].get("name") if primary else None,
        "is_active": not record.get("archived"),
    }
    return {**record, "properties": properties}


def _form(record: Record) -> Record:
    names = ("name", "formType")
    return {**record, "properties": {name: record.get(name) for name in names}}


def _participation(record: Record) -> Record:
    """A person's part in an event; HubSpot tells its moment in milliseconds."""
    told, about = record["properties"], record["associations"]
    contact = about.get("contact") or {}
    moment = datetime.fromtimestamp(int(told["occurredAt"]) / 1000, UTC).isoformat()
    properties = {
        "occurred_at": moment,
        "attendance_state": told.get("attendanceState"),
        "email": contact.get("email"),
        "contact_id": contact.get("contactId"),
        "event_name": (about.get("marketingEvent") or {}).get("name"),
    }
    return {"id": str(record["id"]), "properties": properties}


def _submission(record: Record, form_id: str) -> Record:
    values = {
        str(entry.get("name")): entry.get("value")
        for entry in record.get("values") or []
        if isinstance(entry, dict)
    }
    address = str(record.get("pageUrl") or "")
    query = {name: found[0] for name, found in parse_qs(urlsplit(address).query).items()}
    stamp = datetime.fromtimestamp(float(record["submittedAt"]) / 1000, UTC).isoformat()
    click_ids = [name for name in _CLICK_IDS if name in query]
    properties: dict[str, Any] = {
        "submitted_at": stamp,
        "email": values.get("email"),
        "form_id": form_id,
        "page": address.partition("?")[0].partition("#")[0],
        "click_id_type": click_ids[0] if click_ids else None,
        **{name: query.get(name) for name in ("utm_source", "utm_medium", "utm_campaign")},
    }
    identity = record.get("conversionId") or f"{form_id}-{record['submittedAt']}"
    return {"id": str(identity), "properties": properties}
