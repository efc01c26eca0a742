"""Whatever happens there and on the line: after a clean pull with a sweep, here is there."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.connectors import limits
from orchestration.connectors.hubspot import client, object_pull
from orchestration.connectors.hubspot.objects import hubspot_objects
from tests.connectors.accounts import HubSpotPulling, account, pulling_from
from tests.connectors.fake_hubspot import FakeAccount, Reply, error, limit
from tests.connectors.test_salesforce_property import pull_or_die

__all__ = ["account"]

KEPT = ("companies", "contacts", "deals", "line_items", "products")
FAULTS = (
    error(500, "INTERNAL_ERROR"),
    error(503, "DOWN", headers={"Retry_After": "0"}),
    limit("SECONDLY"),
    limit("DAILY"),
    Reply(200, b'{"results": [{"id": "1", "prop'),
    Reply(200, b'{"results": []}', is_cut=True),
)


class World:
    """An account to which things happen."""

    def __init__(self, account: FakeAccount, seed: int) -> None:
        self.account = account
        self.random = random.Random(seed)
        self.count = 0

    def some(self, name: str) -> str | None:
        ids = sorted(self.account.records[name])
        return self.random.choice(ids) if ids else None

    def money(self) -> str:
        return str(Decimal(self.random.randrange(10**9)) / 100)

    def moment(self) -> datetime:
        back = self.random.choice([0, 0, 0, 15])
        return self.account.now - timedelta(minutes=back, seconds=self.random.randrange(50))

    def values(self, name: str) -> dict[str, str]:
        return {
            "companies": {"name": f"C {self.random.random()}"},
            "contacts": {"email": f"{self.random.random()}@example.com"},
            "deals": {"amount": self.money(), "dealstage": self.random.choice(["open", "won"])},
            "line_items": {"amount": self.money(), "quantity": "1"},
            "products": {"name": f"P {self.random.random()}"},
        }[name]

    def add(self) -> None:
        self.count += 1
        name = self.random.choice(KEPT)
        self.account.add(name, self.count, self.moment(), **self.values(name))

    def change(self) -> None:
        name = self.random.choice(KEPT)
        if record := self.some(name):
            self.account.change(name, record, self.moment(), **self.values(name))

    def delete(self) -> None:
        name = self.random.choice(KEPT)
        if record := self.some(name):
            self.account.delete(name, record)

    def restore(self) -> None:
        name = self.random.choice(KEPT)
        if ids := sorted(self.account.archive[name]):
            self.account.restore(name, self.random.choice(ids))

    def purge(self) -> None:
        name = self.random.choice(KEPT)
        if record := self.some(name):
            self.account.purge(name, record)

    def merge(self) -> None:
        name = self.random.choice(["companies", "contacts", "deals"])
        if (loser := self.some(name)) and (winner := self.some(name)) and winner != loser:
            self.account.merge(name, loser, winner)

    def link(self) -> None:
        name, to, primary = self.random.choice(
            [("contacts", "companies", 1), ("deals", "companies", 5), ("deals", "contacts", 0)]
            + [("line_items", "deals", 0)]
        )
        if (record := self.some(name)) and (other := self.some(to)):
            kinds = [(900, None)] + ([(primary, "Primary")] if primary else [])
            self.account.link(name, record, to, other, *kinds[: self.random.choice([1, 2])])

    def unlink(self) -> None:
        held = [
            (name, record, to, other)
            for (name, to), records in self.account.links.items()
            for record, others in records.items()
            for other in others
        ]
        if held:
            self.account.unlink(*self.random.choice(sorted(held)))

    def wait(self) -> None:
        self.account.pass_time(minutes=self.random.choice([1, 4, 20, 200, 20_000]))

    def step(self) -> None:
        happening: Callable[[], None] = self.random.choices(
            [self.add, self.change, self.delete, self.restore, self.purge, self.merge]
            + [self.link, self.unlink, self.wait],
            [10, 8, 2, 1, 2, 2, 6, 2, 3],
        )[0]
        happening()

    def fault(self, method: str, target: str) -> Reply | None:
        if self.random.random() < 0.3:  # things go on while pages are read
            self.step()
        return self.random.choice(FAULTS) if self.random.random() < 0.04 else None


@pytest.mark.parametrize("seed", range(12))
def test_after_a_clean_pull_with_a_sweep_raw_is_the_truth(
    account: FakeAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(limits, "FIRST_WAIT_SECONDS", 0.0001)
    monkeypatch.setattr(limits, "MANY_DELIVERIES", 3)
    monkeypatch.setattr(client, "SEARCH_SECONDS", 0.0)
    monkeypatch.setattr(object_pull, "CHUNK", 4)
    left_out = [name for name in hubspot_objects() if name not in KEPT]
    hubspot = pulling_from(account, tmp_path, leave_out=left_out)
    account.page, account.link_page = 3, 2
    world = World(account, seed)
    for _ in range(10):
        for _ in range(world.random.randrange(14)):
            world.step()
        account.faults = [world.fault]
        pull_or_die(hubspot, world.random, monkeypatch)
        account.faults = []
    account.pass_time(days=8)
    assert hubspot.pull().problems == []
    assert here(hubspot) == there(account)


def here(hubspot: HubSpotPulling) -> dict[str, list[tuple[object, ...]]]:
    def live(name: str, columns: str) -> list[tuple[object, ...]]:
        rows = hubspot.rows(name, f"{columns}, _is_gone")
        return sorted((row[:-1] for row in rows if not row[-1]), key=str)

    deals = live("opportunities", "opportunity_id, amount, sales_stage, account_id")
    alive = {row[0] for row in deals}
    history = live("opportunity_history", "opportunity_id, changed_at, amount, sales_stage")
    return {
        "accounts": live("accounts", "account_id, account_name"),
        "people": live("people", "person_id, email, account_id"),
        "deals": deals,
        "lines": live("opportunity_lines", "opportunity_line_id, opportunity_id, amount"),
        "products": live("products", "product_id, product_name"),
        "roles": live("opportunity_contact_roles", "opportunity_id, person_id"),
        "history": [row for row in history if row[0] in alive],
    }


def there(account: FakeAccount) -> dict[str, list[tuple[object, ...]]]:
    def live(name: str, *columns: str) -> list[tuple[object, ...]]:
        rows = [
            (record["id"], *(value(record, column) for column in columns))
            for record in account.records[name].values()
        ]
        return sorted(rows, key=str)

    def value(record: dict[str, object], column: str) -> object:
        held = record["properties"].get(column)  # type: ignore[attr-defined]
        return Decimal(held).quantize(Decimal("0.01")) if held and column == "amount" else held

    def others(name: str, record: object, to: str) -> dict[str, list[tuple[int, str | None]]]:
        held = account.links.get((name, to), {}).get(str(record), {})
        return {other: kinds for other, kinds in held.items() if other in account.records[to]}

    def company(name: str, record: object, primary: int) -> str | None:
        held = others(name, record, "companies")
        first = [other for other, kinds in held.items() if primary in dict(kinds)]
        return min(first or held, key=int, default=None)

    labels = {"open": "Engaging", "won": "Won"}
    deals = live("deals", "amount", "dealstage")
    lines = []
    for record, amount in live("line_items", "amount"):
        deal = min(others("line_items", record, "deals"), key=int, default=None)
        lines += [(record, deal, amount)] if deal else []
    history: dict[tuple[object, datetime], dict[str, object]] = {}
    for record in account.records["deals"].values():
        for name in ("amount", "dealstage", "closedate", "hubspot_owner_id"):
            for version in record["history"].get(name, []):
                key = (record["id"], datetime.fromisoformat(version["timestamp"]))
                history.setdefault(key, {}).setdefault(name, version["value"])
    return {
        "accounts": live("companies", "name"),
        "people": [(*row, company("contacts", row[0], 1)) for row in live("contacts", "email")],
        "deals": [
            (record, amount, labels[str(stage)], company("deals", record, 5))
            for record, amount, stage in deals
        ],
        "lines": lines,
        "products": live("products", "name"),
        "roles": sorted(
            (
                (record, other)
                for record in account.records["deals"]
                for other in others("deals", record, "contacts")
            ),
            key=str,
        ),
        "history": sorted(
            (
                (
                    *key,
                    Decimal(str(row["amount"])).quantize(Decimal("0.01"))
                    if "amount" in row
                    else None,
                    labels[str(row["dealstage"])] if "dealstage" in row else None,
                )
                for key, row in history.items()
            ),
            key=str,
        ),
    }
