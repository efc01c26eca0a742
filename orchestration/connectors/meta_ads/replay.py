"""Makes the deliveries of Meta anew from the pages that were kept."""

from __future__ import annotations

from orchestration.company.meta_ads_source import MetaAdsSource
from orchestration.connectors.ads.replay import replay_ads
from orchestration.connectors.context import PullContext
from orchestration.connectors.meta_ads.rows import MetaAdsRows


def replay(context: PullContext, source: MetaAdsSource) -> dict[str, int]:
    """Go through every part that was delivered, in order; return dataset to its rows.

    Other conversion actions than at the time of the pull count here: all actions were kept.

    Raises:
        ConnectorError: When a kept value does not have its type any more.
    """
    rows = MetaAdsRows(tuple(source.options.conversion_actions))
    return replay_ads(context, rows, has_reach=bool(source.options.reach_windows))
