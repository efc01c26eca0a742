"""What people of the sample company earn is what was planted, and ties out to the bookings.

The truth is written beside the data by the generator, and never read by the pipeline.
"""

from __future__ import annotations

import stat
from typing import Any

import duckdb
import pytest

from tests.end_to_end.conftest import RunHome

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

# What version 2 of two plans adds on 1 August 2026: nothing was planted for it.
ADDED = ("accelerator", "accepted_leads")


def ask(sample: RunHome, sql: str) -> list[tuple[Any, ...]]:
    """Ask finance's file, the marts and the truth together."""
    folder = sample.home / "sample_company" / "truth"
    with duckdb.connect() as connection:
        for name in ("marts", "finance"):
            connection.execute(f"attach '{sample.current / name}.duckdb' as {name} (read_only)")
        connection.execute("use finance.compensation")
        for table in ("pay", "posting", "late", "credit", "refund", "payroll_difference"):
            sql = sql.replace(f"truth('{table}')", f"read_parquet('{folder / table}/*.parquet')")
        return connection.execute(sql).fetchall()


def test_pay_is_published_for_finance_alone(sample: RunHome) -> None:
    assert stat.S_IMODE((sample.current / "finance.duckdb").stat().st_mode) == 0o600
    assert stat.S_IMODE((sample.current / "parquet" / "compensation").stat().st_mode) == 0o700
    assert stat.S_IMODE((sample.home / "warehouse.duckdb").stat().st_mode) == 0o600
    assert sample.value("select count(*) from duckdb_tables() where table_name like 'comp%'") == 0
    empty = [
        name
        for (name,) in ask(sample, "select table_name from duckdb_tables() where "
                                   "schema_name = 'compensation'")
        if ask(sample, f"select count(*) from {name}") == [(0,)]
    ]  # fmt: skip
    assert empty == []


def test_credits_are_the_planted_ones(sample: RunHome) -> None:
    wrong = ask(
        sample,
        """
        with told as (
            select employee_id, source_id as opportunity_id, credit_type as split_type,
                share, credited_amount as amount
            from comp_credit
            inner join comp_payee using (payee_key)
            inner join comp_event using (event_key)
            where comp_event.event_type = 'booking'
        )
        select * from told
        full join truth('credit') as planted using (employee_id, opportunity_id, split_type)
        where told.amount is distinct from planted.amount
            or told.share is distinct from planted.share
        """,
    )
    assert wrong == []
    assert ask(sample, "select count(*) from comp_credit where event_type = 'refund'")[0][0] > 20


def test_everybody_earns_what_was_planted(sample: RunHome) -> None:
    """Commissions, what refunds take back and yearly bonuses: by deal, to the cent."""
    told = f"""
        select payee.employee_id, component.component, line.period,
            root.source_id as opportunity_id, event.event_type, line.currency_code,
            sum(line.amount) as amount
        from comp_earning_line as line
        inner join comp_payee as payee using (payee_key)
        inner join comp_plan_component as component using (component_key)
        left join comp_event as event on line.event_key = event.event_key
        left join comp_event as root on line.root_event_key = root.event_key
        where component not in {ADDED}
        group by all
    """
    planted = """
        select employee_id, component, period, nullif(opportunity_id, '') as opportunity_id,
            case kind when 'commission' then 'booking' when 'clawback' then 'refund' end
                as event_type,
            currency_code, sum(amount) as amount
        from truth('pay') where kind <> 'override' group by all
    """
    assert ask(sample, f"({told} except {planted}) union all ({planted} except {told})") == []
    [(lines, kinds)] = ask(sample, f"select count(*), count(distinct event_type) from ({told})")
    assert lines > 500
    assert kinds == 2


def test_bookings_tie_out_to_credits_the_house_and_earnings(sample: RunHome) -> None:
    """Bookings less refunds = credits + house, and each credit that counts is priced whole."""
    assert (
        ask(
            sample,
            """
            with sold as (
                select currency_code, sum(amount_local) as amount
                from marts.core.fct_booking group by 1
                union all
                select currency_code, -sum(amount_local) from marts.core.fct_refund
                where is_reportable group by 1
            ),
            credited as (
                select currency_code, sum(credited_amount) as amount
                from comp_credit where credit_type = 'revenue' group by 1
            )
            select currency_code, sum(sold.amount), any_value(credited.amount)
            from sold full join credited using (currency_code)
            group by 1 having sum(sold.amount) is distinct from any_value(credited.amount)
            """,
        )
        == []
    )
    assert (
        ask(
            sample,
            """
            select credit_key, component_key from comp_earning_line
            inner join comp_credit using (credit_key)
            where comp_earning_line.currency_code = comp_credit.currency_code
                and comp_credit.credit_type <> 'accepted_lead'
            group by credit_key, component_key, comp_earning_line.payee_key, credited_amount
            having sum(base_in_tier) <> credited_amount
            """,
        )
        == []
    )


def test_the_accelerator_pays_above_the_quota_up_to_its_cap(sample: RunHome) -> None:
    found = ask(
        sample,
        """
        select attainment, sum(line.amount), sum(line.withheld_amount)
        from comp_earning_line as line
        inner join comp_plan_component as component using (component_key)
        inner join comp_attainment as attained on line.payee_key = attained.payee_key
            and line.component_key = attained.component_key
            and line.period = attained.period_start
        where component.component = 'accelerator'
        group by line.payee_key, attainment
        """,
    )
    assert {amount > 0 for attainment, amount, _ in found if attainment > 1} == {True}
    assert {amount for attainment, amount, _ in found if attainment <= 1} == {0}
    assert {amount for _, amount, withheld in found if withheld} == {12_000}


def test_every_line_says_how_it_came_about(sample: RunHome) -> None:
    assert (
        ask(
            sample,
            "select explanation from comp_earning_line where amount is null "
            "or explanation not like '%' || amount || ' ' || currency_code || '%'",
        )
        == []
    )
