"""Tries the credentials and every account without reading spend, for `concord check --connect`.

Belongs here: what all platforms share of it. Does not: any platform's words.
"""

from __future__ import annotations

from orchestration.connectors.ads.platform import Platform
from orchestration.connectors.ads.windows import SpendWindow, today_of
from orchestration.connectors.context import Probe
from orchestration.connectors.errors import (
    ConnectorError,
    CredentialsRefused,
    FixConfiguration,
    ObjectMissing,
)


def probe_ads(platform: Platform, window: SpendWindow) -> Probe:
    """Sign in and ask every account who it is; nothing is stored."""
    client = platform.client
    found = Probe()
    try:
        client.sign_in()
        for account_id in window.accounts or platform.account_ids():
            try:
                account = platform.read_account(account_id)
                today_of(account, client.server_time)
            except CredentialsRefused:
                raise
            except ObjectMissing as note:
                found.missing.append(client.redacted(f"account {account_id}: {note}"))
            except FixConfiguration as problem:
                found.problems.append(client.redacted(f"account {account_id}: {problem}"))
            else:
                shown = ", ".join(filter(None, (account.currency_code, account.status)))
                found.readable.append(f"account {account_id} ({shown})")
    except ConnectorError as error:
        found.problems.append(client.redacted(str(error)))
    return found
