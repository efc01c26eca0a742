"""What happened to messages of marketing e-mails: every event, kept, and the messages they make.

An event may come long after its message was sent, so all of them stay at hand, beside the
deliveries. The rules:

- A message is an event SENT. Other events are its own when they name it (`sentBy`); an
  unsubscription without a name belongs to the last message of that e-mail to that address.
- It was delivered unless it bounced; before either is known, nobody knows.
- The first click counts, but not those of machines that HubSpot filters (`filteredEvent`). The
  first unsubscription or report as spam is the unsubscription.

Belongs here: events to messages. Does not: asking for events (messages.py), or what their e-mails
say of them (message_records.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.connectors.hubspot.message_records import message_record
from orchestration.connectors.hubspot.reading import Record
from orchestration.connectors.landing import Landing
from orchestration.connectors.mapping import IS_GONE, MODIFIED_AT, RECORD_ID

FOLDER = ".email_events"
_KEPT = ("SENT", "DELIVERED", "BOUNCE", "CLICK", "STATUSCHANGE", "SPAMREPORT")
_SCHEMA = pa.schema(
    [
        pa.field(RECORD_ID, pa.string()),
        pa.field(MODIFIED_AT, pa.timestamp("us", "UTC")),
        pa.field(IS_GONE, pa.bool_()),
        *(
            pa.field(name, pa.string())
            for name in ("type", "sent_by", "recipient", "email_campaign_id")
        ),
    ]
)


@dataclass
class MessageLog:
    """The events of one source.

    Attributes:
        folder: The deliveries' folder.
        connection: DuckDB of the pull.
    """

    folder: Path
    connection: duckdb.DuckDBPyConnection

    def __post_init__(self) -> None:
        """Open the kept events."""
        self._landing = Landing(self.folder / FOLDER, _SCHEMA, True, self.connection)
        self.connection.execute("create or replace temp table new_events (id varchar)")

    def add(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Add events as they came.

        Raises:
            ValueError: When an event lacks what it needs.
        """
        rows = [_row(event) for event in events if _counts(event)]
        if rows:
            table = pa.Table.from_pylist(rows, _SCHEMA)
            self._landing.stage(table)
            self.connection.register("added_events", table)
            self.connection.execute(f"insert into new_events select {RECORD_ID} from added_events")  # noqa: S608
            self.connection.unregister("added_events")

    def settle(self) -> None:
        """Make what was added durable."""
        self._landing.settle()

    def messages(self, emails: Mapping[str, Record], *, is_all: bool) -> list[Record]:
        """The messages that have new events, or all, in the form of CRM records.

        Args:
            emails: Campaign id of an e-mail to the e-mail.
            is_all: Whether those without news are wanted too.
        """
        self.connection.execute(
            f"""
            create or replace temp table linked as
            with events as (select * from {self._landing.held()}),
            sent as (select * from events where type = 'SENT'),
            unnamed as (
                select events.{RECORD_ID}, max_by(sent.{RECORD_ID}, sent.{MODIFIED_AT}) as message
                from events
                inner join sent
                    on events.recipient = sent.recipient
                    and events.email_campaign_id = sent.email_campaign_id
                    and events.{MODIFIED_AT} >= sent.{MODIFIED_AT}
                where events.type <> 'SENT' and events.sent_by is null
                group by all
            )
            select
                events.{RECORD_ID} as id,
                events.type,
                events.{MODIFIED_AT} as at,
                coalesce(
                    case when events.type = 'SENT' then events.{RECORD_ID} end,
                    events.sent_by,
                    unnamed.message
                ) as message
            from events left join unnamed using ({RECORD_ID})
            """  # noqa: S608
        )
        touched = "select message from linked where id in (select id from new_events)"
        news = "true" if is_all else f"sent.message in ({touched})"
        found = self.connection.execute(
            f"""
            select
                sent.message,
                events.recipient,
                events.email_campaign_id,
                min(linked.at) filter (where linked.type = 'SENT') as sent_at,
                case
                    when bool_or(linked.type = 'BOUNCE') then false
                    when bool_or(linked.type = 'DELIVERED') then true
                end as is_delivered,
                min(linked.at) filter (where linked.type = 'CLICK') as clicked_at,
                min(linked.at) filter (where linked.type in ('STATUSCHANGE', 'SPAMREPORT'))
                    as unsubscribed_at,
                max(linked.at) as changed_at
            from linked as sent
            inner join linked using (message)
            inner join {self._landing.held()} as events on events.{RECORD_ID} = sent.id
            where sent.type = 'SENT' and {news}
            group by all
            order by sent.message
            """  # noqa: S608
        )
        names = [column[0] for column in found.description]
        rows = (dict(zip(names, row, strict=True)) for row in found.fetchall())
        return [message_record(row, emails.get(row["email_campaign_id"], {})) for row in rows]


def _counts(event: Mapping[str, Any]) -> bool:
    if event.get("type") not in _KEPT or event.get("filteredEvent") is True:
        return False
    status = event.get("portalSubscriptionStatus")
    # A change of single subscriptions, or somebody who comes back, is no goodbye.
    return event["type"] != "STATUSCHANGE" or status == "UNSUBSCRIBED"


def _row(event: Mapping[str, Any]) -> dict[str, Any]:
    try:
        sent_by = event.get("sentBy") or {}
        return {
            RECORD_ID: str(event["id"]),
            MODIFIED_AT: datetime.fromtimestamp(int(event["created"]) / 1000, UTC),
            IS_GONE: False,
            "type": str(event["type"]),
            "sent_by": str(sent_by["id"]) if "id" in sent_by else None,
            "recipient": str(event["recipient"]),
            "email_campaign_id": str(event["emailCampaignId"]),
        }
    except KeyError as missing:
        raise ValueError(f"an e-mail event lacks {missing}") from None
