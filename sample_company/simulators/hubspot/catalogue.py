"""The objects of a HubSpot account, with the properties that every account has.

Belongs here: names, type ids, properties and defaults. Does not: an account's own properties
(portal) or its records.

A property is a line: name, type, and for a calculated one the word `calculated`. Of an enumeration
the options follow, parted by `|`; `owner` and `stage` name properties whose options are elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sample_company.simulators.clock import START

_FIELD_TYPES = {
    "string": "text",
    "number": "number",
    "date": "date",
    "datetime": "date",
    "bool": "booleancheckbox",
    "enumeration": "select",
}


@dataclass
class Property:
    """What an account knows of a property."""

    name: str
    type: str
    is_calculated: bool = False
    options: tuple[str, ...] = ()
    is_custom: bool = False
    created_at: str = "2019-08-06T02:41:08.029Z"
    updated_at: str = "2019-08-06T02:41:08.029Z"

    @property
    def field_type(self) -> str:
        """The kind of form field that edits it."""
        return "calculation_equation" if self.is_calculated else _FIELD_TYPES[self.type]


@dataclass
class Kind:
    """An object: `name` as in paths; `dates` are its properties for made and last modified."""

    name: str
    singular: str
    type_id: str
    scope: str
    defaults: tuple[str, ...]
    dates: tuple[str, str]
    first_id: int
    properties: dict[str, Property] = field(default_factory=dict)

    @property
    def always(self) -> tuple[str, ...]:
        """What answers hold whatever was asked for."""
        return (*self.dates, "hs_object_id")


def property_of(line: str, *, is_custom: bool = False) -> Property:
    """The property that a line says; ValueError for an unknown type."""
    name, type_, *rest = line.split()
    if type_ not in _FIELD_TYPES:
        raise ValueError(f"{name} cannot be a {type_}: HubSpot knows {', '.join(_FIELD_TYPES)}")
    options = tuple(rest[-1].split("|")) if rest and "|" in rest[-1] else ()
    stamp = START.strftime("%Y-%m-%dT%H:%M:%SZ") if is_custom else "2019-08-06T02:41:08.029Z"
    return Property(name, type_, "calculated" in rest, options, is_custom, stamp, stamp)


_OLD, _NEW = ("createdate", "hs_lastmodifieddate"), ("hs_createdate", "hs_lastmodifieddate")
_COMMON = """
hs_object_id number
hubspot_owner_id enumeration
hs_merged_object_ids string
hs_object_source string
"""
_ANALYTICS = """
hs_analytics_source enumeration
hs_analytics_source_data_1 string
hs_analytics_source_data_2 string
hs_analytics_first_url string
hs_analytics_first_referrer string
hs_analytics_first_timestamp datetime
hs_analytics_num_visits number
hs_latest_source enumeration
"""
_STAGES = (
    "subscriber|lead|marketingqualifiedlead|salesqualifiedlead|opportunity|customer|"
    "evangelist|other"
)
_ACT = """
hs_timestamp datetime
hs_body_preview string
hs_activity_type string
hs_createdate datetime
hs_lastmodifieddate datetime
"""
_LINES = {
    "contacts": f"""
        createdate datetime
        lastmodifieddate datetime
        email string
        hs_additional_emails string
        firstname string
        lastname string
        jobtitle string
        company string
        phone string
        country string
        lifecyclestage enumeration {_STAGES}
        hs_lead_status enumeration
        associatedcompanyid number
        hs_calculated_merged_vids string
        hs_email_optout bool
        hs_google_click_id string
        hs_facebook_click_id string
        first_conversion_date datetime
        first_conversion_event_name string
        recent_conversion_date datetime
        recent_conversion_event_name string
        num_conversion_events number
        hubspotscore number
        {_ANALYTICS}""",
    "companies": f"""
        createdate datetime
        hs_lastmodifieddate datetime
        name string
        domain string
        website string
        industry string
        country string
        city string
        numberofemployees number
        annualrevenue number
        founded_year string
        hs_parent_company_id number calculated
        lifecyclestage enumeration {_STAGES}
        type enumeration PROSPECT|PARTNER|RESELLER|VENDOR|OTHER
        {_ANALYTICS}""",
    "deals": """
        createdate datetime
        hs_lastmodifieddate datetime
        dealname string
        amount number
        amount_in_home_currency number calculated
        deal_currency_code enumeration
        hs_exchange_rate number
        closedate datetime
        pipeline enumeration
        dealstage enumeration
        dealtype enumeration newbusiness|existingbusiness
        hs_deal_stage_probability number
        hs_forecast_amount number
        hs_manual_forecast_category enumeration OMIT|PIPELINE|BEST_CASE|COMMIT|CLOSED
        hs_is_closed bool calculated
        hs_is_closed_won bool calculated
        hs_projected_amount number calculated
        hs_primary_associated_company number
        closed_lost_reason string
        closed_won_reason string
        hs_analytics_source enumeration
        num_associated_contacts number""",
    "tickets": """
        createdate datetime
        hs_lastmodifieddate datetime
        subject string
        content string
        hs_pipeline enumeration
        hs_pipeline_stage enumeration
        hs_ticket_category enumeration
        hs_ticket_priority enumeration LOW|MEDIUM|HIGH
        closed_date datetime""",
    "products": """
        createdate datetime
        hs_lastmodifieddate datetime
        name string
        description string
        price number
        hs_sku string
        hs_product_type enumeration inventory|non_inventory|service
        recurringbillingfrequency enumeration""",
    "line_items": """
        createdate datetime
        hs_lastmodifieddate datetime
        name string
        price number
        quantity number
        amount number
        discount number
        hs_product_id number
        hs_sku string
        hs_line_item_currency_code enumeration
        recurringbillingfrequency enumeration
        hs_recurring_billing_period string
        hs_recurring_billing_start_date date
        hs_acv number
        hs_arr number
        hs_tcv number""",
    "leads": """
        hs_createdate datetime
        hs_lastmodifieddate datetime
        hs_lead_name string
        hs_lead_type enumeration
        hs_lead_label enumeration
        hs_pipeline enumeration
        hs_pipeline_stage enumeration
        hs_lead_disqualification_reason string
        hs_primary_contact_id number
        hs_primary_company_id number
        hs_lead_source enumeration""",
    "goal_targets": """
        hs_createdate datetime
        hs_lastmodifieddate datetime
        hs_goal_name string
        hs_goal_type string
        hs_target_amount number
        hs_currency string
        hs_start_datetime datetime
        hs_end_datetime datetime
        hs_created_by_user_id number
        hs_assignee_user_id number""",
    "deal_splits": """
        hs_createdate datetime
        hs_lastmodifieddate datetime
        hs_deal_split_percentage number
        hs_deal_split_amount number""",
    "calls": f"""{_ACT}
        hs_call_title string
        hs_call_direction enumeration INBOUND|OUTBOUND
        hs_call_disposition string
        hs_call_duration number
        hs_call_status enumeration""",
    "emails": f"""{_ACT}
        hs_email_subject string
        hs_email_direction enumeration EMAIL|INCOMING_EMAIL|FORWARDED_EMAIL
        hs_email_status enumeration""",
    "meetings": f"""{_ACT}
        hs_meeting_title string
        hs_meeting_start_time datetime
        hs_meeting_end_time datetime
        hs_meeting_outcome enumeration SCHEDULED|COMPLETED|RESCHEDULED|NO_SHOW|CANCELED""",
    "tasks": f"""{_ACT}
        hs_task_subject string
        hs_task_type enumeration EMAIL|CALL|TODO
        hs_task_status enumeration
        hs_task_priority enumeration LOW|MEDIUM|HIGH
        hs_task_completion_date datetime""",
}
# Name, singular, type id, scope, shown by default, properties for made and modified, first id.
_KINDS = (
    ("contacts", "contact", "0-1", "crm.objects.contacts.read", "email firstname lastname",
     ("createdate", "lastmodifieddate"), 101),
    ("companies", "company", "0-2", "crm.objects.companies.read", "domain name", _OLD, 20_000_001),
    ("deals", "deal", "0-3", "crm.objects.deals.read",
     "amount closedate dealname dealstage pipeline", _OLD, 9_001),
    ("tickets", "ticket", "0-5", "tickets",
     "content hs_pipeline hs_pipeline_stage hs_ticket_category hs_ticket_priority subject",
     _OLD, 501),
    ("products", "product", "0-7", "e-commerce", "description name price", _OLD, 1_001),
    ("line_items", "line_item", "0-8", "e-commerce", "amount hs_product_id quantity", _OLD,
     40_001),
    ("leads", "lead", "0-136", "crm.objects.leads.read", "hs_lead_name", _NEW, 300_001),
    ("goal_targets", "goal_target", "0-74", "crm.objects.goals.read", "", _NEW, 87_001),
    ("deal_splits", "deal_split", "0-72", "crm.objects.deals.read", "", _NEW, 600_001),
    ("calls", "call", "0-48", "crm.objects.contacts.read", "", _NEW, 700_001),
    ("emails", "email", "0-49", "sales-email-read", "", _NEW, 710_001),
    ("meetings", "meeting_event", "0-47", "crm.objects.contacts.read", "", _NEW, 720_001),
    ("tasks", "task", "0-27", "crm.objects.contacts.read", "", _NEW, 730_001),
)  # fmt: skip


def standard_kinds() -> dict[str, Kind]:
    """Every object by its name in paths, made anew."""
    kinds = {}
    for name, singular, type_id, scope, defaults, dates, first in _KINDS:
        shown = tuple(sorted({*defaults.split(), *dates, "hs_object_id"}))
        kind = Kind(name, singular, type_id, scope, shown, dates, first)
        for line in (_COMMON + _LINES[name]).strip().splitlines():
            if line.strip():
                found = property_of(line)
                kind.properties[found.name] = found
        kinds[name] = kind
    return kinds
