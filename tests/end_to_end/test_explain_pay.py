"""`concord explain pay` leads every cent of a statement back to a record, a KPI or a decision."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest

from orchestration.explain.pay import PayLine, explain_pay
from tests.end_to_end.conftest import RunHome
from tests.end_to_end.finance import ask_finance

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

STATEMENTS = (
    "select payee_key, employee_id, period, sum(line_count), "
    "sum(earnings + adjustments + payments) "
    "from comp_statement inner join comp_payee using (payee_key) "
    "where status = 'final' group by all having sum(line_count) > 0 order by period, employee_id"
)


@pytest.fixture(scope="module")
def explained(sample: RunHome) -> dict[tuple[str, date], list[PayLine]]:
    """Every locked statement with a line."""
    finance, warehouse = sample.current / "finance.duckdb", sample.home / "warehouse.duckdb"
    statements, found = ask_finance(sample, STATEMENTS), {}
    # While they are open here, no statement has to open them anew, which costs most.
    with (
        duckdb.connect(str(finance), read_only=True),
        duckdb.connect(str(warehouse), read_only=True),
    ):
        for payee_key, who, period, line_count, amount in statements:
            lines, note = explain_pay(finance, warehouse, payee_key, period)
            assert note == ""
            assert len(lines) == line_count
            assert sum(one.line["amount"] for one in lines) == amount
            found[who, period] = lines
    assert len(found) > 150
    return found


def test_every_line_leads_to_a_record_a_kpi_or_a_decision(
    explained: dict[tuple[str, date], list[PayLine]],
) -> None:
    every = [line for some in explained.values() for line in some]
    payments = [line for line in every if line.line["entry_type"] == "payment"]
    assert {tuple(one.entity for one in line.records) for line in payments} == {
        ("payroll_returns",)
    }
    assert {line.plan for line in payments} == {None}
    lines = [line for line in every if line.line["entry_type"] != "payment"]
    lost = [
        line.line["explanation"]
        for line in lines
        if (line.kpi is None) == (not line.records)
        or (line.override is None) == (line.plan is None)
    ]
    assert lost == []
    assert any(line.kpi for line in lines)
    assert any(line.override for line in lines)
    assert {line.credit["event_type"] for line in lines if line.credit} == {"booking", "refund"}


def test_what_was_corrected_says_so_and_nothing_else_does(
    explained: dict[tuple[str, date], list[PayLine]],
) -> None:
    """The line that was posted first, and the one that corrected it: late shares, a late leave."""
    found = {
        (who, line.line["origin_period"], line.line["root_event_key"], line.line["reason"])
        for (who, _), some in explained.items()
        for line in some
        if line.is_other_now
    }
    corrected = {
        (who, line.line["origin_period"], line.line["root_event_key"])
        for (who, _), some in explained.items()
        for line in some
        if line.line["reason"] == "changed"
    }
    assert found == {(*one, reason) for one in corrected for reason in ("earned", "changed")}
    # Two sellers, their lead for each of the two deals, and a bonus.
    assert len(corrected) == 5


def test_base_times_rate_is_the_amount(
    explained: dict[tuple[str, date], list[PayLine]],
) -> None:
    """The sample's locked months have flat rates only; a line is less than a cent away.

    Of what was corrected, both lines say what it is now, and come to it together.
    """
    priced = [
        ((who, line.line["root_event_key"], line.plan["base_in_tier"]), line)
        for (who, _), some in explained.items()
        for line in some
        if line.plan and line.credit and not line.plan["withheld_amount"]
    ]
    together: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    for key, line in priced:
        if line.is_other_now:
            together[key] += line.line["amount"]
    assert len(together) == 4
    wrong = [
        line.line["explanation"]
        for key, line in priced
        if line.plan
        if abs(
            line.plan["base_in_tier"] * line.plan["rate"]
            - (together[key] if line.is_other_now else line.line["amount"])
        )
        >= Decimal("0.01")
    ]
    assert wrong == []


def test_a_deal_is_told_back_to_its_row_and_load(sample: RunHome) -> None:
    [(who, month, number, deal, row_amount)] = ask_finance(
        sample,
        """
        select employee_id, strftime(line.period, '%Y-%m'), line_number, source_id, line.amount
        from comp_statement_line as line
        inner join comp_payee using (payee_key)
        inner join comp_event as event on line.root_event_key = event.event_key
        where entry_type = 'earning' and line.status = 'final' order by all desc limit 1
        """,
    )
    told = sample.again("explain", "pay", who, month, str(number), COLUMNS="80").out
    assert max(len(line.rstrip()) for line in told.splitlines()) <= 80
    flat = " ".join(told.split())
    year, number_of_month = map(int, month.split("-"))
    last = date(year + number_of_month // 12, number_of_month % 12 + 1, 1) - timedelta(days=1)
    for words in (
        f"{row_amount:,}",
        f"deal {deal} of salesforce",
        "record opportunities of crm",
        "load crm__opportunities__",
        "approved by E003",
        f"locked, closed on {last + timedelta(days=31)}",
    ):
        assert words in flat, told
    assert "\n2  " not in told


def test_an_override_names_who_decided(sample: RunHome) -> None:
    """By their names: the ledger has keys only."""
    [(author, approver)] = ask_finance(
        sample,
        """
        select author.full_name, approver.full_name
        from comp_override as decided
        inner join comp_payee as author on decided.author = author.payee_key
        inner join comp_payee as approver on decided.approver = approver.payee_key
        where source_id = 'OV-008'
        """,
    )
    told = " ".join(sample.again("explain", "pay", "E022", "2026-07").out.split())
    assert "compensation_overrides of" in told
    assert f"; by {author}, approved by {approver} " in told, told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("E022", "2026-7"), "is no period; give a month such as 2026-09"),
        (("E0222", "2026-07"), "did you mean"),
        (("E022", "2019-01"), "Allowed: 2024-01"),
        (("E022", "2026-07", "99"), "has no line 99: it has 1 to"),
    ],
)
def test_a_mistake_is_told_what_there_is(
    sample: RunHome, arguments: tuple[str, ...], words: str
) -> None:
    finished = sample.again("explain", "pay", *arguments)
    assert finished.code == 2
    assert words in " ".join(finished.text.split())
    assert "Traceback" not in finished.text
