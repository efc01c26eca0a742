"""Whether a month ties out: bookings, credits, earnings, ledger, statements, payroll.

Each step is asked of the published tables once more, without the models that made them.

Belongs here: the checks. Does not: the page (statements.py), performing a month again
(audit_pack.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from orchestration.export.month import Month, Row, rows
from orchestration.export.tables import columns_of
from orchestration.ledger.close import GROUP
from orchestration.publish.gate import READS
from orchestration.publish.sql import literal
from orchestration.publish.tables import MARTS, STORES

LINE_TYPES = "('earning', 'adjustment', 'clawback', 'forfeiture')"

_BOOKINGS = """
    select
        (select coalesce(sum(amount), 0) from marts.core.fct_booking
            where booking_date between $first and $last) as "left",
        (select coalesce(sum(amount_reporting), 0) from compensation.comp_event
            where event_type = 'booking' and credit_date between $first and $last) as "right"
"""
_REFUNDS = """
    select
        (select coalesce(-1 * sum(amount), 0) from marts.core.fct_refund
            where is_reportable and refund_date between $first and $last) as "left",
        (select coalesce(sum(amount_reporting), 0) from compensation.comp_event
            where event_type = 'refund' and credit_date between $first and $last) as "right"
"""
_CREDITS = """
    with events as (
        select currency_code as unit, sum(amount) as amount from compensation.comp_event
        where event_type in ('booking', 'refund') and credit_date between $first and $last
        group by unit
    ), credits as (
        select credit.currency_code as unit, sum(credited_amount) as amount,
            sum(credited_amount) filter (where is_house_account) as house_amount
        from compensation.comp_credit as credit
        inner join compensation.comp_payee as payee on credit.payee_key = payee.payee_key
        where credit.event_type in ('booking', 'refund') and credit.is_exclusive
            and credit.credit_date between $first and $last
        group by unit
    )
    select unit, coalesce(events.amount, 0) as "left", coalesce(credits.amount, 0) as "right",
        'of which the house account ' || coalesce(house_amount, 0) as note
    from events full join credits using (unit) order by unit
"""
# A period's earnings belong to its last month.
_EARNINGS = f"""
    with earned as (
        select currency_code as unit, sum(amount) as amount from compensation.comp_earning_line
        where $first = (period + to_months(
            case period_grain when 'month' then 0 when 'quarter' then 2 else 11 end))::date
        group by unit
    ), posted as (
        select currency_code as unit, sum(amount) as amount
        from compensation.comp_statement_line
        where origin_period = $first and earning_line_key is not null
            and entry_type in {LINE_TYPES}
        group by unit
    )
    select unit, coalesce(earned.amount, 0) as "left", coalesce(posted.amount, 0) as "right"
    from earned full join posted using (unit) order by unit
"""  # noqa: S608
_LEDGER = """
    with postings as (
        select currency_code as unit, sum(amount) as amount from (
            select currency_code, amount, entry_type from compensation.comp_ledger
            where posting_period = $first
            union all
            select currency_code, amount, entry_type from compensation.comp_pending_posting
            where posting_period = $first
        )
        where entry_type <> 'opening_balance' group by unit
    ), statements as (
        select currency_code as unit, sum(closing - opening) as amount,
            count(*) filter (where opening + earnings + adjustments + draws + holds + payments
                <> closing) as broken_count
        from compensation.comp_statement where period = $first group by unit
    )
    select unit, coalesce(postings.amount, 0) as "left", coalesce(statements.amount, 0) as "right"
    from postings full join statements using (unit) order by unit
"""
_PARTS = """
    select currency_code as unit, sum(closing) as "left",
        sum(opening + earnings + adjustments + draws + holds + payments) as "right"
    from compensation.comp_statement where period = $first group by unit order by unit
"""
_OPENING = """
    with before as (
        select currency_code as unit, sum(closing) as amount from compensation.comp_statement
        where period = ($first - to_months(1))::date group by unit
    ), brought as (
        select currency_code as unit, sum(amount) as amount from compensation.comp_statement_line
        where period = $first and entry_type = 'opening_balance' group by unit
    ), opened as (
        select currency_code as unit, sum(opening) as amount from compensation.comp_statement
        where period = $first group by unit
    )
    select unit, coalesce(before.amount, 0) + coalesce(brought.amount, 0) as "left",
        coalesce(opened.amount, 0) as "right"
    from before full join opened using (unit) left join brought using (unit) order by unit
