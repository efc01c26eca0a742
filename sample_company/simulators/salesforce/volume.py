"""Many opportunities at once, for measuring how fast clients and the simulator are.

Belongs here: rows without a story. Does not: the sample company's own (sample_records).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from sample_company.simulators.salesforce.fields import moment_text, number_text
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


def add_opportunities(organisation: Organisation, count: int) -> None:
    """Add that many opportunities, one stamped each second up to the present; no history."""
    account = organisation.create("Account", Name="Volume")
    organisation.store.insert("Opportunity", NAMES, _rows(organisation, account, count))


def _rows(organisation: Organisation, account: str, count: int) -> Iterator[list[str | None]]:
    now, user = organisation.clock.now(), organisation.user
    for number in range(count):
        stamp = moment_text(now - timedelta(seconds=count - number))
        stage = STAGES[number % 6]
        yield [
            organisation.next_id("Opportunity"),
            "false",
            account,
            f'Volume "{number}", {stage}',
            stage,
            number_text(Decimal(100_000 + 37 * number) / 100),
            "50.0",
            (date(2026, 1, 1) + timedelta(days=number % 365)).isoformat(),
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
