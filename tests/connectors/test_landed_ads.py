"""Landed tables of advertising platforms give the deliveries that the platforms' APIs give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.company.sources import source_from_mapping
from orchestration.connectors.ads.platform import Account
from orchestration.connectors.ads.slices import DaySlices
from orchestration.connectors.ads.spend import in_cents
from orchestration.connectors.google_ads.rows import GoogleAdsRows
from orchestration.connectors.linkedin_ads.rows import LinkedInAdsRows
from orchestration.connectors.meta_ads.rows import MetaAdsRows
from tests.connectors.landed_home import EXTRACTED, SYNCED, LandedHome, Rows

# One list of facts: account, campaign, day, millionths, impressions, clicks, engagements,
# conversions. Half cents, so that rounding shows.
FACTS = [
    ("511", "7", date(2025, 12, 1), 10_005_000, 1000, 20, 30, 2),
    ("511", "8", date(2025, 12, 1), 10_005_000, 500, 10, 11, 0),
    ("511", "9", date(2025, 12, 1), 3_333_333, 1, 0, 0, 1),
    ("511", "7", date(2026, 1, 5), 1, 3, 1, 1, 0),
    ("512", "4", date(2025, 12, 1), 99_994_999, 70, 7, 8, 3),
]
ZONE = {"google_ads": "Europe/Berlin", "meta_ads": "Europe/Berlin", "linkedin_ads": "UTC"}


def euros(micros: int) -> str:
    return str(Decimal(micros) / 1_000_000)


def by_api(vendor: str, folder: Path) -> None:
    """The deliveries of the vendor's connector for the facts, from pages as its API answers."""
    slices = DaySlices(folder)
    for own in ("511", "512"):
        facts = [fact for fact in FACTS if fact[0] == own]
        account = Account(own, "EUR", ZONE[vendor])
        if vendor == "google_ads":
            page = {
                "totals": [],
                "campaigns": [
                    {
                        "campaign": {
                            "id": campaign,
                            "name": f"Campaign {campaign}",
                            "advertisingChannelType": "SEARCH",
                        },
                        "segments": {"date": str(day)},
                        "metrics": {
                            "costMicros": str(micros),
                            "impressions": str(shown),
                            "clicks": str(clicks),
                            "interactions": str(engagements),
                            "conversions": str(conversions),
                        },
                    }
                    for _, campaign, day, micros, shown, clicks, engagements, conversions in facts
                ],
            }
            told = GoogleAdsRows().spend(account, page)
        elif vendor == "meta_ads":
            page = {
                "totals": [],
                "attribution_windows": [],
                "campaigns": [
                    {
                        "campaign_id": campaign,
                        "campaign_name": f"Campaign {campaign}",
                        "objective": "SEARCH",
                        "date_start": str(day),
                        "date_stop": str(day),
                        "spend": euros(micros),
                        "impressions": str(shown),
                        "inline_link_clicks": str(clicks),
                        "inline_post_engagement": str(engagements),
                        "actions": [
                            {"action_type": "lead", "value": str(conversions)},
                            {"action_type": "like", "value": "900"},
                        ],
                    }
                    for _, campaign, day, micros, shown, clicks, engagements, conversions in facts
                ],
            }
            told = MetaAdsRows().spend(account, page)
        else:
            parts = ("year", "month", "day")
            page = {
                "totals": [],
                "known": {
                    fact[1]: {"name": f"Campaign {fact[1]}", "type": "SEARCH"} for fact in facts
                },
                "days": [
                    {
                        "pivotValues": [f"urn:li:sponsoredCampaign:{campaign}"],
                        "dateRange": {
                            end: {part: str(getattr(day, part)) for part in parts}
                            for end in ("start", "end")
                        },
                        "costInLocalCurrency": euros(micros),
                        "impressions": str(shown),
                        "clicks": str(clicks),
                        "totalEngagements": str(engagements),
                        "externalWebsiteConversions": str(conversions),
                    }
                    for _, campaign, day, micros, shown, clicks, engagements, conversions in facts
                ],
            }
            told = LinkedInAdsRows().spend(account, page)
        days = [item.spend_date for item in told.days]
        slices.replace(own, min(days), max(days), in_cents(told.days))


