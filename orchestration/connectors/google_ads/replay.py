"""Makes the deliveries of Google Ads anew from the pages that were kept."""

from __future__ import annotations

from orchestration.company.google_ads_source import GoogleAdsSource
from orchestration.connectors.ads.replay import replay_ads
from orchestration.connectors.context import PullContext
from orchestration.connectors.google_ads.rows import GoogleAdsRows


def replay(context: PullContext, source: GoogleAdsSource) -> dict[str, int]:
    """Go through every part that was delivered, in order; return dataset to its rows.

    Raises:
        ConnectorError: When a kept value does not have its type any more.
    """
    has_reach = bool(source.options.reach_windows)
    return replay_ads(context, GoogleAdsRows(), has_reach=has_reach)
