"""What a warehouse has to say about the sample company, counted from the story itself.

Belongs here: counts, sums, medians and ratios over the world's objects, exact (Decimal, Fraction),
without SQL. Does not: any of Concord's own code. The pipeline never reads the result; tests do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

from sample_company.ad_days import days_of
from sample_company.buyers import buyers
from sample_company.catalogue import COUNTRIES
from sample_company.decisions import employee_on, in_euros
from sample_company.world import LAST_DAY, Deal, Lead, World, local_day


def planted_truth(world: World) -> dict[str, Any]:
    """Return every figure that tests hold the warehouse to; keys are explained in README.md."""
    known = [(quarter(buyer.known_day), buyer.first_lead) for buyer in buyers(world)]
    mqls = [(quarter(day), b.first_lead) for b in buyers(world) if (day := b.mql_day)]
    deals = [deal for deal in world.deals if not deal.is_deleted]
    won = [deal for deal in deals if deal.is_won]
    closed = [deal for deal in deals if deal.is_won or deal.is_lost]
    still_open = [deal for deal in deals if not deal.is_won and not deal.is_lost]
    return {
        "as_of_date": LAST_DAY.isoformat(),
        "leads_by_channel": _group((when, lead.channel, 1) for when, lead in known),
        "leads_by_segment": _group((when, _segment(lead), 1) for when, lead in known),
        "leads_by_region": _group((when, _region(lead), 1) for when, lead in known),
        "mqls_by_channel": _group((when, lead.channel, 1) for when, lead in mqls),
        "opportunities_created_by_team": _group(
            (quarter(local_day(d.created_at)), _team(d, local_day(d.created_at)), 1) for d in deals
        ),
        "pipeline_created_by_team": _group(
            (quarter(local_day(d.pipeline_at)), _team(d, local_day(d.created_at)), _first_amount(d))
            for d in deals
            if d.pipeline_at
        ),
        "won_by_team": _group((quarter(d.close_date), _team(d, d.close_date), 1) for d in won),
        "lost_by_team": _group(
            (quarter(d.close_date), _team(d, d.close_date), 1) for d in closed if d.is_lost
        ),
        "win_rate": _by_quarter(closed, lambda ds: f"{sum(d.is_won for d in ds)}/{len(ds)}"),
        "bookings_by_team": _group(
            (quarter(d.close_date), _team(d, d.close_date), booked(d)) for d in won
        ),
        "bookings_by_channel": _group(
            (quarter(d.close_date), deal_channel(d), booked(d)) for d in won
        ),
        "bookings_by_product": _group(line for d in won for line in _booked_lines(d)),
        "price_realisation": _by_quarter([d for d in won if d.lines], _price_realisation),
        "sales_cycle_days_median": _by_quarter(won, lambda ds: str(median(map(_cycle, ds)))),
        "ad_spend_by_platform": _group(
            (
                day.day.strftime("%Y-%m"),
                week.platform,
                in_euros(day.spend, week.currency, day.day),
            )
            for week in world.ad_weeks
            for day in days_of(week)
        ),
        "open_opportunities_by_stage": _group(("all", d.stage, 1) for d in still_open),
    }


def quarter(day: date) -> str:
    """Return the first day of the fiscal quarter; the year starts in February."""
    back = (day.month - 2) % 3
    return date(day.year - (day.month <= back), (day.month - back - 1) % 12 + 1, 1).isoformat()


def deal_channel(deal: Deal) -> str:
    """Return the channel of the lead, else of the contact's first lead, else of the source."""
    if deal.lead is not None:
        return deal.lead.channel
    if deal.person is not None:
        return min(deal.person.leads, key=lambda lead: lead.created_at).channel
    return deal.source_channel


def booked(deal: Deal) -> Decimal:
    """Return the deal's bookings in euros at the rate of its booking date."""
    return sum((amount for _, _, amount in _booked_lines(deal)), Decimal(0))


def _booked_lines(deal: Deal) -> list[tuple[str, str, Decimal]]:
    when = quarter(deal.close_date)
    parts = [(line.product.name, line.amount) for line in deal.lines]
    if deal.unallocated:
        parts.append(("unallocated" if deal.lines else "unknown", deal.unallocated))
    return [(when, name, in_euros(x, deal.currency, deal.close_date)) for name, x in parts]


def _segment(lead: Lead) -> str:
    return lead.segment or (lead.account.segment if lead.account else "unknown")


def _region(lead: Lead) -> str:
    country = lead.country or (lead.account.country if lead.account else "")
    return COUNTRIES[country][0] if country else "unknown"


def _team(deal: Deal, day: date) -> str:
    return employee_on(deal.owner, day).team


def _cycle(deal: Deal) -> Decimal:
    return Decimal((deal.close_date - local_day(deal.created_at)).days)


def _first_amount(deal: Deal) -> Decimal:
    """Return the first estimate in euros, at the rate of the day the deal was created."""
    first = next(change.amount for change in deal.changes if change.amount is not None)
    return in_euros(first, deal.currency, local_day(deal.created_at))


def _price_realisation(deals: list[Deal]) -> str:
    """Return what the lines brought, and what they would have brought at list price."""
    paid = listed = Decimal(0)
    for deal in deals:
        for line in deal.lines:
            paid += in_euros(line.amount, deal.currency, deal.close_date)
            at_list_price = line.list_price * line.quantity
            listed += in_euros(at_list_price, deal.currency, deal.close_date)
    return f"{paid:.2f}/{listed:.2f}"


def _group(rows: Iterable[tuple[str, str, Any]]) -> dict[str, dict[str, Any]]:
    """Sum by period and member; `all` stands for the whole in both. Money becomes text."""
    sums: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    for period, member, value in rows:
        for when in {period, "all"}:
            for who in (member, "all"):
                sums[when][who] += value
    return {
        when: {who: _plain(value) for who, value in sorted(members.items())}
        for when, members in sorted(sums.items())
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else f"{value:.2f}"


def _by_quarter(deals: list[Deal], measure: Callable[[list[Deal]], str]) -> dict[str, str]:
    groups: dict[str, list[Deal]] = defaultdict(list)
    for deal in deals:
        groups["all"].append(deal)
        groups[quarter(deal.close_date)].append(deal)
    return {when: measure(members) for when, members in sorted(groups.items())}
