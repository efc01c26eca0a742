"""A made-up year of deals, as the tables that the models of pay read.

Everybody is paid by a plan of bench/pay_company; one of eleven leads the others. A deal has an
owner, a quarter of them are shared with somebody, a tenth has somebody beside, one of twenty is
refunded; so a hundred deals are credited 142 times. All of it is a function of numbers. Which
deals are shared and which refunded is counted, for DuckDB's hashes of two values go together.

Belongs here: the tables, and what one more day brings. Does not: running models (compensation).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.company.model_problems import validate_yaml
from orchestration.company.payroll import PAYROLL_FILE, PayrollFile
from orchestration.company.payroll_tables import payroll_rows
from orchestration.company.plan_checks import read_plans
from orchestration.company.plan_tables import plan_rows
from orchestration.company.rules_schema import RULES_SCHEMAS
from orchestration.company.yaml_file import read_yaml
from orchestration.ingest.warehouse import write_rules

COMPANY = Path(__file__).resolve().parent / "pay_company"
# What the bench makes; the models' inputs are brought to it as a run brings its own.
FEED = "feed"
LAST_DAY, NEW_DAY, YEAR_END = date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31)
CREDITS_PER_DEAL = 1.42
DAYS = 363
LEADS_OF = 11

# Columns are those that the models read.
DEALS = """
    select i, key, seller, partner, colleague, day, recorded,
        case when i % 10 = 9 then 'USD' else currency end as currency, amount,
        round(amount * case currency when 'USD' then 0.9 when 'GBP' then 1.15 else 1 end, 2)
            ::decimal(18, 2) as amount_reporting,
        1 + hash(i, 8) % 20 as quantity,
        case when hash(i, 9) % 5 = 0 then 'new' else 'renewal' end as kind
    from (
        select i, md5(concat('deal ', i)) as key, md5(concat('company', chr(31), 'people', chr(31),
                printf('E%06d', owner))) as seller,
            md5(concat('company', chr(31), 'people', chr(31),
                printf('E%06d', {leads} + hash(i, 6) % {sellers}))) as partner,
            md5(concat('company', chr(31), 'people', chr(31),
                printf('E%06d', {leads} + hash(i, 10) % {sellers}))) as colleague,
            case when i < {deals} then date '2026-01-01' + (hash(i, 2) % 363)::integer
                else date '2026-12-30' end as day, day as recorded,
            case when owner % 10 < 7 then 'EUR' when owner % 10 < 9 then 'USD' else 'GBP' end
                as currency,
            ((hash(i, 3) % 4000000) / 100 + 500)::decimal(18, 2) as amount
        from (select i, {leads} + hash(i, 1) % {sellers} as owner
            from range({deals} + {deals_of_day}) as t(i)) as numbered
    ) as drawn
"""
# By table: its rows and the day of each; what is of no day is there from the first.
FACTS: Mapping[str, tuple[str, str]] = {
    "fct_opportunity": (
        """
        select key as opportunity_key, key as account_key, seller as owner_employee_key,
            null::varchar as sdr_employee_key, kind as opportunity_type, 'crm' as source_system,
            concat('D', i) as source_id, currency as currency_code, amount_reporting as amount,
            amount as amount_local, true as is_won, true as is_reportable, day as close_date
        from deals
        """,
        "close_date",
    ),
    "fct_booking": (
        """
        select md5(concat('line ', i)) as booking_key, key as opportunity_key,
            md5('product') as product_key, kind as booking_type, amount_reporting as amount,
            amount as amount_local, null::decimal(18, 2) as cost_amount,
            quantity::decimal(18, 6) as quantity, day
        from deals
        """,
        "day",
    ),
    "conformed_opportunity_splits": (
        """
        select md5(concat('split ', i)) as split_key, key as opportunity_key,
            unnest([seller, partner]) as employee_key, 'revenue' as split_type,
            unnest([0.7, 0.3])::decimal(18, 6) as share, day as valid_from
        from deals where i % 4 = 1 and seller <> partner
        union all
        select md5(concat('beside ', i)), key, colleague, 'overlay', 0.5, day
        from deals where i // 4 % 10 = 0
        """,
        "valid_from",
    ),
    "fct_refund": (
        """
        select md5(concat('refund ', i)) as refund_key, key as opportunity_key,
            'crm' as source_system, concat('R', i) as source_id, currency as currency_code,
            (amount_reporting / 2)::decimal(18, 2) as amount,
            (amount / 2)::decimal(18, 2) as amount_local, true as is_reportable,
            case when hash(i, 12) % 363 = 0 then date '2026-12-30'
                else least(day + (hash(i, 7) % 120)::integer, date '2026-12-29') end
                as refund_date
        from deals where i < {deals} and i // 40 % 20 = 0
        union all
        select md5(concat('again ', i)), key, 'crm', concat('A', i), currency,
            (amount_reporting / 4)::decimal(18, 2), (amount / 4)::decimal(18, 2), true,
            date '2026-12-30'
        from deals where i < {deals} and i // 40 % 20 = 0 and i // 800 % 5 = 0
        """,
        "refund_date",
    ),
}
PEOPLE = """
    select i, md5(concat('company', chr(31), 'people', chr(31), printf('E%06d', i))) as key,
        printf('E%06d', i) as employee_id,
        case when i < {leads} then null else md5(concat(
            'company', chr(31), 'people', chr(31), printf('E%06d', i % {leads})
        )) end as lead,
        case when i % 10 < 7 then 'EUR' when i % 10 < 9 then 'USD' else 'GBP' end as currency,
        case when i < {leads} then 'lead' else ['seller_a', 'seller_b', 'seller_c'][1 + i % 3] end
            as plan
    from range({payees}) as t(i)
