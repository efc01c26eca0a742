"""Makes an account's deliveries anew from the pages that were kept, without asking HubSpot.

Every pull that ended is gone through in order, under today's mapping; what comes out takes the
place of each dataset in one step. The cursors stay, so the next pull goes on where it was.

Belongs here: pages to deliveries. Does not: keeping pages (raw_pages.py).
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import duckdb

from orchestration.company.hubspot_source import HubSpotSource
from orchestration.connectors.context import PullContext
from orchestration.connectors.engine import engine
from orchestration.connectors.hubspot.describe import pipelines
from orchestration.connectors.hubspot.lists import normalised
from orchestration.connectors.hubspot.message_log import MessageLog
from orchestration.connectors.hubspot.messages import replay_messages
from orchestration.connectors.hubspot.object_pull import ARCHIVED_HISTORY
from orchestration.connectors.hubspot.objects import HubSpotObject
from orchestration.connectors.hubspot.reading import page_of
from orchestration.connectors.hubspot.records import Assembly
from orchestration.connectors.hubspot.staging import Stager, object_landings
from orchestration.connectors.landing import Landing
from orchestration.connectors.raw_pages import PullPages, finished_pulls


def replay(context: PullContext, source: HubSpotSource) -> dict[str, int]:
    """Make all deliveries of a source anew.

    Args:
        context: Of the source; nothing is asked and no cursor moves.
        source: The source as written.

    Returns:
        Dataset to its rows, of the objects of which pages were kept.

    Raises:
        ConnectorError: When a kept value does not have its field's type any more.
    """
    counts: dict[str, int] = {}
    with (
        engine(context.deliveries) as connection,
        tempfile.TemporaryDirectory(prefix=".replay", dir=context.deliveries) as folder,
    ):
        for item in source.objects().values():
            pulls = finished_pulls(context.raw_pages / item.name)
            if not pulls:
                continue
            real = object_landings(context.deliveries, source, item, connection)
            again = object_landings(Path(folder), source, item, connection)
            custom = source.options.custom_properties.get(item.name, [])
            log = None
            if item.reader == "email_events":
                log = MessageLog(Path(folder), connection)
            for pull in pulls:
                if log is not None:
                    _replay_log(pull, item, custom, again, log)
                    continue
                _replay_pull(pull, item, custom, again, connection)
            for name, landing in real.items():
                counts[name] = landing.replace_by(again[name])
    return counts


def _replay_pull(
    pull: PullPages,
    item: HubSpotObject,
    custom: list[str],
    landings: dict[str, Landing],
    connection: duckdb.DuckDBPyConnection,
) -> None:
    facts = pull.facts()
    where = f"replay of object {item.name}"
    stager = Stager(item, landings, connection, facts["columns"], custom, where)
    assembly = Assembly(item)
    for kind, body in pull.pages():
        if kind == "archived":
            stager.archived(page_of(body))
        elif kind == ARCHIVED_HISTORY:
            told = Assembly(item, assembly.pipelines, assembly.owner_of)
            told.add(page_of(body))
            stager.archived_history(told)
        elif kind == "gone":
            stager.gone(json.loads(body))
        else:
            _assemble(assembly, kind, body)
        if kind == "chunk" or kind.startswith("list_"):
            stager.flush(assembly)
            assembly = Assembly(item, assembly.pipelines, assembly.owner_of)
    stager.end(facts["is_full"])
    for landing in landings.values():
        landing.settle()


def _replay_log(
    pull: PullPages,
    item: HubSpotObject,
    custom: list[str],
    landings: dict[str, Landing],
    log: MessageLog,
) -> None:
    columns = pull.facts()["columns"]
    where = f"replay of object {item.name}"
    replay_messages(
        log, Stager(item, landings, log.connection, columns, custom, where), pull.pages()
    )
    for landing in landings.values():
        landing.settle()


def _assemble(assembly: Assembly, kind: str, body: bytes) -> None:
    if kind == "pipelines":
        assembly.pipelines = pipelines(body)
    elif kind == "users":
        assembly.owner_of = json.loads(body)
    elif kind == "records":
        assembly.add(page_of(body))
    elif kind.startswith("links_"):
        assembly.add_links(kind.removeprefix("links_"), page_of(body))
    elif kind.startswith("list_"):
        origin = kind.removeprefix("list_")
        assembly.add(normalised(assembly.item, page_of(body), origin))
