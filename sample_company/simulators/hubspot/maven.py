"""A CRM export of four CSV files, of the kind that Maven Analytics publishes, as a HubSpot account.

Belongs here: the mapping, and the rule for every value that HubSpot has and the export does not.
Does not: the files, whose folder the caller names and which are never copied.

The rules:

- A deal without `engage_date` is made on the last day that the export names; it changed last on its
  close date, or on the day it was made. Days are noon in UTC, the same day in all of America.
- A deal without `close_date` is expected to close on that last day.
- A deal's name is its account (`No account`) and product. Its owner is the sales agent. It is new
  business, as the export tells of no other.
- `amount` is `close_value`, blank where that is blank. A deal with a `close_value` has one line
  item: one piece of the product at that price. Without one it has none, because a line's price is
  worth something. `product_id` names the product of every deal; `GTXPro` is `GTX Pro`, and
  `product_name` keeps what was delivered.
- A deal begins in Prospecting, or in Engaging when it has an `engage_date`, and reaches Won or Lost
  on its close date.
- Managers are owners without deals; an owner's team is the regional office, and an owner's manager
  is nowhere, as HubSpot has no such thing. A name's last word is the family name.
- Nothing is repaired: `technolgy` and `Philipines` stay. All money is in US dollars; a company's
  `annualrevenue` is in millions, as delivered.
"""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time
from pathlib import Path

from sample_company.simulators.clock import Clock
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.record import Source
from sample_company.simulators.hubspot.setup import Stage

Rows = list[dict[str, str]]
FILES = ("accounts", "products", "sales_teams", "sales_pipeline")
STAGES = (
    ("Prospecting", "0.1", False),
    ("Engaging", "0.5", False),
    ("Won", "1.0", True),
    ("Lost", "0.0", True),
)
ALIASES = {"GTXPro": "GTX Pro"}
AGENT = Source("CRM_UI", "userId:9586001")


def load_maven_crm(folder: Path, clock: Clock | None = None) -> Portal:
    """Make an account of the export in a folder; FileNotFoundError when a file is missing."""
    tables = {name: _read(folder / f"{name}.csv") for name in FILES}
    portal = Portal(clock, zone="America/New_York", currency="USD", currencies=())
    portal.add_property("deals", "external_id string")
    portal.add_property("deals", "product_name string")
    portal.add_property("deals", "product_id string")
    _Loader(portal, tables).load_all()
    return portal


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class _Loader:
    def __init__(self, portal: Portal, tables: dict[str, Rows]) -> None:
        self._portal, self._tables = portal, tables
        deals = tables["sales_pipeline"]
        days = sorted(d[name] for d in deals for name in ("engage_date", "close_date") if d[name])
        self._first, self._last_day = noon(days[0]), days[-1]
        self._owners: dict[str, str] = {}
        self._companies: dict[str, str] = {}
        self._products: dict[str, str] = {}

    def load_all(self) -> None:
        stages = [Stage(label.lower(), label, odds, closed) for label, odds, closed in STAGES]
        self._portal.add_pipeline("deals", "default", "Sales Pipeline", stages, self._first)
        self._load_owners()
        self._load_companies()
        for row in self._tables["products"]:
            name = row["product"]
            self._products[name] = self._portal.load(
                "products", self._first, name=name, price=row["sales_price"], hs_sku=name,
                description=row["series"],
            )  # fmt: skip
        rows = [(noon(row["engage_date"] or self._last_day), row)
                for row in self._tables["sales_pipeline"]]  # fmt: skip
        for made, row in rows:
            self._load_deal(made, row)

    def _load_owners(self) -> None:
        teams = self._tables["sales_teams"]
        offices = {row["manager"]: row["regional_office"] for row in teams}
        offices |= {row["sales_agent"]: row["regional_office"] for row in teams}
        for name, office in offices.items():
            given, _, family = name.rpartition(" ")
            email = f"{name.lower().replace(' ', '.')}@maven.example"
            self._owners[name] = self._portal.add_owner(
                email, given, family, at=self._first, teams=(office,)
            )

    def _load_companies(self) -> None:
        rows = self._tables["accounts"]
        for row in rows:
            self._companies[row["account"]] = self._portal.load(
                "companies",
                self._first,
                name=row["account"],
                industry=row["sector"],
                country=row["office_location"],
                numberofemployees=row["employees"],
                founded_year=row["year_established"],
                annualrevenue=row["revenue"],
            )
        for row in rows:
            parent = self._companies.get(row["subsidiary_of"])
            if parent:
                child = self._companies[row["account"]]
                self._portal.associate(
                    ("companies", child), ("companies", parent), "Parent Company", self._first
                )

    def _load_deal(self, made: datetime, row: dict[str, str]) -> None:
        portal, closed = self._portal, row["close_date"]
        is_decided = row["deal_stage"] in ("Won", "Lost")
        begun = "engaging" if is_decided else row["deal_stage"].lower()
        deal = portal.load(
            "deals",
            made,
            dealname=f"{row['account'] or 'No account'} {row['product']}",
            pipeline="default",
            dealstage=begun,
            dealtype="newbusiness",
            amount="" if is_decided else row["close_value"],
            closedate=noon(closed or self._last_day),
            deal_currency_code="USD",
            hubspot_owner_id=self._owners[row["sales_agent"]],
            external_id=row["opportunity_id"],
            product_name=row["product"],
            product_id=self._products[_product(row)],
        )
        if is_decided:
            at = max(made, noon(closed or self._last_day))
            portal.load_change(
                "deals", deal, at, source=AGENT, dealstage=row["deal_stage"].lower(),
                amount=row["close_value"],
            )  # fmt: skip
        company = self._companies.get(row["account"])
        if company:
            for label in ("", "Primary"):
                portal.associate(("deals", deal), ("companies", company), label, made)
        if row["close_value"]:
            self._load_line(made, row, deal)

    def _load_line(self, made: datetime, row: dict[str, str], deal: str) -> None:
        product, price = _product(row), row["close_value"]
        line = self._portal.load(
            "line_items", made, name=product, price=price, quantity=1, amount=price,
            hs_product_id=self._products[product], hs_sku=product,
            hs_line_item_currency_code="USD",
        )  # fmt: skip
        self._portal.associate(("deals", deal), ("line_items", line), "", made)


def _product(deal: dict[str, str]) -> str:
    return ALIASES.get(deal["product"], deal["product"])


def noon(day: str) -> datetime:
    """Noon of a day, in UTC."""
    return datetime.combine(date.fromisoformat(day), time(12, 0), UTC)
