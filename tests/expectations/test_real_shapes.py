"""Data of the shape of real exports stop nobody: odd but true values warn at most."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from expectations.frames import build_frames
from expectations.loader import load_suites
from expectations.runner import evaluate
from tests.expectations.warehouse import empty_warehouse, input_frame

CRM_EXPORT = """
insert into rules.as_of (as_of_date) values (date '2017-12-31');
insert into core.dim_account values ('a0', 'Unknown account', true), ('a1', 'Betasoloin', false);
insert into core.fct_opportunity
select
    'k' || range, if(range < 1425, 'a0', 'a1'), 'e1', 'file_drop', 'crm', 'O-' || range,
    case when range < 4238 then 'won' when range < 6711 then 'lost' else 'engaging' end, 'USD',
    if(range < 6711, if(range < 4238, 2361, 0), null),
    if(range < 6711, if(range < 4238, 2361, 0), null), 1, range >= 6711, range < 4238,
    range >= 4238 and range < 6711, true, range >= 8300, false, false,
    false, date '2017-02-01',
    if(range < 6711, date '2017-05-01', null), range >= 6711,
    case when range < 4238 then 1 when range < 6711 then 0 else 0.5 end,
    case when range < 4238 then 'closed' when range < 6711 then 'omitted' else 'pipeline' end
from range(8800);
insert into core.dim_employee values ('e1', true);
insert into core.fct_booking (booking_key, opportunity_key, product_key, booking_date, amount)
select 'b' || opportunity_key, opportunity_key, 'p1', close_date, amount
from core.fct_opportunity where is_won;
insert into staging.stg_file_drop__opportunities
select 'file_drop', 'crm', source_id, amount_local, currency_code from core.fct_opportunity;
insert into conformed.conformed_opportunities
select
    opportunity_key, 'file_drop', 'crm', source_id, sales_stage, sales_stage, amount_local, 'USD',
    true
from core.fct_opportunity;
insert into kpi.rpt_kpi (
    kpi, kpi_group, period_grain, period_start, dimension, member, value, numerator, denominator
) values
('bookings', 'pipeline', 'month', date '2017-05-01', 'all', 'all', 4238 * 2361, 4238 * 2361, null),
('deals_won', 'pipeline', 'month', date '2017-05-01', 'all', 'all', 4238, 4238, null),
('pipeline_created', 'pipeline', 'month', date '2017-05-01', 'all', 'all', null, null, null),
('win_rate', 'pipeline', 'month', date '2017-05-01', 'all', 'all', 0.631501, 4238, 6711);
"""

FUNNEL = """
insert into rules.as_of (as_of_date) values (date '2018-11-30');
insert into core.dim_channel values
('c1', 'organic_search', 'search'), ('c2', 'unmapped', 'other'), ('c3', 'not_recorded', 'other');
insert into conformed.conformed_leads (
    lead_key, person_key, source_system, source_instance, source_id, lead_status, stage, utm_source,
    source_field, is_reportable
)
select
    'l' || range, 'p' || range, 'file_drop', 'funnel', 'L-' || range, null, null, null, 'organic',
    true
from range(8000);
insert into intermediate.int_person_cycle_members
select lead_key, person_key, 'lead', timestamp '2018-01-01' from conformed.conformed_leads;
insert into funnel.fct_person_stage (
    person_key, cycle_number, stage, channel_key, reached_at, reached_date, exited_at,
    has_date_conflict
)
select
    person_key, 1, 'mql', if(lead_key in (select 'l' || range from range(60)), 'c3', 'c1'),
    timestamp '2018-01-01', date '2018-01-01', null, lead_key = 'l0'
from conformed.conformed_leads;
insert into core.dim_account values ('a0', 'Unknown account', true), ('a1', 'Shop', false);
insert into core.fct_opportunity
select
    'k' || range, 'a1', 'e1', 'file_drop', 'funnel', 'O-' || range, 'won', 'BRL', null, null, null,
    false, true, false, true, true, range = 0, false, false, date '2018-02-01',
    if(range = 0, date '2018-01-31', date '2018-03-01'), false, 1, 'closed'
from range(842);
insert into core.dim_employee values ('e1', true);
insert into core.fct_booking (booking_key, opportunity_key, product_key, booking_date, amount)
select 'b' || opportunity_key, opportunity_key, 'p0', close_date, null from core.fct_opportunity;
insert into staging.stg_file_drop__opportunities
select 'file_drop', 'funnel', source_id, null, 'BRL' from core.fct_opportunity;
insert into kpi.rpt_kpi (
    kpi, kpi_group, period_grain, period_start, dimension, member, value, numerator, denominator
) values
('bookings', 'pipeline', 'month', date '2018-03-01', 'all', 'all', null, null, null),
('deals_won', 'pipeline', 'month', date '2018-03-01', 'all', 'all', 842, 842, null),
('sales_cycle_days', 'pipeline', 'month', date '2018-01-01', 'team', 'north', -1, -1, 1),
('sales_cycle_days', 'pipeline', 'month', date '2018-01-01', 'all', 'all', -1, -1, 1),
('sales_cycle_days', 'pipeline', 'year', date '2018-01-01', 'all', 'all', 14, 11788, 842);
"""


@pytest.fixture
def own_warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = empty_warehouse()
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("script", "warned"),
    [
        (
            CRM_EXPORT,
            {
                "core_inferred_created_date_share",
                "pipeline_open_without_amount_share",
                "pipeline_without_person",
            },
        ),
        (
            FUNNEL,
            {
                "core_inferred_created_date_share",
                "core_won_without_amount_share",
                "pipeline_sales_cycle_not_negative_noticed",
            },
        ),
    ],
    ids=["crm_export", "marketing_funnel"],
)
def test_nothing_blocks(
    own_warehouse: duckdb.DuckDBPyConnection, script: str, warned: set[str]
) -> None:
    for statement in script.strip().split(";\n"):
        own_warehouse.execute(statement)
    suites = load_suites("marts")
    first_run = {"guard_input_table_count": input_frame("guard_input_table_count", ())}
    frames, errors = build_frames(own_warehouse, suites, first_run)
    results = evaluate(suites, frames, errors)
    assert [result.message for result in results if result.is_blocking] == []
    assert {result.guard for result in results if result.status != "passed"} == warned
