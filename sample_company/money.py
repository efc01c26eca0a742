"""Money that the story moves: refunds, and what bookings and recurring revenue come to.

Belongs here: refunds of the CRM and of the billing system, contracts taken over; the planted sums
per month and currency, in exact arithmetic. Does not: invoices and payments (customers), pay (pay).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from sample_company import catalogue as cat
from sample_company.customers import months_later
from sample_company.decisions import CENT
from sample_company.rows import Row, Rows
from sample_company.world import FIRST_DAY, LAST_DAY, Deal, World

# Places of the deals, among those that are won, for which the CRM notes a refund.
REFUNDED_IN_CRM = (8, 31)
REFUND_REASONS = ("outage", "wrong_invoice", "late_onboarding", "unused_seats")
PARTIAL_REFUNDS, FULL_REFUNDS = 7, 2
# Customers of the contracts that were bought, and when.
TAKEN_OVER, TAKEN_OVER_FROM = 6, date(2023, 12, 1)
# Credit notes as a dataset: the CRM's own refunds bear the entity's name.
CREDIT_NOTES = "credit_notes"

MONEY_TRUTH: dict[str, dict[str, str]] = {
    "arr_movement": {
        "account_id": "text",
        "month": "date",
        "currency_code": "text",
        "begin_amount": "money",
        "new_amount": "money",
        "reactivation_amount": "money",
        "expansion_amount": "money",
        "contraction_amount": "money",
        "churn_amount": "money",
        "end_amount": "money",
    },
    "booking": {"month": "date", "currency_code": "text", "amount": "money", "deals": "integer"},
    "refund": {
        "refund_id": "text",
        "opportunity_id": "text",
        "month": "date",
        "currency_code": "text",
        "amount": "money",
    },
}

State = dict[str, Decimal]


def won_deals(world: World) -> list[Deal]:
    """Return the deals that were won and still stand, in the order of their ids."""
    return [deal for deal in world.deals if deal.is_won and not deal.is_deleted]


def refunded_in_crm(world: World) -> list[Deal]:
    """Return the deals for which the CRM notes a refund."""
    won = won_deals(world)
    chosen = [won[place] for place in REFUNDED_IN_CRM if place < len(won)]
    return [deal for deal in chosen if crm_refund(deal)["refund_date"] <= LAST_DAY]


def crm_refund(deal: Deal) -> Row:
    """Return the refund that the CRM notes for a deal: a tenth, after 45 days."""
    return {
        "refund_id": f"R-{deal.opportunity_id[2:]}",
        "opportunity_id": deal.opportunity_id,
        "refund_date": deal.close_date + timedelta(days=45),
        "amount": (deal.amount / 10).quantize(CENT),
        "currency_code": deal.currency,
        "reason": "service_credit",
    }


def give_back(random: Random, world: World, rows: Rows) -> list[Row]:
    """Refund some deals, and return all refunds."""
    noted = refunded_in_crm(world)
    refunds = [crm_refund(deal) for deal in noted]
    for refund in refunds:
        rows.add("refunds", **refund)
    others = [
        deal
        for deal in won_deals(world)
        if deal not in noted and deal.close_date < LAST_DAY - timedelta(days=60)
    ]
    chosen = random.sample(others, min(len(others), PARTIAL_REFUNDS + FULL_REFUNDS))
    for number, deal in enumerate(chosen):
        amount, reason = deal.amount, "first_term_free"
        if number >= FULL_REFUNDS:
            part = Decimal(random.randint(4, 40)) / 100
            amount = (deal.amount * part).quantize(CENT, ROUND_HALF_UP)
            reason = random.choice(REFUND_REASONS)
        most = min(240, (LAST_DAY - deal.close_date).days)
        credit_note = {
            "refund_id": f"CN-{deal.opportunity_id[2:]}",
            "opportunity_id": deal.opportunity_id,
            "refund_date": deal.close_date + timedelta(days=random.randint(25, most)),
            "amount": amount,
            "currency_code": deal.currency,
            "reason": reason,
        }
        rows.add(CREDIT_NOTES, **credit_note)
        refunds.append(credit_note)
    for refund in refunds:
        rows.plant(
            "refund",
            refund_id=refund["refund_id"],
            opportunity_id=refund["opportunity_id"],
            month=refund["refund_date"].replace(day=1),
            currency_code=refund["currency_code"],
            amount=refund["amount"],
        )
    return refunds


def take_over(random: Random, world: World, rows: Rows) -> None:
    """Let the billing system know customers that the CRM never sold to; they leave after a year.

    The company bought a rival's contracts. Half of these customers come back after a few months.
    """
    served = {deal.account.account_id for deal in world.deals if deal.is_won}
    served |= {account.parent for account in world.accounts if account.account_id in served}
    strangers = [
        account
        for account in world.accounts
        if account.account_id not in served and not account.parent and not account.is_competitor
    ]
    chosen = random.sample(strangers, min(len(strangers), TAKEN_OVER))
    for number, account in enumerate(chosen):
        currency = cat.COUNTRIES[account.country][1]
        amount = Decimal(random.randint(40, 160)) * cat.PRODUCTS[0].list_price
        start = TAKEN_OVER_FROM + timedelta(days=random.randint(0, 120))
        terms = [(1, start, amount, "new")]
        if number % 2 == 0:
            back = months_later(start, 12 + random.randint(2, 5))
            terms.append((2, back, amount * 9 / 10, "reactivated"))
            terms.append((2, months_later(back, 12), amount * 9 / 10, "renewed"))
        for serial, first_day, yearly, fate in terms:
            if first_day > LAST_DAY:
                continue
            subscription: Row = {
                "subscription_id": f"S-OLD-{account.account_id[2:]}-{serial}",
                "account_id": account.account_id,
                "valid_from": first_day,
                "valid_to": months_later(first_day, 12),
                "recurring_amount": yearly.quantize(CENT, ROUND_HALF_UP),
                "currency_code": currency,
            }
            product_id = cat.PRODUCTS[0].product_id
            rows.add("subscriptions", **subscription, product_id=product_id)
            rows.plant("subscription", **subscription, fate=fate)


def count_bookings(world: World, rows: Rows) -> None:
    """Plant what was booked by month and currency."""
    sums: dict[tuple[date, str], list[Decimal]] = defaultdict(list)
    for deal in won_deals(world):
        sums[deal.close_date.replace(day=1), deal.currency].append(deal.amount)
    for (month, currency), amounts in sorted(sums.items()):
        rows.plant(
            "booking",
            month=month,
            currency_code=currency,
            amount=sum(amounts, Decimal(0)),
            deals=len(amounts),
        )


def count_recurring(world: World, rows: Rows) -> None:
    """Plant the movements of recurring revenue from the subscriptions that are planted."""
    parents = {account.account_id: account.parent for account in world.accounts}
    groups: dict[str, list[Row]] = defaultdict(list)
    for subscription in rows.truth["subscription"]:
        account = subscription["account_id"]
        groups[parents[account] or account].append(subscription)
    for account, subscriptions in sorted(groups.items()):
        for movement in movements_of(subscriptions):
            rows.plant("arr_movement", account_id=account, **movement)


def movements_of(subscriptions: list[Row]) -> Iterator[Row]:
    """Yield the movements of one customer's subscriptions, by month and currency."""
    before: State = {}
    was_customer = False
    month = FIRST_DAY
    while month <= LAST_DAY:
        after = _state(subscriptions, months_later(month, 1) - timedelta(days=1))
        for movement in _movements(before, after, was_customer):
            yield {"month": month, **movement}
        before, was_customer = after, was_customer or bool(after)
        month = months_later(month, 1)


def _state(subscriptions: list[Row], day: date) -> State:
    """Return the recurring revenue of a customer on a day by currency, without zeros."""
    state: State = defaultdict(Decimal)
    for subscription in subscriptions:
        if subscription["valid_from"] <= day < subscription["valid_to"]:
            state[subscription["currency_code"]] += subscription["recurring_amount"]
    return {currency: amount for currency, amount in sorted(state.items()) if amount}


def _movements(before: State, after: State, was_customer: bool) -> list[Row]:
    """Return a customer's movements of one month, a row per currency.

    Whether the customer is new, gone or back is a matter of all its currencies together.
    """
    more = "expansion" if before else "reactivation" if was_customer else "new"
    less = "contraction" if after else "churn"
    found = []
    for currency in sorted(before.keys() | after.keys()):
        begin, end = before.get(currency, Decimal(0)), after.get(currency, Decimal(0))
        kinds = ("new", "reactivation", "expansion", "contraction", "churn")
        amounts = {f"{kind}_amount": Decimal(0) for kind in kinds}
        amounts[f"{more if end > begin else less}_amount"] = abs(end - begin)
        found.append(
            {"currency_code": currency, "begin_amount": begin, **amounts, "end_amount": end}
        )
    return found
