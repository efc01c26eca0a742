"""Random acts of a company in its Salesforce, the same ones for a seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.sample_setup import OPENED, STAGES, load_stages

MADE = (
    "Account", "Contact", "Lead", "Campaign", "CampaignMember", "Opportunity",
    "OpportunityContactRole", "OpportunityLineItem", "Product2", "Task", "Event", "Case",
)  # fmt: skip
TEXTS = (
    "plain",
    'quo"ted',
    "two\nlines",
    "käse, ß",
    "back\\slash",
    "%s %d",
    "'",
    "\t",
    "1.0",
    None,
)
SECONDS = (0, 1, 60, 3_000, 90_000, 1_000_000)
# A transaction that was under way so long becomes visible only now.
LATE_MINUTES = (0, 0, 0, 0, 12, 200, 15_000)
# What the objects' files ask for beside the standard fields.
OPTIONS = {
    "custom_fields": {"Opportunity": ["Health__c", "Note__c"], "Account": ["Tier__c"]},
    "request_budget": 1_000_000,
}


def young_organisation() -> Organisation:
    """An organisation with stages, own fields and a formula, without features that come later."""
    organisation = Organisation()
    load_stages(organisation, STAGES, OPENED)
    add_own_fields(organisation)
    organisation.drop_field("Opportunity", "ContactId")
    organisation.drop_field("OpportunityLineItem", "ListPrice")
    return organisation


def add_own_fields(organisation: Organisation) -> None:
    """Add the fields that `OPTIONS` names."""
    organisation.add_field("Opportunity", "Health__c string(40) calculated")
    organisation.add_field("Opportunity", "Note__c string(255)")
    if "Tier__c" not in organisation.kind("Account").fields:
        organisation.add_field("Account", "Tier__c picklist(A|B|C)")


class Life:
    """What happens to an organisation."""

    def __init__(self, organisation: Organisation, seed: int) -> None:
        self.organisation, self.random = organisation, Random(seed)
        self.merges: dict[str, str] = {}
        self.fields = 0

    def live(self, *, days: bool = True) -> None:
        """Let one thing happen; with `days` much time may go by before it."""
        seconds = self.random.choice(SECONDS if days else SECONDS[:2])
        self.organisation.clock.advance(timedelta(seconds=seconds))
        acts: list[tuple[int, Callable[[], None]]] = [
            (12, self.make), (9, self.change), (3, self.delete), (2, self.undelete),
            (2, self.hard_delete), (2, self.merge), (2, self.convert), (3, self.set_formula),
            (1, self.change_schema),
        ]  # fmt: skip
        self.random.choices([act for _, act in acts], [weight for weight, _ in acts])[0]()

    def pick(self, name: str, *, is_deleted: bool = False) -> str | None:
        wanted = "true" if is_deleted else "false"
        found = self.organisation.store.run(
            f'select Id from "{name}" where IsDeleted = ? order by Id', (wanted,)
        )
        return str(self.random.choice(found)[0]) if found else None

    def late(self, *, not_before: datetime | None = None) -> datetime:
        now = self.organisation.clock.now()
        moment = now - timedelta(minutes=self.random.choice(LATE_MINUTES))
        return max(moment, not_before) if not_before else moment

    def money(self) -> Decimal:
        return Decimal(self.random.randint(-(10**4), 10**11)) / 100

    def values(self, name: str) -> dict[str, Any]:
        text, day = self.random.choice(TEXTS), date(2026, 11, self.random.randint(1, 30))
        account, deal, contact = (
            self.pick("Account"),
            self.pick("Opportunity"),
            self.pick("Contact"),
        )
        currency = {"CurrencyIsoCode": self.random.choice(("EUR", "USD", "GBP"))}
        found: dict[str, dict[str, Any]] = {
            "Account": {"Name": text or "x", "Website": text, "NumberOfEmployees": 7,
                        "AnnualRevenue": Decimal(self.random.randint(0, 10**12)),
                        "Tier__c": self.random.choice("ABC")},
            "Contact": {"LastName": text or "x", "AccountId": account, "Email": "a@b.example"},
            "Lead": {"LastName": "x", "Company": text or "y", "Title": text,
                     "Status": self.random.choice(("New", "MQL", "Assigned to sales"))},
            "Campaign": {"Name": text or "Fair", "BudgetedCost": self.money(), **currency},
            "CampaignMember": {"CampaignId": self.pick("Campaign"), "LeadId": self.pick("Lead"),
                               "HasResponded": self.random.random() < 0.6, "Status": "Responded"},
            "Opportunity": {"Name": text or "x", "AccountId": account, "Amount": self.money(),
                            "StageName": self.random.choice(STAGES)[0], "CloseDate": day,
                            "Note__c": text, **currency},
            "OpportunityContactRole": {"OpportunityId": deal, "ContactId": contact,
                                       "IsPrimary": self.random.random() < 0.5},
            "OpportunityLineItem": {"OpportunityId": deal, "Quantity": Decimal("1.5"),
                                    "TotalPrice": self.money(), **currency},
            "Product2": {"Name": text or "x", "IsActive": self.random.random() < 0.5},
            "Task": {"Status": "Completed", "WhatId": deal, "WhoId": self.pick("Lead"),
                     "IsClosed": self.random.random() < 0.7, "TaskSubtype": "Call",
                     "IsArchived": self.random.random() < 0.2, "ActivityDate": day},
            "Event": {"WhatId": account, "WhoId": contact,
                      "StartDateTime": self.organisation.clock.now()},
            "Case": {"Status": "New", "AccountId": account, "Type": text},
        }  # fmt: skip
        kind = self.organisation.kind(name)
        values = found[name]
        if "ContactId" in kind.fields and name == "Opportunity":
            values["ContactId"] = contact
        if "ListPrice" in kind.fields:
            values["ListPrice"] = self.money()
        return values

    def make(self) -> None:
        name = self.random.choice(MADE)
        values = self.values(name)
        if name == "OpportunityLineItem" and not values["OpportunityId"]:
            return
        self.organisation.create(name, values, at=self.late())

    def change(self) -> None:
        name = self.random.choice(MADE)
        if record := self.pick(name):
            values = self.values(name)
            some = self.random.sample(sorted(values), self.random.randint(1, len(values)))
            stamp = str(self.organisation.read(name, record)["SystemModstamp"])
            at = self.late(not_before=datetime.fromisoformat(f"{stamp}+00:00"))
            self.organisation.update(name, record, at=at, **{each: values[each] for each in some})

    def delete(self) -> None:
        name = self.random.choice(MADE)
        if (record := self.pick(name)) and name != "CampaignMember":
            self.organisation.delete(name, record)
        elif record:
            self.organisation.hard_delete(name, record)

    def undelete(self) -> None:
        name = self.random.choice(("Account", "Contact", "Lead", "Opportunity", "Task"))
        self.organisation.purge()
        if record := self.pick(name, is_deleted=True):
            self.organisation.undelete(name, record)
            self.merges.pop(record, None)

    def hard_delete(self) -> None:
        name = self.random.choice(MADE)
        if record := self.pick(name):
            self.organisation.hard_delete(name, record)

    def merge(self) -> None:
        name = self.random.choice(("Account", "Contact", "Lead"))
        master, loser = self.pick(name), self.pick(name)
        if master and loser and master != loser:
            self.organisation.merge(name, master, [loser])
            self.merges[loser] = master

    def convert(self) -> None:
        found = self.organisation.store.run(
            "select Id from Lead where IsDeleted = 'false' and IsConverted = 'false' order by Id"
        )
        if found:
            deal = {"Name": "x", "StageName": "Discovery", "CloseDate": date(2026, 12, 1)}
            self.organisation.convert_lead(
                str(self.random.choice(found)[0]),
                account=self.pick("Account") or "",
                opportunity=deal if self.random.random() < 0.5 else None,
            )

    def set_formula(self) -> None:
        if deal := self.pick("Opportunity"):
            self.organisation.set_formula("Opportunity", deal, Health__c=str(self.random.random()))

    def change_schema(self) -> None:
        """A new column that nobody reads, or one that was read as soon as it is there."""
        kinds = self.organisation.objects
        lacking = [
            (name, line)
            for name, line in (
                ("Opportunity", "ContactId reference(Contact)"),
                ("OpportunityLineItem", "ListPrice currency(16,2)"),
            )
            if line.split()[0] not in kinds[name].fields
        ]
        if lacking and self.random.random() < 0.5:
            self.organisation.add_field(*self.random.choice(lacking))
            return
        self.fields += 1
        name = self.random.choice(MADE)
        self.organisation.add_field(name, f"New_{self.fields}__c string(20)")
