"""What the sample company's story is made of: names, products, campaigns, channels and odds.

Belongs here: constants a person may want to change. Does not: anything that happens in time
(world) or how it is written to files (make_exports).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Channel:
    """How a channel looks in a lead's fields, how often it brings one and how good it is.

    Each of `looks` is utm_source, utm_medium, utm_campaign, referrer, click_id_type, source_field.
    """

    share: int
    mql_odds: float
    win_odds: float
    looks: tuple[tuple[str, str, str, str, str, str], ...]
    campaigns: tuple[str, ...] = ()


WEB = "Web form"
_GOOGLE = "https://www.google.com/"
CHANNELS: dict[str, Channel] = {
    "paid_search": Channel(
        200,
        0.42,
        0.27,
        (
            ("google", "cpc", "planning-software", _GOOGLE, "gclid", WEB),
            ("google", "cpc", "velmora-brand", _GOOGLE, "gclid", WEB),
            ("", "", "", _GOOGLE, "gclid", WEB),
            ("bing", "CPC", "planning-software", "https://www.bing.com/", "msclkid", WEB),
        ),
        ("CMP-01", "CMP-02"),
    ),
    "paid_social": Channel(
        150,
        0.24,
        0.14,
        (
            ("linkedin", "paid_social", "cfo-guide", "", "li_fat_id", WEB),
            ("LinkedIn", "cpc", "cfo-guide", "https://www.linkedin.com/feed/", "", WEB),
            ("facebook", "paid_social", "webinar-invite", "https://m.facebook.com/", "fbclid", WEB),
        ),
        ("CMP-03", "CMP-04"),
    ),
    "display": Channel(
        60, 0.12, 0.1, (("google", "display", "retargeting", "", "gclid", WEB),), ("CMP-05",)
    ),
    "organic_search": Channel(
        250,
        0.46,
        0.29,
        (
            ("", "", "", "https://www.google.de/", "", WEB),
            ("", "", "", _GOOGLE, "", WEB),
            ("", "", "", "https://duckduckgo.com/?q=planning", "", WEB),
        ),
    ),
    "organic_social": Channel(
        70,
        0.26,
        0.18,
        (
            ("", "", "", "https://www.linkedin.com/feed/update/1", "", WEB),
            ("", "", "", "https://lnkd.in/e7", "", WEB),
        ),
    ),
    "email": Channel(
        130,
        0.4,
        0.26,
        (
            ("newsletter", "email", "monthly-letter", "", "", WEB),
            ("nurture", "Email", "planning-course", "", "", WEB),
        ),
        ("CMP-06", "CMP-07"),
    ),
    "webinar": Channel(
        160,
        0.5,
        0.25,
        (("", "", "", "", "", "Webinar"), ("zoom", "webinar", "close-faster", "", "", WEB)),
        ("CMP-08", "CMP-09"),
    ),
    "event": Channel(
        160,
        0.52,
        0.28,
        (("", "", "", "", "", "Event"), ("", "", "", "", "", "Trade fair Hanover")),
        ("CMP-10", "CMP-11"),
    ),
    "referral": Channel(70, 0.74, 0.42, (("", "", "", "", "", "Customer referral"),)),
    "partner": Channel(
        80,
        0.66,
        0.36,
        (("", "", "", "", "", "Partner"), ("integra", "partner", "co-sell", "", "", "Partner")),
        ("CMP-12",),
    ),
    "press": Channel(
        35,
        0.3,
        0.22,
        (
            ("", "", "", "https://www.techblatt.example/planung", "", WEB),
            ("newsroom", "pr", "series-b", "", "", WEB),
        ),
    ),
    "web_referral": Channel(
        30, 0.34, 0.22, (("", "", "", "https://reviews.vergleich.example/plan", "", WEB),)
    ),
    "direct": Channel(150, 0.46, 0.27, (("", "", "", "", "", WEB),)),
    "outbound": Channel(110, 0.55, 0.18, (("", "", "", "", "", "Outbound"),), ("CMP-13",)),
    "not_recorded": Channel(30, 0.3, 0.22, (("", "", "", "", "", ""),)),
    "unmapped": Channel(15, 0.2, 0.18, (("", "", "", "", "", "Legacy import"),)),
}
# Source fields an opportunity without lead and contact may carry, and the channel they stand for.
DIRECT_SOURCES = (
    ("Existing customer", "existing_customer"),
    ("Partner", "partner"),
    ("", "not_recorded"),
)

# Id, name, programme, objective, reach, owner.
CAMPAIGNS = (
    ("CMP-01", "Search planning software", "Search", "lead_generation", "broad", "E051"),
    ("CMP-02", "Search brand", "Search", "lead_generation", "broad", "E051"),
    ("CMP-03", "Guide for finance chiefs", "Social", "lead_generation", "account", "E051"),
    ("CMP-04", "Webinar invitations", "Social", "engagement", "broad", "E051"),
    ("CMP-05", "Retargeting", "Display", "awareness", "broad", "E051"),
    ("CMP-06", "Monthly letter", "Nurture", "nurture", "individual", "E052"),
    ("CMP-07", "Planning course", "Nurture", "nurture", "individual", "E052"),
    ("CMP-08", "Close faster", "Webinars", "lead_generation", "broad", "E053"),
    ("CMP-09", "Customer stories live", "Webinars", "engagement", "account", "E053"),
    ("CMP-10", "Trade fair Hanover", "Events", "lead_generation", "account", "E070"),
    ("CMP-11", "Finance breakfast", "Events", "engagement", "account", "E070"),
    ("CMP-12", "Co-selling with Integra", "Partners", "lead_generation", "account", "E071"),
    ("CMP-13", "Target accounts", "Outbound", "lead_generation", "account", "E040"),
)

# The advertising accounts, by the ids of their platforms.
GOOGLE, LINKEDIN, META = "1000000100", "200", "300"
# Platform, its account, its id of the campaign, the CRM's, utm_source, utm_medium, currency, weekly
# spend, price of a click. The platforms give their own ids, of digits only.
AD_CAMPAIGNS = (
    ("google_ads", GOOGLE, "10001", "CMP-01", "google", "cpc", "EUR", 1400, 6),
    ("google_ads", GOOGLE, "10002", "CMP-02", "google", "cpc", "EUR", 350, 2),
    ("google_ads", GOOGLE, "10005", "CMP-05", "google", "display", "EUR", 300, 1),
    ("linkedin_ads", LINKEDIN, "20003", "CMP-03", "linkedin", "paid_social", "USD", 1100, 9),
    ("meta_ads", META, "30004", "CMP-04", "facebook", "paid_social", "GBP", 420, 2),
)


@dataclass(frozen=True)
class Product:
    """A product and its list price in euros, by the year if it recurs."""

    product_id: str
    name: str
    group: str
    list_price: Decimal
    is_recurring: bool


PRODUCTS = (
    Product("P-100", "Velmora Plan", "Platform", Decimal(480), True),
    Product("P-200", "Velmora Forecast", "Platform", Decimal(360), True),
    Product("P-300", "Velmora Connect", "Add-ons", Decimal(6400), True),
    Product("P-400", "Onboarding package", "Services", Decimal(9500), False),
    Product("P-500", "Premium support", "Services", Decimal(7800), True),
)
# What delivering a product costs, of its list price: a discount leaves the cost as it is.
COST_SHARES = {
    "P-100": Decimal("0.16"),
    "P-200": Decimal("0.18"),
    "P-300": Decimal("0.22"),
    "P-400": Decimal("0.60"),
    "P-500": Decimal("0.45"),
}
LIST_FACTOR = {"EUR": Decimal(1), "USD": Decimal("1.10"), "GBP": Decimal("0.86")}

# Country: region and currency; how often a company comes from it.
COUNTRIES = {
    "Germany": ("DACH", "EUR"),
    "Austria": ("DACH", "EUR"),
    "Switzerland": ("DACH", "EUR"),
    "United Kingdom": ("Northern Europe", "GBP"),
    "Netherlands": ("Northern Europe", "EUR"),
    "Denmark": ("Northern Europe", "EUR"),
    "United States": ("North America", "USD"),
    "Canada": ("North America", "USD"),
}
COUNTRY_SHARES = (34, 8, 8, 16, 8, 6, 16, 4)
# Segment: share, employees from and to, seats from and to, sales cycle in days (low, high, mode).
SEGMENTS = {
    "small_business": (35, 40, 199, 20, 60, (12, 90, 34)),
    "mid_market": (42, 200, 999, 60, 180, (20, 140, 52)),
    "enterprise": (23, 1000, 9000, 180, 520, (40, 210, 90)),
}
INDUSTRIES = ("manufacturing", "retail", "logistics", "financial_services", "energy", "healthcare")
PERSONAS = {
    "Chief Financial Officer": "economic_buyer",
    "Head of Controlling": "champion",
    "Business Controller": "user",
    "Head of IT": "technical_buyer",
    "Managing Director": "economic_buyer",
}
NAME_STARTS = (
    "Alder", "Birken", "Calder", "Dornfeld", "Elsen", "Falken", "Grauwald", "Hollin", "Isarlund",
    "Jarrow", "Kestrel", "Lindau", "Marren", "Norvik", "Ostrand", "Pellworm", "Quarry", "Rothbach",
    "Selwyn", "Tannholm",
)  # fmt: skip
NAME_ENDS = ("Logistics", "Foods", "Energy", "Devices", "Retail", "Insurance", "Paper", "Clinics")
FIRST_NAMES = (
    "Anna", "Ben", "Clara", "David", "Eva", "Frank", "Greta", "Hugo", "Irene", "Jürgen", "Karin",
    "Louis", "Mia", "Noah", "Olga", "Per", "Ruth", "Sören", "Tara", "Viktor",
)  # fmt: skip
LAST_NAMES = (
    "Adams", "Bauer", "Clarke", "Dietz", "Evans", "Fuchs", "Graham", "Hansen", "Ivers", "Jansen",
    "König", "Larsen", "Müller", "Novak", "Owens", "Peters", "Quinn", "Roth", "Schäfer", "Turner",
)  # fmt: skip
REJECTION_REASONS = {
    "no_budget": 22,
    "no_need": 20,
    "too_small": 18,
    "wrong_contact": 16,
    "not_reachable": 16,
    "student_or_researcher": 8,
}
LOSS_REASONS = {
    "price": 20,
    "missing_feature": 16,
    "competitor_won": 22,
    "no_decision": 26,
    "budget_cut": 10,
    "lost_sponsor": 6,
}
COMPETITORS = ("Planora", "Budgetwerk", "Sheetstack", "Fincast")
# Weight of a day by month, January first: budgets are decided in spring and autumn, August and
# December are quiet.
MONTH_WEIGHTS = (100, 105, 120, 100, 95, 100, 80, 60, 125, 120, 115, 65)
# Stages that begin with a meeting.
MEETING_STAGES = ("Discovery", "Proposal", "Negotiation")
