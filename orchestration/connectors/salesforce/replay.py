"""Makes an org's deliveries anew from the pages that were kept, without asking the org.

Every pull that ended is gone through in order, under today's mapping; what comes out takes the
place of each dataset in one step. The cursors stay, so the next pull goes on where it was.

Belongs here: pages to deliveries. Does not: keeping pages (raw_pages.py).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from orchestration.company.salesforce_source import SalesforceSource
from orchestration.connectors.context import PullContext
from orchestration.connectors.engine import engine
from orchestration.connectors.landing import Landing
from orchestration.connectors.mapping import ApiObject
from orchestration.connectors.raw_pages import PullPages, finished_pulls
from orchestration.connectors.salesforce.bulk import csv_rows
from orchestration.connectors.salesforce.key_reading import known_keys
from orchestration.connectors.salesforce.object_pull import object_landings, stage_rows
from orchestration.connectors.salesforce.record_keys import RecordKeys
from orchestration.connectors.salesforce.rest import page_rows
from orchestration.connectors.salesforce.sweep import (
    add_source_ids,
    begin_source_ids,
    stage_gone,
    stage_vanished,
)


def replay(context: PullContext, source: SalesforceSource) -> dict[str, int]:
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
        keys = known_keys(context, source, connection)
        for item in source.objects().values():
            pulls = finished_pulls(context.raw_pages / item.name)
            if not pulls or not item.outputs:
                continue
            real = object_landings(context.deliveries, source, item, connection)
            again = object_landings(Path(folder), source, item, connection)
            known = context.state.connector_object(context.source, item.name)
            types = json.loads(known.columns or "{}")
            for pull in pulls:
                _replay_pull(pull, item, source, again, keys, types)
            for name, landing in real.items():
                counts[name] = landing.replace_by(again[name])
    return counts


def _replay_pull(
    pull: PullPages,
    item: ApiObject,
    source: SalesforceSource,
    landings: dict[str, Landing],
    keys: RecordKeys,
    types: Mapping[str, str],
) -> None:
    fields = pull.facts()["fields"]
    ids = (set(pull.facts().get("ids", ())) | keys.id_fields(item, types)) if keys.fields else ()
    custom = source.options.custom_fields.get(item.name, [])
    connection = next(iter(landings.values())).connection
    has_ids = False
    for kind, body in pull.pages():
        if kind == "gone":
            stage_gone(landings, item, json.loads(body))
            continue
        is_ids = kind.startswith("ids_")
        names = [item.id_field, item.cursor_field] if is_ids else fields
        rows: pa.Table = csv_rows(body, names) if kind.endswith("csv") else page_rows(body, names)
        if is_ids and not has_ids:
            begin_source_ids(connection)
            has_ids = True
        if is_ids:
            add_source_ids(connection, rows, item)
        else:
            keys.prepare_page(rows, ids)
            stage_rows(landings, item, custom, fields, rows, f"replay of object {item.name}", ids)
    if has_ids or pull.facts().get("is_sweep"):
        if not has_ids:
            begin_source_ids(connection)
        stage_vanished(connection, item, landings)
    for landing in landings.values():
        landing.settle()
