"""Who decides at the buyer: two to five people of an account, each with a part in the deal.

Belongs here: contact roles and what is true of them. Does not: the deal (deals) or how people
became known (story).
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from sample_company import catalogue as cat
from sample_company.buyers import identity_of_person
from sample_company.rows import Rows
from sample_company.world import LAST_DAY, Deal, Person, World, local_day

GROUP_SIZES, SIZE_SHARES = (2, 3, 4, 5), (30, 35, 23, 12)
# Some owners enter nobody.
WITHOUT_ROLES = 0.12
CHANGES_SIDES = 0.08
ROLES_OF = {
    "economic_buyer": ("economic_buyer", "economic_buyer", "decision_maker"),
    "champion": ("champion",),
    "user": ("user",),
    "technical_buyer": ("influencer", "influencer", "blocker"),
}


def gather(random: Random, world: World, rows: Rows) -> None:
    """Let each deal have its buying group, of people who were known while it was open."""
    people_of: dict[str, list[tuple[date, Person]]] = {}
    for person in world.people:
        known = (local_day(person.leads[0].created_at), person)
        people_of.setdefault(person.account.account_id, []).append(known)
    count = 0

    def play(deal: Deal, person: Person, role: str, day: date) -> None:
        nonlocal count
        count += 1
        rows.add(
            "contact_roles",
            contact_role_id=f"CR-{count:05d}",
            opportunity_id=deal.opportunity_id,
            person_id=person.person_id,
            role=role,
            is_primary=person is deal.person,
            valid_from=day,
        )

    for deal in world.deals:
        if random.random() < WITHOUT_ROLES:
            continue
        first = local_day(deal.created_at)
        last = max(first, deal.close_date if deal.is_won or deal.is_lost else LAST_DAY)
        known_people = people_of.get(deal.account.account_id, [])
        others = [
            known for known in known_people if known[0] <= last and known[1] is not deal.person
        ]
        size = random.choices(GROUP_SIZES, SIZE_SHARES)[0] - (deal.person is not None)
        group = [(first, deal.person)] if deal.person else []
        for known_day, person in random.sample(others, min(size, len(others))):
            earliest = max(first, known_day)
            day = earliest + timedelta(days=random.randint(0, max(0, (last - earliest).days // 2)))
            group.append((day, person))
        for day, person in group:
            role = random.choice(ROLES_OF[cat.PERSONAS[person.leads[0].job_title]])
            play(deal, person, role, day)
            if random.random() < CHANGES_SIDES and (last - day).days > 4:
                role = "blocker" if role in ("user", "champion") else "champion"
                play(deal, person, role, day + timedelta(days=(last - day).days // 2))
            rows.plant(
                "contact_role", opportunity_id=deal.opportunity_id, person_id=person.person_id,
                human=identity_of_person(person), role=role, is_primary=person is deal.person,
            )  # fmt: skip
