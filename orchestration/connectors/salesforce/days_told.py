"""Asks an org which days can be read again."""

from __future__ import annotations

from orchestration.company.salesforce_source import SalesforceSource
from orchestration.connectors.backfillable import first_day
from orchestration.connectors.context import DaysTold, PullContext
from orchestration.connectors.errors import ConnectorError
from orchestration.connectors.records_told import check_was_read, days_told_by_records
from orchestration.connectors.salesforce.pull import make_client, window_end


def days_told(context: PullContext, source: SalesforceSource) -> DaysTold:
    """Sign in, which tells the org's time; nothing is stored.

    Raises:
        ConnectorError: When the org cannot be asked, or was never read.
    """
    check_was_read(context)
    client = make_client(context, source)
    try:
        client.sign_in()
        return days_told_by_records(first_day(source), window_end(client, source))
    except ConnectorError as error:
        raise ConnectorError(client.redacted(str(error))) from None
