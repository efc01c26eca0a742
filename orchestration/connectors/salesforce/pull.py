"""One pull of an org: all its objects, up to one moment.

Belongs here: the order of objects, what a failure of one means for the others. Does not: one
object (object_pull.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb

from orchestration.company.salesforce_source import SalesforceSource
from orchestration.connectors.backfillable import sliced_objects
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.engine import engine
from orchestration.connectors.errors import (
    ConnectorError,
    CredentialsRefused,
    FixConfiguration,
    ObjectMissing,
    StartAgain,
)
from orchestration.connectors.http import Budget, Http
from orchestration.connectors.mapping import ApiObject
from orchestration.connectors.salesforce.answers import classify
from orchestration.connectors.salesforce.client import Client
from orchestration.connectors.salesforce.key_reading import keys_of_slice, read_keys
from orchestration.connectors.salesforce.object_pull import ObjectPull
from orchestration.connectors.salesforce.quiet import quiet_queries
from orchestration.connectors.salesforce.record_keys import RecordKeys
from orchestration.connectors.salesforce.slice_pull import SlicePull
from orchestration.state import ConnectorObject

_STARTS = 3


def pull(context: PullContext, source: SalesforceSource) -> PullResult:
    """Pull what changed since the pull before, or a backfill's slice.

    A field that vanished from one object does not keep the others from moving on; a credential
    that is refused, a used-up quota or a dead line stops them all. Either makes the run red.

    Args:
        context: State, folders, deadline.
        source: The source as written.

    Returns:
        What changed, notes, and the problems of single objects.

    Raises:
        ConnectorError: When the org as a whole cannot be read.
    """
    client = make_client(context, source)
    client.http.budget.used += context.requests_made
    result = PullResult()
    try:
        client.sign_in()
        until = window_end(client, source)
        with engine(context.deliveries) as connection:
            read = read_keys if context.span is None else keys_of_slice
            keys = read(context, source, client, until, connection)
            about = (context, source, client)
            objects = _objects(context, source)
            kind = _kind(context)
            changes = (
                kind(*about, item, until, connection, keys).changes_query() for item in objects
            )
            quiet = quiet_queries(client, [query for query in changes if query])
            for item in objects:
                _pull_object(*about, item, until, connection, keys, quiet, result)
            if keys.unknown:
                result.notes.append(_unknown_text(keys))
    except ConnectorError as error:
        raise ConnectorError(client.redacted(str(error))) from None
    finally:
        result.request_count = client.http.budget.used - context.requests_made
    result.problems = [client.redacted(text) for text in result.problems]
    return result


def _kind(context: PullContext) -> type[ObjectPull]:
    return ObjectPull if context.span is None else SlicePull


def _objects(context: PullContext, source: SalesforceSource) -> list[ApiObject]:
    if context.span is None:
        return list(source.objects().values())
    wanted = context.objects or sliced_objects(source)
    return [item for name, item in source.objects().items() if name in wanted]


def make_client(context: PullContext, source: SalesforceSource) -> Client:
    """A client with the source's budget."""
    http = Http(classify, Budget(source.options.request_budget), context.deadline)
    return Client(http, source.options, context.variables)


def window_end(client: Client, source: SalesforceSource) -> datetime:
    """The upper end of the window: the org's clock, less the lag, to the second."""
    now = client.server_time
    if now is None:
        raise FixConfiguration("the org told no time")
    return now.replace(microsecond=0) - timedelta(minutes=source.options.lag_minutes)


def _pull_object(
    context: PullContext,
    source: SalesforceSource,
    client: Client,
    item: ApiObject,
    until: datetime,
    connection: duckdb.DuckDBPyConnection,
    keys: RecordKeys,
    quiet: frozenset[str],
    result: PullResult,
) -> None:
    for start in range(1, _STARTS + 1):
        try:
            about = (context, source, client, item, until, connection, keys, quiet)
            _kind(context)(*about).run(result)
            return
        except ObjectMissing:
            _miss_object(context, item, result)
            return
        except CredentialsRefused:
            raise
        except FixConfiguration as problem:
            text = str(problem)
            shown = text if text.startswith("source ") else f"object {item.name}: {text}"
            result.problems.append(shown)
            return
        except StartAgain as failure:
            if start == _STARTS:
                raise ConnectorError(f"object {item.name}: {failure}") from None


def _unknown_text(keys: RecordKeys) -> str:
    shown = ", ".join(sorted(keys.unknown)[:3])
    return (
        f"{len(keys.unknown):,} records that others name are gone, hidden or without a key "
        f"({shown}); there Salesforce's id stands"
    )


def _miss_object(context: PullContext, item: ApiObject, result: PullResult) -> None:
    known = context.state.connector_object(context.source, item.name)
    if known.cursor_at is not None:
        result.problems.append(
            f"source {context.source}, object {item.name}: it was read before and is gone (or the "
            "user may not see it any more); put it back, or add it to options.leave_out"
        )
        return
    note = "the org has no such object, or the user may not see it; left out"
    result.notes.append(f"object {item.name}: {note}")
    context.state.save_connector_object(ConnectorObject(context.source, item.name, note=note))
