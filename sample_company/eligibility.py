"""Which touches may earn credit for a lead, an MQL, a deal and a won deal, as the story knows it.

Belongs here: the rules of eligibility and who stands behind a conversion. Does not: weights (a
warehouse's), touches themselves (web).

A touch is eligible when it happened at or before the conversion, however long ago; no machine made
it; the person had agreed; and that person is known by it or by another touch of the same browser,
earlier or later. A second device of which nothing was ever known stays a stranger's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sample_company.buyers import (
    QUALIFIED_STATUSES,
    STEPS_FROM_MQL,
    Buyer,
    identity,
    identity_of_person,
)
from sample_company.rows import Rows, utc
from sample_company.world import Deal, World


@dataclass(frozen=True)
class Conversion:
    """Something that is attributed, and the human beings behind it.

    `people` says who they are: the `buyer`, the `deal`'s own, or, where a deal has none, those of
    its `account`.
    """

    conversion_type: str
    conversion_id: str
    converted_at: datetime
    people: str
    humans: frozenset[str]


def judge(world: World, everybody: list[Buyer], rows: Rows) -> None:
    """Plant the eligible touches of every conversion; one row without a touch where none is."""
    touches = _creditable(rows)
    for conversion in _conversions(world, everybody, _groups(rows)):
        found = [
            touch_id
            for human in sorted(conversion.humans)
            for touched_at, touch_id in touches[human]
            if touched_at <= conversion.converted_at
        ]
        for touch_id in found or [""]:
            rows.plant(
                "eligible_touch",
                conversion_type=conversion.conversion_type,
                conversion_id=conversion.conversion_id,
                converted_at=conversion.converted_at,
                people=conversion.people,
                touch_id=touch_id,
            )


def _creditable(rows: Rows) -> dict[str, list[tuple[datetime, str]]]:
    """Moments and ids of the touches of each human being that may earn credit."""
    known = {row["anonymous_id"] for row in rows.delivered["touches"] if row["lead_id"]} - {""}
    found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for row, planted in zip(rows.delivered["touches"], rows.truth["touch"], strict=True):
        is_known = row["lead_id"] or row["anonymous_id"] in known
        if is_known and planted["has_consent"] and not planted["is_bot"]:
            found[planted["human"]].append((row["touched_at"], row["touch_id"]))
    return found


def _groups(rows: Rows) -> dict[str, set[str]]:
    """Who has a contact role in each deal; told before this chapter."""
    found: dict[str, set[str]] = defaultdict(set)
    for role in rows.truth["contact_role"]:
        found[role["opportunity_id"]].add(role["human"])
    return found


def _conversions(
    world: World, everybody: list[Buyer], groups: dict[str, set[str]]
) -> Iterator[Conversion]:
    for buyer in everybody:
        first, humans = buyer.first_lead, frozenset({identity(buyer.first_lead)})
        yield Conversion("lead", first.lead_id, utc(first.created_at), "buyer", humans)
        if buyer.mql_day:
            yield Conversion("mql", first.lead_id, utc(_mql_at(buyer)), "buyer", humans)
    for deal in world.deals:
        if deal.is_deleted:
            continue
        people, humans = "deal", _own_people(deal, groups[deal.opportunity_id])
        if not humans:
            people, humans = "account", _people_of_account(world, deal)
        name, created_at = deal.opportunity_id, utc(deal.created_at)
        yield Conversion("opportunity", name, created_at, people, humans)
        if deal.is_won:
            yield Conversion("won", name, utc(deal.changes[-1].at), people, humans)


def _mql_at(buyer: Buyer) -> datetime:
    """The moment of `Buyer.mql_day`, by the same rules."""
    moments = [at for x in buyer.leads for step, at in x.moments.items() if step in STEPS_FROM_MQL]
    moments += [deal.created_at for deal in buyer.deals]
    return min(moments or [x.created_at for x in buyer.leads if x.status in QUALIFIED_STATUSES])


def _own_people(deal: Deal, group: set[str]) -> frozenset[str]:
    """The deal's contact, the person of its lead, and its buying group."""
    humans = {identity_of_person(deal.person)} if deal.person else set()
    return frozenset(humans | group | ({identity(deal.lead)} if deal.lead else set()))


def _people_of_account(world: World, deal: Deal) -> frozenset[str]:
    return frozenset(
        identity_of_person(person) for person in world.people if person.account is deal.account
    )
