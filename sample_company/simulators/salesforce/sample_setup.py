"""What Velmora set up in its CRM before anything happened: stages, users, campaigns, prices.

Belongs here: records that the story takes for granted. Does not: the story's own (sample).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal

from sample_company import catalogue as cat
from sample_company.decisions import COMPANY
from sample_company.simulators.salesforce.fields import Value
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.sample_ids import Ids
from sample_company.world import LAST_DAY

Record = dict[str, Value]
# Who owns a lead that nobody was given yet.
QUEUE = "New_Leads"
OPENED = datetime(2019, 1, 1, 8, 0, tzinfo=UTC)
# Label, closed, won, probability, forecast category and its name.
STAGES = (
    ("Qualification", False, False, 10, "Pipeline", "Pipeline"),
    ("Discovery", False, False, 20, "Pipeline", "Pipeline"),
    ("Proposal", False, False, 50, "BestCase", "Best Case"),
    ("Negotiation", False, False, 75, "Forecast", "Commit"),
    ("Closed Won", True, True, 100, "Closed", "Closed"),
    ("Closed Lost", True, False, 0, "Omitted", "Omitted"),
)


def load_setup(organisation: Organisation, ids: Ids) -> None:
    """Load everything of this chapter."""
    setup, load = _Setup(ids), organisation.load
    load_stages(organisation, STAGES, OPENED)
    load("UserRole", setup.roles())
    queue: Record = {"Name": "New leads", "DeveloperName": QUEUE, "Type": "Queue"}
    load("CurrencyType", setup.currencies())
    load("DatedConversionRate", setup.rates())
    load("Group", [{"Id": ids.of("Group", QUEUE), "LastModifiedDate": OPENED, **queue}])
    load("User", setup.users())
    load("Campaign", setup.campaigns())
    load("Product2", setup.products())
    book: Record = {"Name": "Standard Price Book", "IsActive": True, "IsStandard": True}
    load("Pricebook2", [{**setup.made("Pricebook2", "standard", OPENED), **book}])
    load("PricebookEntry", setup.prices())


def _bought(rate: str) -> Decimal:
    return (1 / Decimal(rate)).quantize(Decimal("0.000001"))


def morning(day: date) -> datetime:
    """Eight in the morning of a day, in UTC."""
    return datetime.combine(day, time(8, 0), UTC)


class _Setup:
    def __init__(self, ids: Ids) -> None:
        self.ids = ids

    def made(self, name: str, natural: str, made: datetime, **values: Value) -> Record:
        return {"Id": self.ids.of(name, natural), "CreatedDate": made, **values}

    def _people(self) -> list[dict[str, str]]:
        with (COMPANY / "people.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def roles(self) -> Iterator[Record]:
        for team in dict.fromkeys(row["team"] for row in self._people()):
            yield self.made("UserRole", team, OPENED, Name=team)

    def _rates(self) -> list[dict[str, str]]:
        with (COMPANY / "fx_rates.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def currencies(self) -> Iterator[Record]:
        """Salesforce tells how much of a currency one of the company's own buys."""
        newest = {row["currency_code"]: row["rate"] for row in self._rates()}
        for code, rate in {"EUR": "1", **newest}.items():
            yield self.made(
                "CurrencyType",
                code,
                OPENED,
                IsoCode=code,
                ConversionRate=_bought(rate),
                DecimalPlaces=2,
                IsActive=True,
                IsCorporate=code == "EUR",
            )

    def rates(self) -> Iterator[Record]:
        for row in self._rates():
            code, first = row["currency_code"], date.fromisoformat(row["valid_from"])
            yield self.made(
                "DatedConversionRate",
                f"{code} {first}",
                morning(first),
                IsoCode=code,
                StartDate=first,
                NextStartDate=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                ConversionRate=_bought(row["rate"]),
            )

    def users(self) -> Iterator[Record]:
        rows = self._people()
        first = {row["employee_id"]: row["valid_from"] for row in reversed(rows)}
        for row in {row["employee_id"]: row for row in rows}.values():
            given, _, family = row["full_name"].rpartition(" ")
            manager, left = row["manager_employee_id"], row["valid_to"]
            yield self.made(
                "User",
                row["employee_id"],
                morning(date.fromisoformat(first[row["employee_id"]])),
                LastModifiedDate=morning(date.fromisoformat(row["valid_from"])),
                Username=row["email"],
                Email=row["email"],
                Name=row["full_name"],
                FirstName=given,
                LastName=family,
                Title=row["job_title"],
                Department=row["business_function"],
                EmployeeNumber=row["employee_id"],
                IsActive=not left or date.fromisoformat(left) > LAST_DAY,
                ManagerId=self.ids.known("User", manager),
                UserRoleId=self.ids.of("UserRole", row["team"]),
                UserType="Standard",
                DefaultCurrencyIsoCode="EUR",
                Region__c=row["region"],
            )

    def campaigns(self) -> Iterator[Record]:
        for number, (code, name, programme, objective, reach, owner) in enumerate(cat.CAMPAIGNS):
            yield self.made(
                "Campaign",
                code,
                morning(date(2023, 11, 1)),
                Name=name,
                Type=programme,
                Status="In Progress",
                StartDate=date(2023, 11, 1),
                BudgetedCost=Decimal(12000 + 1500 * number),
                IsActive=True,
                OwnerId=self.ids.of("User", owner),
                CurrencyIsoCode="EUR",
                External_Id__c=code,
                Objective__c=objective,
                Reach__c=reach,
            )

    def products(self) -> Iterator[Record]:
        for product in cat.PRODUCTS:
            yield self.made(
                "Product2",
                product.product_id,
                OPENED,
                Name=product.name,
                ProductCode=product.product_id,
                Family=product.group,
                IsActive=True,
                CurrencyIsoCode="EUR",
                External_Id__c=product.product_id,
                Is_Recurring__c=product.is_recurring,
                List_Price__c=product.list_price,
            )

    def prices(self) -> Iterator[Record]:
        for product in cat.PRODUCTS:
            for currency, factor in cat.LIST_FACTOR.items():
                yield self.made(
                    "PricebookEntry",
                    f"{product.product_id} {currency}",
                    OPENED,
                    Name=product.name,
                    Pricebook2Id=self.ids.of("Pricebook2", "standard"),
                    Product2Id=self.ids.of("Product2", product.product_id),
                    UnitPrice=product.list_price * factor,
                    IsActive=True,
                    CurrencyIsoCode=currency,
                )


def load_stages(
    organisation: Organisation,
    stages: tuple[tuple[str, bool, bool, int, str, str], ...],
    made: datetime,
) -> None:
    """Load the sales stages, in their order."""
    organisation.load(
        "OpportunityStage",
        [
            {
                "Id": organisation.next_id("OpportunityStage"),
                "CreatedDate": made,
                "MasterLabel": label,
                "ApiName": label,
                "SortOrder": number,
                "IsActive": True,
                "IsClosed": is_closed,
                "IsWon": is_won,
                "DefaultProbability": Decimal(probability),
                "ForecastCategory": category,
                "ForecastCategoryName": name,
            }
            for number, (label, is_closed, is_won, probability, category, name) in enumerate(
                stages, start=1
            )
        ],
    )
