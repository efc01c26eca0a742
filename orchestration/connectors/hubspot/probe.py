"""Tries an account's token and scopes without reading a record, for `concord check --connect`.

Belongs here: describing. Does not: pulling.
"""

from __future__ import annotations

from orchestration.company.hubspot_source import HubSpotSource
from orchestration.connectors.context import Probe, PullContext
from orchestration.connectors.errors import (
    ConnectorError,
    CredentialsRefused,
    FixConfiguration,
    ObjectMissing,
)
from orchestration.connectors.hubspot.client import Client
from orchestration.connectors.hubspot.describe import FAMILIES, describe
from orchestration.connectors.hubspot.messages import check_properties
from orchestration.connectors.hubspot.objects import HubSpotObject
from orchestration.connectors.hubspot.pull import make_client
from orchestration.connectors.watch import check_fields, hidden_fields


def probe(context: PullContext, source: HubSpotSource) -> Probe:
    """Describe every object; nothing is stored."""
    client = make_client(context, source)
    found = Probe()
    try:
        for item in source.objects().values():
            try:
                found.hidden += _try(context, source, client, item)
                found.readable.append(item.name)
            except ObjectMissing:
                found.missing.append(f"{item.name} ({item.scope})")
            except CredentialsRefused:
                raise
            except FixConfiguration as problem:
                found.problems.append(client.redacted(str(problem)))
    except ConnectorError as error:
        found.problems.append(client.redacted(str(error)))
    return found


def _try(
    context: PullContext, source: HubSpotSource, client: Client, item: HubSpotObject
) -> list[str]:
    """Try one object; return the properties that the account lacks."""
    if item.reader == "crm":
        custom = source.options.custom_properties.get(item.name, [])
        fields = describe(client, item)
        check_fields(context.source, item, custom, {}, fields, FAMILIES)
        client.ask("GET", item.list_path, lambda answer: None, params={"limit": "1"})
        return [f"{item.name}.{name}" for name in hidden_fields(item, fields)]
    if item.reader == "email_events":
        check_properties(f"source {context.source}, object {item.name}", item)
    path = "/marketing/v3/forms" if item.reader == "submissions" else item.list_path
    client.ask("GET", path, lambda answer: None, params={"limit": "1"})
    return []
