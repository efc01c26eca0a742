"""The fields that Velmora Software added to its Salesforce.

Belongs here: custom fields and objects, in the catalogue's notation. Does not: rows (sample).
`External_Id__c` holds the id by which the company's other systems know a record.
"""

from __future__ import annotations

from sample_company.simulators.salesforce.organisation import Organisation

EXTERNAL = ("Account", "Contact", "Lead", "Campaign", "Opportunity", "OpportunityLineItem",
            "Product2", "Task", "Event")  # fmt: skip
FIELDS = {
    "User": ("Region__c string(80)",),
    "Account": (
        "Segment__c picklist(small_business|mid_market|enterprise)",
        "Region__c string(80)",
        "Tier__c picklist(A|B|C)",
        "Target_List__c boolean",
        "Customer_Since__c date",
        "Is_Competitor__c boolean",
    ),
    "Contact": ("Persona__c string(80)", "Has_Consent__c boolean"),
    "Lead": (
        "Contact__c reference(Contact)",
        "Account__c reference(Account)",
        "Campaign__c reference(Campaign)",
        "Persona__c string(80)",
        "Segment__c picklist(small_business|mid_market|enterprise)",
        "Region__c string(80)",
        "Utm_Source__c string(255)",
        "Utm_Medium__c string(255)",
        "Utm_Campaign__c string(255)",
        "Referrer__c url(255)",
        "Click_Id__c string(40)",
        "Score__c double(5,1)",
        "Rejection_Reason__c picklist",
        "Is_Test__c boolean",
        "Is_Duplicate__c boolean",
        "Mql_At__c datetime",
        "Handed_Off_At__c datetime",
        "Accepted_At__c datetime",
        "Rejected_At__c datetime",
        "Qualified_At__c datetime",
    ),
    "Campaign": ("Objective__c picklist", "Reach__c picklist"),
    "Opportunity": (
        "Lead__c reference(Lead)",
        "Sdr__c reference(User)",
        "Loss_Reason__c picklist",
        "Competitor__c picklist",
        "Pipeline_At__c datetime",
        "Account_Segment__c string(80) calculated",
    ),
    "OpportunityLineItem": (
        "Term_Months__c int",
        "Yearly_Amount__c currency(16,2)",
        "Cost_Amount__c currency(16,2)",
        "Booking_Type__c picklist(new|expansion|renewal|one_time)",
    ),
    "Product2": ("Is_Recurring__c boolean", "List_Price__c currency(16,2)"),
    "Task": ("Direction__c picklist(one_way|two_way)", "Purpose__c picklist"),
    "Event": ("Direction__c picklist(one_way|two_way)", "Purpose__c picklist"),
}
REFUND = """
Refund__c a00
Name string(80)
Opportunity__c reference(Opportunity) cascade
Refund_Date__c date
Amount__c currency(16,2)
Reason__c picklist
CurrencyIsoCode picklist(EUR|USD|GBP)
External_Id__c string(40) external
"""


def add_sample_fields(organisation: Organisation) -> None:
    """Add everything."""
    for name in EXTERNAL:
        organisation.add_field(name, "External_Id__c string(40) external")
    for name, lines in FIELDS.items():
        for line in lines:
            organisation.add_field(name, line)
    organisation.add_object(REFUND)
