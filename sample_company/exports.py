"""The sample company's story as rows of its systems' exports, column by column.

Belongs here: column names and how each system writes a moment or a number, and the rows that are
broken on purpose. Does not: the story (story), file formats (make_exports).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sample_company import catalogue as cat
from sample_company.money import crm_refund, refunded_in_crm
from sample_company.world import ZONE, Deal, Lead, World, local_day

Row = dict[str, Any]

# What every broken row is, for truth.json and README.md: entity, key, why it must be quarantined.
BROKEN_ROWS = (
    ("accounts", "A-901", "employee_count is no number"),
    ("leads", "L-90001", "created_at is no date"),
    ("leads", "L-00100", "the id came before, with other content"),
    ("opportunities", "O-9001", "amount is no number"),
    ("opportunity_history", "O-0010", "changed_at is no date"),
    ("opportunity_lines", "O-9999-1", "its opportunity does not exist"),
    ("opportunity_lines", "O-9998-1", "amount is no number"),
    ("activities", "T-90001", "occurred_at is blank"),
)


def export_rows(world: World) -> dict[str, list[Row]]:
    """Return the rows of every entity, the broken ones last."""
    rows = {
        "accounts": _accounts(world),
        "people": _people(world),
        "leads": [_lead(lead) for lead in world.leads],
        "opportunities": [_deal(deal) for deal in world.deals],
        "opportunity_history": [row for deal in world.deals for row in _history(deal)],
        "opportunity_lines": [row for deal in world.deals for row in _lines(deal)],
        "products": [vars(product) for product in cat.PRODUCTS],
        "campaigns": _campaigns(),
        "activities": _activities(world),
        "refunds": [_refund(deal) for deal in refunded_in_crm(world)],
        "ad_spend": _ad_spend(world),
    }
    _break_some(rows)
    return rows


def _break_some(rows: dict[str, list[Row]]) -> None:
    def broken(entity: str, position: int, **changes: Any) -> None:
        rows[entity].append({**rows[entity][position], **changes})

    broken("accounts", 4, id="A-901", name="Bruchhaus Paper", employees="about 200", parent="")
    broken("leads", 60, **{"Lead ID": "L-90001", "Created": "31.02.2025 10:00:00"})
    repeated = next(n for n, row in enumerate(rows["leads"]) if row["Lead ID"] == "L-00100")
    broken("leads", repeated, **{"Job title": "Intern"})
    broken("opportunities", 3, id="O-9001", lead_id="", contact_id="", amount="n/a")
    broken("opportunity_history", 30, opportunity_id="O-0010", changed_at="2025-13-05 09:00:00")
    broken("opportunity_lines", 2, id="O-9999-1", opportunity_id="O-9999")
    broken("opportunity_lines", 5, id="O-9998-1", amount="TBD")
    broken("activities", 7, id="T-90001", occurred_at="")


def _utc(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else ""


def _german(moment: datetime | None) -> str:
    return f"{moment.astimezone(ZONE):%d.%m.%Y %H:%M:%S}" if moment else ""


def _accounts(world: World) -> list[Row]:
    return [
        {
            "id": account.account_id,
            "name": account.name,
            "parent": account.parent,
            "website": f"https://www.{account.domain}",
            "industry": account.industry,
            "segment": account.segment,
            "region": cat.COUNTRIES[account.country][0],
            "country": account.country,
            "employees": account.employee_count,
            "tier": account.tier,
            "target_list": account.tier == "A",
            "owner": account.owner,
            "customer_since": account.customer_since or "",
            "competitor": account.is_competitor,
            "created_at": f"{account.created_at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}",
        }
        for account in world.accounts
    ]


def _people(world: World) -> list[Row]:
    return [
        {
            "id": person.person_id,
            "account_id": person.account.account_id,
            "name": person.leads[0].name,
            "email": person.leads[0].email,
            "title": person.leads[0].job_title,
            "persona": cat.PERSONAS[person.leads[0].job_title],
            "country": person.account.country,
            "lead_source": person.leads[0].look[5] or None,
            "consent": int(person.person_id[2:]) % 10 != 0,
            "created_at": person.leads[0].created_at.astimezone(ZONE).isoformat(),
        }
        for person in world.people
    ]


def _lead(lead: Lead) -> Row:
    source, medium, campaign, referrer, click_id, field = lead.look
    region = cat.COUNTRIES[lead.country][0] if lead.country else ""
    return {
        "Lead ID": lead.lead_id,
        "Status": lead.status,
        "Contact ID": lead.person.person_id if lead.person else "",
        "Account ID": lead.account.account_id if lead.account else "",
        "Name": lead.name,
        "E-mail": lead.email,
        "Company": lead.company,
        "Job title": lead.job_title,
        "Persona": cat.PERSONAS[lead.job_title],
        "Segment": lead.segment,
        "Region": region,
        "Country": lead.country,
        "Owner": lead.owner,
        "Campaign": lead.campaign,
        "Lead source": field,
        "utm_source": source,
        "utm_medium": medium,
        "utm_campaign": campaign,
        "Referrer": referrer,
        "Click id": click_id,
        "Score": str(lead.score).replace(".", ","),
        "Rejected because": lead.rejection_reason,
        "Opportunity": lead.opportunity_id,
        "Flag test": "ja" if lead.exclusion == "is_test" else "nein",
        "Flag duplicate": "ja" if lead.exclusion == "is_duplicate" else "nein",
        "Flag deleted": "ja" if lead.exclusion == "is_deleted" else "nein",
        "Created": _german(lead.created_at),
        "MQL": _german(lead.moments.get("mql_at")),
        "Handed off": _german(lead.moments.get("handed_off_at")),
        "Accepted": _german(lead.moments.get("accepted_at")),
        "Rejected": _german(lead.moments.get("rejected_at")),
        "Qualified": _german(lead.moments.get("qualified_at")),
    }


def _deal(deal: Deal) -> Row:
    return {
        "id": deal.opportunity_id,
        "name": f"{deal.account.name} {deal.kind} {local_day(deal.created_at):%Y-%m}",
        "account_id": deal.account.account_id,
        "owner": deal.owner,
        "sdr": deal.lead.owner if deal.lead else "",
        "lead_id": deal.lead.lead_id if deal.lead else "",
        "contact_id": deal.person.person_id if deal.person else "",
        "type": deal.kind,
        "stage": deal.stage,
        "loss_reason": deal.loss_reason,
        "competitor": deal.competitor,
        "source": deal.source_field,
        "amount": f"{deal.amount:,.2f}",
        "currency": deal.currency,
        "close_date": deal.close_date,
        "deleted": deal.is_deleted,
        "created_at": _utc(deal.created_at),
        "pipeline_at": _utc(deal.pipeline_at),
    }


def _history(deal: Deal) -> list[Row]:
    return [
        {
            "opportunity_id": deal.opportunity_id,
            "changed_at": f"{change.at:%Y-%m-%d %H:%M:%S}",
            "stage": change.stage,
            "amount": "" if change.amount is None else change.amount,
            "currency": deal.currency,
            "close_date": change.close_date or "",
            "owner": change.owner,
        }
        for change in deal.changes
    ]


def _lines(deal: Deal) -> list[Row]:
    return [
        {
            "id": f"{deal.opportunity_id}-{number}",
            "opportunity_id": deal.opportunity_id,
            "product_id": line.product.product_id,
            "quantity": line.quantity,
            "list_price": line.list_price,
            "amount": line.amount,
            "cost": line.cost,
            "yearly": _yearly(line.amount, line.term_months) if line.product.is_recurring else 0,
            "currency": deal.currency,
            "term_months": line.term_months if line.product.is_recurring else "",
            "booking_type": deal.kind if line.product.is_recurring else "one_time",
        }
        for number, line in enumerate(deal.lines, start=1)
    ]


def _yearly(amount: Decimal, term_months: int) -> Decimal:
    return (amount * 12 / term_months).quantize(Decimal("0.01"))


def _campaigns() -> list[Row]:
    names = ("id", "name", "programme", "objective", "reach", "owner")
    return [
        dict(zip(names, campaign, strict=True))
        | {"budget": 12000 + 1500 * number, "start": date(2023, 11, 1), "end": ""}
        for number, campaign in enumerate(cat.CAMPAIGNS)
    ]


def _activities(world: World) -> list[Row]:
    """Calls that decided a hand-off, and a meeting for every step of a deal."""
    acts: list[tuple[datetime, str, str, str, str, str, str]] = []
    for lead in world.leads:
        at = lead.moments.get("accepted_at") or lead.moments.get("rejected_at")
        if at:
            way = "two_way" if "accepted_at" in lead.moments else "one_way"
            acts.append((at, "call", lead.owner, lead.lead_id, "", way, "follow_up"))
    for deal in world.deals:
        for change in deal.changes[1:]:
            if change.stage in cat.MEETING_STAGES:
                act = (change.at, "meeting", deal.owner, "", deal.opportunity_id)
                acts.append((*act, "two_way", "negotiation"))
    names = ("occurred_at", "type", "employee", "lead_id", "opportunity_id", "direction", "purpose")
    return [
        {"id": f"T-{number:05d}"} | dict(zip(names, (_utc(act[0]), *act[1:]), strict=True))
        for number, act in enumerate(sorted(acts), start=1)
    ]


def _refund(deal: Deal) -> Row:
    refund = crm_refund(deal)
    return {
        "id": refund["refund_id"],
        "opportunity_id": refund["opportunity_id"],
        "refund_date": refund["refund_date"],
        "amount": refund["amount"],
        "currency": refund["currency_code"],
        "reason": refund["reason"],
    }


def _ad_spend(world: World) -> list[Row]:
    """The weekly sums that a marketing platform collects, on the first day of each week."""
    names = {campaign[0]: campaign[1] for campaign in cat.CAMPAIGNS}
    return [
        {
            "platform": week.platform,
            "account_id": week.platform_account,
            "campaign_id": week.platform_campaign,
            "campaign_name": names[week.campaign],
            "ad_id": week.platform_ad,
            "date": week.day,
            "impressions": week.impressions,
            "clicks": week.clicks,
            "cost": week.spend,
            "currency": week.currency,
            "utm_source": week.utm_source,
            "utm_medium": week.utm_medium,
        }
        for week in world.ad_weeks
    ]
