"""Eligible touches: nothing that may not count, and every conversion, whatever the scale."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from sample_company.generate import generate


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    generate(folder, scale=2)
    return folder


def value(sql: str) -> int:
    return int(duckdb.sql(sql).fetchall()[0][0])


def test_eligible_touches_are_people_who_agreed_and_came_before(larger: Path) -> None:
    eligible = f"'{larger}/truth/eligible_touch/*.parquet'"
    touches = f"'{larger}/delivered/touches/*.parquet'"
    joined = f"""from {eligible} as eligible
        inner join '{larger}/truth/touch/*.parquet' as truth using (touch_id)
        inner join {touches} as touches using (touch_id)"""
    assert value(f"select count(*) {joined}") > 10_000
    assert (
        value(f"""select count(*) {joined} where truth.is_bot or not truth.has_consent
        or touched_at > converted_at""")
        == 0
    )
    strangers = f"""lead_id is null and anonymous_id not in (
        select anonymous_id from {touches}
        where lead_id is not null and anonymous_id is not null)"""
    assert value(f"select count(*) {joined} where {strangers}") == 0
    assert value(f"select count(*) from {eligible} where touch_id is null") > 100


def test_every_conversion_is_there(larger: Path) -> None:
    eligible = f"'{larger}/truth/eligible_touch/*.parquet'"
    buyers = f"select buyer from '{larger}/truth/buyer/*.parquet'"
    deals = f"""select opportunity_id from '{larger}/delivered/opportunities/*.parquet'
        where not is_deleted"""
    for kind, planted in (
        ("lead", buyers),
        ("mql", f"{buyers} where mql_date is not null"),
        ("opportunity", deals),
        ("won", f"{deals} and sales_stage = 'Closed Won'"),
    ):
        found = f"select distinct conversion_id from {eligible} where conversion_type = '{kind}'"
        different = f"({found} except ({planted})) union all (({planted}) except {found})"
        assert value(f"select count(*) from ({different})") == 0, kind
