"""Makes the deliveries of LinkedIn anew from the pages that were kept."""

from __future__ import annotations

from orchestration.company.linkedin_ads_source import LinkedInAdsSource
from orchestration.connectors.ads.replay import replay_ads
from orchestration.connectors.context import PullContext
from orchestration.connectors.linkedin_ads.rows import LinkedInAdsRows


def replay(context: PullContext, source: LinkedInAdsSource) -> dict[str, int]:
    """Go through every part that was delivered, in order; return dataset to its rows.

    Raises:
        ConnectorError: When a kept value does not have its type any more.
    """
    has_reach = bool(source.options.reach_windows)
    return replay_ads(context, LinkedInAdsRows(), has_reach=has_reach)
