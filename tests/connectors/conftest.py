"""A fake org, and a way to pull it into a home of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.company.sources import Source, source_from_mapping
from orchestration.connectors import limits
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.salesforce.pull import pull
from orchestration.state import ConnectorObject, StateStore
from tests.connectors.fake_salesforce import CLIENT_ID, CLIENT_SECRET, FakeOrg
from tests.connectors.orgs import define_all

CREDENTIALS = {"SALESFORCE_CLIENT_ID": CLIENT_ID, "SALESFORCE_CLIENT_SECRET": CLIENT_SECRET}


@dataclass
class Pulling:
    """A home that pulls from an org."""

    org: FakeOrg
    home: Path
    options: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=lambda: dict(CREDENTIALS))

    def __post_init__(self) -> None:
        self.state = StateStore(self.home / "state.sqlite")

    @property
    def source(self) -> Source:
        entry = {
            "loader": "salesforce",
            "options": {"instance_url": self.org.url, **self.options},
        }
        folder = self.home / "deliveries"
        return source_from_mapping("crm", entry, company_folder=self.home, deliveries_folder=folder)

    def pull(self, is_full: bool = False, seconds: float = 60.0) -> PullResult:
        source = self.source
        assert source.connector is not None
        return pull(self.context(is_full, seconds), source.connector)

    def context(self, is_full: bool = False, seconds: float = 60.0) -> PullContext:
        return PullContext(
            source="crm",
            state=self.state,
            deliveries=self.source.options.folder,
            raw_pages=self.home / "raw_pages" / "crm",
            variables=self.variables,
            deadline=time.monotonic() + seconds,
            is_full=is_full,
        )

    def later(self, **amount: float) -> None:
        """Let time pass, the lag included, so that all changes so far are due."""
        self.org.pass_time(**amount)

    def settle_and_pull(self, is_full: bool = False) -> PullResult:
        """Pull when everything that happened is older than the lag."""
        self.org.now += timedelta(minutes=10)
        return self.pull(is_full)

    def files(self, dataset: str) -> list[Path]:
        return sorted((self.home / "deliveries" / "crm" / dataset).glob("*.parquet"))

    def rows(self, dataset: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """The newest row of every record, by id."""
        if not self.files(dataset):
            return []
        pattern = self.home / "deliveries" / "crm" / dataset / "*.parquet"
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(
                f"select {columns} from (select * from read_parquet('{pattern}', "
                "filename = true, union_by_name = true) qualify row_number() over "
                "(partition by _record_id order by filename desc) = 1) order by _record_id"
            ).fetchall()

    def known(self, name: str) -> ConnectorObject:
        return self.state.connector_object("crm", name)


@pytest.fixture
def org() -> Iterator[FakeOrg]:
    fake = FakeOrg()
    define_all(fake)
    yield fake
    fake.close()


@pytest.fixture
def pulling(org: FakeOrg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pulling:
    monkeypatch.setattr(limits, "FIRST_WAIT_SECONDS", 0.001)
    return Pulling(org, tmp_path)
