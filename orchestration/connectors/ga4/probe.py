"""Looks whether an export's files are there, for `concord check --connect`."""

from __future__ import annotations

from orchestration.company.ga4_source import Ga4Source
from orchestration.connectors.context import Probe, PullContext
from orchestration.connectors.errors import ConnectorError
from orchestration.connectors.ga4.pull import export_days


def probe(context: PullContext, source: Ga4Source) -> Probe:  # noqa: ARG001 - as of all vendors
    """Look for the days' files; nothing is read."""
    found = Probe()
    try:
        found.readable += [f"events of {day}" for day in export_days(source.folder)]
    except ConnectorError as error:
        found.problems.append(str(error))
    return found
