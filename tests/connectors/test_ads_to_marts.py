"""`concord run` on a company that has Google, Meta and LinkedIn: from the APIs to the marts."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.advertising.platform import Platform
from sample_company.simulators.advertising.tokens import Tokens
from sample_company.simulators.google_ads import sample as google
from sample_company.simulators.google_ads.simulator import GoogleAdsSimulator
from sample_company.simulators.linkedin_ads import sample as linkedin
from sample_company.simulators.linkedin_ads.simulator import ACCESS_LIFE, LinkedInAdsSimulator
from sample_company.simulators.meta_ads import sample as meta
from sample_company.simulators.meta_ads.simulator import MetaAdsSimulator
from tests.conftest import ROOT, RunHome, concord, run_home

CENT = Decimal("0.01")
START = date(2026, 4, 1)
AS_OF = date(2026, 10, 31)
PLANTED = "planted"
CHANNELS = """\
rule_order,utm_source,utm_medium,utm_campaign,referrer_domain,click_id_type,source_field,channel_name,channel_group
10,,,,,,SEARCH,paid_search,paid
20,,,,,,DISPLAY,display,paid
30,,,,,,OUTCOME_LEADS,paid_social,paid
40,,,,,,SPONSORED_UPDATES,paid_social,paid
"""
MONTHS = """
    select platform, currency_code, cast(date_trunc('month', spend_date) as date) as spend_month,
        sum(spend_local) as spend, sum(impressions) as impressions, sum(clicks) as clicks
    from core.fct_ad_performance_daily group by all
"""
Month = tuple[str, str, date]


class Platforms:
    """The three simulators with the sample company's campaigns, and what opens them."""

    def __init__(self, stack: ExitStack) -> None:
        self.platforms: dict[str, Platform] = {
            "google_ads": google.sample_platform(),
            "meta_ads": meta.sample_platform(),
            "linkedin_ads": linkedin.sample_platform(),
        }
        self.google = stack.enter_context(
            GoogleAdsSimulator(self.platforms["google_ads"], developer_token=f"{PLANTED}-developer")
        )
        self.meta = stack.enter_context(
            MetaAdsSimulator(self.platforms["meta_ads"], f"EAAB{PLANTED}token")
        )
        tokens = Tokens(
            self.platforms["linkedin_ads"].clock,
            client_secret=f"{PLANTED}-secret",
            refresh_token=f"{PLANTED}-refresh",
            life=ACCESS_LIFE,
        )
        self.linkedin = stack.enter_context(
            LinkedInAdsSimulator(self.platforms["linkedin_ads"], tokens)
        )

    @property
    def secrets(self) -> dict[str, str]:
        return {
            "GOOGLE_ADS_DEVELOPER_TOKEN": self.google.developer_token,
            "GOOGLE_ADS_CLIENT_SECRET": self.google.tokens.client_secret,
            "GOOGLE_ADS_REFRESH_TOKEN": self.google.tokens.refresh_token,
            "META_ADS_ACCESS_TOKEN": self.meta.token,
            "META_ADS_APP_SECRET": f"{PLANTED}-app-secret",
            "LINKEDIN_ADS_CLIENT_SECRET": self.linkedin.tokens.client_secret,
            "LINKEDIN_ADS_REFRESH_TOKEN": self.linkedin.tokens.refresh_token,
        }

    @property
    def sources(self) -> dict[str, object]:
        shared = {"start_date": str(START), "restated_days": 40}
        return {
            "google": {
                "loader": "google_ads",
                "options": {
                    **shared,
                    "base_url": self.google.url,
                    "token_url": f"{self.google.url}/token",
                    "login_customer_id": self.google.manager.id,
                },
            },
            "meta": {"loader": "meta_ads", "options": {**shared, "base_url": self.meta.url}},
            "linkedin": {
                "loader": "linkedin_ads",
                "options": {
                    **shared,
                    "base_url": self.linkedin.url,
                    "token_url": f"{self.linkedin.url}/oauth/v2/accessToken",
                },
            },
        }

    def spent(self) -> dict[Month, tuple[Decimal, int, int]]:
        """What each platform told by currency and month, each account's day rounded once."""
        found: dict[Month, tuple[Decimal, int, int]] = {}
        for name, platform in self.platforms.items():
            for account in platform.accounts.values():
                for day, figures in platform.account_days(account, START, AS_OF).items():
                    key = (name, account.currency, day.replace(day=1))
                    spend, impressions, clicks = found.get(key, (Decimal(0), 0, 0))
                    found[key] = (
                        spend + figures.cost.quantize(CENT),
                        impressions + figures.impressions,
                        clicks + figures.clicks,
                    )
        return found


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    with ExitStack() as stack:
        yield Platforms(stack)


