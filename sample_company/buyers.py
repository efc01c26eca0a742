"""Which leads and deals are one buyer's, and on which day that buyer reached a stage.

Belongs here: who is the same human being and what moves that one through the funnel. Does not:
sums (truth), or how a buyer came to be (story).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sample_company.world import Deal, Lead, Person, World, local_day

# Statuses that say a lead got as far as mql even when no date does.
QUALIFIED_STATUSES = {"MQL", "Assigned to sales", "Accepted", "Qualified", "Converted"}
STEPS_FROM_MQL = ("mql_at", "handed_off_at", "accepted_at", "qualified_at")


@dataclass
class Buyer:
    """One human being: the reportable leads in the order of their creation, and the deals."""

    leads: list[Lead] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)

    @property
    def first_lead(self) -> Lead:
        """The lead that gives channel, segment and region."""
        return self.leads[0]

    @property
    def known_day(self) -> date:
        """Day on which the buyer became known."""
        return local_day(self.first_lead.created_at)

    @property
    def mql_day(self) -> date | None:
        """Day on which the buyer was first seen in mql or a later stage; None for never.

        A status without any date says that somebody became an MQL, but not when: it counts on the
        day its lead was created, and only where no date of the buyer says better.
        """
        days = [*self._days_from_mql()]
        if not days:
            days = [local_day(x.created_at) for x in self.leads if x.status in QUALIFIED_STATUSES]
        return min(days, default=None)

    def _days_from_mql(self) -> Iterator[date]:
        for lead in self.leads:
            yield from (
                local_day(at) for step, at in lead.moments.items() if step in STEPS_FROM_MQL
            )
        for deal in self.deals:
            yield local_day(deal.created_at)
            if deal.is_won:
                yield deal.close_date


def buyers(world: World) -> list[Buyer]:
    """Return everybody with a reportable lead."""
    found: dict[str, Buyer] = {}
    for lead in sorted(world.leads, key=lambda lead: lead.created_at):
        is_competitor = lead.account is not None and lead.account.is_competitor
        if not lead.exclusion and not is_competitor:
            found.setdefault(identity(lead), Buyer()).leads.append(lead)
    for deal in world.deals:
        who = identity_of_deal(deal)
        if who and not deal.is_deleted:
            found[who].deals.append(deal)
    return list(found.values())


def identity(lead: Lead) -> str:
    """Return what tells people apart: the address, else the contact, else the lead itself."""
    address = lead.email.strip().lower()
    return address or (identity_of_person(lead.person) if lead.person else lead.lead_id)


def identity_of_person(person: Person) -> str:
    """Return what tells a contact apart: the address of the first lead, else its own id."""
    return person.leads[0].email.strip().lower() or person.person_id


def identity_of_deal(deal: Deal) -> str | None:
    """Return whose way through the funnel the deal belongs to.

    Selling more to a customer's contact, without a new raised hand, is nobody's acquisition.
    """
    if deal.lead is not None and not deal.lead.exclusion:
        return identity(deal.lead)
    if deal.person is not None and (deal.lead is not None or deal.kind == "new"):
        return identity_of_person(deal.person)
    return None
