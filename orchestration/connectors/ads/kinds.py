"""Stops at a kind of campaign that nobody knows, before its spend lands in no channel.

Belongs here: the comparison. Does not: any platform's kinds (its rows.py), or which channel a kind
is (channels.csv).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from orchestration.connectors.ads.spend import SpendDay
from orchestration.connectors.errors import FixConfiguration


def refuse_unknown_kinds(
    days: Sequence[SpendDay], field: str, known: Sequence[str], more: Collection[str]
) -> None:
    """Compare the kinds of the campaigns that were told with those that are known.

    Args:
        days: Campaigns' days.
        field: The platform's field with the kind.
        known: The platform's kinds.
        more: Those that the company knows besides.

    Raises:
        FixConfiguration: Names the field, the unknown kinds and the known ones.
    """
    unknown = {
        day.source_field: day.campaign_id
        for day in days
        if day.source_field and day.source_field not in known and day.source_field not in more
    }
    if not unknown:
        return
    said = ", ".join(f"{kind!r} (campaign {unknown[kind]})" for kind in sorted(unknown))
    raise FixConfiguration(
        f"object campaign: field {field} holds {said}, and known are "
        f"{', '.join([*known, *sorted(more)])}; nothing of these days was stored. A new kind: add "
        "it to options.campaign_kinds, and say in channels.csv (source_field) which channel it "
        "is; the same rows come then"
    )
