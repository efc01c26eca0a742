"""Letters, nurture and customer programmes: what was sent, clicked and unsubscribed.

Belongs here: sends and their planted totals. Does not: the visit that follows a click (web).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sample_company.content import ASSETS
from sample_company.rows import Rows, utc
from sample_company.world import LAST_DAY, Lead, World, local_day, moment_on

LETTER = next(asset.asset_id for asset in ASSETS if asset.name == "Monthly letter")
COURSE = next(asset.asset_id for asset in ASSETS if asset.name == "Planning course")
CUSTOMER_LETTER = next(asset.asset_id for asset in ASSETS if asset.name == "Customer letter")
COURSE_LESSONS = 4
LETTERS_AFTER = 4


class Mailer:
    """Sends until somebody unsubscribes."""

    def __init__(self, random: Random, rows: Rows) -> None:
        """Send into `rows`."""
        self.random, self.rows, self.count = random, rows, 0

    def send(
        self, moment: datetime, programme: str, rule: str, campaign: str, asset: str, lead: Lead
    ) -> bool:
        """Send one message; return whether the next may follow."""
        if local_day(moment) > LAST_DAY:
            return False
        self.count += 1
        is_delivered = self.random.random() > 0.02
        is_clicked = is_delivered and self.random.random() < 0.14
        is_gone = is_delivered and self.random.random() < 0.012
        acted_at = moment + timedelta(minutes=self.random.randint(2, 2000))
        # What happens after the last day nobody knows yet.
        is_known = local_day(acted_at) <= LAST_DAY
        is_clicked, is_gone = is_clicked and is_known, is_gone and is_known
        self.rows.add(
            "message_sends",
            message_send_id=f"M-{self.count:06d}",
            sent_at=utc(moment),
            programme=programme,
            rule=rule,
            campaign_id=campaign,
            content_asset_id=asset,
            person_id=lead.person.person_id if lead.person else "",
            lead_id=lead.lead_id,
            email=lead.email.strip(),
            is_delivered=is_delivered,
            clicked_at=utc(acted_at) if is_clicked else None,
            unsubscribed_at=utc(acted_at) if is_gone else None,
        )
        month = local_day(moment).replace(day=1)
        self.rows.plant(
            "send", month=month, programme=programme, is_delivered=is_delivered,
            is_clicked=is_clicked, is_unsubscribed=is_gone,
        )  # fmt: skip
        return not is_gone


def correspond(random: Random, world: World, rows: Rows) -> None:
    """Write to every lead that left an address, and to customers."""
    mailer = Mailer(random, rows)
    for lead in world.leads:
        if not lead.email:
            continue
        may_go_on = True
        if not lead.moments:
            for lesson in range(COURSE_LESSONS):
                at = moment_on(random, local_day(lead.created_at) + timedelta(days=3 + 7 * lesson))
                may_go_on = may_go_on and mailer.send(
                    at, "planning_course", "new_lead_without_score", "CMP-07", COURSE, lead
                )
        for letter in range(1, LETTERS_AFTER + 1):
            at = moment_on(random, local_day(lead.created_at) + timedelta(days=30 * letter), 9, 10)
            may_go_on = may_go_on and mailer.send(
                at, "monthly_letter", "subscribed", "CMP-06", LETTER, lead
            )
    for deal in world.deals:
        if deal.is_won and not deal.is_deleted and deal.lead is not None:
            for quarter in range(1, 5):
                at = moment_on(random, deal.close_date + timedelta(days=91 * quarter), 9, 10)
                mailer.send(
                    at, "customer_letter", "onboarded", "CMP-06", CUSTOMER_LETTER, deal.lead
                )