def halves(number: int) -> tuple[int, int]:
    return number // 2, number - number // 2


def google_fivetran() -> dict[str, Rows]:
    stats: Rows = []
    for account, campaign, day, *numbers in FACTS:
        for part, device in enumerate(("MOBILE", "DESKTOP")):
            micros, impressions, clicks, engagements, conversions = (
                halves(number)[part] for number in numbers
            )
            stats.append(
                {
                    "customer_id": int(account),
                    "id": int(campaign),
                    "date": str(day),
                    "device": device,
                    "_fivetran_id": f"{campaign}-{day}-{device}",
                    "cost_micros": micros,
                    "impressions": impressions,
                    "clicks": clicks,
                    "interactions": engagements,
                    "conversions": float(conversions),
                    **SYNCED,
                }
            )
    history = [
        {
            "id": int(campaign),
            "customer_id": int(account),
            "name": name,
            "advertising_channel_type": "SEARCH",
            "updated_at": f"2025-0{n + 1}-01 00:00:00",
            "_fivetran_active": name != "Old name",
            **SYNCED,
        }
        for account, campaign in sorted({fact[:2] for fact in FACTS})
        for n, name in enumerate((f"Campaign {campaign}", "Old name"))
    ]
    accounts = [
        {"id": int(a), "currency_code": c, "time_zone": "Europe/Berlin", "_fivetran_active": is_now}
        | SYNCED
        for a in ("511", "512")
        for c, is_now in (("USD", False), ("EUR", True))
    ]
    return {"campaign_stats": stats, "campaign_history": history, "account_history": accounts}


def google_airbyte() -> dict[str, Rows]:
    rows: Rows = []
    for account, campaign, day, *numbers in FACTS:
        for part, network in enumerate(("SEARCH", "CONTENT")):
            micros, impressions, clicks, engagements, conversions = (
                halves(number)[part] for number in numbers
            )
            for version, more in enumerate((77, 0)):  # an older version of the row told more
                rows.append(
                    {
                        "campaign.resource_name": f"customers/{account}/campaigns/{campaign}",
                        "campaign_id": int(campaign),
                        "campaign_name": f"Campaign {campaign}",
                        "campaign_advertising_channel_type": "SEARCH",
                        "segments_date": str(day),
                        "segments_ad_network_type": network,
                        "metrics_cost_micros": micros + more,
                        "metrics_impressions": impressions,
                        "metrics_clicks": clicks,
                        "metrics_interactions": engagements,
                        "metrics_conversions": float(conversions),
                        "_airbyte_extracted_at": f"2026-01-1{version} 08:00:00+00",
                    }
                )
    customers = [
        {"customer_id": int(a), "customer_currency_code": "EUR"}
        | {"customer_time_zone": "Europe/Berlin", **EXTRACTED}
        for a in ("511", "512")
    ]
    return {"campaign": rows, "customer": customers}


