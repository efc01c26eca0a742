"""Whatever is restated, whatever fails: in the end deliveries are what the platform tells."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.connectors import limits
from orchestration.connectors.errors import ConnectorError
from tests.connectors import fake_linkedin_ads, fake_meta_ads
from tests.connectors.ads_home import AdsHome, day
from tests.connectors.fake_linkedin_ads import FakeLinkedInAds
from tests.connectors.fake_meta_ads import FakeMetaAds
from tests.connectors.fake_server import Said

CENT = Decimal("0.01")
DAYS = 41
META_FAULTS = [
    None, None, None, Said(500, {}), fake_meta_ads.error(2), fake_meta_ads.error(17),
    fake_meta_ads.error(100, 1487534), fake_meta_ads.error(80000, 2446079), Said(200, {"data": 1}),
    fake_meta_ads.error(190, 463), fake_meta_ads.error(10),
]  # fmt: skip
LINKEDIN_FAULTS = [
    None, None, None, Said(500, {}), fake_linkedin_ads.error(401, 65602, "expired"),
    fake_linkedin_ads.error(429, 101, "DAY limit"), fake_linkedin_ads.error(403, 100, "no"),
    Said(200, {"elements": "none"}), fake_linkedin_ads.error(429, 101, "per minute"),
]  # fmt: skip


@pytest.fixture
def meta() -> Iterator[FakeMetaAds]:
    fake = FakeMetaAds()
    yield fake
    fake.close()


@pytest.fixture
def linkedin() -> Iterator[FakeLinkedInAds]:
    fake = FakeLinkedInAds()
    yield fake
    fake.close()


def _restate(chance: random.Random, amounts: dict[tuple[str, date], str], places: int) -> None:
    for _ in range(chance.randrange(12)):
        key = (str(chance.randrange(4)), day(chance.randrange(DAYS)))
        if chance.random() < 0.3:
            amounts.pop(key, None)
        else:
            amounts[key] = str(Decimal(chance.randrange(5 * 10**places)).scaleb(-places))


def _check(home: AdsHome, truth: dict[str, dict[tuple[str, date], str]]) -> None:
    found = home.spend()
    assert found.keys() == {
        (account, campaign, when) for account, own in truth.items() for campaign, when in own
    }
    for account, own in truth.items():
        for number in range(DAYS):
            told = sum(
                (Decimal(amount) for (_, when), amount in own.items() if when == day(number)),
                Decimal(0),
            )
            own_day = (account, day(number))
            stored = sum(
                value for (name, _, when), value in found.items() if (name, when) == own_day
            )
            assert stored == told.quantize(CENT)
    assert home.pull(is_full=True).changed["ad_spend"] == 0
    before = home.files()
    for path in home.source.options.folder.rglob("*.parquet"):
        path.write_bytes(b"lost")
    home.replay()
    assert home.files() == before


@pytest.mark.parametrize("seed", range(4))
def test_meta(
    meta: FakeMetaAds, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ATTEMPTS", 20)
    chance = random.Random(seed)
    home = AdsHome("meta_ads", meta.url, tmp_path, fake_meta_ads.CREDENTIALS)
    home.options |= {"days_at_once": chance.choice([7, 90]), "sync_days": chance.choice([3, 90])}
    accounts = {name: fake_meta_ads.FakeAccount(timezone_name="UTC") for name in ("111", "222")}
    meta.accounts = accounts
    for _ in range(6):
        for account in accounts.values():
            _restate(chance, account.spend, 2)
            account.gone = {str(chance.randrange(4)): "DELETED"}
        meta.plan.extend([None, *chance.choices(META_FAULTS, k=4)])
        meta.endings.extend(chance.choices(["Job Completed", "Job Failed", "Job Skipped"], k=3))
        with contextlib.suppress(ConnectorError):
            home.pull()
        meta.now += timedelta(days=1)
    meta.plan.clear()
    assert home.pull(is_full=True).problems == []
    _check(home, {name: account.spend for name, account in accounts.items()})


@pytest.mark.parametrize("seed", range(4))
def test_linkedin(
    linkedin: FakeLinkedInAds, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ATTEMPTS", 20)
    chance = random.Random(seed)
    home = AdsHome("linkedin_ads", linkedin.url, tmp_path, fake_linkedin_ads.CREDENTIALS)
    home.options |= {
        "token_url": f"{linkedin.url}/oauth/v2/accessToken",
        "days_at_once": chance.choice([7, 90]),
    }
    accounts = {name: fake_linkedin_ads.FakeAccount() for name in ("511", "522")}
    linkedin.accounts = accounts
    for _ in range(4):
        for account in accounts.values():
            _restate(chance, account.cost, 6)
            account.statuses = {str(chance.randrange(4)): "REMOVED"}
        linkedin.plan.extend([None, *chance.choices(LINKEDIN_FAULTS, k=4)])
        with contextlib.suppress(ConnectorError):
            home.pull()
        linkedin.plan.clear()
        linkedin.now += timedelta(days=1)
    assert home.pull(is_full=True).problems == []
    _check(home, {name: account.cost for name, account in accounts.items()})
