"""Which code reads a source: a vendor's, imported only by who needs it.

Belongs here: from a source to its vendor's pull, probe and replay. Does not: any of them.
"""

from __future__ import annotations

from orchestration.company.hubspot_source import HubSpotSource
from orchestration.company.sources import ConnectorSource
from orchestration.connectors.context import Probe, PullContext, PullResult


def pull(context: PullContext, source: ConnectorSource) -> PullResult:
    """Pull what changed at a source.

    Raises:
        ConnectorError: When the source as a whole cannot be read.
    """
    if isinstance(source, HubSpotSource):
        from orchestration.connectors.hubspot.pull import pull as pull_hubspot

        return pull_hubspot(context, source)
    from orchestration.connectors.salesforce.pull import pull as pull_salesforce

    return pull_salesforce(context, source)


def probe(context: PullContext, source: ConnectorSource) -> Probe:
    """Try a source's credentials and rights."""
    if isinstance(source, HubSpotSource):
        from orchestration.connectors.hubspot.probe import probe as probe_hubspot

        return probe_hubspot(context, source)
    from orchestration.connectors.salesforce.probe import probe as probe_salesforce

    return probe_salesforce(context, source)


def replay(context: PullContext, source: ConnectorSource) -> dict[str, int]:
    """Make a source's deliveries anew from the pages that were kept.

    Raises:
        ConnectorError: When a kept value does not have its field's type any more.
    """
    if isinstance(source, HubSpotSource):
        from orchestration.connectors.hubspot.replay import replay as replay_hubspot

        return replay_hubspot(context, source)
    from orchestration.connectors.salesforce.replay import replay as replay_salesforce

    return replay_salesforce(context, source)
