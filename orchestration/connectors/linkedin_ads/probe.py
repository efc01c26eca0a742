"""Tries the token and every ad account of LinkedIn without reading spend."""

from __future__ import annotations

from orchestration.company.linkedin_ads_source import LinkedInAdsSource
from orchestration.connectors.ads.probe import probe_ads
from orchestration.connectors.context import Probe, PullContext
from orchestration.connectors.linkedin_ads.pull import make_platform, window_of


def probe(context: PullContext, source: LinkedInAdsSource) -> Probe:
    """Ask every account who it is; nothing is stored."""
    return probe_ads(make_platform(context, source), window_of(source))
