"""Merges move what names a lost record to the survivor, drop nothing, and can be taken back.

Belongs here: what a delivery of merges does to a whole home, and its end. Does not: the rules one
by one, which are unit tests of dbt.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import duckdb
import pytest

from orchestration.transform.nodes import Project
from orchestration.transform.project import manifest_json
from tests.laws.building import HASH_KEY, build, settings_of
from tests.laws.comparing import differences
from tests.laws.conftest import Life
from tests.laws.from_scratch import compiled_queries
from tests.laws.history import History
from tests.laws.small_company import Row, Rows, small_rows, write_company, write_delivery
from tests.laws.sums import broken_cases

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("laws")]

MERGED_AT = datetime(2024, 7, 1, 10, tzinfo=UTC)
# An id that was never delivered; what names it finds nobody before the merge.
NEVER_DELIVERED = "C-LOST"


@dataclass(frozen=True)
class Moved:
    """A home before, with and after merges.

    Attributes:
        before: Its marts without a merge.
        merged: Its marts with them.
        fresh: What plain queries make of the same deliveries.
        after: Its marts when the merges were taken back.
        keys: The tested key of each table.
        people: Ids of three contacts: the first was merged into the second, that into the third.
        accounts: Ids of two accounts: the first was merged into the second.
        broken_sums: The sums that do not hold with merges.
    """

    before: Path
    merged: Path
    fresh: Path
    after: Path
    keys: dict[str, tuple[str, ...]]
    people: tuple[str, str, str]
    accounts: tuple[str, str]
    broken_sums: list[str]


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Moved:
    history = History(tmp_path_factory.mktemp("merges"), Random(1))
    write_company(history.company)
    rows = small_rows()
    people, accounts = _chosen(rows)
    rows["follow_ups"].append(_follow_up("F-LOST", NEVER_DELIVERED))
    rows["follow_ups"].append(_follow_up("F-FIRST", people[0]))
    rows["record_merges"] = []
    for dataset, delivered in rows.items():
        write_delivery(
            history.place / "delivered" / dataset / f"{dataset}-00.parquet", dataset, delivered
        )
    settings = settings_of(history.place / "home", history.company)

    def marts(name: str) -> Path:
        build(settings)
        return Path(shutil.copy(settings.warehouse_path, history.place / f"{name}.duckdb"))

    before = marts("before")
    project = Project(manifest_json(settings))
    life = Life(history, settings, project, compiled_queries(project))
    file = history.place / "delivered" / "record_merges" / "record_merges-01.parquet"
    write_delivery(file, "record_merges", _merges(people, accounts))
    merged = marts("merged")
    broken_sums = broken_cases(settings.warehouse_path, HASH_KEY)
    fresh = life.from_scratch()
    file.unlink()
    return Moved(before, merged, fresh, marts("after"), life.keys, people, accounts, broken_sums)


def _chosen(rows: Rows) -> tuple[tuple[str, str, str], tuple[str, str]]:
    """Two customers, and three contacts of other accounts with an address of their own."""
    customers = sorted({row["account_id"] for row in rows["subscriptions"]})[:2]
    addresses = [row["email"] for row in rows["people"]]
    own = [
        row["person_id"]
        for row in rows["people"]
        if addresses.count(row["email"]) == 1 and row["account_id"] not in customers
    ]
    return (own[0], own[1], own[2]), (customers[0], customers[1])


def _follow_up(activity_id: str, person_id: str) -> Row:
    return {
        "activity_id": activity_id,
        "occurred_at": datetime(2024, 6, 1, 10, tzinfo=UTC),
        "activity_type": "call",
        "person_id": person_id,
        "is_automated": False,
    }


def _merges(people: tuple[str, str, str], accounts: tuple[str, str]) -> list[Row]:
    pairs = [
        ("people", people[1], people[2]),
        ("people", people[0], people[1]),
        ("people", NEVER_DELIVERED, people[0]),
        ("accounts", *accounts),
    ]
    return [
        {
            "merge_id": f"M-{number}",
            "entity": entity,
            "losing_id": losing,
            "surviving_id": surviving,
            "merged_at": MERGED_AT,
        }
        for number, (entity, losing, surviving) in enumerate(pairs)
    ]


def test_a_merge_taken_back_restores_what_was(moved: Moved) -> None:
    assert differences(moved.before, moved.after, moved.keys) == []
    assert differences(moved.before, moved.merged, moved.keys) != []


def test_a_home_with_merges_equals_a_fresh_one(moved: Moved) -> None:
    assert differences(moved.merged, moved.fresh, moved.keys) == []


def test_no_sum_changes(moved: Moved) -> None:
    assert moved.broken_sums == []


def test_all_ids_of_a_chain_stand_for_its_end(moved: Moved) -> None:
    query = (
        "select source_id, person_key, method from core.dim_identity_link "
        "where source_entity = 'person' and source_id in (select unnest(?))"
    )
    ids = [*moved.people, NEVER_DELIVERED]
    with duckdb.connect(str(moved.merged), read_only=True) as connection:
        found = connection.execute(query, [ids]).fetchall()
        [outcomes] = connection.execute(
            "select list(distinct outcome) from core.fct_record_merge"
        ).fetchall()
    methods = {source_id: method for source_id, _, method in found}
    assert len({person for _, person, _ in found}) == 1
    assert methods == {
        **dict.fromkeys(ids, "crm_merge"),
        moved.people[2]: "email",
    }
    assert outcomes == (["applied"],)


@pytest.mark.parametrize("kind", ["person", "account"])
def test_facts_of_the_lost_are_the_survivors(moved: Moved, kind: str) -> None:
    """In every fact the survivor has as many rows as all of them had, the lost none."""
    ids = moved.people if kind == "person" else moved.accounts
    before = _rows_by_table(moved.before, kind, ids, moved.before)
    merged = _rows_by_table(moved.merged, kind, ids, moved.before)
    assert sum(sum(counts[:-1]) for counts in before.values()) > 0
    for table, counts in before.items():
        expected = sum(counts)
        if table == "core.fct_activity" and kind == "person":
            expected += 1  # the act that found nobody
        assert merged[table] == [*[0 for _ in ids[1:]], expected], table


def _rows_by_table(
    database: Path, kind: str, ids: tuple[str, ...], keys_from: Path
) -> dict[str, list[int]]:
    """Rows of each fact by the key that each id had before the merges."""
    with duckdb.connect(str(keys_from), read_only=True) as connection:
        keys = dict(
            connection.execute(
                f"select source_id, {kind}_key from core.dim_identity_link where source_entity = ?",
                [kind],
            ).fetchall()
        )
    counted: dict[str, list[int]] = {}
    with duckdb.connect(str(database), read_only=True) as connection:
        facts = connection.execute(
            "select schema_name || '.' || table_name from duckdb_columns() "
            "where schema_name = 'core' and table_name like 'fct%' and column_name = ? "
            "and table_name <> 'fct_record_merge'",
            [f"{kind}_key"],
        ).fetchall()
        for (table,) in sorted(facts):
            counted[table] = [
                connection.execute(
                    f"select count(*) from {table} where {kind}_key = ?", [keys[one]]
                ).fetchall()[0][0]
                for one in ids
            ]
    return counted
