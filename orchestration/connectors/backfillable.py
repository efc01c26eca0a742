"""Which sources can be read again day by day, and what to do about the others.

Belongs here: the loaders and the advice. Does not: reading (ingest/backfill.py).
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.company.google_ads_source import GoogleAdsSource
from orchestration.company.linkedin_ads_source import LinkedInAdsSource
from orchestration.company.meta_ads_source import MetaAdsSource
from orchestration.company.sources import Source
from orchestration.company.suggestions import did_you_mean

# Their vendor's folder has a module days_told, and their pull heeds PullContext.span.
DaySource = GoogleAdsSource | MetaAdsSource | LinkedInAdsSource
_LOADERS = ("google_ads", "meta_ads", "linkedin_ads")

_READ_AGAIN = (
    "a record is told as it is now and has no days, and its deletion leaves none behind, so a span "
    "of days cannot be made right by itself. `concord doctor --read-again {name}`, then "
    "`concord run`, reads and compares all of it"
)
_ADVICE = {
    "file_drop": (
        "it reads whole files, and every run those that are new or changed. Put the corrected "
        "files into its folder, then `concord run`"
    ),
    "ga4_export": (
        "it reads whole files, and every run those that are new or changed. Export the days again "
        "from BigQuery into its folder, then `concord run`"
    ),
    "landed_tables": (
        "it reads whole tables, and every run compares all of their rows. Let the loader that "
        "fills them read the days again, then `concord run`"
    ),
    "salesforce": _READ_AGAIN,
    "hubspot": _READ_AGAIN,
}


def day_source(source: Source) -> DaySource | None:
    """The source as written, when its days can be read again."""
    return source.connector if isinstance(source.connector, DaySource) else None


def why_not(name: str, sources: Mapping[str, Source]) -> str | None:
    """Say why a source cannot be backfilled and what to do instead; None when it can be."""
    found = sources.get(name)
    if found is None:
        hint = did_you_mean(name, sources)
        meant = f" ({hint})" if hint else ""
        return f"{name!r} is no source in sources.yml{meant}; {_that_can(sources)}"
    if day_source(found) is not None:
        return None
    advice = _ADVICE[found.loader].format(name=name)
    return f"{name} cannot be backfilled: its loader is {found.loader}; {advice}"


def _that_can(sources: Mapping[str, Source]) -> str:
    names = [name for name, source in sources.items() if day_source(source) is not None]
    if not names:
        return f"only those with loader {', '.join(_LOADERS)} can be backfilled, and it has none"
    return f"these can be backfilled: {', '.join(names)}"
