"""Which code reads a source: a vendor's, imported only by who needs it.

Every vendor's folder has modules `pull`, `probe` and `replay` with a function of that name; one
whose days can be read again has `days_told` too.

Belongs here: from a source to its vendor's functions. Does not: any of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from orchestration.company.sources import ConnectorSource
from orchestration.connectors.context import DaysTold, Probe, PullContext, PullResult

# Loader to the folder of its code.
FOLDERS = {
    "salesforce": "salesforce",
    "hubspot": "hubspot",
    "google_ads": "google_ads",
    "meta_ads": "meta_ads",
    "linkedin_ads": "linkedin_ads",
    "ga4_export": "ga4",
    "landed_tables": "landed",
}


def pull(context: PullContext, source: ConnectorSource) -> PullResult:
    """Pull what changed at a source.

    Raises:
        ConnectorError: When the source as a whole cannot be read.
    """
    found: PullResult = _function(source, "pull")(context, source)
    return found


def probe(context: PullContext, source: ConnectorSource) -> Probe:
    """Try a source's credentials and rights, or look whether its files are there."""
    found: Probe = _function(source, "probe")(context, source)
    return found


def replay(context: PullContext, source: ConnectorSource) -> dict[str, int]:
    """Make a source's deliveries anew from the pages that were kept.

    Raises:
        ConnectorError: When a kept value does not have its field's type any more, or no page is
            kept because the source itself is the record.
    """
    found: dict[str, int] = _function(source, "replay")(context, source)
    return found


def days_told(context: PullContext, source: ConnectorSource) -> DaysTold:
    """Ask which days can be read again; only of a loader that backfillable.py names.

    Raises:
        ConnectorError: When the source cannot be asked.
    """
    found: DaysTold = _function(source, "days_told")(context, source)
    return found


def _function(source: ConnectorSource, name: str) -> Any:
    module = import_module(f"orchestration.connectors.{FOLDERS[source.loader]}.{name}")
    return getattr(module, name)
