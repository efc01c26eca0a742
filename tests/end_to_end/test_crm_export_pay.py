"""The example plans of the real CRM export pay its agents, managers and offices to the cent.

What is due is counted from the files, in exact fractions: a quarter's deals of an agent against a
thousand dollars a day, 1 % of the team's deals for its manager, 0.25 % of a quarter's for an
office.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.conftest import real_data
from tests.end_to_end.conftest import RunHome
from tests.end_to_end.finance import ask_finance
from tests.unlike import unlike

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.xdist_group("crm_export")]

Earned = dict[tuple[str, str, date], Decimal]
BANDS = ((Fraction(0), Fraction("0.04")), (Fraction(1), Fraction("0.06")),
         (Fraction("1.5"), Fraction("0.08")))  # fmt: skip


def quarter(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def days_of(start: date) -> int:
    later = date(start.year + start.month // 10, (start.month + 3 - 1) % 12 + 1, 1)
    return (later - start).days


def to_the_cent(amount: Fraction) -> Decimal:
    """Round half up; nothing here is negative."""
    return Decimal(int(amount * 100 + Fraction(1, 2))) / 100


def deals() -> list[tuple[str, date, int]]:
    """Agent, close date and value of each won deal."""
    path = real_data("maven_crm") / "sales_pipeline.csv"
    with path.open(encoding="utf-8") as file:
        return [
            (row["sales_agent"], date.fromisoformat(row["close_date"]), int(row["close_value"]))
            for row in csv.DictReader(file)
            if row["deal_stage"] == "Won"
        ]


def above() -> dict[str, tuple[str, str]]:
    """Manager and office of each agent."""
    path = real_data("maven_crm") / "sales_teams.csv"
    with path.open(encoding="utf-8") as file:
        return {
            row["sales_agent"]: (row["manager"], row["regional_office"])
            for row in csv.DictReader(file)
        }


def due() -> Earned:
    sold: dict[tuple[str, date], int] = defaultdict(int)
    of_offices: dict[tuple[str, date], int] = defaultdict(int)
    earned: Earned = defaultdict(Decimal)
    for agent, day, value in deals():
        manager, office = above()[agent]
        sold[agent, quarter(day)] += value
        of_offices[office, quarter(day)] += value
        earned["manager", manager, quarter(day)] += to_the_cent(Fraction(value, 100))
    for (agent, start), total in sold.items():
        quota = 1000 * days_of(start)
        uppers = [bound * quota for bound, _ in BANDS[1:]] + [Fraction(total)]
        for (lower, rate), upper in zip(BANDS, uppers, strict=True):
            inside = max(Fraction(0), min(Fraction(total), upper) - lower * quota)
            earned["agent", agent, start] += to_the_cent(inside * rate)
    for (office, start), total in of_offices.items():
        earned["office", office, start] += to_the_cent(Fraction(total) / 400)
    return earned


def test_thirty_agents_six_managers_and_three_offices_are_paid(crm_export: RunHome) -> None:
    found = {
        row[:3]: row[3]
        for row in ask_finance(
            crm_export,
            """
            select plan, employee_id, period, sum(amount)
            from comp_earning_line
            inner join comp_plan_component using (component_key)
            inner join comp_payee using (payee_key)
            group by all
            """,
        )
    }
    assert unlike(found, due()) == {}
    who = {plan: len({name for of, name, _ in found if of == plan}) for plan, *_ in found}
    assert who == {"agent": 30, "manager": 6, "office": 3}


def test_some_agents_reach_every_band(crm_export: RunHome) -> None:
    """Plans whose accelerators nobody reaches would prove nothing about them."""
    tiers = ask_finance(
        crm_export,
        "select tier_number, count(distinct payee_key) from comp_earning_line "
        "inner join comp_plan_component using (component_key) "
        "where plan = 'agent' group by all order by all",
    )
    assert [tier for tier, _ in tiers] == [1, 2, 3]
    assert all(agents > 5 for _, agents in tiers)


def test_bookings_tie_out_to_credits_and_lines(crm_export: RunHome) -> None:
    """Each booked dollar is credited once, and counts once for agent, manager and office."""
    booked = crm_export.value("select sum(amount) from core.fct_booking")
    assert ask_finance(
        crm_export,
        "select sum(credited_amount), bool_and(counts_for_pay) from comp_credit",
    ) == [(booked, True)]
    assert ask_finance(
        crm_export,
        "select plan, sum(base_in_tier) = sum(sum(base_in_tier)) over () / 3 "
        "from comp_earning_line inner join comp_plan_component using (component_key) "
        "group by all order by all",
    ) == [("agent", True), ("manager", True), ("office", True)]
    assert ask_finance(
        crm_export, "select sum(base_in_tier) / 3 = 10005534 from comp_earning_line"
    ) == [(True,)]
