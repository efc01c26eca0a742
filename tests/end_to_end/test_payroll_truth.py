"""What the sample company's payroll was sent and paid is what was planted, and the books follow.

The truth is written beside the data by the generator, and never read by the pipeline.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import yaml

from tests.conftest import ROOT
from tests.end_to_end.conftest import RunHome
from tests.end_to_end.test_pay_truth import ADDED, ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

AS_OF = "date '2026-10-31'"
_COMPANY = yaml.safe_load((ROOT / "company" / "company.yml").read_text(encoding="utf-8"))
HOLIDAYS = ", ".join(f"date '{holiday['date']}'" for holiday in _COMPANY["holidays"])
# The last working day of the month after the one that posts it, of the second one for a bonus.
PAY_RUN = """
    last_day((posted_month + case kind when 'bonus' then interval 2 month else interval 1 month end)
        ::date)
"""


def test_payroll_is_sent_what_was_planted(sample: RunHome) -> None:
    """By payee, pay run and component, to the cent; nobody else and no other day."""
    told = f"""
        select employee_id, pay_run_date, component, sent.currency_code, amount
        from comp_payroll_input as sent inner join comp_payee using (payee_key)
        where component not in {ADDED} and amount <> 0
    """
    planted = f"""
        select employee_id, list_max(list_filter(
                list_transform(range(7), lambda back: month_end - back::integer),
                lambda day: isodow(day) < 6 and day not in ({HOLIDAYS})
            )), component, currency_code, amount
        from (
            select employee_id, {PAY_RUN} as month_end, component, currency_code,
                sum(amount) as amount
            from truth('posting') group by all having sum(amount) <> 0
        )
        where month_end <= {AS_OF}
    """
    assert ask(sample, f"({told} except {planted}) union all ({planted} except {told})") == []
    assert ask(sample, f"select count(*) > 200 from ({told})") == [(True,)]


def test_what_payroll_paid_otherwise_is_what_was_planted(sample: RunHome) -> None:
    told = """
        select employee_id, component, amount, coalesce(paid_amount, 0), confirmed.currency_code,
            case status when 'differs' then 'rounding' else status end as why
        from comp_payroll_confirmation as confirmed inner join comp_payee using (payee_key)
        where status <> 'confirmed'
    """
    planted = """
        select employee_id, component, owed_amount, paid_amount, currency_code, why
        from truth('payroll_difference')
    """
    assert ask(sample, f"({told} except {planted}) union all ({planted} except {told})") == []
    assert ask(sample, f"select why, count(*) from ({told}) group by why order by why") == [
        ("missing", 2), ("rounding", 3),
    ]  # fmt: skip


def test_what_is_payable_is_what_was_not_paid(sample: RunHome) -> None:
    """After all pay runs of locked months, statements owe the planted differences only."""
    assert (
        ask(
            sample,
            "select sum(closing) from comp_statement where period = '2026-09-01' union all "
            "select sum(owed_amount - paid_amount) from truth('payroll_difference')",
        )
        == [(Decimal("2891.33"),)] * 2
    )
    assert ask(
        sample,
        "select distinct reason, posting_period = origin_period, explanation like 'Pay run %' "
        "from comp_ledger where entry_type = 'payment'",
    ) == [("paid", True, True)]


def test_everything_ties_out_every_month(sample: RunHome) -> None:
    found = ask(
        sample,
        "select step, min(period), sum(abs(unexplained_amount)), sum(explained_amount) "
        "from comp_tie_out group by step, step_number order by step_number",
    )
    nothing = Decimal("0.00")
    assert [(step, unexplained, explained) for step, _, unexplained, explained in found] == [
        ("bookings_to_credits", nothing, nothing),
        ("earnings_to_ledger", nothing, nothing),
        ("ledger_to_statements", nothing, nothing),
        ("statements_to_payroll", nothing, nothing),
        ("payroll_to_payments", nothing, Decimal("2891.33")),
        ("payments_to_ledger", nothing, nothing),
    ]
    assert found[2][1] == date(2024, 1, 1)


def test_the_bonus_liability_is_the_planted_bonus_when_its_year_has_ended(
    sample: RunHome,
) -> None:
    """Accrued by days until then; paid in March, so that only the new year is owed."""
    assert ask(
        sample,
        "select legal_entity, closing_amount from comp_accrual "
        "where liability_account = '3728' and period = '2026-01-01' order by 1",
    ) == ask(
        sample,
        """
        select case currency_code when 'EUR' then 'velmora_de' when 'GBP' then 'velmora_uk'
            else 'velmora_us' end, sum(amount)
        from truth('pay') where kind = 'bonus' and period = '2025-02-01' group by all order by 1
        """,
    )
    expected = """
        select sum(round(target_amount * least(date '2026-10-31' - greatest(valid_from,
            date '2026-02-01') + 1, 273) / 365.0, 2)) from comp_assignment
        where plan in ('marketing_bonus', 'finance_bonus') and valid_from <= date '2026-10-31'
            and coalesce(valid_to, date '9999-12-31') > date '2026-10-31'
    """
    found = ask(
        sample,
        "select sum(closing_amount) from comp_accrual "
        f"where liability_account = '3728' and period = '2026-10-01' union all {expected}",
    )
    # A payee's components are rounded each by itself.
    assert abs(found[0][0] - found[1][0]) < Decimal("0.5")


def test_costs_of_contracts_are_the_planted_commissions(sample: RunHome) -> None:
    """All commission for new deals and expansions is an asset; refunds never enlarge it."""
    told = f"""
        select currency_code, sum(amount) from (
            select currency_code, cost_amount as amount from comp_contract_cost
            union all
            select line.currency_code, -amount from comp_earning_line as line
            inner join comp_plan_component using (component_key)
            where event_type = 'booking' and component in {ADDED}
        )
        group by all order by all
    """
    planted = """
        select currency_code, sum(amount) from truth('pay') where kind = 'commission'
        group by all order by all
    """
    assert ask(sample, told) == ask(sample, planted)
    assert ask(
        sample,
        "select count(*) > 10, min(carrying_amount) >= 0 from comp_contract_cost "
        "where impaired_amount > 0",
    ) == [(True, True)]
