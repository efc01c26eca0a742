"""What very many share makes nobody another: one mailbox, one device, one surviving record.

Belongs here: a hundred thousand edges at one place, and people beside it who stay who they are.
Does not: who is who in the sample company (its truth).
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.kpi.compiled import CompiledModels, empty_warehouse

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("laws")]

EDGES = 100_000
# Each device of the office once with the shared address, and the kiosk once with each address;
# a colleague uses an own device first with the own address, then once with the shared one.
TOUCHES = f"""
    create table conformed.conformed_touches as
    select 'file_drop' as source_system, 'web' as source_instance, given.*,
        timestamp '2026-01-05' + to_seconds(second) as touched_at, date '2026-01-05' as touched_date
    from (
        select concat('m', i) as source_id, concat('device ', i) as anonymous_id,
            'shared' as known_person_key, 'shared' as email_hash, 'example.com' as email_domain,
            i as second from range({EDGES}) as edges(i)
        union all
        select concat('k', i), 'kiosk', concat('person ', i), concat('person ', i), 'example.com', i
        from range({EDGES}) as edges(i)
        union all
        select * from (values
            ('a', 'own device', 'colleague', 'colleague', 'example.com', 1),
            ('b', 'own device', 'shared', 'shared', 'example.com', 2)
        ) as own
    ) as given
"""  # noqa: S608
NOTHING = """
    create table conformed.conformed_message_sends (
        known_person_key varchar, email_hash varchar, email_domain varchar, sent_date date);
    create table conformed.conformed_people (person_key varchar);
    create table conformed.conformed_leads (person_key varchar);
    create table staging.stg_company__internal_domains (domain varchar)
"""
MODELS = ("int_anonymous_persons", "int_addressed_persons")


@pytest.fixture
def warehouse(compiled_laws: CompiledModels) -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_warehouse(compiled_laws) as connection:
        connection.execute("create schema conformed")
        connection.execute("create schema staging")
        yield connection


def test_a_hundred_thousand_edges_merge_nobody(
    warehouse: duckdb.DuckDBPyConnection, compiled_laws: CompiledModels
) -> None:
    for sql in (TOUCHES, NOTHING):
        warehouse.execute(sql)
    compiled_laws.run_named(warehouse, *MODELS)
    [devices] = warehouse.execute(
        "select count(*), count(distinct person_key), min(person_key), min(confidence) "
        "from intermediate.int_anonymous_persons where anonymous_id like 'device %'"
    ).fetchall()
    assert devices == (EDGES, 1, "shared", 1)
    # Whoever was seen first, and how little that says.
    places = warehouse.execute(
        "select anonymous_id, person_key, cast(confidence as varchar) "
        "from intermediate.int_anonymous_persons where anonymous_id not like 'device %' order by 1"
    ).fetchall()
    assert places == [("kiosk", "person 0", "0.000010"), ("own device", "colleague", "0.500000")]
    # The mailbox, the colleague, and each of those who came to the kiosk are people of their own.
    [people] = warehouse.execute(
        "select count(*), count(distinct person_key) from intermediate.int_addressed_persons"
    ).fetchall()
    assert people == (EDGES + 2, EDGES + 2)
