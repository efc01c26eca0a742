"""Looks which tables are there and who landed them, for `concord check --connect`."""

from __future__ import annotations

import duckdb

from orchestration.company.landed_source import LandedSource
from orchestration.connectors.context import Probe, PullContext
from orchestration.connectors.engine import engine
from orchestration.connectors.errors import ConnectorError
from orchestration.connectors.landed.pull import LandedPlace, place_of
from orchestration.connectors.landed.tables import landed_tables

# Enough to see the keys of a JSON column.
_PROBED_ROWS = 1000


def probe(context: PullContext, source: LandedSource) -> Probe:
    """Look for every object's table; of a server's, some rows are read for the keys of JSON."""
    with engine(context.deliveries) as connection:
        return probe_place(place_of(context, source, _PROBED_ROWS), connection)


def probe_place(place: LandedPlace, connection: duckdb.DuckDBPyConnection) -> Probe:
    """Look for the tables of a place."""
    found = Probe()
    try:
        with landed_tables(connection, place.database, place.schema) as tables:
            for item in place.objects.values():
                table = place.find(item.name, tables)
                if table is None:
                    found.missing.append(item.name)
                    continue
                try:
                    query = place.query(item.name, table, tables, connection)
                except ConnectorError as error:
                    found.problems.append(f"{item.name}: {error}")
                else:
                    found.readable.append(
                        f"{item.name} (table {table.name}, landed by {query.loader.name})"
                    )
                    found.hidden += [f"{item.name}.{name}" for name in query.missing]
    except ConnectorError as error:
        found.problems.append(str(error))
    return found
