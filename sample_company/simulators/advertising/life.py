"""What happens to accounts by chance: days are told, restated for a month, campaigns come and go.

Belongs here: seeded chance. Does not: what follows from it on the wire.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.advertising.platform import Account, Ad, Campaign, Platform

RESTATED_DAYS = 30


class Life:
    """A platform's life, the same at every run for a seed; `kinds` are of new campaigns.

    Campaigns of a kind in `without_ads` have none.
    """

    def __init__(
        self,
        platform: Platform,
        seed: int,
        kinds: Sequence[str] = ("",),
        without_ads: frozenset[str] = frozenset(),
    ) -> None:
        """Begin now."""
        self.platform, self.kinds, self._without_ads = platform, kinds, without_ads
        self.random = Random(seed)  # noqa: S311 (a story, not a secret)

    def live_day(self) -> None:
        """Let a day pass: it is told, earlier ones are restated, campaigns come and go."""
        self.platform.clock.advance(timedelta(days=1))
        for account in list(self.platform.accounts.values()):
            self._tell_yesterday(account)
            for _ in range(self.random.randrange(6)):
                self.restate(account)
            self._come_and_go(account)

    def restate(self, account: Account) -> None:
        """Let one day of the last month be told otherwise, anew, or no more."""
        campaigns = self.platform.campaigns_of(account)
        if not campaigns:
            return
        campaign = self.random.choice(campaigns)
        ad = self.random.choice(campaign.ads) if campaign.ads else None
        back = timedelta(days=self.random.randint(1, RESTATED_DAYS))
        is_gone = self.random.random() < 0.2
        day = self.platform.today(account) - back
        self.platform.tell(campaign, day, None if is_gone else self._figures(), ad)

    def _tell_yesterday(self, account: Account) -> None:
        day = self.platform.today(account) - timedelta(days=1)
        for campaign in self.platform.campaigns_of(account):
            if campaign.is_running and campaign.removed_at is None:
                self._tell(campaign, day)

    def _tell(self, campaign: Campaign, day: date) -> None:
        ads: list[Ad | None] = [*campaign.ads] or [None]
        for ad in ads:
            if self.random.random() < 0.9:
                self.platform.tell(campaign, day, self._figures(), ad)

    def _come_and_go(self, account: Account) -> None:
        own = [x for x in self.platform.campaigns_of(account) if x.removed_at is None]
        luck = self.random.random()
        if not own or (luck < 0.15 and len(own) < 6):
            kind = self.random.choice(self.kinds)
            ads = 0 if kind in self._without_ads else self.random.randint(1, 2)
            name = f"Campaign {self.random.randrange(1000)}"
            self.platform.add_campaign(account, name, kind, ads=ads)
        elif luck < 0.25:
            self.platform.remove(self.random.choice(own))
        elif luck < 0.35:
            self.platform.rename(self.random.choice(own), f"Name {self.random.randrange(1000)}")
        elif luck < 0.45:
            chosen = self.random.choice(own)
            chosen.is_running = not chosen.is_running

    def _figures(self) -> Figures:
        """A day in whole units of the platform; now and then free of charge, or charged alone."""
        clicks = max(0, self.random.randrange(-4, 40))
        units = self.random.randrange(int(Decimal(200) / self.platform.unit))
        return Figures(
            Decimal(0) if self.random.random() < 0.05 else units * self.platform.unit,
            clicks * self.random.randint(20, 60),
            clicks,
            Decimal(self.random.randrange(4)),
            Decimal(self.random.randrange(200)),
        )
