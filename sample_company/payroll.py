"""What payroll made of the pay that it was sent, and what people objected to.

Belongs here: pay runs, what payroll returns, disputes. Does not: what is earned (pay), which month
posts it (late).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sample_company import late
from sample_company.credits import REVENUE, Credit
from sample_company.customers import months_later
from sample_company.plans import currency_of, plan_on
from sample_company.rows import Row, Rows, utc
from sample_company.world import LAST_DAY, moment_on

DISPUTES, SHORT, MISSING = 11, 3, 2
DISPUTE_REASONS = ("missing_split", "wrong_share", "wrong_rate", "wrong_exchange_rate")
RESOLUTIONS = ("accepted", "rejected", "withdrawn")
CENT_SHORT = Decimal("0.01")

# What payroll returned without an amount: entity, id, what is wrong with it.
BROKEN_RETURN = ("payroll_returns", "PR-E011-9999", "`paid_amount` is blank")


def period_of(day: date) -> date:
    """Return the first day of the fiscal quarter; quarters begin in February."""
    back = (day.month - 2) % 3
    return months_later(day.replace(day=1), -back)


def pay_run_of(line: Row) -> date:
    """Return the pay run of a period: the last working day of a month that follows it."""
    months = 14 if line["kind"] == "bonus" else 4
    day = months_later(line["period"], months) - timedelta(days=1)
    return day - timedelta(days=max(0, day.weekday() - 4))


def run_payroll(
    random: Random, pay: list[Row], postings: list[Row], rows: Rows, is_first_tile: bool
) -> None:
    """Write what payroll says it paid: what was owed, but for a few cents and payments."""
    # Drawn among what would be paid if nothing were late, so that lateness moves no draw.
    usual = _owed((pay_run_of(line), line) for line in pay)
    staying = [key for key in sorted(usual) if usual[key][0] > 1 and plan_on(key[1], key[0])]
    wrong = random.sample(staying, min(len(staying), SHORT + MISSING))
    owed = _owed((late.pay_run_of(line), line) for line in postings)
    for key in sorted(owed):
        run, payee, component = key
        amount, period = owed[key]
        payroll_return_id = f"PR-{payee}-{run:%y%m%d}-{component}"
        paid, why = amount, ""
        if key in wrong[:SHORT]:
            paid, why = amount - CENT_SHORT, "rounding"
        elif key in wrong:
            paid, why = Decimal(0), "missing"
        elif amount < 0 and plan_on(payee, run) is None:
            paid, why = Decimal(0), "left"
        if why in ("", "rounding"):
            rows.add(
                "payroll_returns",
                payroll_return_id=payroll_return_id,
                employee_id=payee,
                pay_run_date=run,
                component=component,
                period=period,
                paid_amount=paid,
                currency_code=currency_of(payee),
            )
        if why:
            rows.plant(
                "payroll_difference",
                payroll_return_id=payroll_return_id if why == "rounding" else "",
                employee_id=payee,
                pay_run_date=run,
                period=period,
                component=component,
                owed_amount=amount,
                paid_amount=paid,
                currency_code=currency_of(payee),
                why=why,
            )
    if is_first_tile:
        rows.add(
            "payroll_returns",
            payroll_return_id=BROKEN_RETURN[1],
            employee_id="E011",
            pay_run_date=max(owed)[0],
            component=REVENUE,
            period=owed[max(owed)][1],
            currency_code="EUR",
        )


def _owed(lines: Iterable[tuple[date, Row]]) -> dict[tuple[date, str, str], tuple[Decimal, date]]:
    """Sum lines by pay run, payee and component, with the last period that they are for."""
    sums: dict[tuple[date, str, str], tuple[Decimal, date]] = {}
    for run, line in lines:
        if run <= LAST_DAY:
            key = (run, line["employee_id"], line["component"])
            amount, period = sums.get(key, (Decimal(0), date.min))
            sums[key] = (amount + line["amount"], max(period, line["period"]))
    return {key: value for key, value in sums.items() if value[0]}


def dispute(random: Random, credits: list[Credit], rows: Rows) -> None:
    """Write objections to pay: raised after a pay run, most of them resolved."""
    paid = [
        (pay_run_of({"kind": "commission", "period": period_of(one.deal.close_date)}), one)
        for one in credits
        if one.split_type == REVENUE and plan_on(one.employee_id, one.deal.close_date)
    ]
    known = [(run, one) for run, one in paid if run < LAST_DAY - timedelta(days=21)]
    chosen = random.sample(range(len(known)), min(len(known), DISPUTES))
    for number, place in enumerate(sorted(chosen), start=1):
        run, one = known[place]
        raised = moment_on(random, run + timedelta(days=random.randint(1, 20)))
        resolved = raised + timedelta(days=random.randint(2, 60), minutes=random.randint(1, 300))
        is_resolved = random.random() < 0.7 and resolved.date() <= LAST_DAY
        more: dict[str, Any] = {}
        if is_resolved:
            more = {"resolved_at": utc(resolved), "resolution": random.choice(RESOLUTIONS)}
        _add_dispute(rows, f"DS-{number:03d}", one, raised, random.choice(DISPUTE_REASONS), more)


def _add_dispute(
    rows: Rows, dispute_id: str, one: Credit, raised: datetime, reason: str, more: dict[str, Any]
) -> None:
    rows.add(
        "compensation_disputes",
        dispute_id=dispute_id,
        employee_id=one.employee_id,
        period=period_of(one.deal.close_date),
        opportunity_id=one.deal.opportunity_id,
        raised_at=utc(raised),
        reason=reason,
        **more,
    )
