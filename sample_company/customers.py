"""What follows a signature: subscriptions and what becomes of them, invoices, payments, care.

Belongs here: subscriptions with renewal, expansion, contraction, churn and reactivation; invoices
and payments; cases, surveys, referrals, check-ins. Does not: deals (deals).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from sample_company import catalogue as cat
from sample_company.decisions import CENT, employees_on
from sample_company.rows import Rows, utc
from sample_company.world import LAST_DAY, Deal, Line, World, local_day, moment_on, working_day

# What becomes of a subscription when its term ends: share of the old amount, how often.
AT_TERM_END: dict[str, tuple[Decimal, int]] = {
    "renewed": (Decimal(1), 70),
    "expanded": (Decimal("1.25"), 9),
    "contracted": (Decimal("0.7"), 8),
}
CHURNED = 13
REACTIVATED = 0.25
UNPAID, IN_TWO_PARTS = 0.03, 0.06


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last of that month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def care(random: Random, world: World, rows: Rows) -> None:
    """Live through everything that comes after the deals of a world."""
    won = [deal for deal in world.deals if deal.is_won and not deal.is_deleted]
    for deal in won:
        for number, line in enumerate(deal.lines, start=1):
            if line.product.is_recurring:
                _subscribe(random, rows, deal, number, line)
        _invoice(random, rows, deal)
    _serve(random, won, rows)
    _refer(random, world, won, rows)


def _subscribe(random: Random, rows: Rows, deal: Deal, number: int, line: Line) -> None:
    start, term = deal.close_date, line.term_months
    amount = (line.amount * 12 / term).quantize(CENT, ROUND_HALF_UP)
    fate, serial = "new", 1
    while start <= LAST_DAY:
        end = months_later(start, term)
        # Renewed at any price it stays the same contract: a new id would be worth another rate,
        # and a moving rate would look like growth. Who comes back after a gap signs a new one.
        subscription_id = f"S-{deal.opportunity_id[2:]}-{number}-{serial}"
        rows.add(
            "subscriptions",
            subscription_id=subscription_id,
            account_id=deal.account.account_id,
            opportunity_id=deal.opportunity_id,
            product_id=line.product.product_id,
            valid_from=start,
            valid_to=end,
            recurring_amount=amount,
            currency_code=deal.currency,
        )
        rows.plant(
            "subscription", subscription_id=subscription_id,
            account_id=deal.account.account_id, fate=fate, valid_from=start, valid_to=end,
            recurring_amount=amount, currency_code=deal.currency,
        )  # fmt: skip
        names = [*AT_TERM_END, "churned"]
        fate = random.choices(names, [share for _, share in AT_TERM_END.values()] + [CHURNED])[0]
        if fate == "churned":
            if random.random() > REACTIVATED:
                return
            fate, start = "reactivated", months_later(end, random.randint(2, 5))
            serial += 1
        else:
            amount = (amount * AT_TERM_END[fate][0]).quantize(CENT, ROUND_HALF_UP)
            start = end
        term = 12


def _invoice(random: Random, rows: Rows, deal: Deal) -> None:
    """Bill each year of the term ahead; what happens once is billed with the first year."""
    years = max((line.term_months // 12 for line in deal.lines), default=1)
    for year in range(years):
        day = months_later(deal.close_date, 12 * year) + timedelta(days=3)
        if day > LAST_DAY:
            return
        invoice_id, total = f"I-{deal.opportunity_id[2:]}-{year + 1}", Decimal(0)
        for number, line in enumerate(deal.lines, start=1):
            of_term = line.term_months // 12 if line.product.is_recurring else 1
            amount = (line.amount / of_term).quantize(CENT, ROUND_HALF_UP)
            if year >= of_term:
                continue
            if year == of_term - 1:  # The last bill takes the cents that are left.
                amount = line.amount - amount * (of_term - 1)
            total += amount
            rows.add(
                "invoices",
                invoice_id=invoice_id,
                line_number=str(number),
                account_id=deal.account.account_id,
                opportunity_id=deal.opportunity_id,
                product_id=line.product.product_id,
                invoice_date=day,
                due_date=day + timedelta(days=30),
                amount=amount,
                currency_code=deal.currency,
            )
            rows.plant(
                "invoice", month=day.replace(day=1), currency_code=deal.currency, amount=amount
            )
        if total and random.random() > UNPAID:
            _pay(random, rows, deal, invoice_id, day, total)
    if not deal.lines:
        _invoice_the_whole(rows, deal)


def _invoice_the_whole(rows: Rows, deal: Deal) -> None:
    """Bill a deal at once for which nobody entered a product; it is paid a month later."""
    day = deal.close_date + timedelta(days=3)
    if day > LAST_DAY:
        return
    bill = {
        "invoice_id": f"I-{deal.opportunity_id[2:]}-1",
        "account_id": deal.account.account_id,
        "opportunity_id": deal.opportunity_id,
        "amount": deal.amount,
        "currency_code": deal.currency,
    }
    rows.add(
        "invoices",
        **bill,
        line_number="1",
        product_id=None,
        invoice_date=day,
        due_date=day + timedelta(days=30),
    )
    paid = working_day(day + timedelta(days=30))
    money = {"currency_code": deal.currency, "amount": deal.amount}
    rows.plant("invoice", month=day.replace(day=1), **money)
    if paid <= LAST_DAY:
        rows.add(
            "payments", **bill, payment_id=f"PAY-{deal.opportunity_id[2:]}-1-1", paid_date=paid
        )
        rows.plant("payment", month=paid.replace(day=1), **money)


def _pay(
    random: Random, rows: Rows, deal: Deal, invoice_id: str, day: date, total: Decimal
) -> None:
    parts = [total]
    if random.random() < IN_TWO_PARTS:
        half = (total / 2).quantize(CENT, ROUND_HALF_UP)
        parts = [half, total - half]
    for number, amount in enumerate(parts, start=1):
        paid = working_day(day + timedelta(days=random.randint(12, 48) * number))
        if paid > LAST_DAY:
            return
        rows.add(
            "payments",
            payment_id=f"PAY-{invoice_id[2:]}-{number}",
            invoice_id=invoice_id,
            account_id=deal.account.account_id,
            opportunity_id=deal.opportunity_id,
            paid_date=paid,
            amount=amount,
            currency_code=deal.currency,
        )
        rows.plant("payment", month=paid.replace(day=1), currency_code=deal.currency, amount=amount)


def _serve(random: Random, won: list[Deal], rows: Rows) -> None:
    """Cases, surveys and check-ins of customers, quarter after quarter."""
    seen: set[str] = set()
    cases = surveys = checks = 0
    for deal in won:
        if deal.account.account_id in seen:
            continue
        seen.add(deal.account.account_id)
        person = deal.person.person_id if deal.person else ""
        region = cat.COUNTRIES[deal.account.country][0]
        day = deal.close_date + timedelta(days=20)
        while day <= LAST_DAY:
            for _ in range(random.choices((0, 1, 2), (50, 35, 15))[0]):
                cases += 1
                opened = moment_on(random, day + timedelta(days=random.randint(0, 80)))
                _open_case(random, rows, f"CASE-{cases:05d}", deal, person, opened)
            if random.random() < 0.55:
                surveys += 1
                score = random.choices(range(11), (1, 1, 1, 2, 2, 4, 7, 14, 24, 24, 20))[0]
                _answer(rows, surveys, deal, person, "nps", score, moment_on(random, day))
            carers = employees_on(day, "customer_success", region) or employees_on(
                day, "customer_success", "DACH"
            )
            checks += 1
            rows.add(
                "check_ins",
                activity_id=f"CS-{checks:05d}",
                occurred_at=utc(moment_on(random, working_day(day))),
                activity_type="meeting" if random.random() < 0.6 else "email",
                employee_id=random.choice(carers),
                person_id=person,
                account_id=deal.account.account_id,
                direction="two_way" if random.random() < 0.7 else "one_way",
                purpose=random.choices(
                    ("check_in", "onboarding", "upsell", "referral_request"), (60, 15, 17, 8)
                )[0],
                is_automated=False,
            )
            day += timedelta(days=91)


def _open_case(
    random: Random, rows: Rows, case_id: str, deal: Deal, person: str, opened: datetime
) -> None:
    if local_day(opened) > LAST_DAY:
        return
    resolved = opened + timedelta(hours=random.randint(1, 240))
    is_resolved = local_day(resolved) <= LAST_DAY
    rows.add(
        "cases",
        case_id=case_id,
        account_id=deal.account.account_id,
        person_id=person,
        kind=random.choice(("question", "defect", "request")),
        opened_at=utc(opened),
        resolved_at=utc(resolved) if is_resolved else None,
    )
    if is_resolved and random.random() < 0.5:
        score = random.choices((1, 2, 3, 4, 5), (4, 6, 14, 40, 36))[0]
        _answer(rows, case_id[5:], deal, person, "csat", score, resolved)


def _answer(
    rows: Rows, number: object, deal: Deal, person: str, kind: str, score: int, moment: datetime
) -> None:
    rows.add(
        "surveys",
        survey_response_id=f"{kind.upper()}-{number}",
        account_id=deal.account.account_id,
        person_id=person,
        kind=kind,
        score=Decimal(score),
        comment="",
        answered_at=utc(moment),
    )


def _refer(random: Random, world: World, won: list[Deal], rows: Rows) -> None:
    """Customers who sent somebody: every lead of the referral channel has one, where any was."""
    for lead in [lead for lead in world.leads if lead.channel == "referral"]:
        earlier = [deal for deal in won if deal.close_date < local_day(lead.created_at)]
        if not earlier:
            continue
        deal = random.choice(earlier)
        rows.add(
            "referrals",
            referral_id=f"REF-{lead.lead_id[2:]}",
            referrer_person_id=deal.person.person_id if deal.person else "",
            referrer_account_id=deal.account.account_id,
            referred_account_id=lead.account.account_id if lead.account else "",
            referred_lead_id=lead.lead_id,
            referred_date=local_day(lead.created_at),
            opportunity_id=lead.opportunity_id,
        )
