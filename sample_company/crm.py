"""The CRM's records in canonical form, for runs at scale.

Belongs here: world objects to canonical fields. Does not: the CRM's own export files, with their
formats and broken rows (exports), which are what the sample company delivers at scale 1.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sample_company import catalogue as cat
from sample_company.ad_days import days_of
from sample_company.decisions import CENT
from sample_company.rows import Rows, utc
from sample_company.world import Deal, Lead, World


def record(world: World, rows: Rows) -> None:
    """Write accounts, people, leads and deals."""
    for account in world.accounts:
        rows.add(
            "accounts",
            account_id=account.account_id,
            account_name=account.name,
            parent_account_id=account.parent,
            domain=account.domain,
            industry=account.industry,
            segment=account.segment,
            region=cat.COUNTRIES[account.country][0],
            country=account.country,
            icp_tier=account.tier,
            is_target_account=account.tier == "A",
            employee_count=account.employee_count,
            owner_employee_id=account.owner,
            customer_since_date=account.customer_since,
            is_competitor=account.is_competitor,
            created_at=utc(account.created_at),
        )
    for person in world.people:
        first = person.leads[0]
        rows.add(
            "people",
            person_id=person.person_id,
            account_id=person.account.account_id,
            email=first.email.strip(),
            full_name=first.name,
            job_title=first.job_title,
            persona=cat.PERSONAS[first.job_title],
            country=person.account.country,
            source_field=first.look[5],
            created_at=utc(first.created_at),
        )
    for lead in world.leads:
        _record_lead(lead, rows)
    for deal in world.deals:
        _record_deal(deal, rows)


def list_prices(rows: Rows) -> None:
    """Write products and campaigns, the same at every scale."""
    for product in cat.PRODUCTS:
        rows.add(
            "products",
            product_id=product.product_id,
            product_name=product.name,
            product_group=product.group,
            list_price=product.list_price,
            currency_code="EUR",
            is_recurring=product.is_recurring,
        )
    for number, (campaign_id, name, programme, objective, reach, owner) in enumerate(cat.CAMPAIGNS):
        rows.add(
            "campaigns",
            campaign_id=campaign_id,
            campaign_name=name,
            campaign_group=programme,
            objective=objective,
            reach=reach,
            owner_employee_id=owner,
            budget_amount=Decimal(12000 + 1500 * number),
            currency_code="EUR",
            start_date=date(2023, 11, 1),
        )


def advertise(world: World, rows: Rows) -> None:
    """Write what the platforms that have an API report of each day."""
    names = {campaign[0]: campaign[1] for campaign in cat.CAMPAIGNS}
    for week in world.ad_weeks:
        for day in days_of(week):
            rows.add(
                "ad_spend",
                platform=week.platform,
                platform_account_id=week.platform_account,
                campaign_id=week.platform_campaign,
                campaign_name=names[week.campaign],
                ad_id=week.platform_ad,
                spend_date=day.day,
                impressions=day.impressions,
                clicks=day.clicks,
                engagements=day.engagements,
                platform_conversions=Decimal(day.conversions),
                spend=day.spend,
                currency_code=week.currency,
                utm_source=week.utm_source,
                utm_medium=week.utm_medium,
            )


def _record_lead(lead: Lead, rows: Rows) -> None:
    source, medium, campaign, referrer, click_id, field = lead.look
    steps = ("mql_at", "handed_off_at", "accepted_at", "rejected_at", "qualified_at")
    rows.add(
        "leads",
        lead_id=lead.lead_id,
        person_id=lead.person.person_id if lead.person else "",
        account_id=lead.account.account_id if lead.account else "",
        email=lead.email.strip(),
        full_name=lead.name,
        company_name=lead.company,
        lead_status=lead.status,
        owner_employee_id=lead.owner,
        campaign_id=lead.campaign,
        segment=lead.segment,
        region=cat.COUNTRIES[lead.country][0] if lead.country else "",
        country=lead.country,
        job_title=lead.job_title,
        persona=cat.PERSONAS[lead.job_title],
        utm_source=source,
        utm_medium=medium,
        utm_campaign=campaign,
        referrer=referrer,
        click_id_type=click_id,
        source_field=field,
        score=lead.score,
        rejection_reason=lead.rejection_reason,
        converted_opportunity_id=lead.opportunity_id,
        is_test=lead.exclusion == "is_test",
        is_duplicate=lead.exclusion == "is_duplicate",
        is_deleted=lead.exclusion == "is_deleted",
        created_at=utc(lead.created_at),
        **{step: utc(lead.moments[step]) for step in steps if step in lead.moments},
    )
    decided = lead.moments.get("accepted_at") or lead.moments.get("rejected_at")
    if decided:
        rows.add(
            "activities",
            activity_id=f"AL-{lead.lead_id[2:]}",
            occurred_at=utc(decided),
            activity_type="call",
            employee_id=lead.owner,
            lead_id=lead.lead_id,
            direction="two_way" if "accepted_at" in lead.moments else "one_way",
            purpose="follow_up",
        )


def _record_deal(deal: Deal, rows: Rows) -> None:
    rows.add(
        "opportunities",
        opportunity_id=deal.opportunity_id,
        opportunity_name=f"{deal.account.name} {deal.kind}",
        account_id=deal.account.account_id,
        owner_employee_id=deal.owner,
        sdr_employee_id=deal.lead.owner if deal.lead else "",
        lead_id=deal.lead.lead_id if deal.lead else "",
        primary_person_id=deal.person.person_id if deal.person else "",
        opportunity_type=deal.kind,
        sales_stage=deal.stage,
        loss_reason=deal.loss_reason,
        competitor=deal.competitor,
        source_field=deal.source_field,
        amount=deal.amount,
        currency_code=deal.currency,
        close_date=deal.close_date,
        is_deleted=deal.is_deleted,
        created_at=utc(deal.created_at),
        pipeline_at=utc(deal.pipeline_at) if deal.pipeline_at else None,
    )
    for change in deal.changes:
        rows.add(
            "opportunity_history",
            opportunity_id=deal.opportunity_id,
            changed_at=utc(change.at),
            sales_stage=change.stage,
            amount=change.amount,
            currency_code=deal.currency,
            close_date=change.close_date,
            owner_employee_id=change.owner,
        )
    for number, line in enumerate(deal.lines, start=1):
        yearly = (line.amount * 12 / line.term_months).quantize(CENT, ROUND_HALF_UP)
        is_recurring = line.product.is_recurring
        rows.add(
            "opportunity_lines",
            opportunity_line_id=f"{deal.opportunity_id}-{number}",
            opportunity_id=deal.opportunity_id,
            product_id=line.product.product_id,
            quantity=Decimal(line.quantity),
            list_price=line.list_price,
            amount=line.amount,
            cost_amount=line.cost,
            recurring_amount=yearly if is_recurring else Decimal(0),
            currency_code=deal.currency,
            term_months=line.term_months if is_recurring else None,
            booking_type=deal.kind if is_recurring else "one_time",
        )
    _record_meetings(deal, rows)


def _record_meetings(deal: Deal, rows: Rows) -> None:
    for number, change in enumerate(deal.changes[1:], start=1):
        if change.stage in cat.MEETING_STAGES:
            rows.add(
                "activities",
                activity_id=f"AO-{deal.opportunity_id[2:]}-{number}",
                occurred_at=utc(change.at),
                activity_type="meeting",
                employee_id=deal.owner,
                opportunity_id=deal.opportunity_id,
                direction="two_way",
                purpose="negotiation",
            )
