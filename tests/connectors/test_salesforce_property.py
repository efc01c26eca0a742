"""Whatever happens in the org and on the line: after a clean pull with a sweep, here is there."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration import durable
from orchestration.connectors import landing, limits
from orchestration.connectors.errors import ConnectorError
from orchestration.connectors.salesforce.objects import salesforce_objects
from orchestration.state import StateStore
from tests.connectors.conftest import Pulling
from tests.connectors.fake_salesforce import FakeOrg, Reply, error

KEPT = ("Account", "Opportunity", "OpportunityContactRole", "CampaignMember")
FAULTS = (
    error(500, "UNKNOWN_EXCEPTION"),
    error(503, "SERVER_UNAVAILABLE", Retry_After="0"),
    error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    error(400, "INVALID_QUERY_LOCATOR"),
    error(401, "INVALID_SESSION_ID"),
    Reply(200, b'{"totalSize": 4, "done": false, "rec'),
    Reply(200, b'{"totalSize": 4, "done": true, "records": []}', is_cut=True),
)


class Killed(BaseException):
    """The process ended here."""


class World:
    """An org to which things happen."""

    def __init__(self, org: FakeOrg, seed: int) -> None:
        self.org = org
        self.random = random.Random(seed)
        self.count = 0

    def some(self, name: str) -> str | None:
        ids = sorted(self.org.records[name])
        return self.random.choice(ids) if ids else None

    def moment(self) -> object:
        """Now, or a transaction that commits late: inside the overlap, or long after it."""
        back = self.random.choice([0, 0, 0, 15, 600])
        return self.org.now - timedelta(minutes=back, seconds=self.random.randrange(50))

    def add(self) -> None:
        self.count += 1
        name = self.random.choice(KEPT)
        values = {
            "Account": {"Name": f"A {self.count}"},
            "Opportunity": {
                "StageName": "Won",
                "CloseDate": "2026-01-01",
                "Amount": self.random.randrange(10**9) / 100,
            },
            "OpportunityContactRole": {"OpportunityId": "006", "ContactId": "003"},
            "CampaignMember": {"HasResponded": self.random.random() < 0.5, "CampaignId": "701"},
        }[name]
        self.org.add(name, f"{name[:3]}{self.count:012d}AAA", self.moment(), **values)

    def change(self) -> None:
        name = self.random.choice(KEPT)
        if record := self.some(name):
            values = {
                "Account": {"Name": f"changed {self.random.random()}"},
                "Opportunity": {"Amount": self.random.randrange(10**9) / 100},
                "OpportunityContactRole": {"IsPrimary": self.random.random() < 0.5},
                "CampaignMember": {"HasResponded": self.random.random() < 0.5},
            }[name]
            self.org.change(name, record, self.moment(), **values)

    def delete(self) -> None:
        name = self.random.choice(KEPT)
        if record := self.some(name):
            self.org.delete(name, record)

    def undelete(self) -> None:
        name = self.random.choice(KEPT)
        if record := self.some(name):
            self.org.change(name, record, IsDeleted=False)

    def purge(self) -> None:
        name = self.random.choice(KEPT)
        if record := self.some(name):
            self.org.purge(name, record)

    def merge(self) -> None:
        if (loser := self.some("Account")) and (winner := self.some("Account")) != loser:
            self.org.delete("Account", loser, MasterRecordId=winner)

    def wait(self) -> None:
        self.org.pass_time(minutes=self.random.choice([1, 4, 20, 200, 20_000]))

    def step(self) -> None:
        happening: Callable[[], None] = self.random.choices(
            [self.add, self.change, self.delete, self.undelete, self.purge, self.merge, self.wait],
            [10, 8, 2, 1, 2, 1, 3],
        )[0]
        happening()

    def fault(self, method: str, target: str) -> Reply | None:
        if self.random.random() < 0.3:  # things go on while pages are read
            self.step()
        return self.random.choice(FAULTS) if self.random.random() < 0.08 else None


def pull_or_die(pulling: Pulling, chance: random.Random, patch: pytest.MonkeyPatch) -> None:
    """Pull; the process may be killed at any moment that leaves something on disk."""
    left = [chance.randrange(60)]

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            done = real(*arguments)
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return done

        return step

    with patch.context() as patched:
        patched.setattr(landing, "publish", dying(durable.publish))
        real_save = StateStore.save_connector_object
        patched.setattr(StateStore, "save_connector_object", dying(real_save))
        patched.setattr(landing.Landing, "tidy", dying(landing.Landing.tidy))
        try:
            pulling.pull()
        except (ConnectorError, Killed):
            return


@pytest.mark.parametrize("seed", range(12))
def test_after_a_clean_pull_with_a_sweep_raw_is_the_truth(
    org: FakeOrg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(limits, "FIRST_WAIT_SECONDS", 0.0001)
    monkeypatch.setattr(limits, "MANY_DELIVERIES", 3)
    left_out = [name for name in salesforce_objects() if name not in KEPT]
    pulling = Pulling(org, tmp_path, {"leave_out": left_out, "bulk_threshold": 12})
    org.batch = 5
    world = World(org, seed)
    for _ in range(12):
        for _ in range(world.random.randrange(12)):
            world.step()
        org.faults = [world.fault]
        pull_or_die(pulling, world.random, monkeypatch)
        org.faults = []
    org.pass_time(days=8)
    assert pulling.pull().problems == []
    assert here(pulling) == there(org)


def here(pulling: Pulling) -> dict[str, list[tuple[object, ...]]]:
    return {
        "accounts": [
            row[:2]
            for row in pulling.rows("accounts", "account_id, account_name, is_deleted")
            if not row[2]
        ],
        "amounts": [
            row[:2]
            for row in pulling.rows("opportunities", "opportunity_id, amount, is_deleted")
            if not row[2]
        ],
        "roles": pulling.rows("opportunity_contact_roles", "contact_role_id, is_primary"),
        "responses": pulling.rows("campaign_members", "touch_id"),
    }


def there(org: FakeOrg) -> dict[str, list[tuple[object, ...]]]:
    def live(name: str) -> list[dict[str, object]]:
        found = [row for row in org.records[name].values() if not row["IsDeleted"]]
        return sorted(found, key=lambda row: str(row["Id"]))

    return {
        "accounts": [(row["Id"], row["Name"]) for row in live("Account")],
        "amounts": [
            (row["Id"], Decimal(str(row["Amount"])).quantize(Decimal("0.01")))
            for row in live("Opportunity")
        ],
        "roles": [(row["Id"], row["IsPrimary"]) for row in live("OpportunityContactRole")],
        "responses": [(row["Id"],) for row in live("CampaignMember") if row["HasResponded"]],
    }
