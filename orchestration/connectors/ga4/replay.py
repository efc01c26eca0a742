"""There are no pages to replay: the files or tables that are read are themselves the record."""

from __future__ import annotations

from orchestration.company.sources import ConnectorSource
from orchestration.connectors.context import PullContext
from orchestration.connectors.errors import FixConfiguration


def replay(context: PullContext, source: ConnectorSource) -> dict[str, int]:
    """Say what to do instead.

    Raises:
        FixConfiguration: Always.
    """
    raise FixConfiguration(
        f"source {context.source} ({source.loader}) keeps no pages, because what it reads is still "
        "there; `concord run --full-refresh` reads all of it again"
    )
