"""truth.json: its parts agree with each other, with the files, and with examples done by hand."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from sample_company.buyers import Buyer
from sample_company.decisions import in_euros
from sample_company.make_exports import HERE
from sample_company.story import tell_story
from sample_company.truth import quarter
from sample_company.world import Deal, Lead

CRM = HERE / "exports" / "crm"
GROUPED = (
    "leads_by_channel",
    "leads_by_segment",
    "leads_by_region",
    "mqls_by_channel",
    "opportunities_created_by_team",
    "pipeline_created_by_team",
    "won_by_team",
    "lost_by_team",
    "bookings_by_team",
    "bookings_by_channel",
    "bookings_by_product",
    "ad_spend_by_platform",
    "open_opportunities_by_stage",
)


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return json.loads((HERE / "truth.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("key", GROUPED)
def test_members_sum_to_the_whole(truth: dict[str, Any], key: str) -> None:
    for period, members in truth[key].items():
        parts = [Decimal(value) for name, value in members.items() if name != "all"]
        assert sum(parts) == Decimal(members["all"]), period


@pytest.mark.parametrize("key", [key for key in GROUPED if not key.startswith("open_")])
def test_periods_sum_to_the_whole(truth: dict[str, Any], key: str) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for period, members in truth[key].items():
        for name, value in members.items():
            sums[name] += Decimal(value) if period != "all" else -Decimal(value)
    assert set(sums.values()) == {Decimal(0)}


@pytest.mark.parametrize("other", ["bookings_by_channel", "bookings_by_product"])
def test_bookings_are_the_same_however_they_are_cut(truth: dict[str, Any], other: str) -> None:
    for period, members in truth["bookings_by_team"].items():
        assert members["all"] == truth[other][period]["all"]


def test_win_rate_is_won_of_closed(truth: dict[str, Any]) -> None:
    for period, rate in truth["win_rate"].items():
        won = truth["won_by_team"][period]["all"]
        lost = truth["lost_by_team"].get(period, {"all": 0})["all"]
        assert rate == f"{won}/{won + lost}"
    assert Fraction("1/4") <= Fraction(truth["win_rate"]["all"]) <= Fraction("3/10")


def test_rows_are_what_lies_in_the_files(truth: dict[str, Any]) -> None:
    for entity, counts in truth["rows"].items():
        assert counts["delivered"] == counts["good"] + counts["quarantined"]
        path = CRM / f"{entity}.csv"
        if path.exists():
            encoding = "latin-1" if entity == "leads" else "utf-8"
            with path.open(encoding=encoding, newline="") as file:
                assert sum(1 for _ in csv.reader(file)) - 1 == counts["delivered"], entity
    assert sum(c["quarantined"] for c in truth["rows"].values()) == len(truth["broken_rows"])


def test_won_amounts_in_the_file_give_the_bookings(truth: dict[str, Any]) -> None:
    total = Decimal(0)
    with (CRM / "opportunities.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["stage"] == "Closed Won" and row["deleted"] == "False":
                amount = Decimal(row["amount"].replace(",", ""))
                close = date.fromisoformat(row["close_date"])
                total += in_euros(amount, row["currency"], close)
    assert total == Decimal(truth["bookings_by_team"]["all"]["all"])


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 2, 1), "2026-02-01"),
        (date(2026, 1, 31), "2025-11-01"),
        (date(2025, 11, 1), "2025-11-01"),
        (date(2026, 10, 31), "2026-08-01"),
        (date(2026, 7, 31), "2026-05-01"),
    ],
)
def test_fiscal_quarters_begin_in_february(day: date, first: str) -> None:
    assert quarter(day) == first


@pytest.mark.parametrize(
    ("amount", "currency", "day", "euros"),
    [
        ("1000.00", "EUR", date(2026, 1, 1), "1000.00"),
        ("1000.00", "USD", date(2024, 1, 31), "917.00"),  # 0.9170
        ("1000.00", "USD", date(2024, 2, 1), "926.40"),  # 0.9264
        ("0.50", "GBP", date(2024, 7, 1), "0.59"),  # 1.1850: 0.5925
        ("0.01", "GBP", date(2024, 7, 1), "0.01"),
        ("5.00", "USD", date(2025, 9, 15), "4.26"),  # 0.8523: 4.2615
    ],
)
def test_amounts_are_converted_at_the_rate_of_the_day(
    amount: str, currency: str, day: date, euros: str
) -> None:
    assert in_euros(Decimal(amount), currency, day) == Decimal(euros)


STORY = tell_story()


def lead_with(status: str, **moments: datetime) -> Lead:
    created_at = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # 1 April in Berlin
    return replace(STORY.leads[0], status=status, moments=moments, created_at=created_at)


def may(day: int) -> datetime:
    return datetime(2026, 5, day, 9, tzinfo=UTC)


def deal_created(day: int, stage: str, close_date: date) -> Deal:
    return replace(STORY.deals[0], created_at=may(day), stage=stage, close_date=close_date)


@pytest.mark.parametrize(
    ("lead", "day"),
    [
        (lead_with("Accepted", mql_at=may(4), accepted_at=may(6)), date(2026, 5, 4)),
        (lead_with("Accepted", accepted_at=may(6)), date(2026, 5, 6)),
        # The later stage was reached first, so the earlier one was too.
        (lead_with("Accepted", mql_at=may(8), accepted_at=may(6)), date(2026, 5, 6)),
        (lead_with("Rejected", rejected_at=may(6)), None),
        (lead_with("MQL"), date(2026, 4, 1)),
        (lead_with("Working"), None),
    ],
)
def test_an_mql_is_dated_by_the_best_date_there_is(lead: Lead, day: date | None) -> None:
    assert Buyer([lead]).mql_day == day


def test_the_earliest_of_a_buyers_dates_counts() -> None:
    silent, qualified = lead_with("MQL"), lead_with("Qualified", qualified_at=may(7))
    assert Buyer([silent, qualified]).mql_day == date(2026, 5, 7)
    lost = deal_created(5, "Closed Lost", date(2026, 5, 6))
    assert Buyer([silent, qualified], [lost]).mql_day == date(2026, 5, 5)
    won_backwards = deal_created(5, "Closed Won", date(2026, 5, 3))
    assert Buyer([silent], [won_backwards]).mql_day == date(2026, 5, 3)


def test_customers_pay_less_than_the_list_price_but_not_half(truth: dict[str, Any]) -> None:
    for period, amounts in truth["price_realisation"].items():
        paid, listed = map(Decimal, amounts.split("/"))
        assert Decimal("0.8") < paid / listed < Decimal(1), period


def test_products_carry_the_whole_of_a_deal_but_for_the_difference(truth: dict[str, Any]) -> None:
    products = truth["bookings_by_product"]["all"]
    assert abs(Decimal(products["unallocated"])) < Decimal(products["unknown"])
