"""How a deal of the sample company runs: its owner, lines, stages and end.

Belongs here: everything between opening and closing. Does not: who opens a deal, and when (story).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from sample_company import catalogue as cat
from sample_company.decisions import CENT, employees_on, in_euros, last_day_of, team_lead_of
from sample_company.world import (
    LAST_DAY,
    Account,
    Change,
    Deal,
    Line,
    World,
    local_day,
    moment_on,
    working_day,
)

OPEN_STAGES = ("Qualification", "Discovery", "Proposal", "Negotiation")


def open_deal(
    random: Random, world: World, account: Account, kind: str, moment: datetime, odds: float
) -> Deal:
    """Open a deal, run it to its end or to the last day, and add it to the world."""
    region, currency = cat.COUNTRIES[account.country]
    if random.random() < 0.06:
        # Entered from a plane, after midnight here: in UTC it is still the day before.
        moment = moment_on(random, local_day(moment) + timedelta(days=1), 0, 0)
    owner = random.choice(employees_on(local_day(moment), "sales", region))
    deal = Deal(f"O-{len(world.deals) + 1:04d}", account, kind, currency, moment, owner)
    world.deals.append(deal)
    _quote(random, deal)
    _run(random, deal, odds)
    _hand_over(deal)
    if deal.is_won:
        _settle_cents(deal)
    return deal


def _quote(random: Random, deal: Deal) -> None:
    """Give the deal its lines and its amount."""
    _, _, _, fewest, most, _ = cat.SEGMENTS[deal.account.segment]
    main = cat.PRODUCTS[0] if deal.kind == "new" else random.choice(cat.PRODUCTS[1:3])
    others = [product for product in cat.PRODUCTS[1:] if product is not main]
    extra = random.sample(others, random.choices((0, 1, 2), (55, 33, 12))[0])
    term = random.choices((12, 24, 36), (60, 25, 15))[0]
    steps = random.choices(range(11), (22, 8, 16, 8, 16, 6, 10, 4, 6, 2, 2))[0]
    seats = random.randint(fewest, most)
    for product in [main, *extra]:
        quantity = seats if product.product_id in ("P-100", "P-200") else random.randint(1, 3)
        price = (product.list_price * cat.LIST_FACTOR[deal.currency]).quantize(CENT)
        # The price list is by the year; a line's list price is that of its whole term.
        price *= term // 12 if product.is_recurring else 1
        share = 1 - Decimal(steps) * Decimal("0.025")
        amount = (price * quantity * share).quantize(CENT, ROUND_HALF_UP)
        deal.lines.append(Line(product, quantity, price, amount, term))
    deal.amount = sum((line.amount for line in deal.lines), Decimal(0))
    luck = random.random()
    if luck < 0.06:  # The amount was agreed by telephone and the lines were left as they were.
        deal.amount += random.choice((-500, 250, 750, 1200))
    elif luck < 0.08:  # Nobody has entered a product yet.
        deal.lines.clear()


def _run(random: Random, deal: Deal, odds: float) -> None:
    """Let the deal pass its stages until it closes or the last day comes."""
    days = int(random.triangular(*cat.SEGMENTS[deal.account.segment][5]))
    is_won = random.random() < odds
    days = days if is_won else max(8, days * 4 // 5)
    start = local_day(deal.created_at)
    close = working_day(start + timedelta(days=days))
    path = [stage for stage in OPEN_STAGES if stage != "Discovery" or random.random() > 0.12]
    if not is_won and close <= LAST_DAY:
        path = path[: random.choices((1, 2, 3, 4), (30, 30, 25, 15))[0]]
    # First and second guess at the end; both are early, so that some open deals are past due.
    hope = working_day(start + timedelta(days=days * 9 // 10))
    guess = working_day(start + timedelta(days=days * 2 // 3))
    first_amount = (deal.amount * random.choice((9, 10, 10, 11, 12)) / 10).quantize(CENT)
    deal.changes.append(Change(deal.created_at, path[0], first_amount, guess, deal.owner))
    for position, stage in enumerate(path[1:], start=1):
        share = position * 90 - random.randint(0, 40)
        day = working_day(start + timedelta(days=max(1, days * share // (100 * len(path)))))
        at = max(moment_on(random, min(day, close)), deal.changes[-1].at + timedelta(minutes=20))
        if local_day(at) > LAST_DAY:
            break
        is_priced = stage == "Proposal"
        deal.changes.append(
            Change(at, stage, deal.amount if is_priced else None, hope if is_priced else None)
        )
    _end(random, deal, close, is_won)
    for change in deal.changes:
        if deal.pipeline_at is None and change.stage in (*OPEN_STAGES[1:], "Closed Won"):
            deal.pipeline_at = change.at


def _end(random: Random, deal: Deal, close: date, is_won: bool) -> None:
    """Close the deal, or say what is expected of it on the last day."""
    last = deal.changes[-1]
    if close <= LAST_DAY:
        deal.stage, deal.close_date = "Closed Won" if is_won else "Closed Lost", close
        at = max(moment_on(random, close, 18, 19), last.at + timedelta(minutes=20))
        deal.changes.append(Change(at, deal.stage, deal.amount, close))
        if not is_won:
            deal.loss_reason = random.choices(
                list(cat.LOSS_REASONS), list(cat.LOSS_REASONS.values())
            )[0]
        if deal.loss_reason == "competitor_won" or random.random() < 0.3:
            deal.competitor = random.choice(cat.COMPETITORS)
        return
    deal.stage = last.stage
    # The quote stands when the last stage saw it; before that, the first estimate does.
    seen = [change for change in deal.changes if change.amount is not None][-1]
    deal.amount, deal.close_date = seen.amount or deal.amount, seen.close_date or close
    if seen is deal.changes[0]:
        deal.lines = deal.lines if deal.unallocated == 0 else []


def _hand_over(deal: Deal) -> None:
    """Give the deal of somebody who left to the team lead, on the first day without them."""
    gone = last_day_of(deal.owner)
    end = local_day(deal.changes[-1].at) if deal.is_won or deal.is_lost else LAST_DAY
    if gone is None or end < gone:
        return
    deal.owner = team_lead_of(deal.owner)
    at = datetime.combine(gone, deal.changes[0].at.timetz())
    while any(change.at == at for change in deal.changes):
        at += timedelta(minutes=1)
    deal.changes = sorted([*deal.changes, Change(at, owner=deal.owner)], key=lambda c: c.at)


def _settle_cents(deal: Deal) -> None:
    """Lower the price until euros per line and euros of the whole agree to the cent.

    The planted truth must not depend on where a warehouse puts the cent that rounding leaves.
    """

    def euros(amount: Decimal) -> Decimal:
        return in_euros(amount, deal.currency, deal.close_date)

    def parts() -> Decimal:
        return sum((euros(line.amount) for line in deal.lines), euros(deal.unallocated))

    tries = 0
    while parts() != euros(deal.amount):
        deal.lines[tries % len(deal.lines)].amount -= Decimal("1.01")
        deal.amount -= Decimal("1.01")
        tries += 1
    for change in deal.changes[1:]:
        change.amount = None if change.amount is None else deal.amount
