"""Doubles that were found and merged: leads, and contacts and accounts that no export shows now.

A lead that was merged still stands in the CRM's export, as its double does. Of contacts and
accounts the export holds the survivors alone, while other systems go on naming the lost ids.

Belongs here: merges and what still names a lost id. Does not: who is whom (cycles).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sample_company import catalogue as cat
from sample_company.buyers import identity
from sample_company.decisions import employees_on
from sample_company.rows import Rows, utc
from sample_company.world import LAST_DAY, Lead, Person, World, later, local_day, moment_on

LEAD_MERGES, PEOPLE_MERGES, ACCOUNT_MERGES = 24, 14, 6


def merge(
    random: Random, world: World, last_changes: dict[str, datetime], rows: Rows
) -> dict[str, Person]:
    """Write merges and the acts that name lost ids; return the survivor of each lost contact."""
    merges = [*_leads(random, world, last_changes)]
    lost = _people(random, world, rows, merges)
    _accounts(random, world, rows, merges)
    merges.sort(key=lambda found: (found[0], found[2]))
    for number, (at, entity, losing, surviving) in enumerate(merges, start=1):
        rows.add(
            "record_merges",
            merge_id=f"MG-{number:04d}",
            entity=entity,
            losing_id=losing,
            surviving_id=surviving,
            merged_at=utc(at),
        )
    return lost


Merge = tuple[datetime, str, str, str]


def _leads(random: Random, world: World, last_changes: dict[str, datetime]) -> list[Merge]:
    """Two leads of one human: the one that got nowhere is given up."""
    by_human: dict[str, list[Lead]] = {}
    for lead in world.leads:
        if not lead.exclusion:
            by_human.setdefault(identity(lead), []).append(lead)
    pairs = [leads for leads in by_human.values() if len(leads) == 2]
    disguised = [pair for pair in pairs if not (pair[0].person and pair[1].person)]
    others = [pair for pair in pairs if pair not in disguised]
    chosen = disguised + random.sample(others, min(LEAD_MERGES - len(disguised), len(others)))
    found: list[Merge] = []
    for pair in chosen:
        losing, surviving = sorted(pair, key=lambda lead: (len(lead.moments), lead.created_at))
        if losing.opportunity_id:
            continue
        last = max(last_changes.get(lead.lead_id, lead.created_at) for lead in pair)
        last = max(last, *(lead.created_at for lead in pair))
        at = later(random, last, 3, 60, 14)
        if local_day(at) <= LAST_DAY:
            found.append((at, "leads", losing.lead_id, surviving.lead_id))
    return found


def _people(random: Random, world: World, rows: Rows, merges: list[Merge]) -> dict[str, Person]:
    """Contacts entered a second time; the first two are a chain."""
    settled = [
        person
        for person in world.people
        if person.leads[0].owner and "accepted_at" in person.leads[0].moments
    ]
    lost: dict[str, Person] = {}
    chosen = random.sample(settled, min(PEOPLE_MERGES, len(settled)))
    for number, person in enumerate(sorted(chosen, key=lambda who: who.person_id), start=1):
        losing, lead = f"C-9{number:03d}", person.leads[0]
        acted_at = later(random, lead.moments["accepted_at"], 1, 12, 4)
        at = later(random, acted_at, 5, 90, 30)
        if local_day(at) > LAST_DAY:
            continue
        lost[losing] = person
        rows.add(
            "follow_ups",
            activity_id=f"FP-{number:04d}",
            occurred_at=utc(acted_at),
            activity_type="call",
            employee_id=lead.owner,
            person_id=losing,
            direction="one_way",
            purpose="nurture",
            is_automated=False,
        )
        before = at - timedelta(days=2)
        if number % 5 == 1 and before > acted_at:
            lost[f"{losing}B"] = person
            merges.append((before, "people", f"{losing}B", losing))
        merges.append((at, "people", losing, person.person_id))
    return lost


def _accounts(random: Random, world: World, rows: Rows, merges: list[Merge]) -> None:
    """Accounts that a seller made again under another name."""
    buyers = [account for account in world.accounts[:-1] if account.customer_since]
    chosen = random.sample(buyers, min(ACCOUNT_MERGES, len(buyers)))
    for number, account in enumerate(sorted(chosen, key=lambda who: who.account_id), start=1):
        since = account.customer_since
        if since is None or since + timedelta(days=40) > LAST_DAY:
            continue
        day = since + timedelta(days=random.randint(1, 20))
        acted_at = moment_on(random, day)
        sellers = employees_on(day, "sales", cat.COUNTRIES[account.country][0])
        rows.add(
            "follow_ups",
            activity_id=f"FA-{number:04d}",
            occurred_at=utc(acted_at),
            activity_type="meeting",
            employee_id=random.choice(sellers),
            account_id=f"A-8{number:02d}",
            direction="two_way",
            purpose="upsell",
            is_automated=False,
        )
        at = later(random, acted_at, 3, 19, 9)
        merges.append((at, "accounts", f"A-8{number:02d}", account.account_id))
