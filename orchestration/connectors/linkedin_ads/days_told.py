"""Asks which days of LinkedIn can be read again."""

from __future__ import annotations

from orchestration.company.linkedin_ads_source import LinkedInAdsSource
from orchestration.connectors.ads.days_told import days_told_by_ads
from orchestration.connectors.context import DaysTold, PullContext
from orchestration.connectors.linkedin_ads.pull import make_platform, window_of


def days_told(context: PullContext, source: LinkedInAdsSource) -> DaysTold:
    """Ask every account who it is and how late it is there; nothing is stored."""
    return days_told_by_ads(make_platform(context, source), window_of(source))
