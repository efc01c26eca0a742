"""A source that lives, and a home that a process reads it into: one of each vendor, for the soak.

Belongs here: what is said to live, and what has to be equal. Does not: processes (soak).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from orchestration.state import StateStore
from sample_company.simulators.advertising.life import Life as AdsLife
from sample_company.simulators.google_ads import sample as google_sample
from sample_company.simulators.google_ads.simulator import GoogleAdsSimulator
from sample_company.simulators.hubspot.sample import sample_portal
from sample_company.simulators.hubspot.simulator import HubSpotSimulator
from sample_company.simulators.linkedin_ads import sample as linkedin_sample
from sample_company.simulators.linkedin_ads.simulator import LinkedInAdsSimulator
from sample_company.simulators.meta_ads import sample as meta_sample
from sample_company.simulators.meta_ads.simulator import MetaAdsSimulator
from sample_company.simulators.salesforce.sample import sample_organisation
from sample_company.simulators.server import Simulator
from tests.connectors.simulated import test_hubspot, test_linkedin_ads, test_meta_ads
from tests.connectors.simulated.ads_meeting import AdsMeeting, Rules
from tests.connectors.simulated.conftest import Meeting, meet
from tests.connectors.simulated.delivered import assert_equal
from tests.connectors.simulated.life import OPTIONS, Life, add_own_fields
from tests.connectors.simulated.pulling_process import settings_of, source_of
from tests.sample_company.simulators.test_hubspot_random import Life as HubSpotLife
from tests.unlike import unlike

# Salesforce, read by jobs of Bulk 2.0 in place of REST.
BULK = "salesforce_bulk"


@dataclass
class World(ABC):
    """A simulated source and a home."""

    loader: str
    home: Path
    simulator: Simulator
    options: dict[str, Any]
    variables: dict[str, str]

    @abstractmethod
    def live(self, random: Random) -> None:
        """Let something happen, within what a daily run has to find."""

    @abstractmethod
    def settle(self) -> None:
        """Let so much time pass that a pull finds everything."""

    @abstractmethod
    def assert_deliveries_equal(self) -> int:
        """What was delivered is the truth; returns how many rows there are."""

    def assert_equal(self) -> int:
        """What was delivered is the truth, and raw is what was delivered."""
        rows = self.assert_deliveries_equal()
        source = source_of(self.home, self.loader, self.options)
        with duckdb.connect(str(settings_of(self.home).warehouse_path), read_only=True) as raw:
            for name, dataset in source.datasets.items():
                files = sorted((source.options.folder / name).glob("*.parquet"))
                listed = ", ".join(f"'{path}'" for path in files)
                count = f"select count(*) from read_parquet([{listed}], union_by_name = true)"
                [(delivered,)] = raw.execute(count).fetchall() if files else [(0,)]
                loaded = self._loaded(name)
                assert sum(loaded.values()) == delivered, (name, loaded, delivered)
                assert {Path(file).name for file in loaded} == {path.name for path in files}, name
                raw.execute(f"select count(*) from raw_file_drop.{dataset.entity}")
            self.assert_raw_equal(raw)
        return rows

    def assert_raw_equal(self, raw: duckdb.DuckDBPyConnection) -> None:
        """What the transform would read is the truth, where the files do not say it already."""
        assert raw

    def _loaded(self, dataset: str) -> Counter[str]:
        """Rows of each active file, the ones left out among them."""
        found: Counter[str] = Counter()
        for file in StateStore(settings_of(self.home).state_path).active_files("crm"):
            if file.dataset == dataset:
                found[file.file] += file.row_count + file.quarantined_count + file.duplicate_count
        return found


class SalesforceWorld(World):
    meeting: Meeting
    life: Life

    def live(self, random: Random) -> None:
        for _ in range(random.randrange(12)):
            self.life.live()
        self.life.organisation.clock.advance(timedelta(minutes=10))

    def settle(self) -> None:
        self.life.organisation.clock.advance(timedelta(days=8))

    def assert_deliveries_equal(self) -> int:
        is_bulk = self.options["bulk_threshold"] == 1
        assert bool(self.simulator.count("/jobs/query")) is is_bulk
        return sum(assert_equal(self.meeting).values())


class HubSpotWorld(World):
    meeting: test_hubspot.Meeting
    life: HubSpotLife

    def live(self, random: Random) -> None:
        for _ in range(random.randrange(12)):
            self.life.act()

    def settle(self) -> None:
        self.meeting.portal.clock.advance(timedelta(days=8))

    def assert_deliveries_equal(self) -> int:
        return test_hubspot.assert_equal(self.meeting)


class AdsWorld(World):
    meeting: AdsMeeting
    life: AdsLife

    def live(self, random: Random) -> None:
        # Fewer days between two clean runs than a run reads again.
        if random.random() < 0.7:
            self.life.live_day()
        else:
            for account in self.life.platform.accounts.values():
                self.life.restate(account)
        self.meeting.look()

    def settle(self) -> None:
        self.life.platform.clock.advance(timedelta(hours=1))

    def assert_deliveries_equal(self) -> int:
        return self.meeting.assert_equal()

    def assert_raw_equal(self, raw: duckdb.DuckDBPyConnection) -> None:
        [(rows, keys)] = raw.execute(
            "select count(*), "
            "count(distinct (platform_account_id, campaign_id, ad_id, spend_date)) "
            "from raw_file_drop.ad_spend"
        ).fetchall()
        assert rows == keys
        found = raw.execute(
            "select platform_account_id, campaign_id, spend_date, sum(spend) "
            "from raw_file_drop.ad_spend group by all"
        ).fetchall()
        assert unlike({row[:3]: row[3] for row in found}, self.meeting.spend()) == {}


@contextmanager
def world(source: str, home: Path, seed: int) -> Iterator[World]:
    """Begin a world of SOURCES with the sample company's data; its home is empty."""
    makers = {"salesforce": _salesforce, BULK: _salesforce, "hubspot": _hubspot}
    yield from makers.get(source, _ads)(source, home, seed)


