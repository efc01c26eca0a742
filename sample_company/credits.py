"""Who is credited for which deal: the shares that were agreed, and what they come to.

Belongs here: splits of deals and the planted credits. Does not: what is paid for them (pay).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from random import Random

from sample_company import catalogue as cat
from sample_company.decisions import CENT, employee_versions
from sample_company.plans import plan_of, plan_on
from sample_company.rows import Rows
from sample_company.world import LAST_DAY, Deal, World, local_day

CREDIT_TRUTH: dict[str, dict[str, str]] = {
    "credit": {
        "opportunity_id": "text",
        "employee_id": "text",
        "split_type": "text",
        "is_exclusive": "boolean",
        "share": "decimal",
        "amount": "money",
        "currency_code": "text",
        "credit_date": "date",
    },
}

# How often two or three sellers share a deal, and how; the owner's share comes first.
SPLIT, OVERLAID, REVISED = 0.38, 0.42, 0.15
SHARES = {
    (50, 50): 30,
    (60, 40): 30,
    (70, 30): 25,
    (50, 30, 20): 10,
    (34, 33, 33): 5,
}
REVENUE, OVERLAY, SOURCED = "revenue", "overlay", "sourced"

Shares = list[tuple[str, Decimal]]


@dataclass(frozen=True)
class Credit:
    """One employee's part of a deal; the amount is in the deal's currency."""

    deal: Deal
    employee_id: str
    split_type: str
    share: Decimal
    amount: Decimal


def share_out(amount: Decimal, shares: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Share an amount to the cent; cents that are left go to the largest remainders, then by id."""
    exact = {name: amount * share for name, share in shares}
    parts = {name: part.quantize(CENT, ROUND_DOWN) for name, part in exact.items()}
    left = int((amount - sum(parts.values())) / CENT)
    for name in sorted(exact, key=lambda name: (parts[name] - exact[name], name))[:left]:
        parts[name] += CENT
    return parts


def credit(random: Random, world: World, rows: Rows) -> list[Credit]:
    """Agree on shares of deals, and return who is credited for those that were won."""
    credits: list[Credit] = []
    for deal in world.deals:
        if deal.is_deleted or deal.is_lost:
            continue
        agreed = _agree(random, deal, rows)
        if deal.is_won:
            credits.extend(_credits_of(deal, *agreed))
    for one in credits:
        rows.plant(
            "credit",
            opportunity_id=one.deal.opportunity_id,
            employee_id=one.employee_id,
            split_type=one.split_type,
            is_exclusive=one.split_type == REVENUE,
            share=one.share,
            amount=one.amount,
            currency_code=one.deal.currency,
            credit_date=one.deal.close_date,
        )
    return credits


def _agree(random: Random, deal: Deal, rows: Rows) -> tuple[Shares, Shares]:
    """Write the shares of a deal; return the sellers', and those of who stands beside them."""
    opened, closed = local_day(deal.created_at), min(deal.close_date, LAST_DAY)
    sellers = [(deal.owner, Decimal(1))]
    others = [name for name in _both_days("seller", opened, closed) if name != deal.owner]
    if random.random() < SPLIT and len(others) > 1:
        sellers = _draw_shares(random, deal, others)
        first_day = opened
        if random.random() < REVISED and (closed - opened).days > 2:
            # What was agreed first was revised while the deal was open.
            first = _draw_shares(random, deal, others)
            _write(rows, deal, REVENUE, first, opened)
            first_day = opened + timedelta(days=(closed - opened).days // 2)
        _write(rows, deal, REVENUE, sellers, first_day)
    region = cat.COUNTRIES[deal.account.country][0]
    carers = _both_days("customer_success", opened, closed, region)
    carers = carers or _both_days("customer_success", opened, closed)
    beside: Shares = []
    is_overlaid = random.random() < (1 if deal.kind == "expansion" else OVERLAID)
    if is_overlaid and carers:
        beside = [(random.choice(carers), random.choice((Decimal(1), Decimal("0.5"))))]
        _write(rows, deal, OVERLAY, beside, opened)
    return sellers, beside


def _draw_shares(random: Random, deal: Deal, others: list[str]) -> Shares:
    shares = random.choices(list(SHARES), list(SHARES.values()))[0]
    names = [deal.owner, *random.sample(others, len(shares) - 1)]
    return [(name, Decimal(share) / 100) for name, share in zip(names, shares, strict=True)]


def _both_days(plan: str, opened: date, closed: date, region: str = "") -> list[str]:
    """Return everybody who is on a plan on both days, and in the region on the second."""
    return [
        version.employee_id
        for version in employee_versions()
        if plan_of(version) == plan
        and version.valid_from <= closed < version.valid_to
        and region in ("", version.region)
        and plan_on(version.employee_id, opened) == plan
    ]


def _write(rows: Rows, deal: Deal, split_type: str, shares: Shares, day: date) -> None:
    for employee_id, share in shares:
        rows.add(
            "opportunity_splits",
            split_id=f"SP-{deal.opportunity_id[2:]}-{split_type[:1].upper()}-{employee_id}"
            f"-{day:%y%m%d}",
            opportunity_id=deal.opportunity_id,
            employee_id=employee_id,
            split_type=split_type,
            share=share,
            valid_from=day,
        )


def _credits_of(deal: Deal, sellers: Shares, beside: Shares) -> list[Credit]:
    amounts = share_out(deal.amount, sellers)
    found = [Credit(deal, name, REVENUE, share, amounts[name]) for name, share in sellers]
    found += [
        Credit(deal, name, OVERLAY, share, part_of(deal.amount, share)) for name, share in beside
    ]
    if deal.lead and deal.lead.owner:
        found.append(Credit(deal, deal.lead.owner, SOURCED, Decimal(1), deal.amount))
    return found


def part_of(amount: Decimal, share: Decimal) -> Decimal:
    """Return a share of an amount by itself, rounded half up to cents."""
    return (amount * share).quantize(CENT, ROUND_HALF_UP)


def credits_of_refund(credits: list[Credit], amount: Decimal) -> list[Credit]:
    """Return what a refund takes back from the credits of its deal; amounts are below zero."""
    shares = [(one.employee_id, one.share) for one in credits if one.split_type == REVENUE]
    of_sellers = share_out(amount, shares)
    return [
        replace(
            one,
            amount=-(
                of_sellers[one.employee_id]
                if one.split_type == REVENUE
                else part_of(amount, one.share)
            ),
        )
        for one in credits
    ]
