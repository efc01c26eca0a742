"""Touches that come late change credit of months that are over, and each change is logged.

A company of a few customers publishes without some of its touches; they arrive, and it publishes
again on the next day. What is logged is compared with what readers saw before and see now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

import pytest

from tests.conftest import RunHome, run_home
from tests.connections import connect
from tests.laws.small_company import AS_OF, set_as_of, small_rows, write_company, write_delivery

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("credit_restatement")]

# Every third touch of somebody known comes late: the rest of the journey is credited meanwhile.
HELD_BACK = 3
NEXT_DAY = AS_OF + timedelta(days=1)
LAST_CLOSED_MONTH = AS_OF.replace(day=1) - timedelta(days=1)
MEASURES = (
    "lead_count", "mql_count", "opportunity_count", "credited_conversions", "credited_pipeline",
    "credited_revenue",
)  # fmt: skip

Key = tuple[date, str, str, str]  # month of the conversion, channel, model, measure


@dataclass(frozen=True)
class Restated:
    """The home after both runs, and what readers saw of closed months in each."""

    home: RunHome
    before: dict[Key, Decimal]
    after: dict[Key, Decimal]

    @cached_property
    def changes(self) -> dict[Key, tuple[Decimal, Decimal]]:
        """What was published and is published now, where the two differ."""
        pairs = {
            key: (self.before.get(key, Decimal(0)), self.after.get(key, Decimal(0)))
            for key in {*self.before, *self.after}
        }
        return {key: (old, new) for key, (old, new) in pairs.items() if old != new}


def published_credit(home: RunHome) -> dict[Key, Decimal]:
    """Credit by channel and model of the months that were over in the first run."""
    measures = ", ".join(f"cast({name} as decimal(38, 6)) as {name}" for name in MEASURES)
    rows = home.query(
        f"""
        unpivot (
            select performance_month, channel_key, model, {measures}
            from attribution.rpt_channel_performance
            where date_role = 'conversion' and performance_month <= ?
        )
        on {", ".join(MEASURES)} into name measure value amount
        """,
        LAST_CLOSED_MONTH,
    )
    return {(month, key, model, name): amount for month, key, model, name, amount in rows}


@pytest.fixture(scope="module")
def restated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restated]:
    place = tmp_path_factory.mktemp("restated")
    company, delivered = place / "company", place / "delivered"
    write_company(company)
    rows = small_rows()
    known = [row for row in rows["touches"] if row["lead_id"] and row["has_consent"]]
    late = {row["touch_id"] for row in known[::HELD_BACK]}
    for dataset, all_rows in rows.items():
        prompt = [row for row in all_rows if row.get("touch_id") not in late]
        write_delivery(delivered / dataset / f"{dataset}-00.parquet", dataset, prompt)
    home = run_home(place / "home", CONCORD_COMPANY=str(company))
    before = published_credit(home)
    write_delivery(
        delivered / "touches" / "touches-01.parquet",
        "touches",
        [row for row in rows["touches"] if row["touch_id"] in late],
    )
    set_as_of(company, NEXT_DAY)
    finished = home.again()
    assert finished.code == 0, finished.text
    yield Restated(home, before, published_credit(home))


def test_what_is_logged_is_the_difference_of_what_was_published(restated: Restated) -> None:
    logged = restated.home.query(
        """
        select conversion_month, channel_key, model, measure, old_value, new_value
        from attribution.rpt_credit_restatement
        where restated_date = ?
        """,
        NEXT_DAY,
    )
    found = {tuple(row[:4]): (row[4], row[5]) for row in logged}
    assert len(found) == len(logged)
    wrong = {
        key: (found.get(key), restated.changes.get(key))
        for key in {*found, *restated.changes}
        if found.get(key) != restated.changes.get(key)
    }
    assert dict(list(wrong.items())[:5]) == {}


def test_late_touches_changed_credit_in_every_model(restated: Restated) -> None:
    """Else the test above would compare nothing with nothing."""
    models = {model for _, _, model, _ in restated.before}
    assert len(models) == 12
    assert {model for _, _, model, _ in restated.changes} == models
    assert {measure for *_, measure in restated.changes} == set(MEASURES)
    assert len({channel for _, channel, _, _ in restated.changes}) > 3


def test_credit_moves_and_is_neither_made_nor_lost(restated: Restated) -> None:
    """The late touches made no conversion: what one channel gains others lose, unattributed too."""
    sums: dict[tuple[date, str, str], Decimal] = {}
    for (month, _, model, measure), (old, new) in restated.changes.items():
        sums[month, model, measure] = sums.get((month, model, measure), Decimal(0)) + new - old
    assert {key: total for key, total in sums.items() if total} == {}


def test_a_month_that_ended_between_the_runs_restates_nothing(restated: Restated) -> None:
    """August was published for the first time as a whole."""
    assert restated.home.query(
        "select max(conversion_month) < ?, min(restated_date), max(restated_date) "
        "from attribution.rpt_credit_restatement",
        AS_OF.replace(day=1),
    ) == [(True, NEXT_DAY, NEXT_DAY)]
    assert restated.home.value(
        "select count(*) > 0 from attribution.rpt_credit_history where conversion_month = ?",
        AS_OF.replace(day=1),
    )


def test_what_was_said_before_stays_beside_what_is_said_now(restated: Restated) -> None:
    """The history holds both, each with its days."""
    with connect(restated.home.current / "marts.duckdb", read_only=True) as connection:
        told = connection.execute(
            """
            select known_from, known_to, count(*)
            from attribution.rpt_credit_history
            where conversion_month <= ?
            group by known_from, known_to
            """,
            [LAST_CLOSED_MONTH],
        ).fetchall()
    counts = {(known_from, known_to): count for known_from, known_to, count in told}
    closed = sum(old != 0 for old, _ in restated.changes.values())
    opened = sum(new != 0 for _, new in restated.changes.values())
    kept = sum(restated.after.get(key) == value != 0 for key, value in restated.before.items())
    assert counts == {(AS_OF, None): kept, (AS_OF, NEXT_DAY): closed, (NEXT_DAY, None): opened}
