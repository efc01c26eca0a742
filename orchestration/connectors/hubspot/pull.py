"""One pull of an account: all its objects, up to one moment.

Belongs here: the order of objects, what a failure of one means for the others. Does not: one
object (object_pull.py, lists.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import duckdb

from orchestration.company.hubspot_source import HubSpotSource
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
from orchestration.connectors.hubspot.client import Client
from orchestration.connectors.hubspot.lists import ListPull
from orchestration.connectors.hubspot.messages import MessagePull
from orchestration.connectors.hubspot.object_pull import ObjectPull
from orchestration.connectors.hubspot.objects import HubSpotObject
from orchestration.connectors.hubspot.reading import list_pages
from orchestration.connectors.hubspot.slices import MessageSlice, RecordSlice, SubmissionSlice
from orchestration.state import ConnectorObject

_STARTS = 3
_READERS: Mapping[str, type[ObjectPull]] = {"crm": ObjectPull, "email_events": MessagePull}
_SLICE_READERS: Mapping[str, type[ObjectPull]] = {
    "crm": RecordSlice,
    "email_events": MessageSlice,
    "submissions": SubmissionSlice,
}


def pull(context: PullContext, source: HubSpotSource) -> PullResult:
    """Pull what changed since the pull before, or a backfill's slice.

    A property that vanished from one object does not keep the others from moving on; a token that
    is refused, a used-up quota or a dead line stops them all. Either makes the run red.

    Args:
        context: State, folders, deadline.
        source: The source as written.

    Returns:
        What changed, notes, and the problems of single objects.

    Raises:
        ConnectorError: When the account as a whole cannot be read.
    """
    client = make_client(context, source)
    client.budget.used += context.requests_made
    result = PullResult()
    try:
        owner_of = users(client)
        until = window_end(client, source)
        with engine(context.deliveries) as connection:
            for item in _objects(context, source):
                _pull_object(context, source, client, item, until, connection, owner_of, result)
    except ConnectorError as error:
        raise ConnectorError(client.redacted(str(error))) from None
    finally:
        result.request_count = client.budget.used - context.requests_made
    result.problems = [client.redacted(text) for text in result.problems]
    result.notes = [client.redacted(text) for text in result.notes]
    return result


def _objects(context: PullContext, source: HubSpotSource) -> list[HubSpotObject]:
    if context.span is None:
        return list(source.objects().values())
    wanted = context.objects or sliced_objects(source)
    return [item for name, item in source.objects().items() if name in wanted]


def make_client(context: PullContext, source: HubSpotSource) -> Client:
    """A client with the source's budget."""
    return Client(source.options, context.variables, context.deadline)


def users(client: Client) -> Mapping[str, str]:
    """User's id to owner's id, of those who are active; empty without the right to see owners.

    The first request of a pull: its answer tells HubSpot's time, and whether the token is good.
    """
    found: dict[str, str] = {}
    try:
        for page in list_pages(client, "/crm/v3/owners", {"archived": "false"}):
            for owner in page.records:
                if owner.get("userId") is not None:
                    found[str(owner["userId"])] = str(owner["id"])
    except ObjectMissing:
        return {}
    return found


def window_end(client: Client, source: HubSpotSource) -> datetime:
    """The upper end of the window: HubSpot's clock, less the lag, to the second."""
    now = client.server_time
    if now is None:
        raise FixConfiguration("HubSpot told no time")
    return now.replace(microsecond=0) - timedelta(minutes=source.options.lag_minutes)


def _pull_object(
    context: PullContext,
    source: HubSpotSource,
    client: Client,
    item: HubSpotObject,
    until: datetime,
    connection: duckdb.DuckDBPyConnection,
    owner_of: Mapping[str, str],
    result: PullResult,
) -> None:
    kinds = _READERS if context.span is None else _SLICE_READERS
    kind = kinds.get(item.reader, ListPull)
    for start in range(1, _STARTS + 1):
        try:
            kind(context, source, client, item, until, connection, owner_of).run(result)
            return
        except ObjectMissing as missing:
            _miss_object(context, item, missing, result)
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


def _miss_object(
    context: PullContext, item: HubSpotObject, missing: ObjectMissing, result: PullResult
) -> None:
    known = context.state.connector_object(context.source, item.name)
    if known.cursor_at is not None:
        result.problems.append(
            f"source {context.source}, object {item.name}: it was read before and cannot be read "
            f"any more: {missing}; grant {item.scope} again, or add it to options.leave_out"
        )
        return
    note = f"left out: {missing} (scope {item.scope})"
    result.notes.append(f"object {item.name}: {note}")
    context.state.save_connector_object(ConnectorObject(context.source, item.name, note=note))
