"""What Marketing makes and how many see it: assets, their reads, reach, and the brand.

Belongs here: the list of assets and the weekly and monthly figures. Does not: visits of single
people (web).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sample_company import catalogue as cat
from sample_company.rows import Rows
from sample_company.world import FIRST_DAY, LAST_DAY


@dataclass(frozen=True)
class Asset:
    """A thing to read, watch or send."""

    asset_id: str
    name: str
    asset_type: str
    persona: str
    intended_stage: str
    audience: str
    product: str
    months_old: int


ASSETS = tuple(
    Asset(f"CA-{number:02d}", *values)
    for number, values in enumerate(
        (
            ("Planning without spreadsheets", "ebook", "economic_buyer", "known", "prospects",
             "P-100", 0),
            ("The rolling forecast in ten steps", "ebook", "champion", "known", "prospects",
             "P-200", 4),
            ("Security white paper", "ebook", "technical_buyer", "sql", "prospects", "P-100", 7),
            ("Why budgets are late", "blog_post", "champion", "aware", "prospects", "P-100", 0),
            ("Five signs of a broken plan", "blog_post", "user", "aware", "prospects", "P-100", 1),
            ("What a forecast is worth", "blog_post", "economic_buyer", "engaged", "prospects",
             "P-200", 3),
            ("Connecting an ERP", "blog_post", "technical_buyer", "engaged", "prospects",
             "P-300", 6),
            ("Month end in three days", "blog_post", "champion", "engaged", "prospects",
             "P-100", 11),
            ("Scenario planning explained", "blog_post", "user", "aware", "prospects", "P-200", 16),
            ("The planning year", "infographic", "user", "aware", "prospects", "P-100", 2),
            ("Cost of a wrong forecast", "infographic", "economic_buyer", "engaged", "prospects",
             "P-200", 9),
            ("Alder Logistics plans in days", "case_study", "economic_buyer", "opportunity",
             "prospects", "P-100", 0),
            ("Kestrel Energy forecasts weekly", "case_study", "champion", "opportunity",
             "prospects", "P-200", 8),
            ("Marren Foods and its ERP", "case_study", "technical_buyer", "opportunity",
             "prospects", "P-300", 14),
            ("Monthly letter", "newsletter", "champion", "known", "prospects", "P-100", 0),
            ("Planning course", "course", "user", "mql", "prospects", "P-100", 0),
            ("Customer letter", "newsletter", "user", "onboarded", "customers", "P-100", 0),
            ("Getting more from Forecast", "course", "champion", "expanded", "customers",
             "P-200", 5),
            ("Return on investment sheet", "calculator", "economic_buyer", "sql", "prospects",
             "P-100", 10),
            ("Comparison with spreadsheets", "landing_page", "champion", "mql", "prospects",
             "P-100", 0),
        ),
        start=1,
    )
)  # fmt: skip
BLOG = tuple(asset for asset in ASSETS if asset.asset_type in ("blog_post", "infographic"))
EBOOKS = tuple(asset for asset in ASSETS if asset.asset_type == "ebook")
CASE_STUDIES = tuple(asset for asset in ASSETS if asset.asset_type == "case_study")
MARKETS = ("DACH", "Northern Europe", "North America")
# Source field of an owned channel, and how many see an asset there in a week.
OWNED = (("Organic Social", 900), ("Blog", 420))


def weeks() -> list[date]:
    """First day of each week of the three years."""
    count = (LAST_DAY - FIRST_DAY).days // 7 + 1
    return [FIRST_DAY + timedelta(days=7 * week) for week in range(count)]


def months() -> list[date]:
    """First day of each month of the three years, and the month after."""
    first = FIRST_DAY.year * 12 + FIRST_DAY.month - 1
    return [date((first + n) // 12, (first + n) % 12 + 1, 1) for n in range(37)]


def publish(random: Random, rows: Rows) -> None:
    """Write the assets and everything that is counted about them and the brand."""
    for asset in ASSETS:
        month = months()[asset.months_old]
        rows.add(
            "content_assets",
            content_asset_id=asset.asset_id,
            content_asset_name=asset.name,
            asset_type=asset.asset_type,
            persona=asset.persona,
            intended_stage=asset.intended_stage,
            audience=asset.audience,
            product_id=asset.product,
            published_date=month,
        )
        _count_reads(random, rows, asset, month)
    _measure_reach(random, rows)
    _measure_brand(random, rows)


def _count_reads(random: Random, rows: Rows, asset: Asset, first: date) -> None:
    for week in weeks():
        if week < first or asset.audience != "prospects":
            continue
        for source_field, usual in OWNED:
            impressions = int(usual * cat.MONTH_WEIGHTS[week.month - 1] / 100 * random.random())
            reads = impressions * random.randint(4, 12) // 100
            rows.add(
                "content_performance",
                content_asset_id=asset.asset_id,
                source_field=source_field,
                utm_source="",
                utm_medium="social" if source_field == "Organic Social" else "organic",
                performance_date=week,
                impressions=impressions,
                reads=reads,
                engagements=reads * random.randint(5, 30) // 100,
            )


def _measure_reach(random: Random, rows: Rows) -> None:
    for platform, _, own_id, *_ in cat.AD_CAMPAIGNS:
        for start, end in zip(months()[:-1], months()[1:], strict=True):
            rows.add(
                "reach_windows",
                platform=platform,
                entity_type="campaign",
                entity_id=own_id,
                window_start=start,
                window_end=end,
                reach=random.randint(4000, 26000),
                frequency=Decimal(random.randint(110, 380)) / 100,
            )


def _measure_brand(random: Random, rows: Rows) -> None:
    for market in MARKETS:
        searches = random.randint(120, 300)
        for number, week in enumerate(weeks()):
            grown = searches * (1000 + 4 * number) // 1000
            rows.add(
                "brand_metrics",
                brand="Velmora",
                market=market,
                week_start=week,
                branded_searches=grown * random.randint(80, 120) // 100,
                share_of_search=Decimal(random.randint(140, 260) + number // 3) / 1000,
                direct_sessions=grown * random.randint(20, 60) // 100,
            )