def company(folder: Path, platforms: Platforms) -> Path:
    """A small folder: the example's, with the sample company's currencies and three platforms."""
    shutil.copytree(ROOT / "examples" / "crm_export", folder)
    shutil.copy(ROOT / "company" / "fx_rates.csv", folder)
    (folder / "channels.csv").write_text(CHANNELS)
    funnel = (folder / "funnel.yml").read_text()
    (folder / "funnel.yml").write_text(funnel.replace("source: crm_export", "source: google"))
    text = (folder / "company.yml").read_text().replace("currency: USD", "currency: EUR")
    (folder / "company.yml").write_text(re.sub("as_of_date: .*", f"as_of_date: {AS_OF}", text))
    # They tell of different accounts, so that this decides nothing; a folder has to say it.
    record = {"ad_spend": "google", "reach_windows": "meta"}
    content = {"sources": platforms.sources, "system_of_record": record}
    (folder / "sources.yml").write_text(yaml.safe_dump(content))
    return folder


def published(run: RunHome) -> dict[Month, tuple[Decimal, int, int]]:
    return {row[:3]: row[3:] for row in run.query(MONTHS)}


def differences(run: RunHome) -> list[tuple[object, ...]]:
    return run.query(
        "select source_instance, source_object, period_start, reason, difference_value "
        "from ops.ops_source_bridge where kpi = 'spend' and difference_value <> 0"
    )


@pytest.mark.slow
def test_three_platforms_arrive_in_the_marts_and_leave_no_secret(
    platforms: Platforms, tmp_path: Path
) -> None:
    run = run_home(
        tmp_path / "home",
        CONCORD_COMPANY=str(company(tmp_path / "company", platforms)),
        GOOGLE_ADS_CLIENT_ID=platforms.google.tokens.client_id,
        LINKEDIN_ADS_CLIENT_ID=platforms.linkedin.tokens.client_id,
        **platforms.secrets,
    )
    assert published(run) == platforms.spent()
    assert {key[:2] for key in published(run)} == {
        ("google_ads", "EUR"), ("meta_ads", "GBP"), ("linkedin_ads", "USD"),
    }  # fmt: skip
    assert differences(run) == []
    bridged = run.query(
        "select distinct source_object from ops.ops_source_bridge where kpi = 'spend'"
    )
    assert len(bridged) == 3
    assert run.value("select count(*) from core.fct_reach_window") > 0
    _restate(platforms)
    again = run.again()
    assert again.code == 0, again.text
    assert published(run) == platforms.spent()
    assert differences(run) == []
    platforms.meta.token_problem = 463
    platforms.linkedin.shape.change("costInLocalCurrency", lambda _: "a lot")
    red = concord(run.home, "run", **run.environment)
    assert red.code == 1
    said = " ".join(red.text.split())
    for text in (
        "source meta", "subcode 463",
        "source linkedin", "account 200", "field costInLocalCurrency", '"a lot"', "was a number",
    ):  # fmt: skip
        assert text in said
    assert published(run) == platforms.spent()
    secrets = list(platforms.secrets.values())
    for path in run.home.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            content += gzip.decompress(content) if path.suffix == ".gz" else b""
            for secret in secrets:
                assert secret.encode() not in content, path
    for finished in (run.finished, again, red):
        assert not any(secret in finished.text for secret in secrets)


def _restate(platforms: Platforms) -> None:
    """Every platform tells another day of its first campaign, and deletes it."""
    for platform in platforms.platforms.values():
        account = next(iter(platform.accounts.values()))
        campaign = platform.campaigns_of(account)[0]
        day = platform.today(account) - timedelta(days=9)
        platform.tell(campaign, day, Figures(Decimal("123.45"), 1000, 10, Decimal(3)))
        platform.remove(campaign)