def meta_fivetran() -> dict[str, Rows]:
    ads: Rows = []
    actions: Rows = []
    for account, campaign, day, micros, impressions, clicks, engagements, conversions in FACTS:
        ad = {"ad_id": f"9{campaign}", "date": str(day)}
        ads.append(
            ad
            | {"account_id": int(account), "spend": micros / 1_000_000}
            | {"impressions": impressions, "inline_link_clicks": clicks}
            | {"inline_post_engagement": engagements, **SYNCED}
        )
        actions += [
            ad | {"action_type": kind, "value": float(number), **SYNCED}
            for kind, number in (("lead", conversions), ("like", 900))
            if number
        ]
    names = sorted({fact[:2] for fact in FACTS})
    return {
        "basic_ad": ads,
        "basic_ad_actions": actions,
        "ad_history": [
            {"id": int(f"9{campaign}"), "campaign_id": int(campaign), "updated_time": "2025-01-01"}
            | SYNCED
            for _, campaign in names
        ],
        "campaign_history": [
            {
                "id": int(campaign),
                "name": name,
                "objective": "SEARCH",
                "updated_time": when,
                **SYNCED,
            }
            for _, campaign in names
            for name, when in ((f"Campaign {campaign}", "2025-06-01"), ("Old", "2025-01-01"))
        ],
        "account_history": [
            {"id": int(a), "currency": "EUR", "timezone_name": "Europe/Berlin", **SYNCED}
            for a in ("511", "512")
        ],
    }


def meta_airbyte() -> dict[str, Rows]:
    rows = [
        {
            "account_id": account,
            "account_currency": "EUR",
            "campaign_id": campaign,
            "campaign_name": f"Campaign {campaign}",
            "objective": "SEARCH",
            "ad_id": ad,
            "date_start": str(day),
            "spend": micros / 1_000_000 if ad == "1" else 0.0,
            "impressions": impressions if ad == "1" else 0,
            "inline_link_clicks": clicks if ad == "1" else None,
            "inline_post_engagement": engagements if ad == "1" else None,
            "actions": [
                {"action_type": "lead", "value": conversions},
                {"action_type": "like", "value": 900},
            ]
            if ad == "1"
            else None,
            **EXTRACTED,
        }
        for account, campaign, day, micros, impressions, clicks, engagements, conversions in FACTS
        for ad in ("1", "2")
    ]
    account = [
        {"account_id": a, "id": f"act_{a}", "currency": "EUR", "timezone_name": "Europe/Berlin"}
        | EXTRACTED
        for a in ("511", "512")
    ]
    return {"ads_insights": rows, "ad_account": account}


def google_dlt() -> dict[str, Rows]:
    """Rows of the API as dlt lands them: nested fields by a double underscore, and its load."""
    return {
        "google_ads_campaign_daily": [
            {
                "customer__id": account,
                "customer__currency_code": "EUR",
                "customer__time_zone": "Europe/Berlin",
                "campaign__id": campaign,
                "campaign__name": f"Campaign {campaign}",
                "campaign__advertising_channel_type": "SEARCH",
                "segments__date": str(day),
                "metrics__cost_micros": str(micros + more),
                "metrics__impressions": str(impressions),
                "metrics__clicks": str(clicks),
                "metrics__interactions": str(engagements),
                "metrics__conversions": float(conversions),
                "_dlt_load_id": load,
                "_dlt_id": f"{campaign}-{day}-{load}",
            }
            for account, campaign, day, micros, impressions, clicks, engagements, conversions in (
                FACTS
            )
            for load, more in (("1.5", 77), ("2.5", 0), ("3.5", 900))
        ],
        # The last one was cut off.
        "_dlt_loads": [
            {"load_id": load, "schema_name": "google_ads", "status": status}
            for load, status in (("1.5", 0), ("2.5", 0), ("3.5", 1))
        ],
    }


