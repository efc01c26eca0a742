"""Asks an account which days can be read again."""

from __future__ import annotations

from orchestration.company.hubspot_source import HubSpotSource
from orchestration.connectors.backfillable import first_day
from orchestration.connectors.context import DaysTold, PullContext
from orchestration.connectors.errors import ConnectorError
from orchestration.connectors.hubspot.pull import make_client, users, window_end
from orchestration.connectors.records_told import check_was_read, days_told_by_records


def days_told(context: PullContext, source: HubSpotSource) -> DaysTold:
    """Ask for the owners, which tells HubSpot's time; nothing is stored.

    Raises:
        ConnectorError: When the account cannot be asked, or was never read.
    """
    check_was_read(context)
    client = make_client(context, source)
    try:
        users(client)
        return days_told_by_records(first_day(source), window_end(client, source))
    except ConnectorError as error:
        raise ConnectorError(client.redacted(str(error))) from None