def _salesforce(source: str, home: Path, seed: int) -> Iterator[World]:
    organisation = sample_organisation()
    add_own_fields(organisation)
    organisation.clock.advance(timedelta(hours=1))
    # All by jobs of Bulk 2.0, or nothing.
    options = {**OPTIONS, "bulk_threshold": 1 if source == BULK else 1_000_000}
    for meeting in meet(organisation, home, **options):
        options |= {"instance_url": meeting.simulator.url}
        variables = meeting.pulling.variables
        found = SalesforceWorld("salesforce", home, meeting.simulator, options, variables)
        found.meeting, found.life = meeting, Life(organisation, seed)
        yield found


def _hubspot(loader: str, home: Path, seed: int) -> Iterator[World]:
    portal = sample_portal()
    with HubSpotSimulator(portal) as simulator:
        meeting = test_hubspot.Meeting(portal, simulator, home, name="crm")
        variables = {"HUBSPOT_TOKEN": simulator.auth.private_token}
        found = HubSpotWorld(loader, home, simulator, {"base_url": simulator.url}, variables)
        found.meeting, found.life = meeting, HubSpotLife(portal, seed)
        yield found


def _ads(loader: str, home: Path, seed: int) -> Iterator[World]:
    platform = _SAMPLES[loader].sample_platform()
    zone = "UTC" if loader == "linkedin_ads" else "America/Los_Angeles"
    platform.add_account("Velmora US", "USD", zone, account_id="4445556667")
    simulator = _SIMULATORS[loader](platform)
    with simulator:
        meeting = _ads_meeting(loader, simulator, home)
        meeting.name = "crm"
        # Parts so small that many files are written.
        meeting.options |= {"start_date": "2023-11-01", "request_budget": 100_000}
        if loader != "google_ads":
            meeting.options |= {"days_at_once": 30}
        found = AdsWorld(loader, home, simulator, meeting.options, meeting.variables)
        found.meeting, found.life = meeting, AdsLife(platform, seed, _KINDS[loader])
        yield found


_SAMPLES: dict[str, Any] = {
    "google_ads": google_sample,
    "meta_ads": meta_sample,
    "linkedin_ads": linkedin_sample,
}
_SIMULATORS: dict[str, Any] = {
    "google_ads": GoogleAdsSimulator,
    "meta_ads": MetaAdsSimulator,
    "linkedin_ads": LinkedInAdsSimulator,
}
_KINDS = {
    "google_ads": ("SEARCH", "DISPLAY"),
    "meta_ads": ("OUTCOME_LEADS", "OUTCOME_SALES"),
    "linkedin_ads": ("LEAD_GENERATION", "BRAND_AWARENESS"),
}
SOURCES = ("salesforce", BULK, "hubspot", *_SAMPLES)


def _ads_meeting(loader: str, simulator: Any, home: Path) -> AdsMeeting:
    windows = {"reach_windows": ["month"]}
    if loader == "meta_ads":
        return test_meta_ads.meet(simulator, home, **windows)
    if loader == "linkedin_ads":
        return test_linkedin_ads.meet(simulator, home, **windows)
    return google_meeting(simulator, home, **windows)


def google_meeting(simulator: GoogleAdsSimulator, home: Path, **more: Any) -> AdsMeeting:
    """Google Ads as a source, in place of its parts."""
    tokens = simulator.tokens
    variables = {
        "GOOGLE_ADS_DEVELOPER_TOKEN": simulator.developer_token,
        "GOOGLE_ADS_CLIENT_ID": tokens.client_id,
        "GOOGLE_ADS_CLIENT_SECRET": tokens.client_secret,
        "GOOGLE_ADS_REFRESH_TOKEN": tokens.refresh_token,
    }
    counted = ("DISPLAY", "VIDEO", "DEMAND_GEN", "MULTI_CHANNEL")
    rules = Rules(
        engagements=lambda figures: figures.clicks,
        reach=lambda impressions, days: impressions * 10 // (12 + days) or None,
        tells_reach=lambda campaign, figures: (
            campaign is not None and campaign.kind in counted and figures.impressions > 0
        ),
    )
    options = {
        "token_url": f"{simulator.url}/token",
        "login_customer_id": simulator.manager.id,
    }
    return AdsMeeting("google_ads", simulator, home, variables, rules, options | more)
