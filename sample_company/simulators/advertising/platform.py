"""An advertising platform: accounts, campaigns with or without ads, and what each day cost.

A day's figures may change after they were told, and every version is kept: `truth_of` says what
the platform told at a moment. An account's total is the sum of its campaigns, unless a test lets
it differ.

Belongs here: the outside world as functions, and the truth. Does not: wire formats, tokens.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from threading import RLock
from typing import TypeVar
from zoneinfo import ZoneInfo

from sample_company.simulators.advertising.figures import ZERO, Figures, added
from sample_company.simulators.clock import Clock

_Key = TypeVar("_Key")
# Versions of a day's figures, oldest first; None where the row is gone.
Versions = list[tuple[datetime, Figures | None]]


@dataclass
class Account:
    """An account; it counts in its own currency and days.

    Attributes:
        id: Digits, as the platform writes them.
        name: Its name.
        currency: ISO code.
        zone: IANA name of its time zone.
        is_open: Whether it can be read; a closed one answers with an error.
        usd_rate: Dollars for one unit of its currency.
        status: A status that nobody has heard of yet, in place of the usual ones.
    """

    id: str
    name: str
    currency: str
    zone: str
    is_open: bool = True
    usd_rate: Decimal = Decimal(1)
    status: str | None = None


@dataclass
class Ad:
    """An ad of a campaign."""

    id: str
    campaign_id: str
    name: str
    removed_at: datetime | None = None


@dataclass
class Campaign:
    """A campaign; one without ads is reported as a whole only (Performance Max).

    `kind` is in the platform's words; `is_running` is false for one that is paused; `status` is one
    that nobody has heard of yet, in place of the usual ones.
    """

    id: str
    account_id: str
    name: str
    kind: str
    created_at: datetime
    ads: list[Ad] = field(default_factory=list)
    is_running: bool = True
    removed_at: datetime | None = None
    status: str | None = None


@dataclass(frozen=True)
class AdDay:
    """One ad, or one campaign without ads, on one day."""

    campaign: Campaign
    ad: Ad | None
    day: date
    figures: Figures


class Platform:
    """The platform; `unit` is the smallest amount in which it counts money."""

    def __init__(self, clock: Clock | None = None, *, unit: Decimal = Decimal("0.01")) -> None:
        """Begin without accounts."""
        self.clock = clock or Clock()
        self.unit = unit
        self.lock = RLock()
        self.accounts: dict[str, Account] = {}
        self.campaigns: dict[str, Campaign] = {}
        # Campaign, day, id of the ad ("" without ads).
        self._told: dict[str, dict[date, dict[str, Versions]]] = {}
        self._beside: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
        self._last_id = 7_000_000_000

    def add_account(
        self,
        name: str,
        currency: str = "EUR",
        zone: str = "Europe/Berlin",
        *,
        account_id: str = "",
        usd_rate: Decimal = Decimal(1),
    ) -> Account:
        """Open an account; ValueError for an unknown zone or an id that is taken."""
        try:
            ZoneInfo(zone)
        except (KeyError, OSError):
            raise ValueError(f"no time zone is called {zone!r}") from None
        found = Account(account_id or self._next_id(), name, currency, zone, usd_rate=usd_rate)
        if found.id in self.accounts:
            raise ValueError(f"account {found.id} exists")
        self.accounts[found.id] = found
        return found

    def add_campaign(
        self,
        account: Account,
        name: str,
        kind: str = "",
        *,
        ads: int = 1,
        campaign_id: str = "",
        created_at: datetime | None = None,
    ) -> Campaign:
        """Begin a campaign with so many ads, whose ids are the campaign's and a number."""
        with self.lock:
            key = campaign_id or self._next_id()
            made = created_at or self.clock.now()
            numbers = range(1, ads + 1)
            own = [Ad(f"{key}{number}", key, f"{name} {number}") for number in numbers]
            self.campaigns[key] = Campaign(key, account.id, name, kind, made, own)
            self._told[key] = defaultdict(dict)
            return self.campaigns[key]

    def rename(self, campaign: Campaign, name: str) -> None:
        """Give a campaign another name; its past days are told under it too."""
        with self.lock:
            campaign.name = name

    def remove(self, campaign: Campaign) -> None:
        """Delete a campaign and its ads; what it cost stays in the account's total."""
        with self.lock:
            campaign.removed_at = self.clock.now()
            for ad in campaign.ads:
                ad.removed_at = ad.removed_at or campaign.removed_at

    def remove_ad(self, ad: Ad) -> None:
        """Delete one ad; what it cost stays in the campaign's total."""
        with self.lock:
            ad.removed_at = self.clock.now()

    def tell(
        self,
        campaign: Campaign,
        day: date,
        figures: Figures | None,
        ad: Ad | None = None,
        *,
        at: datetime | None = None,
    ) -> None:
        """Tell, or restate, a day of a campaign's ad (by default its first); None takes it back.

        Raises:
            ValueError: For an amount that is no multiple of the platform's unit, or `at` before
                the last version.
        """
        if figures is not None and figures.cost % self.unit:
            raise ValueError(f"{figures.cost} is no multiple of {self.unit}")
        moment = at or self.clock.now()
        known = ad or (campaign.ads[0] if campaign.ads else None)
        with self.lock:
            versions = self._told[campaign.id][day].setdefault(known.id if known else "", [])
            if versions and versions[-1][0] > moment:
                raise ValueError(f"{day} was told later than {moment}: {versions[-1][0]}")
            versions.append((moment, figures))

    def tell_apart(self, account: Account, day: date, by: Decimal) -> None:
        """Let the account's total of a day be so much more than its campaigns; 0 ends it."""
        with self.lock:
            self._beside[account.id, day] = by

    def days(
        self, account: Account, first: date, last: date, as_of: datetime | None = None
    ) -> Iterator[AdDay]:
        """What is told of the days of an account, by campaign, day and ad."""
        moment = as_of or self.clock.now()
        for campaign in self.campaigns_of(account):
            told = self._told[campaign.id]
            own = {ad.id: ad for ad in campaign.ads}
            for day in sorted(day for day in told if first <= day <= last):
                for ad_id, versions in sorted(told[day].items()):
                    figures = _as_of(versions, moment)
                    if figures is not None:
                        yield AdDay(campaign, own.get(ad_id), day, figures)

    def campaign_days(
        self, account: Account, first: date, last: date, as_of: datetime | None = None
    ) -> dict[tuple[str, date], Figures]:
        """The sums of campaigns by day."""
        return _grouped(self.days(account, first, last, as_of), lambda x: (x.campaign.id, x.day))

    def account_days(
        self, account: Account, first: date, last: date, as_of: datetime | None = None
    ) -> dict[date, Figures]:
        """The sums of an account by day, with what tests let it tell beside its campaigns."""
        found = _grouped(self.days(account, first, last, as_of), lambda x: x.day)
        for (account_id, day), cost in self._beside.items():
            if account_id == account.id and first <= day <= last and cost:
                found[day] = found.get(day, ZERO) + Figures(cost)
        return dict(sorted(found.items()))

    def truth_of(
        self, account: Account, as_of: datetime | None = None
    ) -> dict[tuple[str, date], Figures]:
        """All that the platform told at a moment: campaign and day to figures."""
        return self.campaign_days(account, date.min, date.max, as_of)

    def campaigns_of(self, account: Account) -> list[Campaign]:
        """The campaigns of an account, removed ones too, by id."""
        own = [each for each in self.campaigns.values() if each.account_id == account.id]
        return sorted(own, key=lambda each: int(each.id))

    def today(self, account: Account) -> date:
        """The day that it is in an account."""
        return self.clock.now().astimezone(ZoneInfo(account.zone)).date()

    def _next_id(self) -> str:
        self._last_id += 1
        return str(self._last_id)


def _as_of(versions: Versions, moment: datetime) -> Figures | None:
    for at, figures in reversed(versions):
        if at <= moment:
            return figures
    return None


def _grouped(rows: Iterator[AdDay], key: Callable[[AdDay], _Key]) -> dict[_Key, Figures]:
    parts: dict[_Key, list[Figures]] = defaultdict(list)
    for row in rows:
        parts[key(row)].append(row.figures)
    return {name: added(figures) for name, figures in parts.items()}
