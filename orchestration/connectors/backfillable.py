"""Which sources can be read again day by day, and what to do about the others.

An advertising source tells what happened on its days. A CRM tells the records whose last
modification lies in them; of Salesforce's histories, and of HubSpot's submissions and events, those
that were created in them.

Belongs here: the loaders, their objects and the advice. Does not: reading (ingest/backfill.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from orchestration.company.google_ads_source import GoogleAdsSource
from orchestration.company.hubspot_source import HubSpotSource
from orchestration.company.linkedin_ads_source import LinkedInAdsSource
from orchestration.company.meta_ads_source import MetaAdsSource
from orchestration.company.salesforce_source import SalesforceSource
from orchestration.company.sources import Source
from orchestration.company.suggestions import did_you_mean, listed

# Their vendor's folder has a module days_told, and their pull heeds PullContext.span.
AdsSource = GoogleAdsSource | MetaAdsSource | LinkedInAdsSource
RecordSource = SalesforceSource | HubSpotSource
DaySource = AdsSource | RecordSource
_LOADERS = ("salesforce", "hubspot", "google_ads", "meta_ads", "linkedin_ads")
# What has days of its own at HubSpot; the other lists are read whole in each run.
_HUBSPOT_READERS = ("crm", "submissions", "email_events")
# No record can be older than the vendor's service.
_FIRST_DAYS = {"salesforce": date(2000, 1, 1), "hubspot": date(2006, 1, 1)}

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
}


def day_source(source: Source) -> DaySource | None:
    """The source as written, when its days can be read again."""
    return source.connector if isinstance(source.connector, DaySource) else None


def first_day(source: DaySource) -> date:
    """The first day that can be asked for, before the source itself was asked."""
    if isinstance(source, RecordSource):
        return _FIRST_DAYS[source.loader]
    return source.options.start_date


def sliced_objects(source: DaySource) -> tuple[str, ...]:
    """Names of the objects that are read again by days; none of a source without objects."""
    if isinstance(source, SalesforceSource):
        return tuple(name for name, item in source.objects().items() if item.outputs)
    if isinstance(source, HubSpotSource):
        objects = source.objects().items()
        return tuple(name for name, item in objects if item.reader in _HUBSPOT_READERS)
    return ()


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


def wrong_objects(name: str, sources: Mapping[str, Source], objects: Collection[str]) -> list[str]:
    """Say of every object that cannot be read again by days why, and which can."""
    found = sources.get(name)
    source = day_source(found) if found is not None else None
    if source is None:
        return []
    if not isinstance(source, RecordSource):
        text = f"{name} has no objects: its loader is {source.loader}; leave out --object"
        return [text] if objects else []
    allowed, read = sliced_objects(source), source.objects()
    problems = []
    for item in dict.fromkeys(objects):
        if item in allowed:
            continue
        if item in source.options.leave_out:
            why = "is under options.leave_out"
        elif item in read and isinstance(source, SalesforceSource):
            why = "is only kept as it came, and gives no rows"
        elif item in read:
            why = "is a short list: every run reads all of it"
        else:
            hint = did_you_mean(item, allowed)
            why = f"is no object of {source.loader}{f' ({hint})' if hint else ''}"
        problems.append(f"--object {item!r} {why}")
    if problems:
        problems.append(f"objects of {name} that can be read again: {listed(allowed)}")
    return problems


def _that_can(sources: Mapping[str, Source]) -> str:
    names = [name for name, source in sources.items() if day_source(source) is not None]
    if not names:
        return f"only those with loader {', '.join(_LOADERS)} can be backfilled, and it has none"
    return f"these can be backfilled: {', '.join(names)}"
