"""What the sample company's ledger holds is what was planted, locked month by month.

The truth is written beside the data by the generator, and never read by the pipeline.
"""

from __future__ import annotations

import stat
from datetime import date
from decimal import Decimal

import pytest

from tests.end_to_end.conftest import RunHome
from tests.end_to_end.test_pay_truth import ADDED, ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

AS_OF = date(2026, 10, 31)


def test_a_run_locks_every_month_that_ended_a_month_ago(sample: RunHome) -> None:
    found = dict(ask(sample, "select period, status from comp_period"))
    assert min(found) == date(2024, 1, 1)  # the quarter of the first planned deals ends then
    assert len(found) == 34
    assert {day for day, status in found.items() if status != "locked"} == {date(2026, 10, 1)}
    # Each on its cut-off, a month after it ended, though one run closed all of them.
    assert ask(sample, "select distinct closed_as_of_date - period_end from comp_period "
                       "where status = 'locked'") == [(31,)]  # fmt: skip
    assert ask(sample, "select max(closed_as_of_date) from comp_period") == [(AS_OF,)]
    ledger = sample.home / "ledger"
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o700
    assert stat.S_IMODE((ledger / "ledger.duckdb").stat().st_mode) == 0o600
    assert len(list((ledger / "backups").iterdir())) == 1


def test_statements_pay_what_was_planted(sample: RunHome) -> None:
    """By payee, month and kind, to the cent: quarters, years and overrides by hand."""
    told = f"""
        select employee_id, origin_period, line.currency_code,
            case when override_key is null then component else 'override' end as component,
            sum(amount) as amount
        from comp_statement_line as line
        inner join comp_payee using (payee_key)
        left join comp_plan_component using (component_key)
        where entry_type <> 'payment' and (component is null or component not in {ADDED})
        group by all having sum(amount) <> 0
    """
    planted = """
        select employee_id, (period + case kind when 'bonus' then interval 11 month
            else interval 2 month end)::date as origin_period, currency_code, component,
            sum(amount) as amount
        from truth('pay') group by all having sum(amount) <> 0
    """
    assert ask(sample, f"({told} except {planted}) union all ({planted} except {told})") == []
    assert ask(sample, f"select count(*) > 150 from ({told})") == [(True,)]


def test_what_is_posted_is_final_and_what_is_not_is_draft(sample: RunHome) -> None:
    assert ask(
        sample,
        "select status, max(period), min(period), count(content_hash) = count(*) "
        "from comp_statement group by status order by status",
    ) == [
        ("draft", date(2026, 10, 1), date(2026, 10, 1), False),
        ("final", date(2026, 9, 1), date(2024, 1, 1), True),
    ]
    assert (
        ask(
            sample,
            "select sum(amount) from comp_ledger union all "
            "select sum(earnings + adjustments + payments) from comp_statement "
            "where status = 'final'",
        )[0]
        == ask(sample, "select sum(closing) from comp_statement where period = '2026-09-01'")[0]
    )
    assert ask(sample, "select distinct posting_period from comp_pending_posting") == [
        (date(2026, 10, 1),)
    ]


def test_claw_backs_take_no_more_than_was_paid_for_the_deal(sample: RunHome) -> None:
    found = ask(
        sample,
        "select sum(amount) from comp_statement_line where root_event_key is not null "
        "group by payee_key, root_event_key, component_key, currency_code "
        "having count(*) filter (where entry_type = 'clawback') > 0",
    )
    assert len(found) > 10
    assert min(found) >= (Decimal(0),)


def test_overrides_are_paid_unless_they_ran_out(sample: RunHome) -> None:
    found = ask(
        sample,
        "select source_id, status, is_posted, posted_amount from comp_override "
        "where status <> 'approved' or not is_posted or posted_amount <> amount",
    )
    assert found == [("OV-007", "expired", False, Decimal(0))]


def test_disputes_stand_beside_the_lines_that_they_are_about(sample: RunHome) -> None:
    wrong = ask(
        sample,
        """
        select comp_dispute.source_id from comp_dispute
        left join comp_statement_line as line on comp_dispute.statement_key = line.statement_key
            and comp_dispute.line_number = line.line_number
        left join comp_event on line.root_event_key = comp_event.event_key
        where comp_event.event_key is distinct from comp_dispute.root_event_key
            or comp_dispute.statement_key is null
        """,
    )
    assert wrong == []
    assert ask(sample, "select count(*) from comp_dispute") == [(11,)]


def test_a_statement_can_be_read_in_a_terminal(sample: RunHome) -> None:
    told = sample.again("statement", "E022", "2026-07").text
    assert "2026-07, in EUR: final, closed on 2026-08-31" in told
    assert "Override OV-008, approved by hand, is 800.00 EUR." in told.replace("\n", "")
    assert "payable now" in told
    assert "Allowed: 2024-01" in sample.again("statement", "E022", "2019-01").text
