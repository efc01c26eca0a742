"""A published month of pay, small and made by hand: what each table says can be checked by eye.

Belongs here: the tables. Does not: what an export should make of them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from orchestration.export.month import Month, read_month
from orchestration.publish.manifest import GroupEntry, Manifest
from tests.connections import connect

MAY = date(2026, 5, 1)
EVIL = '=HYPERLINK("http://elsewhere.example","x")'
EVIL_NAME = "<script>alert(1)</script>"

# Ada sold a deal of 1,000 EUR with nobody, who has 40 %: 600 x 10 % = 60. In April she was owed 5.
FINANCE = f"""
create schema compensation;
create table compensation.comp_period as
    select date '2026-05-01' as period, date '2026-05-31' as period_end, 'calculated' as status,
        null::date as closed_as_of_date;
create table compensation.comp_payee as
    select * from (values
        ('ada', 'E1', '{EVIL_NAME}', 'sales', false), ('house', null, 'House', 'other', true)
    ) as t(payee_key, employee_id, full_name, business_function, is_house_account);
create table compensation.comp_event as
    select 'b1' as event_key, 'booking' as event_type, 'crm' as source_system,
        '{EVIL}' as source_id, 1000::decimal(18, 2) as amount, 1000::decimal(18, 2) as
        amount_reporting, 'EUR' as currency_code, date '2026-05-03' as credit_date;
create table compensation.comp_credit as
    select credit_key, 'b1' as event_key, payee_key, 'booking' as event_type,
        'revenue' as credit_type, share::decimal(12, 6) as share,
        amount::decimal(18, 2) as credited_amount, null::decimal(38, 9) as credited_quantity,
        'EUR' as currency_code, 1::decimal(18, 9) as fx_rate, true as is_exclusive,
        date '2026-05-03' as credit_date
    from (values ('c1', 'ada', 0.6, 600), ('c2', 'house', 0.4, 400))
        as t(credit_key, payee_key, share, amount);
create table compensation.comp_plan_component as
    select 'own' as component_key, 'seller' as plan, 'Seller' as plan_label, 1 as plan_version,
        'Own deals' as component_label, '§ 1' as clause, 'flat' as method;
create table compensation.comp_earning_line as
    select 'e1' as earning_line_key, 'ada' as payee_key, 'own' as component_key,
        'c1' as credit_key, null::varchar as kpi_result_key, 'month' as period_grain,
        date '2026-05-01' as period, 'EUR' as currency_code, 1 as tier_number,
        600::decimal(38, 9) as base_in_tier, 0.1::decimal(18, 6) as rate,
        60::decimal(38, 10) as amount_unrounded, 0::decimal(18, 2) as withheld_amount,
        60::decimal(18, 2) as amount;
create table compensation.comp_kpi_result as
    select null::varchar as kpi_result_key, null::varchar as kpi, null::decimal(38, 6) as target,
        null::decimal(38, 6) as actual, null::decimal(18, 6) as achievement,
        null::varchar as kpi_publish_version where false;
create table compensation.comp_override as
    select null::varchar as override_key, null::varchar as reason where false;
create table compensation.comp_ledger as
    select 'EUR' as currency_code, 5::decimal(18, 2) as amount, 'earning' as entry_type,
        date '2026-04-01' as posting_period;
create table compensation.comp_pending_posting as
    select 'EUR' as currency_code, 60::decimal(18, 2) as amount, 'earning' as entry_type,
        date '2026-05-01' as posting_period;
create table compensation.comp_statement as
    select statement_key, 'ada' as payee_key, 'EUR' as currency_code, 'draft' as status,
        null::varchar as content_hash, 1 as line_count, opening::decimal(18, 2) as opening,
        earnings::decimal(18, 2) as earnings, 0::decimal(18, 2) as adjustments,
        0::decimal(18, 2) as draws, 0::decimal(18, 2) as holds, 0::decimal(18, 2) as payments,
        closing::decimal(18, 2) as closing, 0::decimal(18, 2) as owed_balance,
        0::decimal(18, 2) as held_balance, null::decimal(18, 2) as frozen_closing, period
    from (values ('s4', 0, 5, 5, date '2026-04-01'), ('s5', 5, 60, 65, date '2026-05-01'))
        as t(statement_key, opening, earnings, closing, period);
create table compensation.comp_statement_line as
    select 's5' as statement_key, 'ada' as payee_key, 'own' as component_key,
        'e1' as earning_line_key, null::varchar as override_key, 1 as line_number,
        'earning' as entry_type, 'earned' as reason, date '2026-05-01' as origin_period,
        date '2026-05-03' as event_date, 60::decimal(18, 2) as amount, 'EUR' as currency_code,
        '+SUM(A1)' as explanation, 'p1' as posting_key, date '2026-05-01' as period;
create table compensation.comp_payroll_input as
    select 'ada' as payee_key, date '2026-05-01' as period, 60::decimal(18, 2) as amount,
        'EUR' as currency_code, '@cmd' as component;
"""
# As a close leaves it.
LOCKED = """
update compensation.comp_period set status = 'locked', closed_as_of_date = date '2026-06-01';
update compensation.comp_statement
    set status = 'final', content_hash = 'hash', frozen_closing = closing;
"""
MARTS = """
create schema core;
create table core.fct_booking as
    select 1000::decimal(18, 2) as amount, date '2026-05-03' as booking_date;
create table core.fct_refund as
    select 7::decimal(18, 2) as amount, date '2026-04-30' as refund_date, true as is_reportable;
"""


def publish_month(folder: Path, *changes: str, held: str = "") -> Month:
    """Write the two stores, change them, and read May as an export does."""
    with connect(folder / "finance.duckdb") as connection:
        connection.execute(FINANCE)
        for change in changes:
            if not change.startswith("marts:"):
                connection.execute(change)
    with connect(folder / "marts.duckdb") as connection:
        connection.execute(MARTS)
        for change in changes:
            if change.startswith("marts:"):
                connection.execute(change.removeprefix("marts:"))
    groups = tuple(
        GroupEntry(name, "held" if name == held else "published", "000001", None, None, ())
        for name in ("core", "compensation")
    )
    manifest = Manifest(
        "000001", date(2026, 6, 2), "run", datetime(2026, 6, 2, tzinfo=UTC), groups, ()
    )
    return read_month(folder / "finance.duckdb", manifest, "Made-up & Co", MAY)
