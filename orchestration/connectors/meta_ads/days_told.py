"""Asks which days of Meta can be read again."""

from __future__ import annotations

from orchestration.company.meta_ads_source import MetaAdsSource
from orchestration.connectors.ads.days_told import days_told_by_ads
from orchestration.connectors.context import DaysTold, PullContext
from orchestration.connectors.meta_ads.pull import make_platform, window_of


def days_told(context: PullContext, source: MetaAdsSource) -> DaysTold:
    """Ask every account who it is and how late it is there; nothing is stored."""
    return days_told_by_ads(make_platform(context, source), window_of(source))