def meta_dlt() -> dict[str, Rows]:
    """As dlt's verified source lands them: actions in a child table that names its parent."""
    rows = [
        {
            "account_id": account,
            "account_currency": "EUR",
            "campaign_id": campaign,
            "campaign_name": f"Campaign {campaign}",
            "objective": "SEARCH",
            "ad_id": "1",
            "date_start": str(day),
            "spend": euros(micros),
            "impressions": str(impressions),
            "inline_link_clicks": str(clicks),
            "inline_post_engagement": str(engagements),
            "_dlt_load_id": "1.5",
            "_dlt_id": f"{campaign}-{day}",
        }
        for account, campaign, day, micros, impressions, clicks, engagements, _ in FACTS
    ]
    actions = [
        {"action_type": kind, "value": str(value), "_dlt_parent_id": f"{fact[1]}-{fact[2]}"}
        | {"_dlt_list_idx": position, "_dlt_id": f"{fact[1]}-{fact[2]}-{kind}"}
        for fact in FACTS
        for position, (kind, value) in enumerate((("lead", fact[7]), ("like", 900)))
    ]
    accounts = [
        {"id": f"act_{own}", "account_id": own, "timezone_name": "Europe/Berlin"}
        | {"currency": "EUR", "_dlt_load_id": "1.5", "_dlt_id": own}
        for own in ("511", "512")
    ]
    return {
        "facebook_insights": rows,
        "facebook_insights__actions": actions,
        "ad_account": accounts,
        "_dlt_loads": [{"load_id": "1.5", "schema_name": "facebook", "status": 0}],
    }


def linkedin_tables(is_airbyte: bool) -> dict[str, Rows]:
    urn = "urn:li:sponsoredCampaign:" if is_airbyte else ""
    own = "urn:li:sponsoredAccount:" if is_airbyte else ""
    marker = EXTRACTED if is_airbyte else SYNCED
    names = (
        ("start_date", "pivotValue", "costInLocalCurrency", "totalEngagements",
         "externalWebsiteConversions", "account", "ad_campaign_analytics", "campaigns", "accounts")
        if is_airbyte
        else ("day", "campaign_id", "cost_in_local_currency", "total_engagements",
              "external_website_conversions", "account_id", "ad_analytics_by_campaign",
              "campaign_history", "account_history")
    )  # fmt: skip
    when, who, cost, engaged, converted, account_column, stats, campaigns, accounts = names
    return {
        stats: [
            {when: str(day) if is_airbyte else f"{day} 00:00:00", who: f"{urn}{campaign}"}
            | {cost: micros / 1_000_000, "impressions": float(impressions), "clicks": clicks}
            | {engaged: engagements, converted: conversions, **marker}
            for _, campaign, day, micros, impressions, clicks, engagements, conversions in FACTS
        ],
        campaigns: [
            {"id": int(campaign), "name": f"Campaign {campaign}", "type": "SEARCH"}
            | {account_column: f"{own}{account}", **marker}
            for account, campaign in sorted({fact[:2] for fact in FACTS})
        ],
        accounts: [{"id": int(a), "currency": "EUR", **marker} for a in ("511", "512")],
    }


LANDED: list[tuple[str, Callable[[], dict[str, Rows]]]] = [
    ("google_ads", google_fivetran),
    ("google_ads", google_airbyte),
    ("meta_ads", meta_fivetran),
    ("meta_ads", meta_airbyte),
    ("google_ads", google_dlt),
    ("meta_ads", meta_dlt),
    ("linkedin_ads", lambda: linkedin_tables(is_airbyte=False)),
    ("linkedin_ads", lambda: linkedin_tables(is_airbyte=True)),
]


@pytest.mark.parametrize(("vendor", "tables"), LANDED)
def test_landed_tables_give_what_the_api_gives(
    vendor: str, tables: Callable[[], dict[str, Rows]], tmp_path: Path
) -> None:
    home = LandedHome(tmp_path / "landed", vendor)
    home.land(tables())
    result = home.pull()
    assert result.problems == []
    by_api(vendor, tmp_path / "api" / "deliveries" / "lake" / "ad_spend")
    api = LandedHome(tmp_path / "api", vendor)
    assert home.rows("ad_spend", "* exclude (filename)") == api.rows(
        "ad_spend", "* exclude (filename)"
    )
    assert len(api.rows("ad_spend", "campaign_id")) == len(FACTS)
    entry = {"loader": vendor, "options": {"start_date": "2025-12-01"}}
    source = source_from_mapping(
        "lake", entry, company_folder=api.home, deliveries_folder=api.home / "deliveries"
    )
    raw = api.raw(source, "ad_spend")
    assert len(raw) == len(FACTS)
    assert home.raw(home.source, "ad_spend") == raw
    assert home.pull().changed == {"ad_spend": 0}
    assert home.probe().problems == []


