"""The marketing side of an account: forms, e-mails and their events, campaigns, marketing events.

Belongs here: what marketing made and what people did with it. Does not: contacts (records), paths
(marketing_api).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha1
from threading import RLock
from typing import Any
from uuid import NAMESPACE_URL

from sample_company.simulators.clock import Clock
from sample_company.simulators.hubspot.values import millis, moment_text

# Event types that happen once per recipient and message, and the counter they add to.
COUNTERS = {
    "SENT": "sent",
    "DELIVERED": "delivered",
    "OPEN": "open",
    "CLICK": "click",
    "BOUNCE": "bounce",
    "STATUSCHANGE": "unsubscribed",
    "DROPPED": "dropped",
    "SPAMREPORT": "spamreport",
}


@dataclass
class Thing:
    """A form, a marketing e-mail, a campaign or a marketing event; `body` is what the wire adds."""

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    body: dict[str, Any] = field(default_factory=dict)
    is_archived: bool = False


@dataclass(frozen=True)
class Submission:
    """A form that was filled: answers, and the page it stood on. It names no contact."""

    id: str
    form: str
    at: datetime
    values: tuple[tuple[str, str], ...]
    page_url: str = ""

    def on_wire(self) -> dict[str, Any]:
        """The submission on the wire."""
        values = [{"name": n, "value": v, "objectTypeId": "0-1"} for n, v in self.values]
        found: dict[str, Any] = {
            "conversionId": self.id,
            "submittedAt": millis(self.at),
            "values": values,
        }
        return found | ({"pageUrl": self.page_url} if self.page_url else {})


@dataclass(frozen=True)
class EmailEvent:
    """What happened to one message of a marketing e-mail."""

    id: str
    at: datetime
    type: str
    recipient: str
    email: str
    email_campaign_id: int
    url: str = ""
    sent_by: EmailEvent | None = None

    def on_wire(self, portal_id: int) -> dict[str, Any]:
        """The event on the wire."""
        found: dict[str, Any] = {
            "id": self.id,
            "created": millis(self.at),
            "type": self.type,
            "recipient": self.recipient,
            "emailCampaignId": self.email_campaign_id,
            "portalId": portal_id,
            "appId": 113,
            "appName": "Batch",
        }
        if self.type == "STATUSCHANGE":
            found |= {
                "portalSubscriptionStatus": "UNSUBSCRIBED",
                "requestedBy": self.recipient,
                "source": "SOURCE_RECIPIENT",
            }
        if self.sent_by is not None:
            found["sentBy"] = {"id": self.sent_by.id, "created": millis(self.sent_by.at)}
        return found | ({"url": self.url} if self.url else {})


@dataclass(frozen=True)
class Participation:
    """A person's part in a marketing event: REGISTERED, ATTENDED, CANCELLED or NO_SHOW."""

    id: str
    event: str
    at: datetime
    state: str
    contact: str
    email: str

    def on_wire(self, event_name: str) -> dict[str, Any]:
        """The participation on the wire; of how long somebody stayed nothing is known."""
        return {
            "id": self.id,
            "createdAt": moment_text(self.at),
            "associations": {
                "marketingEvent": {"marketingEventId": self.event, "name": event_name},
                "contact": {"contactId": self.contact, "email": self.email},
            },
            "properties": {"occurredAt": millis(self.at), "attendanceState": self.state},
        }


STATES = {
    "REGISTERED": "registrants",
    "ATTENDED": "attendees",
    "CANCELLED": "cancellations",
    "NO_SHOW": "noShows",
}


