"""Tries the credentials and every account of Google Ads without reading spend."""

from __future__ import annotations

from orchestration.company.google_ads_source import GoogleAdsSource
from orchestration.connectors.ads.probe import probe_ads
from orchestration.connectors.context import Probe, PullContext
from orchestration.connectors.google_ads.pull import GoogleAds, make_client, window_of


def probe(context: PullContext, source: GoogleAdsSource) -> Probe:
    """Sign in and ask every account who it is; nothing is stored."""
    return probe_ads(GoogleAds(make_client(context, source)), window_of(source))