@pytest.fixture
def google(tmp_path: Path) -> LandedHome:
    home = LandedHome(tmp_path, "google_ads")
    home.land(google_fivetran())
    home.pull()
    return home


def spend(home: LandedHome) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for account, amount in home.rows("ad_spend", "platform_account_id, spend"):
        found[account] = found.get(account, Decimal(0)) + amount
    return found


def test_days_add_up_to_the_cent(google: LandedHome) -> None:
    assert spend(google) == {"511": Decimal("23.34"), "512": Decimal("99.99")}


def test_rows_and_accounts_that_vanish_are_gone(google: LandedHome) -> None:
    tables = google_fivetran()
    rows = [row for row in tables["campaign_stats"] if row["customer_id"] == 511 and row["id"] != 9]
    google.land({"campaign_stats": rows})
    assert google.pull().changed == {"ad_spend": 2}
    assert spend(google) == {"511": Decimal("20.01")}


def test_a_table_that_is_empty_all_at_once_is_believed_only_when_told_to(
    google: LandedHome,
) -> None:
    rows = google_fivetran()["campaign_stats"]
    google.land({"campaign_stats": [dict.fromkeys(rows[0])]})
    [problem] = google.pull().problems
    assert "platform_account_id" in problem
    google.land({"campaign_stats": rows})
    with duckdb.connect(str(google.home / "landed.duckdb")) as connection:
        connection.execute("delete from lake.campaign_stats")
    [problem] = google.pull().problems
    assert "has none now" in problem
    assert spend(google)["512"] == Decimal("99.99")
    assert google.pull(is_full=True).problems == []
    assert spend(google) == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cost_micros": "n/a"}, ("spend", "n/a")),
        ({"cost_micros": None}, ("no spend",)),
        ({"id": None}, ("no campaign_id",)),
        ({"impressions": "1.5"}, ("impressions", "whole number")),
        ({"date": "soon"}, ("spend_date", "soon")),
    ],
)
def test_a_wrong_value_stops_all(
    google: LandedHome, change: dict[str, Any], said: tuple[str, ...]
) -> None:
    tables = google_fivetran()
    tables["campaign_stats"][3] |= change
    google.land({"campaign_stats": tables["campaign_stats"]}, dict.fromkeys(change, "varchar"))
    [problem] = google.pull().problems
    assert all(word in problem for word in said), problem
    assert spend(google) == {"511": Decimal("23.34"), "512": Decimal("99.99")}


def test_a_column_that_goes_is_named_with_its_table(google: LandedHome) -> None:
    rows = [
        {key: value for key, value in row.items() if key != "clicks"}
        for row in google_fivetran()["campaign_stats"]
    ]
    google.land({"campaign_stats": rows})
    [problem] = google.pull().problems
    assert "campaign_stats.clicks (was BIGINT)" in problem


def test_a_column_that_never_was_stays_empty_with_a_note(tmp_path: Path) -> None:
    home = LandedHome(tmp_path, "google_ads")
    tables = google_fivetran()
    for row in tables["campaign_stats"]:
        del row["interactions"]
    del tables["account_history"]
    home.land(tables)
    result = home.pull()
    assert result.problems == []
    [note] = result.notes
    assert "engagements" in note
    assert "currency_code" in note
    assert set(home.rows("ad_spend", "engagements, currency_code, platform_time_zone")) == {
        (None, None, None)
    }


def test_an_account_of_two_currencies_is_refused(tmp_path: Path) -> None:
    home = LandedHome(tmp_path, "meta_ads")
    tables = meta_airbyte()
    tables["ads_insights"][0]["account_currency"] = "USD"
    home.land(tables)
    [problem] = home.pull().problems
    assert "511 has several currencies: " in problem
