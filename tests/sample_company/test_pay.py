"""The story of money and pay holds together: its truth follows from what is delivered."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bench.company_folder import write_company
from orchestration.company import load_company
from orchestration.sources.file_drop import extract
from sample_company.decisions import COMPANY
from sample_company.generate import generate
from sample_company.make_exports import HERE
from sample_company.pay import BROKEN_DELIVERIES, RATES, TEAM_RATES
from sample_company.plans import GOALS, fiscal_year

SCALE = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pay") / "generated"
    generate(folder, scale=SCALE, processes=2)
    return folder


@pytest.fixture(scope="module")
def tables(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """What is delivered and the truth, as views; truth's tables begin with `truth_`."""
    with duckdb.connect() as connection:
        for kind, prefix in (("delivered", ""), ("truth", "truth_")):
            for place in (folder / kind).iterdir():
                connection.execute(
                    f"create view {prefix}{place.name} as "
                    f"select * from read_parquet('{place}/*.parquet')"
                )
        connection.execute(
            f"create view staff as select * from read_csv('{COMPANY / 'people.csv'}')"
        )
        connection.execute(
            f"create view rates as select * from read_csv('{COMPANY / 'fx_rates.csv'}')"
        )
        yield connection


def ask(tables: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return tables.execute(sql).fetchall()


def test_recurring_revenue_moves_from_begin_to_end(tables: duckdb.DuckDBPyConnection) -> None:
    wrong = ask(
        tables,
        """
        select * from truth_arr_movement
        where end_amount <> begin_amount + new_amount + reactivation_amount + expansion_amount
            - contraction_amount - churn_amount
            or least(begin_amount, new_amount, reactivation_amount, expansion_amount,
                contraction_amount, churn_amount, end_amount) < 0
        """,
    )
    assert wrong == []


def test_a_month_begins_where_the_last_one_ended(tables: duckdb.DuckDBPyConnection) -> None:
    wrong = ask(
        tables,
        """
        with ended as (
            select account_id, currency_code, cast(month + interval 1 month as date) as month,
                end_amount
            from truth_arr_movement where month < date '2026-10-01'
        )
        select * from truth_arr_movement as movement
        full join ended using (account_id, currency_code, month)
        where coalesce(movement.begin_amount, 0) <> coalesce(ended.end_amount, 0)
        """,
    )
    assert wrong == []


def test_recurring_revenue_ends_at_what_the_subscriptions_say(
    tables: duckdb.DuckDBPyConnection,
) -> None:
    wrong = ask(
        tables,
        """
        with found as (
            select month, currency_code, sum(end_amount) as amount
            from truth_arr_movement group by all having sum(end_amount) <> 0
        ),
        planted as (
            select month, currency_code, sum(recurring_amount) as amount
            from (select distinct month from truth_arr_movement)
            inner join subscriptions
                on valid_from <= last_day(month) and valid_to > last_day(month)
            group by all
        )
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []


def test_every_movement_is_planted(tables: duckdb.DuckDBPyConnection) -> None:
    kinds = ("new", "reactivation", "expansion", "contraction", "churn")
    sums = ", ".join(f"sum({kind}_amount)" for kind in kinds)
    assert min(ask(tables, f"select {sums} from truth_arr_movement")[0]) > 0


def test_nobody_is_new_twice(tables: duckdb.DuckDBPyConnection) -> None:
    assert not ask(
        tables,
        "select account_id from (select distinct account_id, month from truth_arr_movement "
        "where new_amount > 0) group by 1 having count(*) > 1",
    )


def test_a_contract_that_is_renewed_keeps_its_id(tables: duckdb.DuckDBPyConnection) -> None:
    """Else a rate that moved between two terms would look like growth."""
    renewals = ask(
        tables,
        """
        select subscription_id, fate in ('new', 'reactivated') as is_signed, count(*)
        from truth_subscription group by all
        """,
    )
    assert {count for _, is_signed, count in renewals if is_signed} == {1}
    assert sum(count for _, is_signed, count in renewals if not is_signed) > 50
    overlapping = ask(
        tables,
        "select * from subscriptions as one inner join subscriptions as two "
        "using (subscription_id) "
        "where one.valid_from < two.valid_from and one.valid_to > two.valid_from",
    )
    assert overlapping == []


def test_bookings_are_those_of_won_deals(tables: duckdb.DuckDBPyConnection) -> None:
    wrong = ask(
        tables,
        """
        with found as (
            select month, currency_code, sum(amount) as amount, sum(deals) as deals
            from truth_booking group by all
        ),
        planted as (
            select cast(date_trunc('month', close_date) as date) as month, currency_code,
                sum(amount) as amount, count(*) as deals
            from opportunities where sales_stage = 'Closed Won' and not is_deleted group by all
        )
        (from found except from planted) union all (from planted except from found)
        """,
    )
    assert wrong == []


def test_refunds_are_those_of_both_systems(tables: duckdb.DuckDBPyConnection) -> None:
    wrong = ask(
        tables,
        """
        with found as (
            select refund_id, opportunity_id, month, currency_code, amount from truth_refund
        ),
        delivered as (
            select refund_id, opportunity_id, cast(date_trunc('month', refund_date) as date),
                currency_code, amount
            from (from refunds union all from credit_notes)
        )
        (from found except from delivered) union all (from delivered except from found)
        """,
    )
    assert wrong == []
    too_much = ask(
        tables,
        "select opportunity_id from truth_refund "
        "inner join opportunities using (opportunity_id, currency_code) "
        "group by 1, opportunities.amount having sum(truth_refund.amount) > opportunities.amount",
    )
    assert too_much == []
    full = "inner join opportunities using (opportunity_id, amount)"
    assert ask(tables, f"select count(*) from truth_refund {full}")[0][0] == 2 * SCALE


SPLITS = """
    with agreed as (
        select opportunity_splits.*, opportunities.close_date
        from opportunity_splits inner join opportunities using (opportunity_id)
        where sales_stage = 'Closed Won' and opportunity_splits.valid_from <= close_date
        qualify opportunity_splits.valid_from
            = max(opportunity_splits.valid_from) over (partition by opportunity_id, split_type)
    )
"""


def test_shares_are_whole(tables: duckdb.DuckDBPyConnection) -> None:
    assert not ask(
        tables,
        "select opportunity_id, valid_from from opportunity_splits where split_type = 'revenue' "
        "group by all having sum(share) <> 1",
    )
    assert not ask(
        tables,
        "select opportunity_id from truth_credit where is_exclusive group by 1 "
        "having sum(share) <> 1",
    )
    # Some were agreed anew while the deal was open.
    assert ask(
        tables,
        "select opportunity_id from opportunity_splits where split_type = 'revenue' "
        "group by 1 having count(distinct valid_from) > 1",
    )


def test_exclusive_credits_are_the_booking(tables: duckdb.DuckDBPyConnection) -> None:
    wrong = ask(
        tables,
        """
        select opportunity_id, opportunities.amount from opportunities
        full join truth_credit using (opportunity_id, currency_code)
        where sales_stage is null
            or (sales_stage = 'Closed Won' and not is_deleted
                and coalesce(is_exclusive, true))
        group by all having sum(truth_credit.amount) is distinct from opportunities.amount
        """,
    )
    assert wrong == []


def test_credits_follow_from_what_was_agreed(tables: duckdb.DuckDBPyConnection) -> None:
    """Where nothing was agreed the owner has it all, and who sourced a deal is credited for it."""
    wrong = ask(
        tables,
        f"""
        {SPLITS},
        found as (select opportunity_id, employee_id, split_type, share from truth_credit),
        expected as (
            select opportunity_id, employee_id, split_type, share from agreed
            union all
            select opportunity_id, owner_employee_id, 'revenue', 1 from opportunities
            where sales_stage = 'Closed Won' and not is_deleted and opportunity_id not in
                (select opportunity_id from agreed where split_type = 'revenue')
            union all
            select opportunity_id, sdr_employee_id, 'sourced', 1 from opportunities
            where sales_stage = 'Closed Won' and not is_deleted and sdr_employee_id <> ''
        )
        (from found except from expected) union all (from expected except from found)
        """,
    )
    assert wrong == []


def test_whoever_is_agreed_on_works_there(tables: duckdb.DuckDBPyConnection) -> None:
    assert not ask(
        tables,
        f"""
        {SPLITS}
        select * from agreed anti join staff
            on agreed.employee_id = staff.employee_id and agreed.close_date >= staff.valid_from
            and agreed.close_date < coalesce(staff.valid_to, date '9999-12-31')
        """,
    )


def test_commission_is_base_by_rate(tables: duckdb.DuckDBPyConnection) -> None:
    """In doubles, to within a cent: an exact sum is the planted one's own."""
    wrong = ask(
        tables,
        """
        with lines as (
            select pay.*, opportunities.close_date from truth_pay as pay
            inner join opportunities using (opportunity_id)
        ),
        valued as (
            select
                lines.*,
                coalesce(cast(of_deal.rate as double), 1) as deal_rate,
                coalesce(cast(of_payee.rate as double), 1) as payee_rate
            from lines
            left join rates as of_deal on lines.base_currency_code = of_deal.currency_code
                and lines.close_date >= of_deal.valid_from
                and lines.close_date < coalesce(of_deal.valid_to, date '9999-12-31')
            left join rates as of_payee on lines.currency_code = of_payee.currency_code
                and lines.close_date >= of_payee.valid_from
                and lines.close_date < coalesce(of_payee.valid_to, date '9999-12-31')
        )
        select * from valued
        where abs(
            cast(base_amount as double) * cast(rate as double) * deal_rate / payee_rate
                - cast(amount as double)
        ) > 0.00501
        """,
    )
    assert wrong == []
    assert ask(
        tables,
        "select count(*) from truth_pay where currency_code <> base_currency_code",
    )[0][0]


def test_a_full_refund_leaves_nothing(tables: duckdb.DuckDBPyConnection) -> None:
    left = ask(
        tables,
        """
        select sum(truth_pay.amount), count(*) from truth_pay
        inner join (
            select opportunity_id from truth_refund
            inner join opportunities using (opportunity_id, amount)
        ) using (opportunity_id)
        group by employee_id, component, opportunity_id
        """,
    )
    assert left
    assert {amount for amount, _ in left} == {0}
    assert min(count for _, count in left) == 2


def test_payees_of_every_function(tables: duckdb.DuckDBPyConnection) -> None:
    counts = ask(
        tables,
        """
        select business_function, count(distinct employee_id)
        from plan_assignments inner join staff using (employee_id) group by 1
        """,
    )
    assert {name for name, _ in counts} == {
        "sales", "sdr", "marketing", "customer_success", "finance",
    }  # fmt: skip
    assert min(count for _, count in counts) >= 5
    assert len(ask(tables, "select distinct currency_code from truth_pay")) == 3


def test_a_payee_has_one_plan_a_day_and_a_quota_for_it(
    tables: duckdb.DuckDBPyConnection,
) -> None:
    double = ask(
        tables,
        "select * from plan_assignments as one inner join plan_assignments as two "
        "using (employee_id) where one.assignment_id < two.assignment_id "
        "and one.valid_from < two.valid_to and two.valid_from < one.valid_to",
    )
    assert double == []
    days = "sum(date_diff('day', valid_from, valid_to))"
    wrong = ask(
        tables,
        f"""
        (select employee_id, {days} from plan_assignments group by 1)
        except
        (select employee_id, {days} from quotas where quota_amount is not null group by 1)
        """,
    )
    assert wrong == []


def test_goals_are_the_targets() -> None:
    with (COMPANY / "targets.csv").open(encoding="utf-8", newline="") as file:
        targets = list(csv.DictReader(file))
    for kpi, goals in (("mqls", "company_mqls"), ("bookings", "company_bookings")):
        for year in (2026, 2027):
            start, end = (day.isoformat() for day in fiscal_year(year))
            planned = sum(
                float(row["target_value"])
                for row in targets
                if row["kpi"] == kpi and not row["team"] and start <= row["target_month"] < end
            )
            assert planned == GOALS[goals][year]


def test_payroll_paid_what_was_owed_but_for_the_planted_differences(
    tables: duckdb.DuckDBPyConnection,
) -> None:
    differences = ask(
        tables,
        """
        with owed as (
            select regexp_extract(coalesce(opportunity_id, ''), '^([0-9]+[.])?') as tile,
                employee_id, component, last_day(cast(posted_month + case kind
                    when 'bonus' then interval 2 month else interval 1 month end as date)) as run,
                sum(amount) as amount
            from truth_posting group by all having sum(amount) <> 0
        ),
        paid as (
            select regexp_extract(payroll_return_id, '^([0-9]+[.])?') as tile,
                employee_id, component, last_day(pay_run_date) as run, period,
                paid_amount as amount
            from payroll_returns where paid_amount is not null
        )
        select owed.employee_id, owed.component, run, owed.amount, coalesce(paid.amount, 0)
        from owed full join paid using (tile, employee_id, component, run)
        where owed.amount is distinct from paid.amount and run <= date '2026-10-31'
        order by all
        """,
    )
    planted = ask(
        tables,
        "select employee_id, component, last_day(pay_run_date), owed_amount, paid_amount "
        "from truth_payroll_difference order by all",
    )
    assert differences == planted
    reasons = ask(tables, "select distinct why from truth_payroll_difference")
    assert {why for (why,) in reasons} >= {"rounding", "missing"}


def test_disputes_and_overrides(tables: duckdb.DuckDBPyConnection) -> None:
    is_open = {
        row[0] for row in ask(tables, "select resolved_at is null from compensation_disputes")
    }
    assert is_open == {True, False}
    assert not ask(tables, "select * from compensation_disputes where resolved_at < raised_at")
    assert not ask(
        tables,
        "select * from compensation_overrides "
        "where coalesce(approver_employee_id, author_employee_id) = author_employee_id",
    )
    paid = "select override_id from truth_pay where kind = 'override'"
    assert (
        len(
            ask(
                tables,
                f"select * from compensation_overrides anti join ({paid}) using (override_id)",
            )
        )
        == 1
    )


def test_references_hold_at_a_larger_scale(folder: Path, tmp_path: Path) -> None:
    write_company(tmp_path / "company", folder / "delivered")
    source = load_company(tmp_path / "company", {}).sources.sources["crm"]
    result = extract(source, source.options.folder, [], tmp_path)
    assert not result.refusals
    assert sorted(row.entity for row in result.quarantined) == sorted(
        entity for entity, _, _ in BROKEN_DELIVERIES
    )
    with duckdb.connect() as connection:
        for name in ("opportunity_splits", "compensation_disputes", "credit_notes", "refunds"):
            place, deals = folder / "delivered" / name, folder / "delivered" / "opportunities"
            [(rows, tiles, lost)] = connection.execute(
                f"""
                select count(*), count(distinct opportunity_id like '1.%'),
                    count(*) filter (deals.amount is null)
                from '{place}/*.parquet' as named
                left join '{deals}/*.parquet' as deals using (opportunity_id)
                """
            ).fetchall()
            assert rows
            assert (tiles, lost) == (SCALE, 0), name


def test_readme_publishes_the_rates() -> None:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    for rates, whose in ((RATES, "own"), (TEAM_RATES, "team")):
        for (plan, split_type), rate in rates.items():
            assert (
                f"| `{plan}` | {whose} `{split_type}` credits | {float(rate * 100):g} % |" in readme
            )
