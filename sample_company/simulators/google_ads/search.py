"""What a query finds: rows of a customer.

Belongs here: which rows there are, conditions, order. Does not: reading a query (gaql), fields.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sample_company.simulators.advertising.figures import Figures, added
from sample_company.simulators.advertising.platform import Account, AdDay, Platform
from sample_company.simulators.google_ads.errors import query_error
from sample_company.simulators.google_ads.fields import RESOURCES, Cell, row_of
from sample_company.simulators.google_ads.gaql import Condition, Query, span

Row = dict[str, Any]
# So many days at most have unique users.
MOST_COUNTED_DAYS = 92


def find(
    platform: Platform,
    manager: Account,
    customer: Account,
    query: Query,
    *,
    omits_zeros: bool = True,
) -> list[Row]:
    """The rows of a query; GoogleAdsError for one that cannot be answered."""
    _check(query, is_manager=customer is manager)
    cells = [
        cell
        for cell in _cells(platform, manager, customer, query)
        if all(_meets(cell, query.resource, each) for each in query.conditions)
    ]
    readers = RESOURCES[query.resource]
    for name, is_down in reversed(query.order):
        cells.sort(key=lambda cell: _comparable(readers[name](cell)), reverse=is_down)  # noqa: B023
    chosen = cells[: query.limit]
    return [row_of(cell, query.resource, query.fields, omits_zeros=omits_zeros) for cell in chosen]


def _check(query: Query, *, is_manager: bool) -> None:
    if query.resource not in RESOURCES:
        raise query_error(
            "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE",
            f"FROM clause resource '{query.resource}' is not supported.",
        )
    used = [*query.fields, *(x.field for x in query.conditions), *(x for x, _ in query.order)]
    unknown = [name for name in used if name not in RESOURCES[query.resource]]
    if unknown:
        everywhere = {name for fields in RESOURCES.values() for name in fields}
        if unknown[0] in everywhere:
            raise query_error(
                "PROHIBITED_FIELD_COMBINATION_IN_SELECT_CLAUSE",
                f"'{unknown[0]}' is incompatible with the resource in the FROM clause "
                f"'{query.resource}'.",
            )
        raise query_error("UNRECOGNIZED_FIELD", f"unrecognized field '{unknown[0]}'.")
    for name, _ in query.order:
        if name not in query.fields:
            raise query_error(
                "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE",
                f"'{name}' of ORDER BY must be in the SELECT clause.",
            )
    if is_manager and any(name.startswith("metrics.") for name in used):
        raise query_error(
            "REQUESTED_METRICS_FOR_MANAGER",
            "Metrics cannot be requested for a manager account. To retrieve metrics, issue "
            "separate requests against each client account under the manager account.",
        )


def _cells(platform: Platform, manager: Account, customer: Account, query: Query) -> Iterator[Cell]:
    is_manager = customer is manager
    if query.resource == "customer_client":
        yield Cell(customer, customer.id, is_manager=is_manager)
        if is_manager:
            for each in platform.accounts.values():
                if each is not manager:
                    yield Cell(each, customer.id, level=1)
        return
    days = span(query.conditions, platform.today(customer))
    is_by_day = "segments.date" in query.fields
    if days is None and (is_by_day or any(x.field == "segments.date" for x in query.conditions)):
        raise query_error(
            "EXPECTED_FILTERS_ON_DATE_RANGE",
            "The query must have a finite date range filter on a date segment.",
        )
    _check_users(query, days)
    told: list[AdDay] = []
    if not is_manager:
        first, last = days or (date.min, platform.today(customer))
        told = list(platform.days(customer, first, min(last, platform.today(customer))))
    if query.resource == "customer":
        yield from _of_customer(platform, customer, told, days, is_by_day, is_manager)
    elif query.resource == "campaign":
        day_count = (days[1] - days[0]).days + 1 if days else 1
        yield from _of_campaigns(platform, customer, told, is_by_day, day_count)
    else:
        yield from _of_ads(platform, customer, told, is_by_day)


def _check_users(query: Query, days: tuple[date, date] | None) -> None:
    """Refuse to count people over more days than Google does."""
    used = [*query.fields, *(each.field for each in query.conditions)]
    counted = [name for name in used if "unique_users" in name or name.endswith("_per_user")]
    if counted and (days is None or (days[1] - days[0]).days >= MOST_COUNTED_DAYS):
        raise query_error(
            "DATE_RANGE_TOO_WIDE",
            f"'{counted[0]}' can only be requested for date ranges of {MOST_COUNTED_DAYS} days "
            "or less.",
        )


def _of_customer(
    platform: Platform,
    customer: Account,
    told: list[AdDay],
    days: Any,
    is_by_day: bool,  # noqa: FBT001 (private)
    is_manager: bool,  # noqa: FBT001 (private)
) -> Iterator[Cell]:
    if not is_by_day:
        figures = added(each.figures for each in told)
        if days and not is_manager:
            figures = added(platform.account_days(customer, *days).values())
        yield Cell(customer, customer.id, figures=figures, is_manager=is_manager)
        return
    if is_manager:
        return
    for day, figures in platform.account_days(customer, *days).items():
        if day <= platform.today(customer) and not figures.is_nothing:
            yield Cell(customer, customer.id, day=day, figures=figures)


def _of_campaigns(
    platform: Platform,
    customer: Account,
    told: list[AdDay],
    is_by_day: bool,  # noqa: FBT001 (private)
    day_count: int,
) -> Iterator[Cell]:
    found = _sums(((each.campaign.id, each.day if is_by_day else None), each) for each in told)
    for campaign in platform.campaigns_of(customer):
        if not is_by_day:
            figures = found.get((campaign.id, None), Figures())
            yield Cell(customer, customer.id, campaign, figures=figures, day_count=day_count)
            continue
        own = {day: figures for (key, day), figures in found.items() if key == campaign.id}
        for day, figures in sorted(own.items()):
            if not figures.is_nothing:
                yield Cell(customer, customer.id, campaign, day=day, figures=figures)


def _of_ads(
    platform: Platform,
    customer: Account,
    told: list[AdDay],
    is_by_day: bool,  # noqa: FBT001 (private)
) -> Iterator[Cell]:
    if is_by_day:
        for each in told:
            if each.ad is not None and not each.figures.is_nothing:
                yield Cell(customer, customer.id, each.campaign, each.ad, each.day, each.figures)
        return
    found = _sums((each.ad.id, each) for each in told if each.ad is not None)
    for campaign in platform.campaigns_of(customer):
        for ad in campaign.ads:
            figures = found.get(ad.id, Figures())
            yield Cell(customer, customer.id, campaign, ad, figures=figures)


def _sums(pairs: Iterable[tuple[Any, AdDay]]) -> dict[Any, Figures]:
    parts: dict[Any, list[Figures]] = defaultdict(list)
    for key, each in pairs:
        parts[key].append(each.figures)
    return {key: added(figures) for key, figures in parts.items()}


def _meets(cell: Cell, resource: str, condition: Condition) -> bool:
    if condition.field == "segments.date":
        return True  # the span has seen to it
    value = RESOURCES[resource][condition.field](cell)
    wanted = [_typed(text, value) for text in condition.values]
    left = _comparable(value)
    match condition.operator:
        case "=" | "IN":
            return left in wanted
        case "!=" | "NOT IN":
            return left not in wanted
        case "<":
            return left < wanted[0]
        case "<=":
            return left <= wanted[0]
        case ">":
            return left > wanted[0]
        case ">=":
            return left >= wanted[0]
        case "BETWEEN":
            return wanted[0] <= left <= wanted[1]
    raise query_error(
        "OPERATOR_FIELD_MISMATCH",
        f"operator {condition.operator} is not for '{condition.field}'.",
    )


def _comparable(value: Any) -> Any:
    """An int64, which is text in JSON, as a number."""
    return int(value) if isinstance(value, str) and value.lstrip("-").isdigit() else value


def _typed(text: str, like: Any) -> Any:
    if isinstance(like, bool):
        return text.upper() == "TRUE"
    if isinstance(like, float):
        return float(text)
    return _comparable(text)
