"""Velmora Software's CRM as a Salesforce organisation: what its committed exports say, and more.

Belongs here: the story's accounts, people, leads and deals as records. Does not: users, campaigns
and prices (sample_setup), acts and histories (sample_acts), fields (sample_fields). The rows that
are broken on purpose are only in the exports: Salesforce takes no text for an amount.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import Decimal

from sample_company import catalogue as cat
from sample_company.money import crm_refund, refunded_in_crm
from sample_company.simulators.clock import Clock
from sample_company.simulators.salesforce import sample_acts, sample_setup
from sample_company.simulators.salesforce.fields import Value
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.sample_fields import add_sample_fields
from sample_company.simulators.salesforce.sample_ids import Ids
from sample_company.story import tell_story
from sample_company.world import LAST_DAY, Deal, Lead, World, local_day

Record = dict[str, Value]
# Somebody threw these away on the last day, so that they are in the bin for two weeks more.
BINNED_AT = datetime.combine(LAST_DAY, time(12, 0), UTC)
MOMENTS = ("mql_at", "handed_off_at", "accepted_at", "rejected_at", "qualified_at")


def sample_organisation(clock: Clock | None = None) -> Organisation:
    """Make the organisation, as it stands on the first day after the story."""
    organisation = Organisation(clock)
    add_sample_fields(organisation)
    _Loader(organisation, tell_story()).load_all()
    return organisation


@dataclass
class _Loader:
    organisation: Organisation
    world: World
    ids: Ids = field(init=False)

    def __post_init__(self) -> None:
        self.ids = Ids(self.organisation)

    def load_all(self) -> None:
        load = self.organisation.load
        sample_setup.load_setup(self.organisation, self.ids)
        load("Account", self._accounts())
        load("Contact", self._contacts())
        load("Lead", map(self._lead, self.world.leads))
        load("Opportunity", map(self._deal, self.world.deals))
        load("OpportunityLineItem", self._lines())
        load("Refund__c", self._refunds())
        sample_acts.load_acts(self.organisation, self.world, self.ids)
        for lead in self.world.leads:
            if lead.exclusion == "is_deleted":
                self.organisation.delete("Lead", self.ids.of("Lead", lead.lead_id), at=BINNED_AT)
        for deal in self.world.deals:
            if deal.is_deleted:
                record = self.ids.of("Opportunity", deal.opportunity_id)
                self.organisation.delete("Opportunity", record, at=BINNED_AT)

    def _made(self, name: str, natural: str, made: datetime, **values: Value) -> Record:
        return {"Id": self.ids.of(name, natural), "CreatedDate": made, **values}

    def _accounts(self) -> Iterator[Record]:
        for account in self.world.accounts:
            region, currency = cat.COUNTRIES[account.country]
            kind = "Customer" if account.customer_since else "Prospect"
            yield self._made(
                "Account",
                account.account_id,
                account.created_at,
                Name=account.name,
                Type="Competitor" if account.is_competitor else kind,
                ParentId=self.ids.known("Account", account.parent),
                Website=f"https://www.{account.domain}",
                Industry=account.industry,
                NumberOfEmployees=account.employee_count,
                BillingCountry=account.country,
                OwnerId=self.ids.of("User", account.owner),
                CurrencyIsoCode=currency,
                External_Id__c=account.account_id,
                Segment__c=account.segment,
                Region__c=region,
                Tier__c=account.tier,
                Target_List__c=account.tier == "A",
                Customer_Since__c=account.customer_since,
                Is_Competitor__c=account.is_competitor,
            )

    def _contacts(self) -> Iterator[Record]:
        for person in self.world.people:
            first = person.leads[0]
            given, _, family = first.name.rpartition(" ")
            yield self._made(
                "Contact",
                person.person_id,
                first.created_at,
                AccountId=self.ids.of("Account", person.account.account_id),
                Name=first.name,
                FirstName=given,
                LastName=family,
                Email=first.email.strip(),
                Title=first.job_title,
                MailingCountry=person.account.country,
                LeadSource=first.look[5],
                HasOptedOutOfEmail=int(person.person_id[2:]) % 10 == 0,
                OwnerId=self.ids.of("User", person.account.owner),
                CurrencyIsoCode=cat.COUNTRIES[person.account.country][1],
                External_Id__c=person.person_id,
                Persona__c=cat.PERSONAS[first.job_title],
                Has_Consent__c=int(person.person_id[2:]) % 10 != 0,
            )

    def _lead(self, lead: Lead) -> Record:
        source, medium, campaign, referrer, click_id, lead_source = lead.look
        given, _, family = lead.name.rpartition(" ")
        person, account = lead.person, lead.account
        known = self.ids.known
        record = self._made(
            "Lead",
            lead.lead_id,
            lead.created_at,
            LastModifiedDate=max([lead.created_at, *lead.moments.values()]),
            Name=lead.name,
            FirstName=given,
            LastName=family,
            Company=lead.company,
            Title=lead.job_title,
            Email=lead.email.strip(),
            Country=lead.country,
            LeadSource=lead_source,
            Status=lead.status,
            OwnerId=known("User", lead.owner) or known("Group", sample_setup.QUEUE),
            External_Id__c=lead.lead_id,
            Contact__c=known("Contact", person.person_id if person else ""),
            Account__c=known("Account", account.account_id if account else ""),
            Campaign__c=known("Campaign", lead.campaign),
            Persona__c=cat.PERSONAS[lead.job_title],
            Segment__c=lead.segment,
            Region__c=cat.COUNTRIES[lead.country][0] if lead.country else "",
            Utm_Source__c=source,
            Utm_Medium__c=medium,
            Utm_Campaign__c=campaign,
            Referrer__c=referrer,
            Click_Id__c=click_id,
            Score__c=lead.score,
            Rejection_Reason__c=lead.rejection_reason,
            Is_Test__c=lead.exclusion == "is_test",
            Is_Duplicate__c=lead.exclusion == "is_duplicate",
        )
        record |= {f"{name.title()}__c": lead.moments.get(name) for name in MOMENTS}
        return record | self._conversion(lead)

    def _conversion(self, lead: Lead) -> Record:
        deal = next((d for d in self.world.deals if d.opportunity_id == lead.opportunity_id), None)
        if deal is None:
            return {}
        person = deal.person.person_id if deal.person else ""
        return {
            "IsConverted": True,
            "ConvertedDate": local_day(deal.created_at),
            "ConvertedAccountId": self.ids.of("Account", deal.account.account_id),
            "ConvertedContactId": self.ids.known("Contact", person),
            "ConvertedOpportunityId": self.ids.of("Opportunity", deal.opportunity_id),
            "LastModifiedDate": max([deal.created_at, *lead.moments.values()]),
        }

    def _deal(self, deal: Deal) -> Record:
        known, lead = self.ids.known, deal.lead
        return self._made(
            "Opportunity",
            deal.opportunity_id,
            deal.created_at,
            LastModifiedDate=deal.changes[-1].at,
            AccountId=self.ids.of("Account", deal.account.account_id),
            Name=f"{deal.account.name} {deal.kind} {local_day(deal.created_at):%Y-%m}",
            StageName=deal.stage,
            Amount=deal.amount,
            CloseDate=deal.close_date,
            Type=deal.kind,
            LeadSource=deal.source_field,
            CampaignId=known("Campaign", lead.campaign if lead else ""),
            HasOpportunityLineItem=bool(deal.lines),
            TotalOpportunityQuantity=Decimal(sum(line.quantity for line in deal.lines)) or None,
            Pricebook2Id=self.ids.of("Pricebook2", "standard"),
            OwnerId=self.ids.of("User", deal.owner),
            ContactId=known("Contact", deal.person.person_id if deal.person else ""),
            CurrencyIsoCode=deal.currency,
            External_Id__c=deal.opportunity_id,
            Lead__c=known("Lead", lead.lead_id if lead else ""),
            Sdr__c=known("User", lead.owner if lead else ""),
            Loss_Reason__c=deal.loss_reason,
            Competitor__c=deal.competitor,
            Pipeline_At__c=deal.pipeline_at,
            Account_Segment__c=deal.account.segment,
        )

    def _lines(self) -> Iterator[Record]:
        for deal in self.world.deals:
            for number, line in enumerate(deal.lines, start=1):
                product, is_recurring = line.product, line.product.is_recurring
                yearly = (line.amount * 12 / line.term_months).quantize(Decimal("0.01"))
                yield self._made(
                    "OpportunityLineItem",
                    f"{deal.opportunity_id}-{number}",
                    deal.created_at,
                    OpportunityId=self.ids.of("Opportunity", deal.opportunity_id),
                    PricebookEntryId=self.ids.of(
                        "PricebookEntry", f"{product.product_id} {deal.currency}"
                    ),
                    Product2Id=self.ids.of("Product2", product.product_id),
                    ProductCode=product.product_id,
                    Name=f"{deal.account.name} {product.name}",
                    SortOrder=number,
                    Quantity=Decimal(line.quantity),
                    UnitPrice=(line.amount / line.quantity).quantize(Decimal("0.01")),
                    ListPrice=line.list_price,
                    TotalPrice=line.amount,
                    CurrencyIsoCode=deal.currency,
                    External_Id__c=f"{deal.opportunity_id}-{number}",
                    Term_Months__c=line.term_months if is_recurring else None,
                    Cost_Amount__c=line.cost,
                    Yearly_Amount__c=yearly if is_recurring else Decimal(0),
                    Booking_Type__c=deal.kind if is_recurring else "one_time",
                )

    def _refunds(self) -> Iterator[Record]:
        for refund in map(crm_refund, refunded_in_crm(self.world)):
            yield self._made(
                "Refund__c",
                refund["refund_id"],
                sample_setup.morning(refund["refund_date"]),
                Name=refund["refund_id"],
                Opportunity__c=self.ids.of("Opportunity", refund["opportunity_id"]),
                Refund_Date__c=refund["refund_date"],
                Amount__c=refund["amount"],
                Reason__c=refund["reason"],
                CurrencyIsoCode=refund["currency_code"],
                External_Id__c=refund["refund_id"],
            )
