"""Lets a source's connector pull what is new into the source's drop folder.

Belongs here: the bridge from a step of a run to a connector. Does not: pulling (connectors), or
reading the folder afterwards (file_drop.py).
"""

from __future__ import annotations

import time

from orchestration.company.sources import Source
from orchestration.connectors import vendors
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.errors import ConnectorError
from orchestration.simulators import Simulators, forget_other_story
from orchestration.steps import Step


def pull_source(
    work: Step, source: Source, simulators: Simulators, is_full: bool = False
) -> PullResult:
    """Pull; the result's problems say why the source, or an object of it, could not be read.

    Args:
        work: The step.
        source: A source with a connector.
        simulators: Of the run; a source that has one is read through it.
        is_full: Whether everything is read and compared again.
    """
    connector, variables = simulators.of(source, work.settings.variables)
    if connector is None:
        return PullResult()
    if source.name in simulators.names:
        forget_other_story(work.settings, work.state, source)
    context = PullContext(
        source=source.name,
        state=work.state,
        deliveries=source.options.folder,
        raw_pages=work.settings.raw_pages_dir / source.name,
        variables=variables,
        deadline=time.monotonic() + work.settings.source_deadline_seconds,
        is_full=is_full,
    )
    try:
        return vendors.pull(context, connector)
    except ConnectorError as error:
        return PullResult(problems=[f"cannot be pulled: {simulators.failure(source) or error}"])
