"""Velmora Software's marketing as a HubSpot account: contacts, and how far each came.

Belongs here: owners, companies and contacts of the story as records. Does not: campaigns, forms and
e-mails (sample_marketing). Velmora sells in Salesforce: there are no deals here.

The rules:

- A contact is an address, in small letters and without blanks around it; whoever left none is a
  contact of its own. The first raised hand gives the name, the last one the rest.
- The lifecycle stage goes forward only: lead, marketing and sales qualified lead, opportunity and
  customer, each on the moment of the story; a status without a date moves nothing.
- What happens after the clock's start is not there yet.
- Employees are the owners. They can be there alone, until somebody asks for more: a client that
  comes again the same day does not.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, time

from sample_company import catalogue as cat
from sample_company.decisions import COMPANY
from sample_company.simulators.clock import Clock
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.record import Source
from sample_company.simulators.hubspot.sample_marketing import load_marketing
from sample_company.simulators.hubspot.values import Value
from sample_company.tiles import tell_letters
from sample_company.world import LAST_DAY, Lead, World

OPENED = datetime(2019, 1, 1, 8, 0, tzinfo=UTC)
STAGES = (
    "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer",
)  # fmt: skip
PROPERTIES = {
    "companies": ("external_id string", "segment enumeration", "tier enumeration",
                  "is_target_account bool"),
    "contacts": ("external_id string", "lead_ids string", "person_id string",
                 "persona enumeration", "segment enumeration", "utm_source string",
                 "utm_medium string", "utm_campaign string", "referrer string",
                 "click_id_type string", "lead_source string"),
}  # fmt: skip
FORM, WORKFLOW = Source("FORM", "contact"), Source("AUTOMATION_PLATFORM", "flow-1")


def sample_portal(clock: Clock | None = None, *, is_lazy: bool = False) -> Portal:
    """Make the account, as it stands on the first day after the story.

    Args:
        clock: Of the account.
        is_lazy: Whether all but the owners waits until it is asked for.
    """
    portal = Portal(clock)
    for kind, lines in PROPERTIES.items():
        for line in lines:
            portal.add_property(kind, line)
    owners = _load_owners(portal)

    def load_rest() -> None:
        world, rows = tell_letters()
        loader = _Loader(portal, world, owners)
        loader.load_companies()
        loader.load_contacts(load_marketing(portal, world, rows))

    portal.load_later(load_rest)
    if not is_lazy:
        portal.complete()
    return portal


def _load_owners(portal: Portal) -> dict[str, str]:
    """Load who works at Velmora; returns employee's id to owner's id."""
    with (COMPANY / "people.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = {row["employee_id"]: row["valid_from"] for row in reversed(rows)}
    owners: dict[str, str] = {}
    for row in {row["employee_id"]: row for row in rows}.values():
        given, _, family = row["full_name"].rpartition(" ")
        left = row["valid_to"]
        owners[row["employee_id"]] = portal.add_owner(
            row["email"],
            given,
            family,
            at=datetime.combine(date.fromisoformat(first[row["employee_id"]]), time(8, 0), UTC),
            teams=(row["team"],),
            is_archived=bool(left) and date.fromisoformat(left) <= LAST_DAY,
        )
    return owners


def address(lead: Lead) -> str:
    """The address as HubSpot keeps it."""
    return lead.email.strip().lower()


class _Loader:
    def __init__(self, portal: Portal, world: World, owners: dict[str, str]) -> None:
        self._portal, self._world, self._owners = portal, world, owners
        self._companies: dict[str, str] = {}

    def load_companies(self) -> None:
        for account in self._world.accounts:
            self._companies[account.account_id] = self._portal.load(
                "companies",
                account.created_at,
                name=account.name,
                domain=account.domain,
                website=f"https://www.{account.domain}",
                industry=account.industry,
                country=account.country,
                numberofemployees=account.employee_count,
                hubspot_owner_id=self._owners[account.owner],
                external_id=account.account_id,
                segment=account.segment,
                tier=account.tier,
                is_target_account=account.tier == "A",
            )
        for account in self._world.accounts:
            if account.parent:
                self._portal.associate(
                    ("companies", self._companies[account.account_id]),
                    ("companies", self._companies[account.parent]),
                    "Parent Company",
                    account.created_at,
                )

    def load_contacts(self, gone: dict[str, datetime]) -> None:
        """Load everybody; `gone` is who unsubscribed and when."""
        people: dict[str, list[Lead]] = defaultdict(list)
        for lead in self._world.leads:
            people[address(lead) or lead.lead_id].append(lead)
        for leads in people.values():
            self._load_contact(leads, gone.get(address(leads[0])))

    def _load_contact(self, leads: list[Lead], gone_at: datetime | None) -> None:
        portal, first = self._portal, leads[0]
        given, _, family = first.name.rpartition(" ")
        contact = portal.load(
            "contacts",
            first.created_at,
            source=FORM,
            email=address(first),
            firstname=given,
            lastname=family,
            lifecyclestage=STAGES[0],
            external_id=first.lead_id,
            **self._told(first, first.lead_id),
        )
        changes: list[tuple[datetime, dict[str, Value]]] = [
            (lead.created_at, self._told(lead, ";".join(x.lead_id for x in leads[: number + 1])))
            for number, lead in enumerate(leads)
            if number
        ]
        changes += [(at, {"lifecyclestage": stage}) for at, stage in self._stages(leads)]
        changes += [
            (lead.moments["handed_off_at"], {"hubspot_owner_id": self._owners[lead.owner]})
            for lead in leads
            if "handed_off_at" in lead.moments and lead.owner
        ]
        if gone_at is not None:
            changes.append((gone_at, {"hs_email_optout": True}))
        for at, values in sorted(changes, key=lambda change: change[0]):
            if at <= portal.clock.now():
                portal.load_change("contacts", contact, at, source=WORKFLOW, **values)
        account = next((lead.account for lead in leads if lead.account), None)
        if account is not None:
            company = self._companies[account.account_id]
            for label in ("", "Primary"):
                portal.associate(
                    ("contacts", contact), ("companies", company), label, first.created_at
                )

    def _told(self, lead: Lead, lead_ids: str) -> dict[str, Value]:
        source, medium, campaign, referrer, click_id, lead_source = lead.look
        told: dict[str, Value] = {
            "jobtitle": lead.job_title,
            "company": lead.company,
            "persona": cat.PERSONAS[lead.job_title],
            "country": lead.country,
            "segment": lead.segment,
            "utm_source": source,
            "utm_medium": medium,
            "utm_campaign": campaign,
            "referrer": referrer,
            "click_id_type": click_id,
            "lead_source": lead_source,
            "hubspotscore": lead.score,
            "lead_ids": lead_ids,
            "person_id": lead.person.person_id if lead.person else "",
        }
        # A form that is left blank takes nothing away.
        return {name: value for name, value in told.items() if value != ""}

    def _stages(self, leads: list[Lead]) -> list[tuple[datetime, str]]:
        reached: list[tuple[datetime, str]] = []
        ids = {lead.opportunity_id for lead in leads if lead.opportunity_id}
        for lead in leads:
            for name, stage in (("mql_at", STAGES[1]), ("qualified_at", STAGES[2])):
                if name in lead.moments:
                    reached.append((lead.moments[name], stage))
        for deal in self._world.deals:
            if deal.opportunity_id in ids and not deal.is_deleted:
                reached.append((deal.created_at, STAGES[3]))
                if deal.is_won:
                    reached.append((deal.changes[-1].at, STAGES[4]))
        forward: list[tuple[datetime, str]] = []
        highest = 0
        for at, stage in sorted(reached):
            if STAGES.index(stage) > highest:
                highest = STAGES.index(stage)
                forward.append((at, stage))
        return forward
