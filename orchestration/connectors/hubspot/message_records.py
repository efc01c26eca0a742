"""A message with what its e-mail and its campaign say of it, as a record with properties.

Of the e-mail there are its name and the parts of it, for those who name e-mails by a convention:
of `Newsletter | Subscribers | 2026-10`, `email_name_part_2` is Subscribers. Of the campaign there
is its utm code, by which other systems may know it.

Belongs here: the properties of a message, and which of them may fill a field. Does not: events
(message_log.py), asking for e-mails and campaigns (messages.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

from orchestration.connectors.hubspot.reading import Record

CAMPAIGN_UTM = "campaign_utm"
_MOMENTS = ("sent_at", "clicked_at", "unsubscribed_at", "changed_at")
_EMAIL = {
    "email_id": "id",
    "email_name": "name",
    "email_subject": "subject",
    "email_type": "type",
    "campaign": "campaign",
    "campaign_name": "campaignName",
}
_PROPERTIES = ("id", *_MOMENTS, "recipient", "is_delivered", *_EMAIL, CAMPAIGN_UTM)
_PART = re.compile(r"email_name_part_[1-9]\d?")
_SEPARATOR = "|"


def unknown_properties(names: Iterable[str]) -> list[str]:
    """Those of some names that no message has."""
    return [name for name in names if name not in _PROPERTIES and not _PART.fullmatch(name)]


def known_properties() -> str:
    """What a message has, in words."""
    return ", ".join([*_PROPERTIES, "email_name_part_1", "email_name_part_2", "…"])


def emails_by_campaign(emails: Iterable[Record], campaigns: Iterable[Record]) -> dict[str, Record]:
    """The e-mail by the id that events name it with, with its campaign's utm code.

    Args:
        emails: Marketing e-mails as HubSpot gives them.
        campaigns: Campaigns with their `hs_utm`; none where nobody wants it.
    """
    utm_of = {str(each["id"]): (each.get("properties") or {}).get("hs_utm") for each in campaigns}
    found: dict[str, Record] = {}
    for email in emails:
        ids = [email.get("primaryEmailCampaignId"), *(email.get("allEmailCampaignIds") or [])]
        told = {**email, CAMPAIGN_UTM: utm_of.get(str(email.get("campaign")))}
        found |= {str(each): told for each in ids if each is not None}
    return found


def message_record(row: Mapping[str, Any], email: Mapping[str, Any]) -> Record:
    """A message in the form of a CRM record.

    Args:
        row: What its events say.
        email: Its e-mail, of `emails_by_campaign`; empty when HubSpot knows it no longer.
    """
    parts = str(email.get("name") or "").split(_SEPARATOR)
    properties = {
        **{name: row[name].astimezone(UTC).isoformat() if row[name] else None for name in _MOMENTS},
        "recipient": row["recipient"],
        "is_delivered": row["is_delivered"],
        **{name: email.get(theirs) for name, theirs in _EMAIL.items()},
        CAMPAIGN_UTM: email.get(CAMPAIGN_UTM),
        **{f"email_name_part_{number}": part.strip() for number, part in enumerate(parts, 1)},
    }
    return {"id": str(row["message"]), "properties": properties}
