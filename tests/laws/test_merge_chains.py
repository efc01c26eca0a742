"""Where merges lead, against a walk through a dictionary: chains, rings, ids nobody delivered.

Belongs here: random merges of one origin. Does not: what a merge moves (test_merges).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import duckdb
import pytest

from tests.kpi.compiled import CompiledModels, empty_warehouse, make_table

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("laws")]

SEEDS = range(40)
LONG_CHAIN = 3_000
FIRST = datetime.combine(date(2026, 1, 1), time(9))
AS_OF = date(2026, 1, 31)
ORIGIN = "file_drop\x1fcrm"
MERGE = {
    "source_system": "varchar", "source_instance": "varchar", "merge_id": "varchar",
    "entity": "varchar", "losing_id": "varchar", "surviving_id": "varchar",
    "merged_at": "timestamp",
}  # fmt: skip
RECORD = {"source_system": "varchar", "source_instance": "varchar", "is_deleted": "boolean"}
Row = dict[str, Any]


@pytest.fixture(scope="module")
def models(compiled_laws: CompiledModels) -> CompiledModels:
    return compiled_laws


@pytest.fixture
def warehouse(models: CompiledModels) -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_warehouse(models) as connection:
        yield connection


@pytest.mark.parametrize("seed", SEEDS)
def test_every_id_leads_where_a_walk_leads(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, seed: int
) -> None:
    random = Random(seed)
    ids = [f"C{number:02}" for number in range(random.randint(2, 25))]
    merges = [
        _merge(
            number,
            random.choice(ids),
            random.choice(ids),
            FIRST + timedelta(days=random.randint(0, 40)),
        )
        for number in range(random.randint(1, 30))
    ]
    delivered = set(random.sample(ids, random.randint(0, len(ids))))
    _make(warehouse, models, merges, delivered)
    ends, rings = _walked(merges)
    found = dict(
        warehouse.execute(
            "select losing_id, end_id from intermediate.int_record_merges where end_id is not null"
        ).fetchall()
    )
    assert found == ends
    told = warehouse.execute(
        "select losing_id from intermediate.int_record_merges where outcome = 'ring'"
    ).fetchall()
    assert {losing for (losing,) in told} == rings
    aliases = warehouse.execute(
        "select losing_id, surviving_id, is_delivered, is_end_delivered "
        "from intermediate.int_record_aliases"
    ).fetchall()
    assert sorted(aliases) == sorted(_aliases(ends, delivered))


def test_a_long_chain_comes_to_its_end(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels
) -> None:
    merges = [_merge(number, f"C{number}", f"C{number + 1}", FIRST) for number in range(LONG_CHAIN)]
    _make(warehouse, models, merges, {f"C{LONG_CHAIN}"})
    found = warehouse.execute(
        "select surviving_id, count(*) from intermediate.int_record_aliases group by all"
    ).fetchall()
    assert found == [(f"C{LONG_CHAIN}", LONG_CHAIN)]


def test_a_ring_and_the_chain_into_it_end_alike_in_any_order_of_rows(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels
) -> None:
    """A, B and C were merged in a ring; D, E, F, G and H are a chain of five that leads into it."""
    ways = ["AB", "BC", "CA", "HG", "GF", "FE", "ED", "DB"]
    merges = [
        _merge(number, losing, surviving, FIRST) for number, (losing, surviving) in enumerate(ways)
    ]
    found = []
    for seed in range(3):
        _make(warehouse, models, Random(seed).sample(merges, len(merges)), set("ABCDEFGH"))
        found.append(
            warehouse.execute(
                "select losing_id, end_id, outcome from intermediate.int_record_merges order by 1"
            ).fetchall()
        )
    ring = [("A", "A", "ring"), ("B", "A", "ring"), ("C", "A", "ring")]
    assert found == [[*ring, *((losing, "A", "counts") for losing in "DEFGH")]] * 3


def _merge(number: int, losing: str, surviving: str, at: datetime) -> Row:
    return {
        "source_system": "file_drop", "source_instance": "crm", "merge_id": f"M{number:04}",
        "entity": "people", "losing_id": losing, "surviving_id": surviving, "merged_at": at,
    }  # fmt: skip


def _make(
    warehouse: duckdb.DuckDBPyConnection,
    models: CompiledModels,
    merges: list[Row],
    delivered: set[str],
) -> None:
    make_table(
        warehouse,
        "staging.stg_company__as_of",
        {"as_of_date": "date"},
        [{"as_of_date": AS_OF}],
    )
    make_table(
        warehouse,
        "staging.stg_company__settings",
        {"time_zone": "varchar"},
        [{"time_zone": "UTC"}],
    )
    make_table(
        warehouse,
        "staging.stg_company__reference_origins",
        {
            name: "varchar"
            for name in ("source_name", "accounts_origin", "people_origin", "leads_origin")
        },
        [{"source_name": "crm", "people_origin": ORIGIN}],
    )
    make_table(warehouse, "staging.stg_file_drop__record_merges", MERGE, merges)
    rows = {"accounts": ("account_id", []), "leads": ("lead_id", [])} | {
        "people": (
            "person_id",
            [
                {"source_system": "file_drop", "source_instance": "crm", "person_id": one,
                 "is_deleted": False}
                for one in sorted(delivered)
            ],
        )
    }  # fmt: skip
    for entity, (key, records) in rows.items():
        columns = {**RECORD, key: "varchar"}
        make_table(warehouse, f"staging.stg_file_drop__{entity}", columns, records)
    models.run_named(warehouse, "int_record_merges", "int_record_aliases")


def _walked(merges: list[Row]) -> tuple[dict[str, str], set[str]]:
    """The end of each id that counts as merged, and the ids of rings."""
    newest: dict[str, Row] = {}
    for merge in sorted(merges, key=lambda row: (row["merged_at"], row["merge_id"])):
        if merge["losing_id"] != merge["surviving_id"] and merge["merged_at"].date() <= AS_OF:
            newest[merge["losing_id"]] = merge
    into = {losing: merge["surviving_id"] for losing, merge in newest.items()}
    ends, rings = {}, set()
    for losing in into:
        path = [losing]
        while path[-1] in into and into[path[-1]] not in path:
            path.append(into[path[-1]])
        if path[-1] not in into:
            ends[losing] = path[-1]
            continue
        ring = path[path.index(into[path[-1]]) :]
        ends[losing] = min(ring)
        rings |= {losing} & set(ring)
    return ends, rings


def _aliases(ends: dict[str, str], delivered: set[str]) -> Iterator[tuple[str, str, bool, bool]]:
    """Whom each lost id stands for: the end if it was delivered, else the smallest that was."""
    for end in set(ends.values()):
        members = {end, *(losing for losing, at in ends.items() if at == end)}
        if known := members & delivered:
            survivor = end if end in known else min(known)
            for losing in members - {survivor}:
                yield losing, survivor, losing in delivered, survivor == end
