"""The things of the sample company's world: accounts, people, leads, deals, ad weeks.

Belongs here: what a thing knows about itself. Does not: what happens to it (story, deals), how it
is written to files (make_exports) or what the warehouse should say about it (truth).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from zoneinfo import ZoneInfo

from sample_company.catalogue import COST_SHARES, Product

CENT = Decimal("0.01")
ZONE = ZoneInfo("Europe/Berlin")
FIRST_DAY, LAST_DAY = date(2023, 11, 1), date(2026, 10, 31)


def local_day(moment: datetime) -> date:
    """Return the calendar day of a moment in the company's zone."""
    return moment.astimezone(ZONE).date()


def working_day(day: date) -> date:
    """Return the day itself, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)


def moment_on(random: Random, day: date, first_hour: int = 8, last_hour: int = 17) -> datetime:
    """Return a moment of that local day, in UTC."""
    minute = random.randint(first_hour * 60, last_hour * 60 + 59)
    return datetime.combine(day, time(minute // 60, minute % 60), ZONE).astimezone(UTC)


def later(random: Random, moment: datetime, low: int, high: int, mode: int) -> datetime:
    """Return a moment at work some days after `moment`, and never before it."""
    days = int(random.triangular(low, high, mode))
    result = moment_on(random, working_day(local_day(moment) + timedelta(days=days)))
    return result if result > moment else moment + timedelta(minutes=random.randint(9, 90))


@dataclass
class Account:
    """A company that buys or may buy."""

    account_id: str
    name: str
    country: str
    segment: str
    industry: str
    employee_count: int
    created_at: datetime
    tier: str
    owner: str
    parent: str = ""
    customer_since: date | None = None
    is_competitor: bool = False

    @property
    def domain(self) -> str:
        """Web domain; `.example` never resolves."""
        return f"{self.name.lower().replace(' ', '-')}.example"


@dataclass
class Person:
    """A known contact; `leads` in the order of their creation."""

    person_id: str
    account: Account
    leads: list[Lead]


@dataclass
class Lead:
    """A raised hand; `channel` is planted, the warehouse has to find it from `look`."""

    lead_id: str
    channel: str
    look: tuple[str, str, str, str, str, str]
    created_at: datetime
    name: str
    email: str
    company: str
    country: str
    segment: str
    job_title: str
    campaign: str
    score: Decimal
    account: Account | None
    person: Person | None = None
    status: str = "New"
    owner: str = ""
    moments: dict[str, datetime] = field(default_factory=dict)
    rejection_reason: str = ""
    opportunity_id: str = ""
    exclusion: str = ""


@dataclass
class Line:
    """A product line of a deal; money in its currency, list price for one unit's whole term."""

    product: Product
    quantity: int
    list_price: Decimal
    amount: Decimal
    term_months: int

    @property
    def cost(self) -> Decimal:
        """What delivering it costs over the whole term."""
        share = COST_SHARES[self.product.product_id]
        return (self.list_price * self.quantity * share).quantize(CENT, ROUND_HALF_UP)


@dataclass
class Change:
    """State of a deal from a moment on; blank or None means unchanged."""

    at: datetime
    stage: str = ""
    amount: Decimal | None = None
    close_date: date | None = None
    owner: str = ""


@dataclass
class Deal:
    """An opportunity; money in `currency`, `owner` is the last one."""

    opportunity_id: str
    account: Account
    kind: str
    currency: str
    created_at: datetime
    owner: str
    lead: Lead | None = None
    person: Person | None = None
    source_field: str = ""
    source_channel: str = "not_recorded"
    stage: str = ""
    close_date: date = LAST_DAY
    pipeline_at: datetime | None = None
    loss_reason: str = ""
    competitor: str = ""
    lines: list[Line] = field(default_factory=list)
    amount: Decimal = Decimal(0)
    changes: list[Change] = field(default_factory=list)
    is_deleted: bool = False

    @property
    def is_won(self) -> bool:
        """Whether the contract is signed."""
        return self.stage == "Closed Won"

    @property
    def is_lost(self) -> bool:
        """Whether the deal is given up."""
        return self.stage == "Closed Lost"

    @property
    def unallocated(self) -> Decimal:
        """What the lines leave of the amount."""
        return self.amount - sum((line.amount for line in self.lines), Decimal(0))


@dataclass
class AdWeek:
    """One ad campaign's week on its platform; `campaign` is the CRM's id of it."""

    platform: str
    platform_account: str
    platform_campaign: str
    campaign: str
    utm_source: str
    utm_medium: str
    currency: str
    day: date
    impressions: int
    clicks: int
    spend: Decimal

    @property
    def platform_ad(self) -> str:
        """The platform's id of the campaign's one ad."""
        return f"{self.platform_campaign}1"


@dataclass
class World:
    """Everything that happened."""

    accounts: list[Account] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    ad_weeks: list[AdWeek] = field(default_factory=list)
