"""The pull of messages of marketing e-mails: events since the run before, and the e-mails' names.

Events are kept before the messages that they make are delivered, and the cursor moves last: after
a kill the same events come again and say the same. Campaigns are asked for only where a field wants
their utm code.

Belongs here: asking for events, e-mails and campaigns. Does not: what events mean (message_log.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from orchestration.connectors.errors import FixConfiguration, StartAgain
from orchestration.connectors.http import Answer
from orchestration.connectors.hubspot.client import Client
from orchestration.connectors.hubspot.lists import ListPull
from orchestration.connectors.hubspot.message_log import MessageLog
from orchestration.connectors.hubspot.message_records import (
    CAMPAIGN_UTM,
    emails_by_campaign,
    known_properties,
    unknown_properties,
)
from orchestration.connectors.hubspot.objects import HubSpotObject
from orchestration.connectors.hubspot.reading import Page, Record, list_pages, page_of
from orchestration.connectors.hubspot.records import Assembly
from orchestration.connectors.hubspot.staging import Stager
from orchestration.connectors.json_body import read_json

EMAILS_PATH = "/marketing/v3/emails"
CAMPAIGNS_PATH = "/marketing/v3/campaigns"
_EVENTS_PAGE = 1000
_CHUNK = 10_000


class MessagePull(ListPull):
    """The pull of messages."""

    def describe(self) -> None:
        """The columns of a message are known, but the company may have named another.

        Raises:
            FixConfiguration: When it did.
        """
        check_properties(self.where, self.item)
        super().describe()

    def _read_list_since(self, since: datetime | None) -> None:
        self.describe()
        log = MessageLog(self.context.deliveries, self.connection)
        emails: list[Page] = []
        for is_archived in ("false", "true"):
            for page in list_pages(self.client, EMAILS_PATH, {"archived": is_archived}):
                emails.append(page)
        events = event_pages(self.client, self.item.list_path, since, self.until)
        has_news = since is None
        for body, found in events:
            if found:
                has_news = True
                self.kept.keep("events", body)
                log.add(found)
        if not has_news:
            return
        campaigns: list[Page] = []
        if CAMPAIGN_UTM in self.columns:
            campaigns += list_pages(self.client, CAMPAIGNS_PATH, {"properties": "hs_utm"})
        for kind, pages in (("emails", emails), ("campaigns", campaigns)):
            for page in pages:
                self.kept.keep(kind, page.body)
        log.settle()
        stage_messages(self.stager, log, emails, campaigns, is_all=since is None)


def check_properties(where: str, item: HubSpotObject) -> None:
    """Refuse fields that a property shall fill which no message has.

    Args:
        where: Source and object, for messages.
        item: The object with the company's own fields.

    Raises:
        FixConfiguration: Names all such properties, and those that there are.
    """
    if unknown := unknown_properties(item.api_fields()):
        raise FixConfiguration(
            f"{where}: a message has no {', '.join(unknown)}; "
            f"it has {known_properties()}; correct options.fields.email_events in sources.yml"
        )


def stage_messages(
    stager: Stager, log: MessageLog, emails: list[Page], campaigns: list[Page], *, is_all: bool
) -> None:
    """Stage the messages that changed, or all, in parts."""
    known = emails_by_campaign(_records(emails), _records(campaigns))
    messages = log.messages(known, is_all=is_all)
    for start in range(0, len(messages), _CHUNK):
        assembly = Assembly(stager.item)
        assembly.add(Page(b"", messages[start : start + _CHUNK]))
        stager.flush(assembly)


def event_pages(
    client: Client, path: str, since: datetime | None, until: datetime
) -> Iterator[tuple[bytes, list[dict[str, Any]]]]:
    """Yield pages of events, newest first.

    Raises:
        ConnectorError: The class that says what would help.
    """
    params = {"limit": str(_EVENTS_PAGE), "endTimestamp": _milliseconds(until)}
    if since is not None:
        params["startTimestamp"] = _milliseconds(since)
    offset = ""
    while True:
        asked = {**params, "offset": offset} if offset else params
        body, events, following = client.ask("GET", path, events_of, params=asked)
        yield body, events
        if following is None:
            return
        if following == offset:
            raise StartAgain(f"{path}: a page says that it follows itself")
        offset = following


def events_of(answer: Answer) -> tuple[bytes, list[dict[str, Any]], str | None]:
    """Body, events and the next page's offset of an answer; ValueError when it is none."""
    found = read_json(answer.body)
    if not isinstance(found, dict) or not isinstance(found.get("events"), list):
        raise ValueError("no events")
    has_more = found.get("hasMore")
    if not isinstance(has_more, bool) or (has_more and not found.get("offset")):
        raise ValueError("neither an end nor a next page")
    return answer.body, found["events"], str(found["offset"]) if has_more else None


def replay_messages(log: MessageLog, stager: Stager, pages: Iterator[tuple[str, bytes]]) -> None:
    """Stage what a pull's kept pages say."""
    told: dict[str, list[Page]] = {"emails": [], "campaigns": []}
    for kind, body in pages:
        if kind == "events":
            log.add(read_json(body)["events"])
        elif kind in told:
            told[kind].append(page_of(body))
    log.settle()
    stage_messages(stager, log, told["emails"], told["campaigns"], is_all=True)


def _records(pages: list[Page]) -> list[Record]:
    return [record for page in pages for record in page.records]


def _milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))
