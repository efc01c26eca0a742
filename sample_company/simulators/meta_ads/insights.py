"""Insights: what campaigns, ads or the account came to, in windows of days.

All numbers are text. `reach` counts people once in a window, so that it adds up neither over days
nor over ads; here it follows from impressions and the window's length.

Belongs here: windows, rows and their fields. Does not: pages (asking), jobs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sample_company.simulators.advertising.figures import Figures, added
from sample_company.simulators.advertising.platform import Account, Ad, AdDay, Campaign, Platform
from sample_company.simulators.meta_ads.asking import as_json, is_shown, names, wanted_states
from sample_company.simulators.meta_ads.errors import MetaError, bad_parameter
from sample_company.simulators.meta_ads.states import ad_set_id, state_of

LEVELS = ("account", "campaign", "adset", "ad")
KEPT_MONTHS = 37
ATTRIBUTION = ("1d_click", "7d_click", "28d_click", "1d_view")
DEFAULT_FIELDS = ("account_id", "impressions", "spend")
Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """One object in one window."""

    account: Account
    campaign: Campaign | None
    ad: Ad | None
    first: date
    last: date
    figures: Figures
    attribution: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """What is asked for."""

    level: str
    fields: tuple[str, ...]
    first: date
    last: date
    windows: tuple[tuple[date, date], ...]
    states: dict[str, frozenset[str]]
    attribution: tuple[str, ...]


def report_of(asked: dict[str, str], today: date) -> Report:
    """Read parameters; MetaError for what cannot be."""
    level = asked.get("level", "account")
    if level not in LEVELS:
        raise bad_parameter(f"level must be one of the following values: {', '.join(LEVELS)}")
    if asked.get("breakdowns", "[]") not in ("[]", ""):
        raise bad_parameter("this simulator knows no breakdowns.")
    fields = names(asked, "fields", DEFAULT_FIELDS)
    for name in fields:
        if name not in FIELDS:
            raise bad_parameter(
                f"{name} is not valid for fields param. please check https://developers.facebook."
                "com/docs/marketing-api/reference/ads-insights/ for all valid values"
            )
    attribution = names(asked, "action_attribution_windows")
    if unknown := set(attribution) - set(ATTRIBUTION):
        raise bad_parameter(f"{sorted(unknown)[0]} is no action_attribution_windows value.")
    states = wanted_states(asked, level)
    first, last = _range(asked, today)
    return Report(
        level,
        tuple(fields),
        first,
        last,
        tuple(_windows(first, min(last, today), asked.get("time_increment", "all_days"))),
        states,
        tuple(attribution),
    )


def rows_of(
    platform: Platform, account: Account, report: Report, *, hides_deleted: bool = True
) -> list[Row]:
    """The rows of a report; windows in which nothing happened have none."""
    found: list[Row] = []
    for first, last in report.windows:
        for cell in _cells(platform, account, report, first, last):
            about = cell.ad or cell.campaign
            is_default = hides_deleted and report.level not in report.states
            if about and is_default and not is_shown(state_of(about, cell.campaign), None):
                continue
            row = {name: value for name in report.fields if (value := FIELDS[name](cell))}
            found.append(row | {"date_start": first.isoformat(), "date_stop": last.isoformat()})
    return found


def oldest_day(today: date) -> date:
    """The first day that is still told: 37 months back."""
    months = today.year * 12 + today.month - 1 - KEPT_MONTHS
    return date(months // 12, months % 12 + 1, min(today.day, 28))


def _range(asked: dict[str, str], today: date) -> tuple[date, date]:
    if "time_range" not in asked:
        return _preset(asked.get("date_preset", "last_30d"), today)
    given = as_json(asked["time_range"], "time_range")
    try:
        first, last = date.fromisoformat(given["since"]), date.fromisoformat(given["until"])
    except (KeyError, TypeError, ValueError):
        raise bad_parameter(
            "param time_range must be an object with since and until, as YYYY-MM-DD."
        ) from None
    if first > last:
        raise bad_parameter("param time_range[since] must be before time_range[until].")
    if first < oldest_day(today):
        raise MetaError(
            3018,
            "(#3018) The start date of the time range cannot be beyond 37 months from the current "
            "date",
        )
    return first, last


def _preset(name: str, today: date) -> tuple[date, date]:
    yesterday = today - timedelta(days=1)
    spans = {
        "today": (today, today),
        "yesterday": (yesterday, yesterday),
        "last_7d": (today - timedelta(days=7), yesterday),
        "last_30d": (today - timedelta(days=30), yesterday),
        "last_90d": (today - timedelta(days=90), yesterday),
        "maximum": (oldest_day(today), today),
    }
    if name not in spans:
        raise bad_parameter(f"date_preset must be one of the following values: {', '.join(spans)}")
    return spans[name]


def _windows(first: date, last: date, increment: str) -> Iterator[tuple[date, date]]:
    if increment == "all_days":
        yield first, last
        return
    start = first
    while start <= last:
        if increment == "monthly":
            end = (start.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        elif increment.isdigit() and 1 <= int(increment) <= 90:
            end = start + timedelta(days=int(increment) - 1)
        else:
            raise bad_parameter("param time_increment must be 1 to 90, monthly or all_days.")
        yield start, min(end, last)
        start = end + timedelta(days=1)


def _cells(
    platform: Platform, account: Account, report: Report, first: date, last: date
) -> Iterator[Cell]:
    if report.level == "account" and not report.states:
        total = added(platform.account_days(account, first, last).values())
        if not total.is_nothing:
            yield Cell(account, None, None, first, last, total, report.attribution)
        return
    parts: dict[str, list[AdDay]] = defaultdict(list)
    for each in platform.days(account, first, last):
        by = each.ad if report.level == "ad" else each.campaign
        if by is not None and _is_wanted(each, report):
            parts[account.id if report.level == "account" else by.id].append(each)
    for days in parts.values():
        figures = added(each.figures for each in days)
        ad = days[0].ad if report.level == "ad" else None
        campaign = None if report.level == "account" else days[0].campaign
        if not figures.is_nothing:
            yield Cell(account, campaign, ad, first, last, figures, report.attribution)


def _is_wanted(day: AdDay, report: Report) -> bool:
    """Whether all objects that a day belongs to are in the states that are asked for."""
    for kind, states in report.states.items():
        about = day.ad if kind == "ad" else day.campaign
        if about is None or state_of(about, day.campaign) not in states:
            return False
    return True


def _reach(cell: Cell) -> int:
    days = (cell.last - cell.first).days + 1
    return max(1, cell.figures.impressions * 10 // (12 + days))


def _frequency(cell: Cell) -> str:
    return f"{Decimal(cell.figures.impressions) / _reach(cell):.6f}"


def _actions(cell: Cell, kinds: list[tuple[str, Decimal]]) -> list[Row]:
    """Values of an action; windows that are asked for stand beside the default one."""
    found = []
    for kind, value in kinds:
        if value:
            # All that is counted follows a click within seven days; one in four within one.
            of_window = {"1d_click": value // 4, "1d_view": Decimal(0)}
            told = {x: _number(of_window.get(x, value)) for x in cell.attribution}
            shown = {x: text for x, text in told.items() if text != "0"}
            found.append({"action_type": kind, "value": _number(value), **shown})
    return found


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _of_campaign(read: Callable[[Campaign], str]) -> Callable[[Cell], Any]:
    return lambda cell: None if cell.campaign is None else read(cell.campaign)


def _of_ad(read: Callable[[Ad], str]) -> Callable[[Cell], Any]:
    return lambda cell: None if cell.ad is None else read(cell.ad)


FIELDS: dict[str, Callable[[Cell], Any]] = {
    "account_id": lambda cell: cell.account.id,
    "account_name": lambda cell: cell.account.name,
    "account_currency": lambda cell: cell.account.currency,
    "campaign_id": _of_campaign(lambda x: x.id),
    "campaign_name": _of_campaign(lambda x: x.name),
    "adset_id": _of_campaign(lambda x: ad_set_id(x)),
    "adset_name": _of_campaign(lambda x: x.name),
    "objective": _of_campaign(lambda x: x.kind),
    "ad_id": _of_ad(lambda x: x.id),
    "ad_name": _of_ad(lambda x: x.name),
    "impressions": lambda cell: str(cell.figures.impressions),
    "clicks": lambda cell: str(cell.figures.clicks),
    "inline_link_clicks": lambda cell: str(cell.figures.clicks),
    # Who clicks through engages, and here as many react without; a rule of ours.
    "inline_post_engagement": lambda cell: str(2 * cell.figures.clicks),
    "spend": lambda cell: f"{cell.figures.cost:.2f}",
    "reach": lambda cell: str(_reach(cell)),
    "frequency": _frequency,
    "actions": lambda cell: _actions(
        cell,
        [("link_click", Decimal(cell.figures.clicks)), ("lead", cell.figures.conversions)],
    ),
    "action_values": lambda cell: _actions(
        cell, [("offsite_conversion.fb_pixel_lead", cell.figures.conversion_value)]
    ),
    "date_start": lambda cell: cell.first.isoformat(),
    "date_stop": lambda cell: cell.last.isoformat(),
}
