"""The standard objects that a simulated organisation has.

Belongs here: names, types and relations as Salesforce's object reference has them, in the notation
of `notation`. Does not: custom fields of one company (its loader adds them), rows.
"""

from __future__ import annotations

from sample_company.simulators.salesforce.fields import ObjectType
from sample_company.simulators.salesforce.notation import parse_object

STANDARD = """
User 005 audit=no_bin
Username string(80) required
Email email(128)
Name string(121)
FirstName string(40)
LastName string(80) required
Title string(80)
Department string(80)
EmployeeNumber string(20)
IsActive boolean
ManagerId reference(User)
UserRoleId reference(UserRole)
UserType picklist(Standard|Guest)
DefaultCurrencyIsoCode picklist(EUR|USD|GBP)

UserRole 00E audit=role
Name string(80) required
ParentRoleId reference(UserRole)

Group 00G audit=role
Name string(40) required
DeveloperName string(80)
Type picklist(Regular|Queue|Role)

Account 001 mergeable
MasterRecordId reference(Account)
Name string(255) required
Type picklist(Prospect|Customer|Competitor|Partner)
ParentId reference(Account)
BillingStreet textarea(255)
BillingCity string(40)
BillingPostalCode string(20)
BillingCountry string(80)
BillingAddress address calculated
Phone phone(40)
Website url(255)
Industry picklist
AnnualRevenue currency(18,0)
NumberOfEmployees int
OwnerId reference(User) required
CurrencyIsoCode picklist(EUR|USD|GBP)

Contact 003 mergeable
MasterRecordId reference(Contact)
AccountId reference(Account) cascade
Name string(121)
FirstName string(40)
LastName string(80) required
Email email(80)
Title string(128)
Phone phone(40)
MailingCountry string(80)
LeadSource picklist
HasOptedOutOfEmail boolean
OwnerId reference(User) required
CurrencyIsoCode picklist(EUR|USD|GBP)

Lead 00Q mergeable
MasterRecordId reference(Lead)
Name string(121)
FirstName string(40)
LastName string(80) required
Company string(255) required
Title string(128)
Email email(80)
Country string(80)
Industry picklist
LeadSource picklist
Status picklist required tracked
Rating picklist(Hot|Warm|Cold)
OwnerId reference(User|Group) required tracked
IsConverted boolean
ConvertedDate date
ConvertedAccountId reference(Account)
ConvertedContactId reference(Contact)
ConvertedOpportunityId reference(Opportunity)
CurrencyIsoCode picklist(EUR|USD|GBP)

LeadHistory 017 audit=history history=Lead
LeadId reference(Lead) cascade
Field picklist
DataType picklist
OldValue anyType
NewValue anyType

Campaign 701
Name string(80) required
ParentId reference(Campaign)
Type picklist
Status picklist(Planned|In Progress|Completed|Aborted)
StartDate date
EndDate date
BudgetedCost currency(18,0)
ActualCost currency(18,0)
IsActive boolean
Description textarea(32000)
OwnerId reference(User) required
CurrencyIsoCode picklist(EUR|USD|GBP)

CampaignMember 00v vanishes
CampaignId reference(Campaign) cascade
LeadId reference(Lead) cascade
ContactId reference(Contact) cascade
Status picklist(Sent|Responded)
HasResponded boolean
FirstRespondedDate date
CurrencyIsoCode picklist(EUR|USD|GBP)

Opportunity 006
AccountId reference(Account) cascade
Name string(120) required
Description textarea(32000)
StageName picklist required tracked
Amount currency(16,2) tracked
Probability percent(3,0) tracked
ExpectedRevenue currency(16,2)
TotalOpportunityQuantity double(16,2)
CloseDate date required tracked
Type picklist
NextStep string(255)
LeadSource picklist
IsClosed boolean
IsWon boolean
ForecastCategory picklist(Omitted|Pipeline|BestCase|Forecast|Closed)
ForecastCategoryName picklist(Omitted|Pipeline|Best Case|Commit|Closed)
CampaignId reference(Campaign)
HasOpportunityLineItem boolean
Pricebook2Id reference(Pricebook2)
OwnerId reference(User) required tracked
ContactId reference(Contact)
CurrencyIsoCode picklist(EUR|USD|GBP)

OpportunityStage 01J audit=no_bin unbulkable
MasterLabel string(255) required
ApiName string(255)
SortOrder int
IsActive boolean
IsClosed boolean
IsWon boolean
DefaultProbability percent(3,0)
ForecastCategory picklist(Omitted|Pipeline|BestCase|Forecast|Closed)
ForecastCategoryName picklist(Omitted|Pipeline|Best Case|Commit|Closed)

OpportunityHistory 008 audit=stage_history history=Opportunity
OpportunityId reference(Opportunity) cascade
StageName picklist
Amount currency(16,2)
ExpectedRevenue currency(16,2)
CloseDate date
Probability percent(3,0)
ForecastCategory picklist
PrevAmount currency(16,2)
PrevCloseDate date
CurrencyIsoCode picklist(EUR|USD|GBP)

OpportunityFieldHistory 017 audit=history history=Opportunity
OpportunityId reference(Opportunity) cascade
Field picklist
DataType picklist
OldValue anyType
NewValue anyType

OpportunityContactRole 00K
OpportunityId reference(Opportunity) cascade
ContactId reference(Contact) cascade
Role picklist
IsPrimary boolean
CurrencyIsoCode picklist(EUR|USD|GBP)

Product2 01t
Name string(255) required
ProductCode string(255)
Family picklist
Description textarea(4000)
IsActive boolean
CurrencyIsoCode picklist(EUR|USD|GBP)

Pricebook2 01s
Name string(255) required
IsActive boolean
IsStandard boolean

PricebookEntry 01u
Name string(255)
Pricebook2Id reference(Pricebook2) required cascade
Product2Id reference(Product2) required
UnitPrice currency(16,2) required
IsActive boolean
CurrencyIsoCode picklist(EUR|USD|GBP)

OpportunityLineItem 00k
OpportunityId reference(Opportunity) required cascade
PricebookEntryId reference(PricebookEntry)
Product2Id reference(Product2)
ProductCode string(255)
Name string(376)
SortOrder int
Quantity double(10,2) required
UnitPrice currency(16,2)
ListPrice currency(16,2)
TotalPrice currency(16,2)
ServiceDate date
CurrencyIsoCode picklist(EUR|USD|GBP)

Task 00T
WhoId reference(Contact|Lead) cascade
WhatId reference(Account|Campaign|Opportunity|Case) cascade
AccountId reference(Account)
Subject string(255)
ActivityDate date
Status picklist(Open|Completed) required
Type picklist(Call|Email|Meeting|Other)
TaskSubtype picklist(Task|Call|Email)
CallType picklist(Inbound|Outbound)
CompletedDateTime datetime
IsClosed boolean
IsArchived boolean
Description textarea(32000)
OwnerId reference(User) required
CurrencyIsoCode picklist(EUR|USD|GBP)

Event 00U
WhoId reference(Contact|Lead) cascade
WhatId reference(Account|Campaign|Opportunity|Case) cascade
AccountId reference(Account)
Subject string(255)
IsAllDayEvent boolean
StartDateTime datetime
EndDateTime datetime
ActivityDateTime datetime
ActivityDate date
DurationInMinutes int
Type picklist(Call|Email|Meeting|Other)
IsArchived boolean
Description textarea(32000)
OwnerId reference(User) required
CurrencyIsoCode picklist(EUR|USD|GBP)

Case 500 mergeable
MasterRecordId reference(Case)
CaseNumber string(30)
AccountId reference(Account)
ContactId reference(Contact)
Subject string(255)
Status picklist required
Priority picklist(High|Medium|Low)
Origin picklist
Type picklist
IsClosed boolean
ClosedDate datetime
OwnerId reference(User) required
CurrencyIsoCode picklist(EUR|USD|GBP)

Contract 800
AccountId reference(Account) required
OwnerId reference(User) required
ContractNumber string(30)
Status picklist(Draft|InApproval|Activated) required
StartDate date
EndDate date
ContractTerm int
ActivatedDate datetime

Order 801
AccountId reference(Account)
ContractId reference(Contract)
OpportunityId reference(Opportunity)
OwnerId reference(User) required
OrderNumber string(30)
Status picklist(Draft|Activated) required
Type picklist
EffectiveDate date required
EndDate date
TotalAmount currency(16,2)
CurrencyIsoCode picklist(EUR|USD|GBP)

OrderItem 802
OrderId reference(Order) cascade
Product2Id reference(Product2)
Quantity double(16,2)
ListPrice currency(16,2)
UnitPrice currency(16,2)
TotalPrice currency(16,2)
ServiceDate date
EndDate date
CurrencyIsoCode picklist(EUR|USD|GBP)

OpportunityTeamMember 00q
OpportunityId reference(Opportunity) cascade
UserId reference(User) required
TeamMemberRole picklist
CurrencyIsoCode picklist(EUR|USD|GBP)

CurrencyType 01L audit=no_bin
IsoCode picklist(EUR|USD|GBP) required
ConversionRate double(12,6)
DecimalPlaces int
IsActive boolean
IsCorporate boolean

DatedConversionRate 04w audit=no_bin
IsoCode picklist(EUR|USD|GBP) required
StartDate date
NextStartDate date
ConversionRate double(12,6)

CaseStatus 01k audit=no_bin unbulkable
MasterLabel string(255) required
IsClosed boolean
SortOrder int
"""


def standard_objects() -> dict[str, ObjectType]:
    """All standard objects by name, new ones at each call because an organisation changes them."""
    kinds = [parse_object(block) for block in STANDARD.strip().split("\n\n")]
    return {kind.name: kind for kind in kinds}
