"""Tries the credentials and every account without reading spend, for `concord check --connect`."""

from __future__ import annotations

from orchestration.company.google_ads_source import GoogleAdsSource
from orchestration.connectors.context import Probe, PullContext
from orchestration.connectors.errors import ConnectorError, CredentialsRefused, FixConfiguration
from orchestration.connectors.google_ads.pull import accounts_below, make_client, read_account


def probe(context: PullContext, source: GoogleAdsSource) -> Probe:
    """Sign in and ask every account who it is; nothing is stored."""
    client = make_client(context, source)
    found = Probe()
    try:
        client.sign_in()
        for account_id in source.options.customer_ids or accounts_below(client):
            try:
                account = read_account(client, account_id)
            except CredentialsRefused:
                raise
            except FixConfiguration as problem:
                found.problems.append(client.redacted(f"account {account_id}: {problem}"))
            else:
                found.readable.append(f"account {account_id} ({account.currency_code})")
    except ConnectorError as error:
        found.problems.append(client.redacted(str(error)))
    return found
