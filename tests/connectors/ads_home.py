"""A home that reads a fake advertising platform."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb

from orchestration.company.sources import Source, source_from_mapping
from orchestration.connectors import vendors
from orchestration.connectors.ads.pull import pull_ads
from orchestration.connectors.context import Probe, PullContext, PullResult
from orchestration.state import StateStore

START = date(2025, 12, 1)


def day(number: int) -> date:
    """A day after the first."""
    return START + timedelta(days=number)


class AdsHome:
    """A source of a loader in a home of its own; waits are noted, not waited."""

    name = "ads"

    def __init__(self, loader: str, url: str, home: Path, variables: Mapping[str, str]) -> None:
        self.loader = loader
        self.home = home
        self.variables = dict(variables)
        self.options: dict[str, Any] = {
            "start_date": str(START),
            "base_url": url,
            "reach_windows": [],
        }
        self.waits: list[float] = []
        self.state = StateStore(home / "state.sqlite")

    @property
    def source(self) -> Source:
        entry = {"loader": self.loader, "options": self.options}
        folder = self.home / "deliveries"
        return source_from_mapping(
            self.name, entry, company_folder=self.home, deliveries_folder=folder
        )

    def context(self, is_full: bool = False) -> PullContext:
        return PullContext(
            source=self.name,
            state=self.state,
            deliveries=self.source.options.folder,
            raw_pages=self.home / "raw_pages",
            variables=self.variables,
            deadline=time.monotonic() + 3600,
            is_full=is_full,
        )

    def pull(self, is_full: bool = False) -> PullResult:
        module = import_module(f"orchestration.connectors.{self.loader}.pull")
        connector = self.source.connector
        platform = module.make_platform(self.context(is_full), connector)
        platform.client.http.sleep = self.waits.append
        return pull_ads(self.context(is_full), platform, module.window_of(connector))

    def probe(self) -> Probe:
        connector = self.source.connector
        assert connector is not None
        return vendors.probe(self.context(), connector)

    def replay(self) -> dict[str, int]:
        connector = self.source.connector
        assert connector is not None
        return vendors.replay(self.context(), connector)

    def rows(
        self, columns: str, dataset: str = "ad_spend", more: str = ""
    ) -> list[tuple[Any, ...]]:
        folder = self.source.options.folder / dataset
        if not list(folder.glob("*.parquet")):
            return []
        with duckdb.connect() as connection:
            return connection.execute(
                f"select {columns} from read_parquet('{folder}/*.parquet') {more} order by all"
            ).fetchall()

    def spend(self) -> dict[tuple[str, str, date], Decimal]:
        """Of campaigns, by account, campaign and day; an ad's day may be there once."""
        found = self.rows("platform_account_id, campaign_id, spend_date, ad_id, spend")
        assert len({row[:4] for row in found}) == len(found), "an ad's day is there twice"
        sums: dict[tuple[str, str, date], Decimal] = {}
        for account, campaign, when, _, spend in found:
            key = (account, campaign, when)
            sums[key] = sums.get(key, Decimal(0)) + spend
        return sums

    def files(self) -> dict[str, bytes]:
        folder = self.source.options.folder
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*.parquet"))
        }

    def everything_written(self) -> bytes:
        """All bytes below the home, unpacked."""
        import gzip

        parts = []
        for path in sorted(self.home.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                parts.append(gzip.decompress(content) if path.suffix == ".gz" else content)
        return b"\n".join(parts)
