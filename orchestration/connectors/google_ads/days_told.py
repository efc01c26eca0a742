"""Asks which days of Google Ads can be read again."""

from __future__ import annotations

from orchestration.company.google_ads_source import GoogleAdsSource
from orchestration.connectors.ads.days_told import days_told_by_ads
from orchestration.connectors.context import DaysTold, PullContext
from orchestration.connectors.google_ads.pull import GoogleAds, make_client, window_of


def days_told(context: PullContext, source: GoogleAdsSource) -> DaysTold:
    """Ask every account who it is and how late it is there; nothing is stored."""
    return days_told_by_ads(GoogleAds(make_client(context, source)), window_of(source))
