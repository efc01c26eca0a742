"""Whatever happens to an organisation, REST and Bulk both tell the truth of it."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from http.client import IncompleteRead
from random import Random
from typing import Any

import pytest

from sample_company.simulators import faults
from sample_company.simulators.salesforce.fields import NUMBERS, ObjectType
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.simulator import SalesforceSimulator
from tests.sample_company.simulators.plain_client import PlainClient

OBJECTS = (
    "Account", "Contact", "Lead", "LeadHistory", "Campaign", "CampaignMember", "Opportunity",
    "OpportunityHistory", "OpportunityFieldHistory", "OpportunityContactRole",
    "OpportunityLineItem", "Task",
)  # fmt: skip
STAGES = ("Qualification", "Proposal", "Closed Won", "Closed Lost")
TEXTS = ("plain", 'quo"ted', "two\nlines", "käse, ß", "back\\slash", "%s %d", "'", "\t", None)


class Life:
    """Random acts of a company."""

    def __init__(self, organisation: Organisation, seed: int) -> None:
        self.org, self.random = organisation, Random(seed)

    def act(self) -> None:
        self.org.clock.advance(timedelta(seconds=self.random.choice((0, 1, 60, 90_000))))
        acts = (self.make, self.make, self.make, self.change, self.change, self.throw_away,
                self.bring_back, self.merge, self.convert)  # fmt: skip
        self.random.choice(acts)()

    def pick(self, name: str, *, is_deleted: bool = False) -> str | None:
        found = [r["Id"] for r in self.org.truth_of(name) if r.get("IsDeleted") == is_deleted]
        return self.random.choice(found) if found else None

    def text(self) -> str | None:
        return self.random.choice(TEXTS)

    def make(self) -> None:
        name = self.random.choice(OBJECTS[:3] + OBJECTS[4:7] + OBJECTS[9:])
        now = self.org.clock.now()
        late = now - timedelta(minutes=self.random.choice((0, 0, 0, 20)))
        values: dict[str, dict[str, Any]] = {
            "Account": {"Name": self.text() or "x", "BillingCity": self.text()},
            "Contact": {"LastName": "x", "AccountId": self.pick("Account"), "Email": "a@b.example"},
            "Lead": {"LastName": "x", "Company": "y", "Status": "New", "Title": self.text()},
            "Campaign": {"Name": "Fair", "BudgetedCost": Decimal(self.random.randint(0, 10**9))},
            "CampaignMember": {"CampaignId": self.pick("Campaign"), "LeadId": self.pick("Lead")},
            "Opportunity": {
                "Name": "x",
                "AccountId": self.pick("Account"),
                "StageName": self.random.choice(STAGES),
                "Amount": Decimal(self.random.randint(-(10**4), 10**11)) / 100,
                "CloseDate": date(2026, 11, self.random.randint(1, 30)),
                "Description": self.text(),
            },
            "OpportunityContactRole": {
                "OpportunityId": self.pick("Opportunity"), "ContactId": self.pick("Contact"),
            },
            "OpportunityLineItem": {
                "OpportunityId": self.pick("Opportunity"), "Quantity": Decimal("1.5"),
            },
            "Task": {"Status": "Open", "WhatId": self.pick("Opportunity"), "Subject": self.text()},
        }  # fmt: skip
        self.org.create(name, values[name], at=late)

    def change(self) -> None:
        if deal := self.pick("Opportunity"):
            amount = Decimal(self.random.randint(0, 10**6)) / 100
            stage = self.random.choice(STAGES)
            self.org.update("Opportunity", deal, Amount=amount, StageName=stage)
        if lead := self.pick("Lead"):
            self.org.update("Lead", lead, Status=self.random.choice(("New", "MQL")))

    def throw_away(self) -> None:
        name = self.random.choice(("Account", "Contact", "Lead", "Opportunity", "Task"))
        if record := self.pick(name):
            self.random.choice((self.org.delete, self.org.hard_delete))(name, record)

    def bring_back(self) -> None:
        name = self.random.choice(("Account", "Opportunity"))
        if record := self.pick(name, is_deleted=True):
            self.org.undelete(name, record)

    def merge(self) -> None:
        name = self.random.choice(("Account", "Contact", "Lead"))
        master, loser = self.pick(name), self.pick(name)
        if master and loser and master != loser:
            self.org.merge(name, master, [loser])

    def convert(self) -> None:
        open_leads = [
            row["Id"]
            for row in self.org.truth_of("Lead")
            if not row["IsConverted"] and not row["IsDeleted"]
        ]
        if open_leads:
            self.org.convert_lead(
                self.random.choice(open_leads), account=self.pick("Account") or ""
            )


def typed(kind: ObjectType, record: dict[str, Any]) -> dict[str, Any]:
    """What was read, by REST or as text of CSV, as the truth has it."""

    def value(name: str, shown: Any) -> Any:
        of_type = kind.fields[name].type
        if shown is None or shown == "":
            return None
        if of_type == "boolean":
            return shown in (True, "true")
        if of_type in NUMBERS:
            return Decimal(str(shown))
        if of_type == "int":
            return int(shown)
        if of_type == "date":
            return date.fromisoformat(shown)
        return datetime.fromisoformat(shown) if of_type == "datetime" else shown

    return {name: value(name, shown) for name, shown in record.items() if name != "attributes"}


def read_in_bulk(client: PlainClient, soql: str) -> list[dict[str, Any]]:
    job = client.ask("POST", "/jobs/query", {"operation": "queryAll", "query": soql}).json["id"]
    while client.get(f"/jobs/query/{job}").json["state"] != "JobComplete":
        pass
    text = client.get(f"/jobs/query/{job}/results").body.decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("seed", range(4))
def test_rest_and_bulk_tell_the_truth(
    organisation: Organisation, client: PlainClient, seed: int
) -> None:
    life = Life(organisation, seed)
    for _ in range(120):
        life.act()
    seen = 0
    for name in OBJECTS:
        kind = organisation.kind(name)
        # OldValue and NewValue are of any type, and CSV says nothing of types.
        names = [f.name for f in kind.fields.values() if f.type not in ("address", "anyType")]
        soql = f"SELECT {', '.join(names)} FROM {name}"
        truth = [{each: row[each] for each in names} for row in organisation.truth_of(name)]
        rest = client.query(soql, "queryAll").json["records"]
        assert [typed(kind, record) for record in rest] == truth
        assert [typed(kind, record) for record in read_in_bulk(client, soql)] == truth
        seen += len(truth)
    assert seen > 60


@pytest.mark.parametrize("fault", [faults.CUT, faults.TRUNCATED])
def test_results_in_bulk_can_be_cut_and_truncated(
    simulator: SalesforceSimulator, client: PlainClient, deals: list[str], fault: faults.Fault
) -> None:
    simulator.faults.plan(fault, "/results")
    soql = "SELECT Id, Name FROM Opportunity"
    if fault is faults.CUT:
        with pytest.raises((IncompleteRead, ConnectionResetError)):
            read_in_bulk(client, soql)
    else:
        rows = read_in_bulk(client, soql)
        assert len(rows) < len(deals)


def test_archived_activities_are_shown_by_query_all_only(
    organisation: Organisation, client: PlainClient
) -> None:
    task = organisation.create("Task", Status="Completed")
    organisation.update("Task", task, IsArchived=True)
    assert client.column("SELECT Id FROM Task") == []
    assert client.column("SELECT Id FROM Task", "queryAll") == [task]