"""
OTHERS = {
    "dim_employee": "select key as employee_key, employee_id as source_id,"
    " employee_id as full_name, 'sales' as business_function from people",
    "dim_employee_history": "select key as employee_key, lead as manager_employee_key,"
    " date '2026-01-01' as valid_from, null::date as valid_to from people",
    "dim_product": "select md5('product') as product_key, 'P1' as source_id,"
    " 'Product' as product_group",
    "dim_date": "select day::date as date_day, date_trunc('month', day)::date as month_start_date,"
    " date_trunc('quarter', day)::date as fiscal_quarter_start_date,"
    " date_trunc('year', day)::date as fiscal_year_start_date, isodow(day) < 6 as is_business_day"
    " from range(timestamp '2026-01-01', timestamp '2028-01-01', interval 1 day) as t(day)",
    "int_exchange_rates": "select currency_code, date_day as rate_date,"
    " (base + (hash(date_day) % 1000) / 100000)::decimal(18, 9) as rate from feed.dim_date,"
    " (values ('USD', 0.9), ('GBP', 1.15)) as t(currency_code, base)",
    "dim_kpi": "select 'nrr' as kpi, 1 as contract_version",
    "rpt_kpi": "select 'nrr' as kpi, 'quarter' as period_grain, fiscal_quarter_start_date as"
    " period_start, 'all' as dimension, 'all' as member, 1.02::decimal(38, 6) as value,"
    " 102::decimal(38, 6) as numerator, 100::decimal(38, 6) as denominator,"
    " 1::decimal(38, 6) as target from feed.dim_date group by all",
}
# What nobody delivers here, with the columns that the models read.
EMPTY = {
    "int_kpi_employee_components": "component varchar, employee_key varchar,"
    " quantity decimal(38, 6), month_start_date date",
    "int_kpi_recorded_components": "component varchar",
    "fct_activity": "activity_key varchar, employee_key varchar, source_system varchar, source_id"
    " varchar, activity_type varchar, direction varchar, is_human boolean, occurred_date date",
    "fct_cost_monthly": "business_function varchar, category varchar, amount decimal(18, 2),"
    " cost_month date",
    "fct_handoff": "handoff_key varchar, owner_employee_key varchar, source_system varchar,"
    " source_id varchar, decision varchar, decided_date date",
    "fct_payment": "payment_key varchar, opportunity_key varchar, source_system varchar, source_id"
    " varchar, currency_code varchar, amount decimal(18, 2), amount_local decimal(18, 2),"
    " is_reportable boolean, paid_date date",
    "fct_subscription_month": "account_key varchar, subscription_month date,"
    " recurring_amount decimal(18, 2)",
    "conformed_employee_absences": "absence_key varchar, employee_key varchar, absence_kind"
    " varchar, valid_from date, valid_to date, created_at timestamp",
    "conformed_compensation_overrides": "override_key varchar, employee_key varchar,"
    " author_employee_key varchar, approver_employee_key varchar, source_system varchar, source_id"
    " varchar, currency_code varchar, reason varchar, amount_local decimal(18, 2), period_start"
    " date, valid_to date, created_at timestamp",
    "conformed_compensation_disputes": "dispute_key varchar, employee_key varchar, opportunity_key"
    " varchar, source_system varchar, source_id varchar, reason varchar, resolution varchar,"
    " period_start date, raised_at timestamp, raised_date date, resolved_at timestamp,"
    " resolved_date date",
    "conformed_payroll_returns": "payroll_return_key varchar, employee_key varchar, source_id"
    " varchar, component varchar, currency_code varchar, paid_amount_local decimal(18, 2),"
    " pay_run_date date, period_start date",
    "stg_file_drop__plan_assignments": "source_system varchar, source_instance varchar,"
    " employee_id varchar, currency_code varchar, valid_from date, valid_to date, created_at"
    " timestamp, assignment_id varchar, plan varchar, target_amount decimal(18, 2)",
    "stg_file_drop__quotas": "source_system varchar, source_instance varchar, employee_id varchar,"
    " currency_code varchar, valid_from date, valid_to date, created_at timestamp, quota_id"
    " varchar, measure varchar, quota_amount decimal(18, 2)",
}
SET_AS_OF = "update rules.as_of set as_of_date = $1"
ASSIGNMENTS = """
    insert into rules.plan_assignment
    select employee_id, plan, date '2026-01-01', null, 20000, currency from people
