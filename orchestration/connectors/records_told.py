"""Which days of a CRM can be read again: those that are over in UTC.

Belongs here: what Salesforce and HubSpot share of it. Does not: asking for the time.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from orchestration.connectors.context import DaysTold, PullContext
from orchestration.connectors.day_span import DaySpan
from orchestration.connectors.errors import FixConfiguration


def check_was_read(context: PullContext) -> None:
    """Refuse a source that no run has read yet.

    Raises:
        FixConfiguration: When nothing of it was read.
    """
    known = context.state.connector_objects()
    if not any(item.source == context.source and item.cursor_at for item in known):
        raise FixConfiguration("it was never read; `concord run` reads all of it first")


def days_told_by_records(first: date, until: datetime) -> DaysTold:
    """The days from the vendor's first to the last that is over.

    Args:
        first: A day before which nothing can have been modified.
        until: The source's clock, less the lag.
    """
    last = until.astimezone(UTC).date() - timedelta(days=1)
    return DaysTold(
        DaySpan(first, last),
        "no record is older",
        "it is the last day that is over in UTC, and later changes come with the daily run",
    )
