"""Identities against the planted truth: no wrong merge, and all pairs that can be known."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from tests.conftest import ROOT
from tests.end_to_end.conftest import RunHome
from tests.end_to_end.identity_measures import SCOPES, Pairs, measure, report_line

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

PAGE = ROOT / "docs" / "how_to" / "identities.md"


@pytest.fixture(scope="module", params=list(SCOPES))
def measured(request: pytest.FixtureRequest, sample: RunHome) -> tuple[str, Pairs]:
    scope: str = request.param
    folder = sample.home / "sample_company"
    return scope, measure(sample.current / "marts.duckdb", folder, scope)


def test_no_two_humans_are_one_person(measured: tuple[str, Pairs]) -> None:
    _, pairs = measured
    assert pairs.precision == 1
    assert pairs.made > 500


def test_every_pair_that_can_be_known_is_made(measured: tuple[str, Pairs]) -> None:
    """Of all ids a browser that never told is missing, and no other."""
    scope, pairs = measured
    if scope == "all":
        assert 0.8 < pairs.recall < 1
    else:
        assert pairs.recall == 1


def test_every_planted_id_is_linked(sample: RunHome) -> None:
    """Also contacts that were merged away before the export, which have no record of their own."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{sample.current / 'marts.duckdb'}' as marts (read_only)")
        missing = connection.execute(
            "select source_entity, source_id from read_parquet("
            f"'{sample.home / 'sample_company'}/truth/identity/*.parquet') "
            "anti join marts.core.dim_identity_link using (source_entity, source_id)"
        ).fetchall()
    assert missing == []


def test_acts_that_name_a_lost_id_find_who_survived(sample: RunHome) -> None:
    """Calls to contacts and meetings of accounts that no export shows now have their account."""
    folder = sample.home / "sample_company"
    with duckdb.connect(str(sample.current / "marts.duckdb"), read_only=True) as connection:
        calls, misled, nowhere = connection.execute(
            f"""
            select
                count(*) filter (where act.person_id is not null),
                count(*) filter (where planted.human is distinct from survivor.human),
                count(*) filter (where account.is_unknown)
            from read_parquet('{folder}/delivered/follow_ups/*.parquet') as act
            inner join core.fct_activity as fact on act.activity_id = fact.source_id
            inner join core.dim_account as account using (account_key)
            left join read_parquet('{folder}/truth/identity/*.parquet') as planted
                on planted.source_entity = 'person' and planted.source_id = act.person_id
            left join core.dim_identity_link as link
                on
                    act.person_id is not null
                    and link.person_key = fact.person_key
                    and link.source_entity = 'person'
                    and link.method <> 'crm_merge'
            left join read_parquet('{folder}/truth/identity/*.parquet') as survivor
                on survivor.source_entity = 'person' and survivor.source_id = link.source_id
            where act.lead_id is null
            """
        ).fetchall()[0]
    assert calls >= 14
    assert (misled, nowhere) == (0, 0)


def test_a_chain_of_merges_ends_at_its_last_survivor(sample: RunHome) -> None:
    """A was merged into B, and B into C: all three are one person, C, and the human planted."""
    chains = sample.query(
        f"""
        select
            first.losing_id,
            first.surviving_id,
            last.surviving_id,
            count(distinct link.person_key),
            count(distinct link.source_id),
            count(distinct planted.human)
        from core.fct_record_merge as first
        inner join core.fct_record_merge as last
            on
                first.surviving_id = last.losing_id
                and first.source_entity = last.source_entity
                and first.source_instance = last.source_instance
        inner join core.dim_identity_link as link
            on
                link.source_entity = first.source_entity
                and link.source_id in (first.losing_id, last.losing_id, last.surviving_id)
        inner join '{sample.home / "sample_company"}/truth/identity/*.parquet' as planted
            on
                planted.source_entity = link.source_entity
                and planted.source_id = link.source_id
        where first.outcome = 'applied' and last.outcome = 'applied'
        group by all
        """
    )
    assert len(chains) > 1
    assert {(persons, ids, humans) for *_, persons, ids, humans in chains} == {(1, 3, 1)}


def test_the_page_states_what_is_measured(measured: tuple[str, Pairs]) -> None:
    assert report_line(*measured) in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("persons", "precision", "recall"),
    [
        ({"a1": "p", "a2": "p", "b1": "q", "b2": "q"}, 1, 1),
        ({"a1": "p", "a2": "p", "b1": "p", "b2": "p"}, Fraction(2, 6), 1),
        ({"a1": "p", "a2": "p", "b1": "q", "b2": "r"}, 1, Fraction(1, 2)),
    ],
)
def test_a_wrong_merge_and_a_split_are_seen(
    tmp_path: Path, persons: dict[str, str], precision: Fraction, recall: Fraction
) -> None:
    """Two humans, a and b, with two ids each: one pair is right for each of them."""
    for folder in ("truth/identity", "delivered/touches"):
        (tmp_path / folder).mkdir(parents=True)
    with duckdb.connect(tmp_path / "marts.duckdb") as connection:
        connection.execute(
            "create schema core; create table core.dim_identity_link "
            "(source_entity varchar, source_id varchar, person_key varchar)"
        )
        connection.executemany(
            "insert into core.dim_identity_link values ('lead', ?, ?)", list(persons.items())
        )
        connection.execute(
            "copy (select source_entity, source_id, source_id[1] as human "
            f"from core.dim_identity_link) to '{tmp_path}/truth/identity/one.parquet'"
        )
        connection.execute(
            "copy (select '' as anonymous_id, '' as email, '' as person_id, '' as lead_id) "
            f"to '{tmp_path}/delivered/touches/one.parquet'"
        )
    pairs = measure(tmp_path / "marts.duckdb", tmp_path)
    assert (pairs.precision, pairs.recall) == (precision, recall)