"""
QUOTAS = """
    insert into rules.quota
    select employee_id, 'bookings', start::date, (start + interval 3 month)::date,
        greatest(round({deals} / {sellers} / 4 * 20500, 2), 1000), currency, 'made up'
    from people, range(timestamp '2026-01-01', timestamp '2027-01-01', interval 3 month) as t(start)
    where plan <> 'lead'
"""


def make_inputs(connection: duckdb.DuckDBPyConnection, payees: int, credits: int) -> None:
    """Make the year without its last day, which is made beside it."""
    sizes = _sizes(payees, credits)
    connection.execute(f"create schema {FEED}")
    connection.execute(f"create temp table people as {PEOPLE.format(**sizes)}")
    connection.execute(f"create temp table deals as {DEALS.format(**sizes)}")
    for name, query in OTHERS.items():
        connection.execute(f"create table {FEED}.{name} as {query}")
    for name, columns in EMPTY.items():
        connection.execute(f"create table {FEED}.{name} ({columns})")
    for name, (query, day) in FACTS.items():
        rows = query.format(**sizes)
        for place, which in ((FEED, "<="), ("main", ">")):
            connection.execute(
                f"create table {place}.{name} as select * from ({rows}) as made "  # noqa: S608
                f"where {day} {which} date '{LAST_DAY}'"
            )
    write_rules(connection, _rules())
    connection.execute(ASSIGNMENTS)
    connection.execute(QUOTAS.format(**sizes))


def let_day_pass(connection: duckdb.DuckDBPyConnection) -> None:
    """Deliver the last day."""
    for name in FACTS:
        connection.execute(f"insert into {FEED}.{name} from main.{name}")  # noqa: S608
    connection.execute(SET_AS_OF, [NEW_DAY])


def let_year_end(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the day after be the last that counts; nothing is delivered."""
    connection.execute(SET_AS_OF, [YEAR_END])


def _sizes(payees: int, credits: int) -> dict[str, int]:
    leads = max(1, payees // LEADS_OF)
    deals = int(credits / CREDITS_PER_DEAL)
    return {
        "payees": payees,
        "leads": leads,
        "sellers": max(1, payees - leads),
        "deals": deals,
        "deals_of_day": max(1, deals // DAYS),
    }


def _rules() -> dict[str, pa.Table]:
    plans, problems = read_plans(COMPANY)
    file, more = read_yaml(COMPANY / PAYROLL_FILE, PAYROLL_FILE)
    if file is None:
        raise ValueError(more)
    payroll, wrong = validate_yaml(file, PayrollFile, file.data)
    if problems or more or wrong:
        raise ValueError([*problems, *more, *wrong])
    rows: dict[str, Sequence[Mapping[str, Any]]] = {
        **plan_rows(one.plan for one in plans),
        **payroll_rows(payroll),
        "as_of": [{"as_of_date": LAST_DAY}],
        "settings": [
            {"company_name": "Bench", "reporting_currency": "EUR", "time_zone": "UTC",
             "fiscal_year_start_month": 1, "smallest_pay_group": 5}
        ],
    }  # fmt: skip
    return {
        name: pa.Table.from_pylist(list(rows.get(name, [])), schema=schema)
        for name, schema in RULES_SCHEMAS.items()
    }
