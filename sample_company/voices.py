"""What the functions tell each other, and customers tell them.

Belongs here: feedback. Does not: surveys (customers).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sample_company.rows import Rows, utc
from sample_company.world import LAST_DAY, World, local_day

OBJECTIONS = ("price", "missing_feature", "security", "timing", "integration")
ANSWERED = 0.72


def speak_up(random: Random, world: World, rows: Rows) -> None:
    """Feedback after rejections and lost deals, and what customers say."""
    count = 0

    def say(moment: datetime, giver: str, receiver: str, theme: str, **more: str) -> None:
        nonlocal count
        count += 1
        answered = moment + timedelta(hours=random.randint(4, 500))
        is_answered = random.random() < ANSWERED and local_day(answered) <= LAST_DAY
        rows.add(
            "feedback",
            feedback_id=f"F-{count:05d}",
            from_function=giver,
            to_function=receiver,
            theme=theme,
            given_at=utc(moment),
            answered_at=utc(answered) if is_answered else None,
            **more,
        )
        rows.plant(
            "feedback", from_function=giver, to_function=receiver,
            month=local_day(moment).replace(day=1), is_answered=is_answered,
        )  # fmt: skip

    for lead in world.leads:
        if "rejected_at" in lead.moments and random.random() < 0.6:
            account = lead.account.account_id if lead.account else ""
            say(
                lead.moments["rejected_at"], "sdr", "marketing", "lead_quality",
                account_id=account, objection=lead.rejection_reason,
            )  # fmt: skip
    for deal in world.deals:
        if not deal.is_lost or random.random() > 0.5:
            continue
        is_product = deal.loss_reason == "missing_feature"
        say(
            deal.changes[-1].at, "sales", "product" if is_product else "marketing",
            "missing_feature" if is_product else "messaging",
            account_id=deal.account.account_id, opportunity_id=deal.opportunity_id,
            objection=random.choice(OBJECTIONS), competitor=deal.competitor,
        )  # fmt: skip
    for deal in world.deals:
        if deal.is_won and not deal.is_deleted and random.random() < 0.35:
            moment = deal.changes[-1].at + timedelta(days=random.randint(30, 200))
            if local_day(moment) <= LAST_DAY:
                say(
                    moment, "customer", random.choice(("product", "customer_success")),
                    random.choice(("praise", "missing_feature", "training")),
                    account_id=deal.account.account_id,
                )  # fmt: skip
