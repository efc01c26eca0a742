"""A source of each loader, as sources.yml names it, is pulled and read into raw without a loss."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.canonical import load_entities
from orchestration.company.sources import Source, source_from_mapping
from orchestration.connectors import vendors
from orchestration.connectors.context import PullContext
from orchestration.connectors.errors import FixConfiguration
from orchestration.sources import file_drop
from orchestration.state import StateStore
from tests.connectors.fake_google_ads import CREDENTIALS, MANAGER, FakeAccount, FakeGoogleAds
from tests.connectors.fake_linkedin_ads import CREDENTIALS as LINKEDIN_CREDENTIALS
from tests.connectors.fake_linkedin_ads import FakeAccount as LinkedInAccount
from tests.connectors.fake_linkedin_ads import FakeLinkedInAds
from tests.connectors.fake_meta_ads import CREDENTIALS as META_CREDENTIALS
from tests.connectors.fake_meta_ads import FakeAccount as MetaAccount
from tests.connectors.fake_meta_ads import FakeMetaAds
from tests.connectors.test_ga4_export import TYPES, Export, event
from tests.connectors.test_landed_tables import FIVETRAN, SNAKE, Landed, deal


@dataclass
class Loading:
    """A source in a home of its own."""

    home: Path
    entry: dict[str, Any]
    variables: dict[str, str]

    @property
    def source(self) -> Source:
        folder = self.home / "deliveries"
        return source_from_mapping(
            "one", self.entry, company_folder=self.home, deliveries_folder=folder
        )

    @property
    def context(self) -> PullContext:
        return PullContext(
            source="one",
            state=StateStore(self.home / "state.sqlite"),
            deliveries=self.source.options.folder,
            raw_pages=self.home / "raw_pages",
            variables=self.variables,
            deadline=time.monotonic() + 60,
        )

    def raw(self, entity: str, columns: str) -> list[tuple[Any, ...]]:
        source = self.source
        assert source.connector is not None
        assert vendors.pull(self.context, source.connector).problems == []
        raw = self.home / "raw"
        found = file_drop.extract(source, source.options.folder, [], raw)
        assert found.refusals == []
        assert found.quarantined == []
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            for statement in file_drop.raw_views_sql(load_entities(), found.files, raw):
                connection.execute(statement)
            return connection.execute(
                f"select _source_system, _source_name, {columns} from raw_file_drop.{entity} "
                "order by all"
            ).fetchall()


@pytest.fixture
def google() -> Iterator[FakeGoogleAds]:
    fake = FakeGoogleAds()
    fake.accounts["1110000000"] = FakeAccount(micros={("7", date(2025, 12, 1)): 12_340_000})
    yield fake
    fake.close()


@pytest.fixture
def google_loading(google: FakeGoogleAds, tmp_path: Path) -> Loading:
    options = {
        "start_date": "2025-12-01",
        "login_customer_id": MANAGER,
        "base_url": google.url,
        "token_url": f"{google.url}/token",
    }
    return Loading(tmp_path, {"loader": "google_ads", "options": options}, dict(CREDENTIALS))


@pytest.fixture
def meta_loading(tmp_path: Path) -> Iterator[Loading]:
    fake = FakeMetaAds()
    fake.accounts["111"] = MetaAccount(
        spend={("7", date(2025, 12, 1)): "12.34"}, reach={"account": 9, "7": 8}
    )
    options = {"start_date": "2025-12-01", "base_url": fake.url}
    yield Loading(tmp_path, {"loader": "meta_ads", "options": options}, dict(META_CREDENTIALS))
    fake.close()


@pytest.fixture
def linkedin_loading(tmp_path: Path) -> Iterator[Loading]:
    fake = FakeLinkedInAds()
    fake.accounts["511"] = LinkedInAccount(
        cost={("7", date(2025, 12, 1)): "12.34"}, reach={"account": 400}
    )
    options = {
        "start_date": "2025-12-01",
        "base_url": fake.url,
        "token_url": f"{fake.url}/oauth/v2/accessToken",
    }
    entry = {"loader": "linkedin_ads", "options": options}
    yield Loading(tmp_path, entry, dict(LINKEDIN_CREDENTIALS))
    fake.close()


@pytest.fixture
def web_loading(tmp_path: Path) -> Loading:
    export = Export(tmp_path)
    export.json("events_20260105.json", [event(1), event(2, "generate_lead")])
    options = {"folder": "export", "touch_types": TYPES}
    return Loading(tmp_path, {"loader": "ga4_export", "options": options}, {})


@pytest.fixture
def landed_loading(tmp_path: Path) -> Loading:
    landed = Landed(tmp_path)
    row = deal(1, AccountId=None) | {"_fivetran_synced": "2026-01-02 08:00:00+00"}
    landed.table("opportunity", SNAKE, FIVETRAN, [row])
    options = {"objects_of": "salesforce", "database": "landed.duckdb", "schema": "crm"}
    return Loading(tmp_path, {"loader": "landed_tables", "options": options}, {})


def test_google_ads(google_loading: Loading) -> None:
    columns = "platform_account_id, campaign_id, spend_date::varchar, spend::varchar, currency_code"
    assert google_loading.raw("ad_spend", columns) == [
        ("google_ads", "one", "1110000000", "7", "2025-12-01", "12.34", "EUR")
    ]


REACH = (
    "platform, entity_type, entity_id, window_start::varchar, window_end::varchar, reach, "
    "frequency::varchar"
)


@pytest.mark.parametrize("entity", ["ad_spend", "reach_windows"])
def test_meta_ads(meta_loading: Loading, entity: str) -> None:
    if entity == "ad_spend":
        columns = "platform, platform_account_id, campaign_id, spend_date::varchar, spend::varchar"
        rows = [("meta_ads", "one", "meta_ads", "111", "7", "2025-12-01", "12.34")]
    else:
        columns = REACH
        month = ("2025-12-01", "2026-01-01")
        rows = [
            ("meta_ads", "one", "meta_ads", "account", "111", *month, 9, "2.500000"),
            ("meta_ads", "one", "meta_ads", "campaign", "7", *month, 8, "1.234567"),
        ]
    assert meta_loading.raw(entity, columns) == rows


@pytest.mark.parametrize("entity", ["ad_spend", "reach_windows"])
def test_linkedin_ads(linkedin_loading: Loading, entity: str) -> None:
    if entity == "ad_spend":
        columns = "platform, platform_account_id, campaign_id, spend_date::varchar, spend::varchar"
        rows: list[tuple[Any, ...]] = [
            ("linkedin_ads", "one", "linkedin_ads", "511", "7", "2025-12-01", "12.34")
        ]
    else:
        columns = REACH
        month = ("2025-12-01", "2026-01-01")
        rows = [
            ("linkedin_ads", "one", "linkedin_ads", "account", "511", *month, 400, "2.500000"),
            ("linkedin_ads", "one", "linkedin_ads", "campaign", "7", *month, None, None),
        ]
    assert linkedin_loading.raw(entity, columns) == rows


def test_ga4_export(web_loading: Loading) -> None:
    rows = web_loading.raw("touches", "touch_type, anonymous_id, utm_source, touched_at::varchar")
    assert rows == [
        ("ga4_export", "one", kind, "1234.5678", "google", f"2026-01-05 12:00:00.00000{at}")
        for kind, at in (("form_fill", 2), ("session", 1))
    ]


def test_landed_tables(landed_loading: Loading) -> None:
    rows = landed_loading.raw("opportunities", "opportunity_id, amount::varchar, is_deleted")
    assert rows == [("landed_tables", "one", f"006{1:015d}", "100.50", False)]


def test_each_is_tried_without_storing_anything(
    google_loading: Loading, web_loading: Loading, landed_loading: Loading
) -> None:
    expected = {
        "google_ads": ["account 1110000000 (EUR)"],
        "ga4_export": ["events of 20260105"],
        "landed_tables": ["Opportunity (table opportunity, landed by fivetran)"],
    }
    for loading in (google_loading, web_loading, landed_loading):
        connector = loading.source.connector
        assert connector is not None
        found = vendors.probe(loading.context, connector)
        assert found.problems == []
        assert found.readable == expected[connector.loader]
        assert list(loading.source.options.folder.rglob("*.parquet")) == []


def test_google_ads_pages_are_replayed(google: FakeGoogleAds, google_loading: Loading) -> None:
    connector = google_loading.source.connector
    assert connector is not None
    vendors.pull(google_loading.context, connector)
    folder = google_loading.source.options.folder
    [before] = folder.rglob("*.parquet")
    content = before.read_bytes()
    before.write_bytes(b"lost")
    google.close()
    assert vendors.replay(google_loading.context, connector) == {"ad_spend": 1}
    assert before.read_bytes() == content


def test_files_and_tables_are_their_own_record(
    web_loading: Loading, landed_loading: Loading
) -> None:
    for loading in (web_loading, landed_loading):
        connector = loading.source.connector
        assert connector is not None
        with pytest.raises(FixConfiguration, match="--full-refresh"):
            vendors.replay(loading.context, connector)
