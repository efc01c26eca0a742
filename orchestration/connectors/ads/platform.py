"""What the connectors of advertising platforms tell the shared pull, and what it asks of them.

Belongs here: the shapes. Does not: any platform's words, or the order of a pull (pull.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from orchestration.connectors.ads.reach import ReachRow
from orchestration.connectors.ads.spend import SpendDay
from orchestration.connectors.errors import ConnectorError
from orchestration.connectors.http import Http

# What was told, as it is kept for a replay: values that JSON can hold, no header and no token.
Page = dict[str, Any]


class TooMuch(ConnectorError):  # noqa: N818  like the others, it says what to do
    """The answer is too large for the platform; fewer days may be asked for."""


@dataclass(frozen=True)
class Account:
    """An account and how it counts.

    Attributes:
        id: As the platform's screens show it.
        currency_code: Currency of its spend.
        time_zone: IANA name of the zone of its days.
        status: In the platform's words; only shown.
    """

    id: str
    currency_code: str
    time_zone: str
    status: str | None = None


@dataclass(frozen=True)
class Told:
    """What a platform tells of an account's days.

    Attributes:
        days: Campaigns' days.
        totals: Spend of each day as the account itself tells it.
        lacks: Columns, with the platform's fields for them, that no row has.
        ads: Ads' days; those of campaigns that have none are in `days` alone.
        ads_lack: The same as `lacks`, of the ads' days.
    """

    days: list[SpendDay]
    totals: dict[date, Decimal]
    lacks: Mapping[str, str] = field(default_factory=dict)
    ads: list[SpendDay] = field(default_factory=list)
    ads_lack: Mapping[str, str] = field(default_factory=dict)


class Client(Protocol):
    """Requests as somebody."""

    @property
    def http(self) -> Http: ...  # noqa: D102

    @property
    def server_time(self) -> datetime | None: ...  # noqa: D102

    def sign_in(self) -> None:
        """Get ready to ask."""

    def redacted(self, text: str) -> str:
        """A text without any credential."""


class Rows(Protocol):
    """Kept pages to typed rows, without asking the platform.

    Attributes:
        reach_field: The platform's field for reach; blank where it tells none.
        kind_field: The platform's field for the kind of a campaign.
        kinds: The kinds that there are.
    """

    reach_field: ClassVar[str]
    kind_field: ClassVar[str]
    kinds: ClassVar[tuple[str, ...]]

    def spend(self, account: Account, page: Page) -> Told:
        """Rows of `Platform.read_spend`'s page; FixConfiguration names a wrong field."""

    def reach(self, account: Account, page: Page) -> list[ReachRow]:
        """Rows of `Platform.read_reach`'s page; FixConfiguration names a wrong field."""


class Platform(Protocol):
    """Asks one platform.

    Attributes:
        client: Requests as somebody.
        rows: Pages to rows.
        days_at_once: Days of one request at most.
        empty_advice: What an answer without any row may mean besides that nothing was spent; None
            when it means nothing else.
    """

    @property
    def client(self) -> Client: ...  # noqa: D102  above

    @property
    def rows(self) -> Rows: ...  # noqa: D102

    @property
    def days_at_once(self) -> int: ...  # noqa: D102

    @property
    def empty_advice(self) -> str | None: ...  # noqa: D102

    def account_ids(self) -> list[str]:
        """All accounts that can be seen, in order."""

    def read_account(self, account_id: str) -> Account:
        """How an account counts."""

    def first_day(self, today: date) -> date | None:
        """The first day that is still told; None without a limit."""

    def read_spend(self, account: Account, first: date, last: date) -> Page:
        """Everything told of the days; TooMuch when fewer must be asked for."""

    def read_reach(self, account: Account, first: date, last: date) -> Page:
        """How many people the account and its campaigns reached within the days, as a whole."""

    def why_apart(self, account: Account) -> str | None:
        """Why campaigns may not add up to their account, where the platform knows a reason."""

    def notes(self) -> list[str]:
        """Worth knowing at the end of a pull."""
