"""What the tool in which Sales Development works noted of leads: dated changes, tries, nurture.

Belongs here: the rows of lead_history, follow_ups and the letters after a return; the load of old
statuses and the re-organisation that was undone. Does not: what happened to a lead (handoffs).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from sample_company.decisions import employees_on
from sample_company.handoffs import Pass
from sample_company.programmes import COURSE
from sample_company.rows import Rows, utc
from sample_company.world import FIRST_DAY, LAST_DAY, Deal, Lead, World, local_day, moment_on

MARKETING_OPERATIONS, SDR_LEAD = "E080", "E040"
REGIONS = ("DACH", "Northern Europe", "North America")
# Statuses of the old system, all at one instant: nobody knows since when they held.
LOADED_AT = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
LOADED_COUNT = 40
# Leads were dealt out anew, by industry instead of region; two months later all went back.
REORGANISED_AT = datetime(2024, 7, 1, 6, 0, tzinfo=UTC)
UNDONE_AT = datetime(2024, 9, 2, 6, 0, tzinfo=UTC)
STATUS_OF = {
    "mql": "MQL",
    "handed_off": "Assigned to sales",
    "accepted": "Accepted",
    "sql": "Qualified",
    "rejected": "Rejected",
    "recycled": "Recycled",
}
# By the status with which a stage is noted: a machine, or Marketing; Sales for all others.
CHANGED_BY = {"mql": "", "handed_off": MARKETING_OPERATIONS}
NURTURE_LETTERS = 3


@dataclass(frozen=True)
class Change:
    """One dated change of a lead; blank means unchanged."""

    at: datetime
    lead: Lead
    status: str = ""
    owner: str = ""
    reason: str = ""
    changed_by: str = ""


def note(random: Random, world: World, passes: list[Pass], rows: Rows) -> dict[str, datetime]:
    """Write everything; return the last change of each lead that has one."""
    changes = [
        *_moves(passes),
        *_conversions(world.deals),
        *_ticks_without_date(random, world.leads),
        *_redealt(random, passes),
    ]
    # Sorted by moment and lead alone: at one moment a lead has one change.
    changes.sort(key=lambda change: (change.at, change.lead.lead_id))
    for number, change in enumerate(changes, start=1):
        rows.add(
            "lead_history",
            lead_history_id=f"LH-{number:05d}",
            lead_id=change.lead.lead_id,
            changed_at=utc(change.at),
            lead_status=change.status,
            owner_employee_id=change.owner,
            reason=change.reason,
            changed_by_employee_id=change.changed_by,
        )
    _follow_up(random, passes, rows)
    _nurture(random, passes, rows)
    return {change.lead.lead_id: change.at for change in changes}


def _moves(passes: list[Pass]) -> list[Change]:
    """The statuses of each pass, at the moments that happened."""
    changes: list[Change] = []
    for one in passes:
        lead, handoff = one.lead, one.handoff
        for stage, at in one.moments.items():
            if stage == "known":
                continue
            is_given = stage == "handed_off"
            has_reason = handoff is not None and stage in ("rejected", "recycled")
            changes.append(
                Change(
                    at,
                    lead,
                    STATUS_OF[stage],
                    lead.owner if is_given and one.number == 1 else "",
                    handoff.reason if handoff is not None and has_reason else "",
                    CHANGED_BY.get(stage, lead.owner),
                )
            )
        if handoff is not None and handoff.decision == "expired" and handoff.decided_at:
            changes.append(Change(handoff.decided_at, lead, reason="expired"))
    return changes


def _conversions(deals: list[Deal]) -> list[Change]:
    return [
        Change(deal.created_at, deal.lead, "Converted", changed_by=deal.owner)
        for deal in deals
        if deal.lead is not None
    ]


def is_loaded(lead: Lead) -> bool:
    """Whether the load of the old system's statuses is all that dates the lead's qualification."""
    return lead.status == "MQL" and not lead.moments and lead.created_at < LOADED_AT


def _ticks_without_date(random: Random, leads: list[Lead]) -> list[Change]:
    """When leads without any date were ticked; those of the old system at one instant.

    A qualified one that came after the load has no history at all.
    """
    silent = [lead for lead in leads if not lead.moments and lead.created_at < LOADED_AT]
    loaded = [lead for lead in silent if is_loaded(lead)]
    working = [lead for lead in silent if lead.status == "Working"]
    rest = max(0, LOADED_COUNT - len(loaded))
    loaded += random.sample(working, min(rest, len(working)))
    changes = [
        Change(LOADED_AT, lead, lead.status, changed_by=MARKETING_OPERATIONS) for lead in loaded
    ]
    known = {lead.lead_id for lead in loaded}
    for lead in leads:
        if lead.status == "Working" and not lead.moments and lead.lead_id not in known:
            at = lead.created_at + timedelta(minutes=random.randint(60, 30 * 24 * 60))
            is_known = local_day(at) <= LAST_DAY
            changes.append(
                Change(at if is_known else lead.created_at + timedelta(minutes=1), lead, "Working")
            )
    return changes


def _redealt(random: Random, passes: list[Pass]) -> list[Change]:
    """Give leads that were decided to somebody else on one day, and back on another."""
    busy: set[str] = set()
    for one in passes:
        handoff = one.handoff
        ends = [*one.moments.values(), *(t.at for t in handoff.tries)] if handoff else []
        if handoff and handoff.decided_at:
            ends.append(handoff.decided_at)
        if any(REORGANISED_AT <= at < UNDONE_AT for at in ends):
            busy.add(one.lead.lead_id)
    working = [
        employee
        for region in REGIONS
        for employee in employees_on(local_day(UNDONE_AT), "sdr", region)
    ]
    changes: list[Change] = []
    for one in passes:
        lead = one.lead
        is_old = one.handoff is not None and one.handoff.assigned_at < REORGANISED_AT
        if one.number > 1 or not is_old or lead.lead_id in busy or lead.status == "Converted":
            continue
        other = random.choice([employee for employee in working if employee != lead.owner])
        changes.append(Change(REORGANISED_AT, lead, owner=other, changed_by=SDR_LEAD))
        changes.append(Change(UNDONE_AT, lead, owner=lead.owner, changed_by=SDR_LEAD))
    return changes


def _follow_up(random: Random, passes: list[Pass], rows: Rows) -> None:
    """Tries before the decision, and the meeting in which a lead was qualified."""
    numbers = count(1)

    def act(
        at: datetime, kind: str, one: Pass, is_two_way: bool, is_automated: bool = False
    ) -> None:
        rows.add(
            "follow_ups",
            activity_id=f"FU-{next(numbers):05d}",
            occurred_at=utc(at),
            activity_type=kind,
            employee_id=one.lead.owner,
            lead_id=one.lead.lead_id,
            direction="two_way" if is_two_way else "one_way",
            purpose="follow_up",
            is_automated=is_automated,
        )

    for one in passes:
        for attempt in one.handoff.tries if one.handoff else ():
            act(attempt.at, attempt.kind, one, attempt.is_two_way, attempt.is_automated)
        if "sql" in one.moments and random.random() < 0.7:
            act(one.moments["sql"] - timedelta(minutes=30), "meeting", one, True)


def _nurture(random: Random, passes: list[Pass], rows: Rows) -> None:
    """Lessons for leads that Sales gave back; nobody who unsubscribed gets one."""
    gone = {
        row["lead_id"]: row["unsubscribed_at"]
        for row in rows.delivered["message_sends"]
        if row["unsubscribed_at"]
    }
    numbers = count(1)
    for one in passes:
        lead, returned_at = one.lead, one.returned_at
        if returned_at is None or not lead.email or lead.exclusion or random.random() < 0.3:
            continue
        for lesson in range(NURTURE_LETTERS):
            day = local_day(returned_at) + timedelta(days=7 + 14 * lesson)
            at = moment_on(random, day, 9, 10)
            if not FIRST_DAY <= day <= LAST_DAY or (
                lead.lead_id in gone and gone[lead.lead_id] <= at
            ):
                break
            clicked = utc(at + timedelta(minutes=random.randint(2, 2000)))
            is_clicked = random.random() < 0.18 and local_day(clicked) <= LAST_DAY
            rows.add(
                "message_sends",
                message_send_id=f"MN-{next(numbers):05d}",
                sent_at=utc(at),
                programme="planning_course",
                rule="returned_by_sales",
                campaign_id="CMP-07",
                content_asset_id=COURSE,
                person_id=lead.person.person_id if lead.person else "",
                lead_id=lead.lead_id,
                email=lead.email.strip(),
                is_delivered=True,
                clicked_at=clicked if is_clicked else None,
            )
            rows.plant(
                "send", month=day.replace(day=1), programme="planning_course", is_delivered=True,
                is_clicked=is_clicked, is_unsubscribed=False,
            )  # fmt: skip
