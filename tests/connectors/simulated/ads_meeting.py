"""An advertising platform behind its port, a home in front of it, and what must be alike.

Belongs here: what the tests of all platforms share. Does not: any platform's tests.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.connectors.ads.reach import WindowKind, closed_windows
from orchestration.connectors.context import PullResult
from orchestration.connectors.errors import ConnectorError
from sample_company.simulators import faults
from sample_company.simulators.advertising.figures import Figures, added
from sample_company.simulators.advertising.life import RESTATED_DAYS, Life
from sample_company.simulators.advertising.platform import Account, Campaign, Platform
from sample_company.simulators.server import Simulator
from tests.connectors.ads_home import AdsHome
from tests.unlike import unlike

CENT, MILLIONTH = Decimal("0.01"), Decimal("0.000001")
Key = tuple[str, str, date]
AdKey = tuple[str, str, date, str | None]


@dataclass(frozen=True)
class Rules:
    """How a platform's figures become columns, stated a second time."""

    engagements: Callable[[Figures], int]
    reach: Callable[[int, int], int | None]
    # Whether reach is told of a campaign, or, without one, of the account.
    tells_reach: Callable[[Campaign | None, Figures], bool] = lambda _campaign, figures: (
        not figures.is_nothing
    )
    # The first day that is asked for on a day; what is older stays as it was read last.
    first_told: Callable[[date], date] = lambda _today: date.min


