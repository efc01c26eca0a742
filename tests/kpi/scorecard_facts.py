"""Random records that a scorecard counts, beside the histories of deals.

Belongs here: decided deals, agreed shares, quotas and activities as rows of the models' parents.
Does not: what a scorecard should say of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random

import duckdb

from tests.kpi.calendar_rows import calendar_rows, months_later
from tests.kpi.compiled import make_table
from tests.kpi.deal_histories import AS_OF, FIRST, Deals, Row, make_deal_parents

# One of them is in no team.
PEOPLE = ("stayer", "mover", "teamless")
SHARES = tuple(map(Decimal, ("0.1", "0.25", "0.333333", "0.333333", "0.5", "1")))


@dataclass
class Records:
    """What is counted."""

    deals: list[Row] = field(default_factory=list)
    splits: list[Row] = field(default_factory=list)
    quotas: list[Row] = field(default_factory=list)
    activities: list[Row] = field(default_factory=list)


def random_records(random: Random, world: Deals) -> Records:
    """Make records; the deals are those of the histories, decided in another way."""
    records = Records()
    length = (AS_OF - FIRST).days
    for deal in world.deals:
        outcome = random.choice(("won", "won", "lost", "open"))
        day = FIRST + timedelta(days=random.randint(0, length))
        records.deals.append(
            {
                **deal,
                "owner_employee_key": random.choice((*PEOPLE, None)),
                "is_won": outcome == "won",
                "is_lost": outcome == "lost",
                "amount": random.choice((None, *(Decimal(random.randint(0, 10**5)) / 100,) * 5)),
                "sales_cycle_days": random.randint(0, 90) if outcome == "won" else None,
                "close_date": day,
            }
        )
        left, agreed_on = Decimal(1), day - timedelta(days=random.choice((9, 0, -9)))
        for who in random.sample((*PEOPLE, None), random.choice((0, 0, 1, 3))):
            share = min(left, random.choice(SHARES))
            left -= share
            if share:
                records.splits.append(
                    {
                        "split_key": f"split{len(records.splits)}",
                        "opportunity_key": deal["opportunity_key"],
                        "employee_key": who,
                        "split_type": random.choice(("revenue", "revenue", "overlay")),
                        "share": share,
                        # An earlier agreement no longer holds.
                        "valid_from": agreed_on - timedelta(days=random.choice((0, 0, 5))),
                    }
                )
    for number in range(random.randint(1, 8)):
        begin = FIRST + timedelta(days=random.randint(0, length))
        records.quotas.append(
            {
                "quota_key": f"quota{number}",
                "employee_key": random.choice(PEOPLE),
                "measure": random.choice(("bookings", "bookings", "meetings")),
                "currency_code": random.choice(("EUR", "USD")),
                "quota_amount_local": Decimal(random.randint(1, 10**6)) / 100,
                "valid_from": begin,
                "valid_to": begin + timedelta(days=random.choice((1, 2, 30, 91, 150))),
            }
        )
    records.activities = [
        {
            "activity_key": f"act{number}",
            "employee_key": random.choice((*PEOPLE, None)),
            "is_human": random.random() < 0.8,
            "direction": random.choice(("one_way", "two_way")),
            "occurred_date": FIRST + timedelta(days=random.randint(0, length)),
        }
        for number in range(random.randint(0, 60))
    ]
    return records


def make_record_parents(
    connection: duckdb.DuckDBPyConnection, world: Deals, records: Records
) -> None:
    """Write histories and records as the tables that the models read."""
    make_deal_parents(connection, world)
    text, boolean, money = "varchar", "boolean", "decimal(18,2)"
    make_table(
        connection,
        "core.fct_opportunity",
        {
            "opportunity_key": text, "owner_employee_key": text, "is_reportable": boolean,
            "is_won": boolean, "is_lost": boolean, "amount": money, "sales_cycle_days": "integer",
            "created_date": "date", "close_date": "date",
        },
        records.deals,
    )  # fmt: skip
    make_table(
        connection,
        "conformed.conformed_opportunity_splits",
        {
            "split_key": text, "opportunity_key": text, "employee_key": text, "split_type": text,
            "share": "decimal(18,6)", "valid_from": "date",
        },
        records.splits,
    )  # fmt: skip
    make_table(
        connection,
        "conformed.conformed_quotas",
        {
            "quota_key": text, "employee_key": text, "measure": text, "currency_code": text,
            "quota_amount_local": money, "valid_from": "date", "valid_to": "date",
        },
        records.quotas,
    )  # fmt: skip
    make_table(
        connection,
        "core.fct_activity",
        {
            "activity_key": text, "employee_key": text, "is_human": boolean, "direction": text,
            "occurred_date": "date",
        },
        records.activities,
    )  # fmt: skip
    make_table(
        connection,
        "core.dim_date",
        {
            "date_day": "date", "month_start_date": "date", "fiscal_quarter_start_date": "date",
            "fiscal_year_start_date": "date", "is_business_day": boolean,
        },
        [
            {**row, "is_business_day": row["date_day"].weekday() < 5}
            for row in calendar_rows(FIRST, months_later(AS_OF, 12), world.start_month)
        ],
    )  # fmt: skip
