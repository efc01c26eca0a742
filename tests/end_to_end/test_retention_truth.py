"""What became of customers: the marts against what the generator planted.

Belongs here: movements of recurring revenue and cohorts. Does not: single contracts
(test_generated_truth).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from sample_company.decisions import in_euros
from sample_company.money import movements_of
from tests.conftest import RunHome
from tests.unlike import unlike

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

AMOUNTS = tuple(
    f"{name}_amount"
    for name in ("begin", "new", "reactivation", "expansion", "contraction", "churn", "end")
)
MOVEMENTS = """
    select accounts.source_id as account_id, movements.*
    from funnel.rpt_arr_movement as movements
    inner join core.dim_account as accounts
        on movements.parent_account_key = accounts.account_key
"""


def ask(sample: RunHome, sql: str) -> list[dict[str, Any]]:
    """Ask the marts; `truth('subscription')` is the planted table."""
    folder = sample.home / "sample_company" / "truth"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{sample.current / 'marts.duckdb'}' as marts (read_only)")
        connection.execute("use marts")
        for table in ("subscription", "arr_movement"):
            files = f"read_parquet('{folder / table}/*.parquet')"
            sql = sql.replace(f"truth('{table}')", files)
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def published(sample: RunHome) -> dict[tuple[str, date], tuple[Decimal, ...]]:
    return {
        (row["account_id"], row["movement_month"]): tuple(row[name] for name in AMOUNTS)
        for row in ask(sample, MOVEMENTS)
    }


def in_the_reporting_currency(sample: RunHome) -> dict[tuple[str, date], tuple[Decimal, ...]]:
    """Every customer's movements in euros: each contract at the rate of its first day."""
    parents = {
        row["account_id"]: row["parent_id"] or row["account_id"]
        for row in ask(
            sample,
            "select accounts.source_id as account_id, parents.source_id as parent_id "
            "from core.dim_account as accounts left join core.dim_account as parents "
            "on accounts.parent_account_key = parents.account_key",
        )
    }
    terms = ask(sample, "select * from truth('subscription') order by valid_from")
    first_day: dict[str, date] = {}
    customers: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for term in terms:
        day = first_day.setdefault(term["subscription_id"], term["valid_from"])
        amount = in_euros(term["recurring_amount"], term["currency_code"], day)
        euros = {"recurring_amount": amount, "currency_code": "EUR"}
        customers[parents[term["account_id"]]].append({**term, **euros})
    return {
        (account, movement["month"]): tuple(movement[name] for name in AMOUNTS)
        for account, contracts in customers.items()
        for movement in movements_of(contracts)
    }


def test_movements_are_those_that_were_planted(sample: RunHome) -> None:
    """Customers of one currency: those in euros to the cent, the others by their class."""
    planted = ask(
        sample,
        "select * from truth('arr_movement') "
        "qualify count(distinct currency_code) over (partition by account_id) = 1",
    )
    found = published(sample)
    in_euro = [row for row in planted if row["currency_code"] == "EUR"]
    assert len(in_euro) > 300
    for row in in_euro:
        key = (row["account_id"], row["month"])
        assert found[key] == tuple(row[name] for name in AMOUNTS), key
    for row in planted:
        amounts = found[row["account_id"], row["month"]]
        assert [x > 0 for x in amounts] == [row[name] > 0 for name in AMOUNTS]


def test_every_movement_is_right_in_the_reporting_currency(sample: RunHome) -> None:
    found, wanted = published(sample), in_the_reporting_currency(sample)
    assert unlike(found, wanted) == {}
    moved = [sum(1 for row in wanted.values() if row[place]) for place in range(1, 6)]
    assert min(moved) >= 3, "too few movements of a class to prove anything"


def test_the_end_of_a_month_is_the_beginning_of_the_next(sample: RunHome) -> None:
    broken = ask(
        sample,
        f"""
        with movements as ({MOVEMENTS})
        select account_id, movement_month from movements
        qualify begin_amount <> coalesce(
            lag(end_amount) over (partition by account_id order by movement_month), 0
        )
        """,
    )
    assert broken == []


def test_cohorts_hold_every_customer_and_all_that_is_paid(sample: RunHome) -> None:
    [row] = ask(
        sample,
        """
        select
            (select sum(cohort_accounts) from funnel.rpt_retention_cohort where age_months = 0)
                as cohort_accounts,
            (select count(distinct parent_account_key) from funnel.rpt_arr_movement) as customers,
            (select sum(recurring_amount) from funnel.rpt_retention_cohort) as in_cohorts,
            (select sum(end_amount) from funnel.rpt_arr_movement where is_closed) as in_movements
        """,
    )
    assert row["cohort_accounts"] == row["customers"] > 40
    assert row["in_cohorts"] == row["in_movements"]