class AdsMeeting(AdsHome):
    """A home of a source that reads a simulator; it counts waits and does not wait."""

    def __init__(
        self,
        loader: str,
        simulator: Simulator,
        home: Path,
        variables: Mapping[str, str],
        rules: Rules,
        options: Mapping[str, Any],
    ) -> None:
        super().__init__(loader, simulator.url, home, variables)
        self.simulator, self.rules = simulator, rules
        self.platform: Platform = simulator.platform  # type: ignore[attr-defined]
        # The names under which a day that is told no more may have been read last.
        self._names: dict[Key, set[str]] = {}
        self.options |= {"restated_days": RESTATED_DAYS + 10, **options}

    @property
    def start(self) -> date:
        return date.fromisoformat(str(self.options["start_date"]))

    def clean_pull(self, is_full: bool = False) -> PullResult:
        """Pull; nothing may be wrong."""
        result = self.pull(is_full)
        assert result.problems == []
        return result

    def told(self) -> dict[Key, Figures]:
        """What the platform tells now, of days that are over."""
        return {
            (account.id, campaign, day): figures
            for account in self.platform.accounts.values()
            for (campaign, day), figures in self.platform.truth_of(account).items()
            if self.start <= day < self.platform.today(account) and not figures.is_nothing
        }

    def look(self) -> None:
        """Note how campaigns are called now: a pull may read it, whether it ends well or not.

        To be called before each pull of which a day may be told no more at the next comparison.
        """
        for key in self.told():
            if self._is_told(key):
                self._names.setdefault(key, set()).add(self.platform.campaigns[key[1]].name)

    def _is_told(self, key: Key) -> bool:
        today = self.platform.today(self.platform.accounts[key[0]])
        return key[2] >= self.rules.first_told(today)

    def _name(self, key: Key, found: str | None) -> str:
        """A campaign's name on a day; what nobody can ask for any more keeps one it was read as."""
        if not self._is_told(key) and found is not None and found in self._names.get(key, ()):
            return found
        return self.platform.campaigns[key[1]].name

    def assert_equal(self) -> int:
        """Deliveries are the truth row by row and to the cent; returns how many rows there are.

        A platform with a limit tells days before it no more: they are there as they were read
        last, under the name of then.
        """
        told = self.told()
        keys = "platform_account_id, campaign_id, spend_date"
        texts = "campaign_name, source_field, currency_code, platform_time_zone"
        counts = ("impressions", "clicks", "engagements", "platform_conversions")
        sums = ", ".join(f"sum({name})" for name in counts)
        found = {
            row[:3]: row[3:] for row in self.rows(f"{keys}, {sums}, {texts}", more="group by all")
        }
        names = {key: row[len(counts)] for key, row in found.items()}
        wanted = {
            key: self._columns(key, figures, self._name(key, names.get(key)))
            for key, figures in told.items()
        }
        assert unlike(found, wanted) == {}
        self._names = {key: {name} for key, name in names.items()}
        self._assert_money(told)
        ads = {row[:4]: row[4:] for row in self.rows(f"{keys}, ad_id, {', '.join(counts)}, spend")}
        self._assert_ads(ads)
        for kind in self.options.get("reach_windows", ()):
            self._assert_reach(kind)
        return len(found)

    def ads_told(self) -> dict[AdKey, Figures]:
        """What the platform tells now of ads, and of campaigns without ads, of days that are over.

        An ad that the platform hides is told of its campaign alone; that is a row without an ad.
        """
        found: dict[AdKey, list[Figures]] = {}
        for account in self.platform.accounts.values():
            yesterday = self.platform.today(account) - timedelta(days=1)
            for each in self.platform.days(account, self.start, yesterday):
                ad_id = each.ad.id if each.ad else None
                if not each.figures.is_nothing:
                    key = (account.id, each.campaign.id, each.day, ad_id)
                    found.setdefault(key, []).append(each.figures)
        return {key: added(figures) for key, figures in found.items()}

    def _assert_ads(self, found: Mapping[AdKey, tuple[Any, ...]]) -> None:
        """Every ad's day is what it is told as, its money less than two cents away."""
        told = self.ads_told()
        assert found.keys() == told.keys()
        wanted = {
            key: (x.impressions, x.clicks, self.rules.engagements(x), x.conversions)
            for key, x in told.items()
        }
        assert unlike({key: row[:-1] for key, row in found.items()}, wanted) == {}
        assert all(abs(row[-1] - told[key].cost) < 2 * CENT for key, row in found.items())

    def _columns(self, key: Key, figures: Figures, name: str) -> tuple[Any, ...]:
        account, campaign = self.platform.accounts[key[0]], self.platform.campaigns[key[1]]
        return (
            figures.impressions,
            figures.clicks,
            self.rules.engagements(figures),
            figures.conversions,
            name,
            self.kind_of(campaign.kind),
            account.currency,
            account.zone,
        )

    def kind_of(self, kind: str) -> str:
        """What is in source_field of a campaign of a kind."""
        return kind

    def _assert_money(self, told: Mapping[Key, Figures]) -> None:
        """Each account's day is exact to the cent, and a campaign's is less than one away."""
        spend = self.spend()
        assert spend.keys() == told.keys()
        exact: dict[tuple[str, date], Decimal] = {}
        sums: dict[tuple[str, date], Decimal] = {}
        for key, figures in told.items():
            day = (key[0], key[2])
            exact[day] = exact.get(day, Decimal(0)) + figures.cost
            sums[day] = sums.get(day, Decimal(0)) + spend[key]
            assert abs(spend[key] - figures.cost) < CENT
        assert sums == {day: cost.quantize(CENT) for day, cost in exact.items()}

    def _assert_reach(self, kind: WindowKind) -> None:
        expected = set()
        for account in self.platform.accounts.values():
            end = self.platform.today(account) - timedelta(days=1)
            for first, last in closed_windows(kind, self.start, self.start, end):
                expected |= set(self._reach_rows(account, first, last))
        longest = {"week": 7, "month": 31, "quarter": 92}[kind]
        shortest = {"week": 7, "month": 28, "quarter": 90}[kind]
        found = self.rows(
            "entity_type, entity_id, window_start, window_end, reach, frequency", "reach_windows"
        )
        own = [row for row in found if shortest <= (row[3] - row[2]).days <= longest]
        assert len(own) == len(set(own))
        assert set(own) == expected

    def _reach_rows(self, account: Account, first: date, last: date) -> list[tuple[Any, ...]]:
        parts: dict[str, list[Figures]] = {}
        for day in self.platform.days(account, first, last):
            parts.setdefault(day.campaign.id, []).append(day.figures)
        own = {name: added(figures) for name, figures in parts.items()}
        rows = [("campaign", name, figures) for name, figures in own.items()]
        rows.append(("account", account.id, added(own.values())))
        found = []
        for kind, name, figures in rows:
            campaign = self.platform.campaigns[name] if kind == "campaign" else None
            if not self.rules.tells_reach(campaign, figures):
                continue
            reach = self.rules.reach(figures.impressions, (last - first).days + 1)
            frequency = (
                (Decimal(figures.impressions) / reach).quantize(MILLIONTH) if reach else None
            )
            found.append((kind, name, first, last + timedelta(days=1), reach, frequency))
        return found

    def asked_with_nothing_new(self) -> int:
        """Pull as it is set by default; nothing changes. Returns the requests that were made."""
        usual = dict(self.options)
        self.options |= {"restated_days": 30, "reach_windows": ["month"]}
        asked = self.simulator.count()
        result = self.clean_pull()
        assert set(result.changed.values()) == {0}
        assert result.notes == []
        self.options = usual
        return self.simulator.count() - asked

    def assert_replay_is_identical(self) -> None:
        """Deliveries that are lost come back byte by byte."""
        before = self.files()
        for path in self.source.options.folder.rglob("*.parquet"):
            path.write_bytes(b"lost")
        self.replay()
        assert self.files() == before

    def live(
        self,
        seed: int,
        life: Life,
        harms: Sequence[faults.Fault],
        mend: Callable[[], object] = lambda: None,
    ) -> None:
        """Let twelve stretches of days pass, with a pull in trouble after each, mended after it."""
        harms = [
            *harms, faults.CUT, faults.TRUNCATED, faults.drip(0.01),
            faults.event("a restatement", lambda: [
                life.restate(account) for account in self.platform.accounts.values()
            ]),
        ]  # fmt: skip
        for number in range(12):
            for _ in range(life.random.randrange(1, 4)):
                life.live_day()
            self.simulator.faults.by_chance(harms, 0.12, seed * 100 + number)
            with contextlib.suppress(ConnectorError):
                self.pull()
            self.simulator.faults.clear()
            mend()
        self.clean_pull(is_full=True)
        assert self.assert_equal() > 20
        assert set(self.clean_pull().changed.values()) == {0}
        assert set(self.clean_pull(is_full=True).changed.values()) == {0}
        self.assert_replay_is_identical()

    def assert_red_until_mended(self, named: Sequence[str], mend: Callable[[], object]) -> None:
        """A pull ends red and stores nothing; mended, the truth arrives."""
        before = self.files()
        problems = self.pull().problems
        assert len(problems) == 1, problems
        for text in named:
            assert text in problems[0], problems[0]
        assert self.files() == before
        mend()
        self.clean_pull()
        self.assert_equal()
