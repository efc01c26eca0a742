"""Whatever happens to an account, lists and searches both tell the truth of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.simulator import HubSpotSimulator
from tests.sample_company.simulators.hubspot_client import HubSpotClient, where

KINDS = ("contacts", "companies", "deals")
NAMED = {"contacts": "lastname", "companies": "name", "deals": "dealname"}
STAMPS = {"contacts": "lastmodifieddate"}
STAGES = ("appointmentscheduled", "contractsent", "closedwon", "closedlost")
TEXTS = ("plain", 'quo"ted', "two\nlines", "käse, ß", "back\\slash", "%s", "\t", None)
PAIRS = (("contacts", "companies"), ("deals", "companies"), ("deals", "contacts"))


class Life:
    """Random acts of a company."""

    def __init__(self, portal: Portal, seed: int) -> None:
        self.portal, self.random = portal, Random(seed)

    def act(self) -> None:
        self.portal.clock.advance(timedelta(seconds=self.random.choice((0, 1, 60, 90_000))))
        acts = (self.make, self.make, self.make, self.change, self.change, self.throw_away,
                self.bring_back, self.merge, self.tie, self.tie, self.untie)  # fmt: skip
        self.random.choice(acts)()

    def pick(self, kind: str, *, is_archived: bool = False) -> str | None:
        rows = self.portal.truth_of(kind)
        found = [row["id"] for row in rows if row["archived"] is is_archived]
        return self.random.choice(found) if found else None

    def make(self) -> None:
        kind = self.random.choice(KINDS)
        late = self.portal.clock.now() - timedelta(minutes=self.random.choice((0, 0, 20)))
        values: dict[str, Any] = {NAMED[kind]: self.random.choice(TEXTS)}
        if kind == "deals":
            values |= {"dealstage": self.random.choice(STAGES), "pipeline": "default"}
        self.portal.create(kind, values, at=late)

    def change(self) -> None:
        kind = self.random.choice(KINDS)
        if record := self.pick(kind):
            self.portal.update(kind, record, **{NAMED[kind]: self.random.choice(TEXTS)})
        if deal := self.pick("deals"):
            self.portal.update("deals", deal, dealstage=self.random.choice(STAGES), amount="1.50")

    def throw_away(self) -> None:
        kind = self.random.choice(KINDS)
        if record := self.pick(kind):
            self.random.choice((self.portal.archive, self.portal.gdpr_delete))(kind, record)

    def bring_back(self) -> None:
        kind = self.random.choice(KINDS)
        if record := self.pick(kind, is_archived=True):
            self.portal.restore(kind, record)

    def merge(self) -> None:
        kind = self.random.choice(KINDS)
        kept, lost = self.pick(kind), self.pick(kind)
        if kept and lost and kept != lost:
            self.portal.merge(kind, kept, lost, as_new=self.random.random() < 0.3)

    def tie(self) -> None:
        start, end = self.random.choice(PAIRS)
        first, second = self.pick(start), self.pick(end)
        if first and second:
            label = "Primary" if end == "companies" and self.random.random() < 0.5 else ""
            self.portal.associate((start, first), (end, second), label)

    def untie(self) -> None:
        start, end = self.random.choice(PAIRS)
        for first, second, *_ in sorted(self.portal.links(start, end))[:1]:
            self.portal.dissociate((start, first), (end, second))


def typed(record: dict[str, Any]) -> dict[str, Any]:
    """A record of a list as the truth has it."""
    moments = ("createdAt", "updatedAt", "archivedAt")
    shown = {name: record.get(name) for name in ("id", "archived", "properties")}
    return shown | {
        name: datetime.fromisoformat(record[name]) if record.get(name) else None for name in moments
    }


@pytest.mark.parametrize("seed", range(4))
def test_lists_and_searches_tell_the_truth(
    hubspot: HubSpotSimulator, hs: HubSpotClient, portal: Portal, seed: int
) -> None:
    life = Life(portal, seed)
    for _ in range(150):
        life.act()
    hubspot.associations.page_size = 3
    portal.clock.advance(portal.index_lag)
    for kind in KINDS:
        names = ",".join(portal.kinds[kind].properties)
        truth = {row["id"]: row for row in portal.truth_of(kind)}
        read = [
            *hs.objects(kind, limit=7, properties=names),
            *hs.objects(kind, limit=7, properties=names, archived="true"),
        ]
        assert {record["id"]: typed(record) for record in read} == truth
        assert len(read) == len(truth)
        stamp = STAMPS.get(kind, "hs_lastmodifieddate")
        found = hs.found(kind, where(stamp, "GTE", "0"), limit=200, sorts=["hs_object_id"])
        assert found == [row["id"] for row in truth.values() if not row["archived"]]
    for start, end in PAIRS:
        links = set()
        given: list[dict[str, str]] = [{"id": each} for each in hs.ids(start)]
        while given:
            path = f"/crm/v4/associations/{start}/{end}/batch/read"
            page = hs.ask("POST", path, {"inputs": given}).json["results"]
            links |= {
                (result["from"]["id"], str(to["toObjectId"]), t["category"], t["typeId"],
                 t["label"] or "")
                for result in page for to in result["to"] for t in to["associationTypes"]
            }  # fmt: skip
            given = [
                {"id": result["from"]["id"], "after": result["paging"]["next"]["after"]}
                for result in page
                if "paging" in result
            ]
        assert links == portal.links(start, end)