"""
_FROZEN = """
    select currency_code as unit, sum(frozen_closing) as "left", sum(closing) as "right",
        count(*) - count(frozen_closing) || ' without a frozen statement' as note
    from compensation.comp_statement where period = $first group by unit order by unit
"""
_PAYROLL = """
    with statements as (
        select currency_code as unit, sum(closing - opening - payments) as amount
        from compensation.comp_statement where period = $first group by unit
    ), sent as (
        select currency_code as unit, sum(amount) as amount from compensation.comp_payroll_input
        where period = $first group by unit
    )
    select unit, coalesce(statements.amount, 0) as "left", coalesce(sent.amount, 0) as "right"
    from statements full join sent using (unit) order by unit
"""
STEPS = (
    ("1 bookings", "bookings of the month = events", _BOOKINGS),
    ("1 bookings", "refunds of the month = events", _REFUNDS),
    ("2 credits", "events = credits of payees and the house account", _CREDITS),
    ("3 earnings", "earned for the month = posted for it, or drafts", _EARNINGS),
    ("4 ledger", "postings of the month = what statements moved", _LEDGER),
    ("5 statements", "payable now = payable before + all parts", _PARTS),
    ("5 statements", "payable before = payable after the month before", _OPENING),
)


@dataclass(frozen=True)
class Check:
    """Two numbers that have to be the same.

    Attributes:
        step: Where in the chain.
        label: What is compared.
        unit: Currency, or what is counted.
        left: The one.
        right: The other.
        note: What helps to read it.
    """

    step: str
    label: str
    unit: str
    left: Decimal | int | None
    right: Decimal | int | None
    note: str = ""

    @property
    def is_checked(self) -> bool:
        """Whether there was something to compare."""
        return self.left is not None and self.right is not None

    @property
    def difference(self) -> Decimal | int | None:
        """What is unexplained."""
        if self.left is None or self.right is None:
            return None
        return self.left - self.right

    @property
    def is_good(self) -> bool:
        """Whether nothing is unexplained; what could not be compared is not wrong."""
        return not self.difference


def tie_out(month: Month, reporting_currency: str) -> list[Check]:
    """Compare every step with the one before.

    Args:
        month: The month as published.
        reporting_currency: Of bookings.
    """
    marts = month.finance.with_name(STORES[MARTS].file_name)
    days = {"first": month.first_day, "last": month.period["period_end"]}
    found = [_guards(month)]
    with duckdb.connect(str(month.finance), read_only=True) as connection:
        connection.execute(f"attach {literal(marts)} as marts (read_only)")
        for step, label, query in STEPS:
            given = {name: day for name, day in days.items() if f"${name}" in query}
            for row in rows(connection, query, **given):
                found.append(_check(step, label, row, reporting_currency))
        if month.is_final:
            for row in rows(connection, _FROZEN, first=month.first_day):
                found.append(_check("5 statements", "frozen when locked = payable now", row, ""))
        found += _payroll(connection, month)
    return found


def _guards(month: Month) -> Check:
    held = [
        one.kpi_group
        for one in month.manifest.groups
        if one.action == "held" and one.kpi_group in (GROUP, *READS[GROUP])
    ]
    note = f"held: {', '.join(sorted(held))}" if held else ""
    return Check("0 guards", "groups of pay that did not pass", "groups", len(held), 0, note)


def _payroll(connection: duckdb.DuckDBPyConnection, month: Month) -> Iterator[Check]:
    label = "earned and adjusted = sent to payroll"
    if note := _why_nothing_is_sent(connection, month):
        yield Check("6 payroll", label, "", None, None, note)
        return
    for row in rows(connection, _PAYROLL, first=month.first_day):
        yield _check("6 payroll", label, row, "")


def _why_nothing_is_sent(connection: duckdb.DuckDBPyConnection, month: Month) -> str:
    """Why there is nothing to compare with; empty where the month should have been sent."""
    if not columns_of(connection, "comp_payroll_input"):
        return "this version has no comp_payroll_input"
    if not month.is_final:
        return "a draft is not sent to payroll"
    has_payroll = not columns_of(connection, "comp_accrual") or connection.execute(
        "select count(*) > 0 from compensation.comp_accrual"
    ).fetchall() != [(False,)]
    return "" if has_payroll else "the company has no compensation/payroll.yml"


def _check(step: str, label: str, row: Row, unit: str) -> Check:
    return Check(step, label, row.get("unit", unit), row["left"], row["right"], row.get("note", ""))
