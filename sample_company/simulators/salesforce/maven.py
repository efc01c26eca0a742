"""A CRM export of four CSV files, of the kind that Maven Analytics publishes, as an organisation.

Belongs here: the mapping, and the rule for every field that Salesforce demands and the export does
not have. Does not: the files, whose folder the caller names and which are never copied.

The rules:

- A deal without `engage_date` is made on the last day that the export names; it changed last on its
  close date, or on the day it was made. Days are noon in UTC, the same day in all of America.
- A deal without `close_date` is expected to close on that last day.
- A deal's name is its account (`No account`) and product. Its owner is the sales agent; accounts
  belong to the integration's user.
- `Amount` is `close_value`, blank where that is blank. A deal with a `close_value` has one line:
  one piece of the product at that price. Without one it has none, because Salesforce would make
  the line's price its amount; `Product_Id__c` names the product of every deal. `GTXPro` is the
  product `GTX Pro`; `Product__c` keeps what was delivered.
- Every deal's `Type` is `new`: the export tells of no other.
- Managers are users without deals, everybody's department is `sales`, and a user's role is the
  regional office. A name's last word is the family name.
- Nothing is repaired: `technolgy` and `Philipines` stay. All money is in US dollars; `Revenue__c`
  is in millions, as delivered.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

from sample_company.simulators.clock import Clock
from sample_company.simulators.salesforce.fields import Value
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.sample_ids import Ids
from sample_company.simulators.salesforce.sample_setup import load_stages

Record = dict[str, Value]
Rows = list[dict[str, str]]
FILES = ("accounts", "products", "sales_teams", "sales_pipeline")
FIELDS = {
    "Account": ("Year_Established__c int", "Revenue__c currency(16,2)"),
    "User": ("Manager_Name__c string(80)", "Regional_Office__c string(80)"),
    "Opportunity": (
        "External_Id__c string(40) external",
        "Product__c string(80)",
        "Product_Id__c reference(Product2)",
    ),
}
STAGES = (
    ("Prospecting", False, False, 10, "Pipeline", "Pipeline"),
    ("Engaging", False, False, 50, "Pipeline", "Pipeline"),
    ("Won", True, True, 100, "Closed", "Closed"),
    ("Lost", True, False, 0, "Omitted", "Omitted"),
)
ALIASES = {"GTXPro": "GTX Pro"}


def load_maven_crm(folder: Path, clock: Clock | None = None) -> Organisation:
    """Make an organisation of the export in a folder; FileNotFoundError when a file is missing."""
    tables = {name: _read(folder / f"{name}.csv") for name in FILES}
    organisation = Organisation(clock)
    for name, lines in FIELDS.items():
        for line in lines:
            organisation.add_field(name, line)
    loader = _Loader(organisation, tables)
    load_stages(organisation, STAGES, loader.first)
    for name, rows in loader.objects().items():
        organisation.load(name, rows)
    return organisation


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class _Loader:
    def __init__(self, organisation: Organisation, tables: dict[str, Rows]) -> None:
        self._user, self._ids = organisation.user, Ids(organisation)
        self._tables = tables
        deals = tables["sales_pipeline"]
        days = sorted(d[name] for d in deals for name in ("engage_date", "close_date") if d[name])
        self.first, self._last_day = _noon(days[0]), date.fromisoformat(days[-1])
        self._prices = {row["product"]: Decimal(row["sales_price"]) for row in tables["products"]}

    def objects(self) -> dict[str, Iterator[Record]]:
        """The rows of every object, parents first."""
        return {
            "UserRole": self._roles(),
            "User": self._users(),
            "Account": self._accounts(),
            "Product2": self._products(),
            "Pricebook2": iter([self._made("Pricebook2", "standard", Name="Standard Price Book",
                                           IsActive=True, IsStandard=True)]),
            "PricebookEntry": self._entries(),
            "Opportunity": self._deals(),
            "OpportunityLineItem": self._lines(),
        }  # fmt: skip

    def _made(self, name: str, natural: str, **values: Value) -> Record:
        return {"Id": self._ids.of(name, natural), "CreatedDate": self.first, **values}

    def _roles(self) -> Iterator[Record]:
        for office in dict.fromkeys(row["regional_office"] for row in self._tables["sales_teams"]):
            yield self._made("UserRole", office, Name=office)

    def _users(self) -> Iterator[Record]:
        teams = self._tables["sales_teams"]
        offices = {row["manager"]: row["regional_office"] for row in teams}
        for name, office in offices.items():
            yield self._person(name, office, "")
        for row in teams:
            yield self._person(row["sales_agent"], row["regional_office"], row["manager"])

    def _person(self, name: str, office: str, manager: str) -> Record:
        given, _, family = name.rpartition(" ")
        return self._made(
            "User",
            name,
            Username=f"{name.lower().replace(' ', '.')}@maven.example",
            Name=name,
            FirstName=given,
            LastName=family,
            IsActive=True,
            UserType="Standard",
            UserRoleId=self._ids.of("UserRole", office),
            ManagerId=self._ids.known("User", manager),
            Manager_Name__c=manager,
            Regional_Office__c=office,
            Department="sales",
            DefaultCurrencyIsoCode="USD",
        )

    def _accounts(self) -> Iterator[Record]:
        for row in self._tables["accounts"]:
            yield self._made(
                "Account",
                row["account"],
                Name=row["account"],
                ParentId=self._ids.known("Account", row["subsidiary_of"]),
                Industry=row["sector"],
                BillingCountry=row["office_location"],
                NumberOfEmployees=int(row["employees"]),
                Year_Established__c=int(row["year_established"]),
                Revenue__c=Decimal(row["revenue"]),
                OwnerId=self._user,
                CurrencyIsoCode="USD",
            )

    def _products(self) -> Iterator[Record]:
        for row in self._tables["products"]:
            name = row["product"]
            yield self._made(
                "Product2", name, Name=name, Family=row["series"], IsActive=True,
                CurrencyIsoCode="USD",
            )  # fmt: skip

    def _entries(self) -> Iterator[Record]:
        for name, price in self._prices.items():
            yield self._made(
                "PricebookEntry",
                name,
                Name=name,
                Pricebook2Id=self._ids.of("Pricebook2", "standard"),
                Product2Id=self._ids.of("Product2", name),
                UnitPrice=price,
                IsActive=True,
                CurrencyIsoCode="USD",
            )

    def _deals(self) -> Iterator[Record]:
        for row in self._tables["sales_pipeline"]:
            made = _noon(row["engage_date"] or self._last_day.isoformat())
            closed = row["close_date"]
            yield {
                "Id": self._ids.of("Opportunity", row["opportunity_id"]),
                "CreatedDate": made,
                "LastModifiedDate": max(made, _noon(closed)) if closed else made,
                "Name": f"{row['account'] or 'No account'} {row['product']}",
                "AccountId": self._ids.known("Account", row["account"]),
                "OwnerId": self._ids.of("User", row["sales_agent"]),
                "StageName": row["deal_stage"],
                "Amount": Decimal(row["close_value"]) if row["close_value"] else None,
                "Type": "new",
                "CloseDate": date.fromisoformat(closed) if closed else self._last_day,
                "HasOpportunityLineItem": bool(row["close_value"]),
                "TotalOpportunityQuantity": Decimal(1),
                "Pricebook2Id": self._ids.of("Pricebook2", "standard"),
                "CurrencyIsoCode": "USD",
                "External_Id__c": row["opportunity_id"],
                "Product__c": row["product"],
                "Product_Id__c": self._ids.of("Product2", _product(row)),
            }

    def _lines(self) -> Iterator[Record]:
        for row in self._tables["sales_pipeline"]:
            if not row["close_value"]:
                continue
            product, price = _product(row), Decimal(row["close_value"])
            yield {
                "Id": self._ids.of("OpportunityLineItem", row["opportunity_id"]),
                "CreatedDate": _noon(row["engage_date"] or self._last_day.isoformat()),
                "OpportunityId": self._ids.of("Opportunity", row["opportunity_id"]),
                "PricebookEntryId": self._ids.of("PricebookEntry", product),
                "Product2Id": self._ids.of("Product2", product),
                "ProductCode": product,
                "Name": product,
                "Quantity": Decimal(1),
                "UnitPrice": price,
                "ListPrice": self._prices[product],
                "TotalPrice": price,
                "CurrencyIsoCode": "USD",
            }


def _product(deal: dict[str, str]) -> str:
    return ALIASES.get(deal["product"], deal["product"])


def _noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12, 0), UTC)
