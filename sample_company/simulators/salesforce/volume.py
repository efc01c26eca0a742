"""Many opportunities at once, for measuring how fast clients and the simulator are.

Belongs here: rows without a story. Does not: the sample company's own (sample_records).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from sample_company.simulators.salesforce.fields import number_text
from sample_company.simulators.salesforce.organisation import Organisation

STAGES = ("Qualification", "Discovery", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
CURRENCIES = ("EUR", "USD", "GBP")
SOURCES = ("Web form", "Event", "Partner", "Outbound", None)
NAMES = (
    "Id", "IsDeleted", "AccountId", "Name", "StageName", "Amount", "Probability", "CloseDate",
    "Type", "LeadSource", "IsClosed", "IsWon", "OwnerId", "HasOpportunityLineItem",
    "CurrencyIsoCode", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById",
    "SystemModstamp",
)  # fmt: skip
CLOSE_FROM = date(2026, 1, 1)
SECONDS_OF_DAY = 86_400
AMOUNTS = 100_003


def add_opportunities(organisation: Organisation, count: int) -> None:
    """Add that many opportunities, one stamped each second up to the present; no history."""
    account = organisation.create("Account", Name="Volume")
    organisation.store.insert("Opportunity", NAMES, _rows(organisation, account, count))


def _rows(organisation: Organisation, account: str, count: int) -> Iterator[list[str | None]]:
    user = organisation.user
    begin = organisation.clock.now() - timedelta(seconds=count)
    first_second = int((begin - begin.replace(hour=0, minute=0, second=0)).total_seconds())
    for number in range(count):
        day, second = divmod(first_second + number, SECONDS_OF_DAY)
        stamp = f"{_day(begin.date(), day)}T{_time(second)}.000"
        stage = STAGES[number % 6]
        yield [
            organisation.next_id("Opportunity"),
            "false",
            account,
            f'Volume "{number}", {stage}',
            stage,
            _amount(number % AMOUNTS),
            "50.0",
            _day(CLOSE_FROM, number % 365),
            "new",
            SOURCES[number % 5],
            "true" if number % 6 > 3 else "false",
            "true" if number % 6 == 4 else "false",
            user,
            "false",
            CURRENCIES[number % 3],
            stamp,
            user,
            stamp,
            user,
            stamp,
        ]


# Ten millions are made before anything can be measured: what comes again is written once.
@lru_cache(maxsize=AMOUNTS)
def _amount(number: int) -> str:
    return number_text(Decimal(100_000 + 37 * number) / 100)


@lru_cache(maxsize=4096)
def _day(first: date, later: int) -> str:
    return (first + timedelta(days=later)).isoformat()


@lru_cache(maxsize=SECONDS_OF_DAY)
def _time(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
