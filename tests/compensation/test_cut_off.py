"""Closing in a row on the last day gives what closing each month on its own day gave.

The one side is computed on what a made-up company knew on each cut-off, and no more; the other on
all it knows at last, with the stamps of its sources. Both ledgers have the same hashes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import duckdb
import pytest
import yaml

from orchestration.ledger.close import (
    close_candidate,
    close_in_a_row,
    due_periods,
    known_late,
)
from orchestration.ledger.cut_off import stretches
from orchestration.ledger.store import LEDGER, Closing, attached, verify
from orchestration.scenario.known import KNOWN, make_whole, put_answers
from tests.compensation.pay_world import (
    FIRST,
    PayWorld,
    make_parents,
    run_models,
    split_name,
    write_company,
)
from tests.compensation.random_pay import REPS, add_payments, random_plans, random_world
from tests.connections import connect
from tests.kpi.compiled import CompiledModels, empty_warehouse
from tests.unlike import unlike

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pay")]

AS_OF, WAIT = date(2025, 8, 31), 31
KEYS = {
    "int_known_opportunities": ("opportunity_key",),
    "int_known_refunds": ("refund_key",),
    "int_known_opportunity_splits": ("split_key",),
    "int_known_overrides": ("override_key",),
    "int_known_quotas": ("quota_key",),
    "int_known_plan_assignments": ("assignment_key",),
    "int_known_employee_absences": ("absence_key",),
    "int_known_plan_versions": ("plan", "plan_version"),
}
Deal = tuple[str, str, date, str, str, str, str]


@dataclass
class Story:
    """A world with its stamps, and what every deal was before.

    Attributes:
        world: All that is known at last.
        versions: By deal, from which day on it was recorded as what.
        plans: Plan files by name.
    """

    world: PayWorld
    versions: dict[str, list[tuple[date, Deal]]] = field(default_factory=dict)
    plans: dict[str, str] = field(default_factory=dict)

    def known_on(self, day: date) -> PayWorld:
        """What the company knew on a day, as its sources delivered it then."""
        deals = []
        for versions in self.versions.values():
            known = [deal for recorded, deal in versions if recorded <= day]
            deals += [deal for deal in known[-1:] if deal[2] <= day]
        world, stamps = self.world, self.world.stamps
        return replace(
            world,
            deals=deals,
            refunds=[one for one in world.refunds if stamps.get(one[0], one[2]) <= day >= one[2]],
            splits=[one for one in world.splits if stamps.get(split_name(one), FIRST) <= day],
            overrides=[one for one in world.overrides if stamps.get(one[0], FIRST) <= day],
            leads=[one for one in world.leads if one[2] <= day],
            payments=[one for one in world.payments if one[2] <= day],
            stamps={},
            states=[],
            as_of=day,
        )

    def plans_on(self, day: date) -> dict[str, str]:
        """The plan files as they were: a version that was approved later is not there."""
        read = {name: yaml.safe_load(text) for name, text in self.plans.items()}
        known = {
            name: plan
            for name, plan in read.items()
            if date.fromisoformat(str(plan["approved_date"])) <= day
        }
        for plan in known.values():
            after = [one for one in read.values() if one["plan"] == plan["plan"]]
            after = [one for one in after if one["valid_from"] == plan.get("valid_to")]
            if after and after[0] not in known.values():
                del plan["valid_to"]
        return {name: yaml.safe_dump(plan, sort_keys=False) for name, plan in known.items()}


def tell(random: Random, late: int) -> Story:
    """Draw a company, and let some of what it knows be recorded late."""
    plans = random_plans(random)
    world = random_world(random, [name.rpartition("_")[0] for name in plans], deals=60)
    world.as_of = AS_OF
    add_payments(random, world)
    for name in ("deals", "refunds", "leads", "payments"):
        setattr(world, name, [row for row in getattr(world, name) if row[2] <= AS_OF])
    sold = {row[0] for row in world.deals}
    world.refunds = [row for row in world.refunds if row[1] in sold]
    world.overrides = [
        (f"o{number}", random.choice(REPS), date(2025, 1 + number, 15), "100.01", "EUR", "m1", "m2")
        for number in range(6)
    ]
    story = Story(world, {row[0]: [(row[2], row)] for row in world.deals}, plans)
    early = [row for row in world.deals if row[2] < date(2025, 4, 1)]
    for number, deal in enumerate(random.sample(early, min(late, len(early)))):
        _record_late(random, story, deal, number % 4)
    days = {row[0]: row[2] for row in (*world.deals, *world.refunds, *world.overrides)}
    days |= {split_name(row): days[row[0]] for row in world.splits if row[0] in days}
    for names in (
        [row[0] for row in world.refunds],
        [row[0] for row in world.overrides],
        [split_name(row) for row in world.splits],
    ):
        known = [name for name in names if days.get(name, AS_OF) < date(2025, 5, 1)]
        for name in random.sample(known, min(late, len(known))):
            world.stamps[name] = days[name] + timedelta(days=random.randint(20, 75))
    second = sorted(name for name in plans if name.endswith("_2"))
    for name in second[:1]:
        content = yaml.safe_load(plans[name])
        content["approved_date"] = content["valid_from"] + timedelta(days=random.randint(20, 90))
        plans[name] = yaml.safe_dump(content, sort_keys=False)
    return story


def _record_late(random: Random, story: Story, deal: Deal, kind: int) -> None:
    """Let a deal be won, made, changed or moved in the CRM weeks after the day it was won on."""
    name, owner, day, amount, currency, quantity, sdr = deal
    known = day + timedelta(days=random.randint(20, 75))
    before: Deal = (name, random.choice(REPS), day, f"{amount}", currency, quantity, sdr)
    world = story.world
    match kind:
        case 0:
            world.states += [
                (name, owner, "open", amount, currency, day, day - timedelta(days=9)),
                (name, owner, "won", amount, currency, day, known),
            ]
            story.versions[name] = [(known, deal)]
            return
        case 1:
            world.stamps[name] = known
            story.versions[name] = [(known, deal)]
            return
        case 2:
            before = (*before[:3], f"{float(amount) + 812.37:.2f}", *before[4:])
        case _:
            before = (*before[:2], day - timedelta(days=random.randint(1, 40)), *before[3:])
    world.states += [
        (name, before[1], "won", before[3], currency, before[2], before[2]),
        (name, owner, "won", amount, currency, day, known),
    ]
    story.versions[name] = [(before[2], before), (known, deal)]


class Books:
    """Two ledgers of one story."""

    def __init__(self, folder: Path, models: CompiledModels, story: Story) -> None:
        self.folder, self.models, self.story = folder, models, story
        self.closing = Closing(AS_OF, None, "test", "run")
        self._count = 0

    def company(self, plans: dict[str, str], world: PayWorld) -> Path:
        self._count += 1
        folder = self.folder / f"company{self._count}"
        write_company(folder, plans, world)
        return folder

    def close_one_by_one(self, ledger: Path, days: list[date]) -> None:
        """As runs would have done, each on its day and on what was delivered until then."""
        for day in days:
            world = self.story.known_on(day)
            with empty_warehouse(self.models) as connection:
                company = self.company(self.story.plans_on(day), world)
                make_parents(connection, company, world, ledger)
                run_models(connection, self.models, ledger)
                due = due_periods(connection, WAIT, day)
                assert close_candidate(connection, ledger, due, self.closing)

    def close_in_a_row(self, ledger: Path) -> tuple[int, int]:
        """As a first run does on the last day; return how many calculations and months it took."""
        company = self.company(self.story.plans, self.story.world)
        with self.at_last(company, ledger) as connection:
            self.run_rest(connection)
            due = due_periods(connection, WAIT, AS_OF)
            late = known_late(connection, due, AS_OF)

        @contextmanager
        def pay_on(day: date) -> Iterator[duckdb.DuckDBPyConnection]:
            with self.at_last(company, ledger) as connection:
                make_whole(connection)
                connection.execute(
                    "create or replace table staging.stg_company__as_of as select $1 as as_of_date",
                    [day],
                )
                put_answers(connection, KEYS)
                self.run_rest(connection)
                yield connection

        close_in_a_row(pay_on, ledger, due, late, self.closing)
        return len(stretches(due, late)), len(due)

    @contextmanager
    def at_last(self, company: Path, ledger: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        """All that is known at last: parents, and the tables that answers stand for."""
        with empty_warehouse(self.models) as connection:
            make_parents(connection, company, self.story.world, ledger)
            for path, relation, sql in self.models.statements:
                if path.startswith("staging") or "conformed" in path:
                    connection.execute(f"create or replace table {relation} as {sql}")
            for path, relation, sql in self.models.statements:
                if "/known/" in path:
                    connection.execute(f"create or replace view {relation} as {sql}")
            yield connection

    def run_rest(self, connection: duckdb.DuckDBPyConnection) -> None:
        for path, relation, sql in self.models.statements:
            if path.startswith("staging") or "conformed" in path or "/known/" in path:
                continue
            connection.execute(f"create or replace table {relation} as {sql}")


def rows_of(ledger: Path) -> dict[tuple[object, ...], object]:
    """Every posting and every lock, by its key."""
    with connect() as connection, attached(connection, ledger, read_only=True):
        assert verify(connection) == []
        postings = connection.execute(
            f"select posting_key, * exclude (posting_key) from {LEDGER}.posting"
        ).fetchall()
        locks = connection.execute(
            f"select period, closed_as_of_date, posting_count, ledger_hash "
            f"from {LEDGER}.period_lock"
        ).fetchall()
    return {row[:1]: row[1:] for row in [*postings, *locks]}


def test_every_table_that_answers_stand_for_has_a_key_here() -> None:
    assert set(KEYS) == set(KNOWN)


@pytest.mark.parametrize(("seed", "late", "calculations"), [(50, 6, 7), (59, 2, 4)])
def test_in_a_row_is_what_each_month_was_on_its_own_day(
    pay_models: CompiledModels, tmp_path: Path, seed: int, late: int, calculations: int
) -> None:
    """Each of seven months by itself, or some of them together: both are what runs had closed."""
    story = tell(Random(seed), late)
    books = Books(tmp_path, pay_models, story)
    own, row = tmp_path / "own" / "ledger.duckdb", tmp_path / "row" / "ledger.duckdb"
    taken, months = books.close_in_a_row(row)
    assert (taken, months) == (calculations, 7)
    books.close_one_by_one(own, [_cut_off(month) for month in range(1, 8)])
    assert unlike(rows_of(row), rows_of(own)) == {}
    found = rows_of(row).values()
    assert sum(1 for values in found if len(values) > 3) > 20
    with connect() as connection, attached(connection, row, read_only=True):
        [(differences,)] = connection.execute(
            f"select count(*) from {LEDGER}.posting where origin_period < posting_period"
        ).fetchall()
    assert differences >= late // 2


def _cut_off(month: int) -> date:
    return date(2025, month + 1, 1) - timedelta(days=1) + timedelta(days=WAIT)