def guid(*words: str) -> str:
    """A GUID that the same words always give."""
    # A name-based UUID (RFC 9562, version 5), without the objects that make tens of thousands slow.
    name = "/".join(("hubspot-simulator", *words)).encode()
    digest = bytearray(sha1(NAMESPACE_URL.bytes + name, usedforsecurity=False).digest()[:16])
    digest[6], digest[8] = digest[6] & 0x0F | 0x50, digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Marketing:
    """Everything marketing did in one account."""

    def __init__(self, clock: Clock) -> None:
        """Begin empty."""
        self._clock, self.lock = clock, RLock()
        self.forms: dict[str, Thing] = {}
        self.emails: dict[str, Thing] = {}
        self.campaigns: dict[str, Thing] = {}
        self.events: dict[str, Thing] = {}
        self.submissions: dict[str, list[Submission]] = {}
        self.participations: dict[str, list[Participation]] = {}
        self.email_events: list[EmailEvent] = []
        self._by_email: dict[str, list[EmailEvent]] = {}
        self._sent: dict[tuple[str, str], list[EmailEvent]] = {}
        self._is_sorted = True

    def add_form(self, name: str, fields: tuple[str, ...], at: datetime | None = None) -> str:
        """Make a form that asks for properties of contacts; returns its GUID."""
        asked = [
            {"objectTypeId": "0-1", "name": each, "label": each, "required": False, "hidden": False,
             "fieldType": "single_line_text"}
            for each in fields
        ]  # fmt: skip
        groups = [{"groupType": "default_group", "richTextType": "text", "fields": asked}]
        body = {"formType": "hubspot", "fieldGroups": groups}
        found = self._add(self.forms, guid("form", name), name, body, at)
        self.submissions[found] = []
        return found

    def submit(
        self, form: str, page_url: str = "", at: datetime | None = None, /, **values: str
    ) -> str:
        """Fill a form; `at` is for one that is read late or was filled in the past."""
        with self.lock:
            kept = self.submissions[form]
            number = str(len(kept) + 1)
            given = tuple(values.items())
            moment = at or self._clock.now()
            kept.append(Submission(guid(form, number), form, moment, given, page_url))
            return kept[-1].id

    def add_email(
        self, name: str, subject: str, campaign: str = "", at: datetime | None = None
    ) -> str:
        """Make a marketing e-mail and return its id."""
        number = len(self.emails) + 1
        body: dict[str, Any] = {
            "subject": subject,
            "state": "PUBLISHED",
            "type": "BATCH_EMAIL",
            "subcategory": "batch",
            "isPublished": True,
            "sendOnPublish": True,
            "isTransactional": False,
            "language": "en",
            "content": {},
            "from": {"fromName": "Marketing", "replyTo": "marketing@velmora.example"},
            "to": {},
            "publishDate": moment_text(at or self._clock.now()),
            "emailCampaignGroupId": str(2_190_000 + number),
            "primaryEmailCampaignId": str(2_180_000 + number),
            "allEmailCampaignIds": [str(2_180_000 + number)],
        }
        if campaign:
            body |= {"campaign": campaign, "campaignName": self.campaigns[campaign].name}
        return self._add(self.emails, str(178_000_000 + number), name, body, at)

    def add_campaign(self, name: str, at: datetime | None = None, **properties: str) -> str:
        """Make a campaign and return its GUID; properties are named without `hs_`."""
        texts = {f"hs_{each}": text for each, text in properties.items()} | {"hs_name": name}
        body = {"properties": texts}
        return self._add(self.campaigns, guid("campaign", name), name, body, at)

    def add_event(
        self, name: str, start: datetime, end: datetime, at: datetime | None = None, **counts: int
    ) -> str:
        """Make a marketing event; counts are registrants, attendees, cancellations, noShows."""
        body = {
            "eventName": name,
            "eventOrganizer": "Marketing",
            "startDateTime": moment_text(start),
            "endDateTime": moment_text(end),
            "eventCancelled": False,
            "eventCompleted": end <= self._clock.now(),
            **{each: counts.get(each, 0)
               for each in ("registrants", "attendees", "cancellations", "noShows")},
            "customProperties": [],
        }  # fmt: skip
        number = str(395_700_000 + len(self.events) + 1)
        return self._add(self.events, number, name, body, at)

    def take_part(
        self, event: str, state: str, contact: str, email: str, at: datetime | None = None
    ) -> str:
        """Let a contact register for an event, attend it, cancel or not come; returns its id.

        HubSpot keeps each of them; the event counts it, and is told as changed.
        """
        with self.lock:
            kept = self.participations.setdefault(event, [])
            number = str(sum(map(len, self.participations.values())) + 1)
            moment = at or self._clock.now()
            kept.append(Participation(number, event, moment, state, contact, email))
            self.events[event].body[STATES[state]] += 1
            self.events[event].updated_at = self._clock.now()
            return number

    def forget_part(self, event: str, participation: str) -> None:
        """Let a participation be as if it had never been, without a trace in the event."""
        with self.lock:
            kept = self.participations[event]
            self.participations[event] = [each for each in kept if each.id != participation]

    def note(
        self, email: str, type_: str, recipient: str, at: datetime | None = None, url: str = ""
    ) -> None:
        """Let something happen to a message: SENT, DELIVERED, BOUNCE, OPEN, CLICK.

        STATUSCHANGE is how HubSpot says that somebody unsubscribed; it alone does not name the
        SENT event of its message.
        """
        with self.lock:
            number = str(len(self.email_events) + 1)
            sent = int(self.emails[email].body["primaryEmailCampaignId"])
            moment = at or self._clock.now()
            self._is_sorted = False
            before = [each for each in self._sent.get((email, recipient), []) if each.at <= moment]
            named = max(before, key=lambda each: each.at, default=None)
            event = EmailEvent(
                guid("event", number), moment, type_, recipient, email, sent, url,
                None if type_ in ("SENT", "STATUSCHANGE") else named,
            )  # fmt: skip
            if type_ == "SENT":
                self._sent.setdefault((email, recipient), []).append(event)
            self.email_events.append(event)
            self._by_email.setdefault(email, []).append(event)

    def events_newest_first(self) -> list[EmailEvent]:
        """E-mail events as the wire has them."""
        with self.lock:
            if not self._is_sorted:
                self.email_events.sort(key=lambda event: event.at)
                self._is_sorted = True
            return self.email_events[::-1]

    def archive(self, things: dict[str, Thing], thing: str) -> None:
        """Archive a form, e-mail, campaign or event."""
        things[thing].is_archived, things[thing].updated_at = True, self._clock.now()

    def counters(self, email: str) -> dict[str, int]:
        """How often what happened to an e-mail's messages; a person opens and clicks once."""
        seen = {
            (event.type, event.recipient if event.type in ("OPEN", "CLICK") else event.id)
            for event in self._by_email.get(email, [])
        }
        found = Counter(COUNTERS[type_] for type_, _ in seen)
        return {name: found.get(name, 0) for name in COUNTERS.values()}

    def truth(self, as_of: datetime | None = None) -> dict[str, list[dict[str, Any]]]:
        """What there should be: things, submissions and e-mail events up to a moment."""
        things = {
            "forms": self.forms,
            "marketing_emails": self.emails,
            "campaigns": self.campaigns,
            "marketing_events": self.events,
        }
        found = {
            name: [vars(each) for each in kept.values() if not as_of or each.created_at <= as_of]
            for name, kept in things.items()
        }
        submissions = [each for kept in self.submissions.values() for each in kept]
        lists: dict[str, list[Any]] = {
            "form_submissions": submissions,
            "email_events": self.email_events,
        }
        for name, rows in lists.items():
            found[name] = [vars(row) for row in rows if not as_of or row.at <= as_of]
        return found

    def _add(
        self,
        things: dict[str, Thing],
        key: str,
        name: str,
        body: dict[str, Any],
        at: datetime | None,
    ) -> str:
        made = at or self._clock.now()
        if key in things:
            raise ValueError(f"{name} is there already")
        things[key] = Thing(key, name, made, made, body)
        return key
