"""Tries an org's credentials and rights without reading a record, for `concord check --connect`.

Belongs here: signing in and describing. Does not: pulling.
"""

from __future__ import annotations

from orchestration.company.salesforce_source import SalesforceSource
from orchestration.connectors.context import Probe, PullContext
from orchestration.connectors.errors import (
    ConnectorError,
    CredentialsRefused,
    FixConfiguration,
    ObjectMissing,
)
from orchestration.connectors.salesforce.describe import FAMILIES, describe
from orchestration.connectors.salesforce.pull import make_client
from orchestration.connectors.watch import check_fields, hidden_fields


def probe(context: PullContext, source: SalesforceSource) -> Probe:
    """Sign in and describe every object; nothing is stored."""
    client = make_client(context, source)
    found = Probe()
    try:
        client.sign_in()
        for item in source.objects().values():
            custom = [*source.options.custom_fields.get(item.name, [])]
            custom += [source.options.keys[item.name]] if item.name in source.options.keys else []
            paths = tuple(name for name in (*item.api_fields(), *custom) if "." in name)
            try:
                fields = describe(client, item.name, paths)
                columns = check_fields(context.source, item, custom, {}, fields, FAMILIES)
                found.readable.append(item.name)
                found.hidden += [f"{item.name}.{name}" for name in hidden_fields(item, columns)]
            except ObjectMissing:
                found.missing.append(item.name)
            except CredentialsRefused:
                raise
            except FixConfiguration as problem:
                found.problems.append(client.redacted(str(problem)))
    except ConnectorError as error:
        found.problems.append(client.redacted(str(error)))
    return found
