"""What becomes of leads between Marketing and Sales: passes, answers, returns and re-entry.

A pass is one way of a lead through the funnel. The CRM stamps the moments of the first one and
shows status and owner of the last: what happens here fits both, and adds what neither can say.

Belongs here: what happens. Does not: rows of the systems that noted it (lead_records), or cycles
of people (cycles).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sample_company import catalogue as cat
from sample_company.buyers import identity
from sample_company.decisions import employees_on
from sample_company.working_hours import after_work, days_to_answer, promised
from sample_company.world import (
    LAST_DAY,
    Lead,
    World,
    later,
    local_day,
    moment_on,
    working_day,
)

# Name of the stage of each moment that the CRM stamps.
STAGE_OF = {
    "mql_at": "mql",
    "handed_off_at": "handed_off",
    "accepted_at": "accepted",
    "qualified_at": "sql",
    "rejected_at": "rejected",
}
RETURN_REASONS = ("no_budget", "no_need", "not_reachable")
# Who says one of these may be worth another try.
WORTH_A_TRY = ("no_budget", "wrong_contact", "not_reachable")
ANSWERED_IN_TIME, ANSWERED_LATE = 0.58, 0.2
NEVER_TRIED = 0.5
COMES_BACK = 0.45


@dataclass
class Try:
    """One act of Sales Development towards a lead."""

    at: datetime
    kind: str
    is_two_way: bool = False
    is_automated: bool = False


@dataclass
class Handoff:
    """What Sales did with a lead that it was given; decided by nobody while it is open."""

    assigned_at: datetime
    due_at: datetime
    decision: str = "open"
    decided_at: datetime | None = None
    reason: str = ""
    returned_at: datetime | None = None
    first_human_touch_at: datetime | None = None
    tries: list[Try] = field(default_factory=list)


@dataclass
class Pass:
    """One way of a lead through the funnel: its moments by stage."""

    lead: Lead
    number: int
    moments: dict[str, datetime]
    handoff: Handoff | None = None

    @property
    def starts_at(self) -> datetime:
        """The first moment of it."""
        return min(self.moments.values())

    @property
    def returned_at(self) -> datetime | None:
        """When Sales gave the lead back; None while Sales has it, or never had it."""
        return self.handoff.returned_at if self.handoff else None


def segment_of(lead: Lead) -> str:
    """Segment of a lead, or of its account where the form was short."""
    return lead.segment or (lead.account.segment if lead.account else "")


def region_of(lead: Lead) -> str:
    """Region of a lead, or of its account where the form was short, or `unknown`."""
    country = lead.country or (lead.account.country if lead.account else "")
    return cat.COUNTRIES[country][0] if country else "unknown"


def pass_on(random: Random, world: World) -> list[Pass]:
    """Live through the passes of all leads; those of a lead follow each other."""
    passes: list[Pass] = []
    humans: dict[str, int] = {}
    for lead in world.leads:
        human = identity(lead)
        humans[human] = humans.get(human, 0) + 1
    for lead in world.leads:
        stamped = {STAGE_OF[step]: at for step, at in lead.moments.items()}
        first = Pass(lead, 1, {"known": lead.created_at, **stamped})
        passes.append(first)
        if "handed_off" in stamped:
            # Somebody who wrote twice comes back with the second lead, not with the first.
            is_alone = humans[identity(lead)] == 1
            _decide_first(random, first, is_alone)
            again = _come_back(random, first) if is_alone else None
            if again is not None:
                passes.append(again)
    return passes


def _hand_off(lead: Lead, at: datetime) -> Handoff:
    return Handoff(at, after_work(at, promised(segment_of(lead))))


def _decide_first(random: Random, first: Pass, is_alone: bool) -> None:
    """Say what the CRM's own dates cannot: tries, a return, an answer that never came."""
    lead, moments = first.lead, first.moments
    handoff = first.handoff = _hand_off(lead, moments["handed_off"])
    if "rejected" in moments:
        _reject(handoff, moments["rejected"], lead.rejection_reason)
    elif "accepted" in moments:
        handoff.decision, handoff.decided_at = "accepted", moments["accepted"]
        was_given_back = lead.status == "Recycled" or (
            is_alone and lead.status == "Accepted" and random.random() < 0.3
        )
        if was_given_back:
            _give_back(random, first, handoff)
    else:
        _wait(handoff)
    _try(random, handoff)


def _reject(handoff: Handoff, at: datetime, reason: str) -> None:
    """Sales says no, and with that the lead is Marketing's again."""
    handoff.decision, handoff.reason = "rejected", reason
    handoff.decided_at = handoff.returned_at = at


def _give_back(random: Random, one: Pass, handoff: Handoff) -> None:
    """Return a lead that was accepted to Marketing, unless that lies after the last day.

    A lead that is recycled today has been, however late it was accepted.
    """
    accepted_at = one.moments["accepted"]
    at = later(random, accepted_at, 5, 60, 20)
    if local_day(at) > LAST_DAY:
        if one.lead.status != "Recycled":
            return
        at = accepted_at + timedelta(minutes=random.randint(20, 90))
    handoff.returned_at = one.moments["recycled"] = at
    handoff.reason = random.choice(RETURN_REASONS)


def _wait(handoff: Handoff) -> None:
    """Nobody decides: after the window the hand-off has expired and Marketing has the lead."""
    at = handoff.assigned_at + timedelta(days=days_to_answer())
    if local_day(at) <= LAST_DAY:
        handoff.decision, handoff.decided_at, handoff.returned_at = "expired", at, at
        handoff.reason = "expired"


def _try(random: Random, handoff: Handoff) -> None:
    """Let Sales Development answer: in time, late, or with its decision alone."""
    assigned_at, decided_at = handoff.assigned_at, handoff.decided_at
    if random.random() < 0.4:
        at = assigned_at + timedelta(minutes=random.randint(1, 10))
        handoff.tries.append(Try(at, "email", is_automated=True))
    has_decision = handoff.decision in ("accepted", "rejected")
    luck = random.random()
    if has_decision or luck >= NEVER_TRIED:
        _touch(random, handoff, random.random())
    if has_decision and decided_at is not None:
        # The call in which it was decided is in the CRM.
        handoff.first_human_touch_at = min(handoff.first_human_touch_at or decided_at, decided_at)


def _touch(random: Random, handoff: Handoff, luck: float) -> None:
    if luck < ANSWERED_IN_TIME:
        start, work = handoff.assigned_at, timedelta(minutes=random.randint(5, 110))
    elif luck < ANSWERED_IN_TIME + ANSWERED_LATE or handoff.decision in ("expired", "open"):
        start, work = handoff.due_at, timedelta(minutes=random.randint(10, 900))
    else:
        return
    at = after_work(start, work)
    last = handoff.decided_at
    if (last is not None and at >= last) or local_day(at) > LAST_DAY:
        return
    handoff.first_human_touch_at = at
    handoff.tries.append(Try(at, random.choice(("email", "email", "call"))))
    again = after_work(at, timedelta(minutes=random.randint(200, 1500)))
    if (last is None or again < last) and local_day(again) <= LAST_DAY and random.random() < 0.4:
        handoff.tries.append(Try(again, "call", random.random() < 0.25))


def _come_back(random: Random, first: Pass) -> Pass | None:
    """Months later: qualified again and handed off again, to the same owner; None if not."""
    lead, given_back = first.lead, first.handoff
    if given_back is None or given_back.returned_at is None:
        return None
    is_worth_it = given_back.decision != "rejected" or given_back.reason in WORTH_A_TRY
    # What is accepted today and was given back must have been accepted again.
    must = lead.status == "Accepted"
    if not must and (not is_worth_it or random.random() > COMES_BACK):
        return None
    mql_at = later(random, given_back.returned_at, 60, 200, 110)
    if given_back.decision == "expired" and random.random() < 0.5:
        # Marketing went through the forgotten ones: these are undecided on the last day.
        rummage = LAST_DAY - timedelta(days=random.randint(3, 11))
        if working_day(rummage) > local_day(given_back.returned_at) + timedelta(days=60):
            mql_at = moment_on(random, working_day(rummage))
    handed_off_at = later(random, mql_at, 0, 4, 0)
    again = Pass(lead, 2, {"mql": mql_at, "handed_off": handed_off_at})
    day = local_day(handed_off_at)
    fits = day <= LAST_DAY and lead.owner in employees_on(day, "sdr", region_of(lead))
    if fits and _decide_again(random, again):
        return again
    if must:  # It never left Sales after all.
        given_back.returned_at, given_back.reason = None, ""
        del first.moments["recycled"]
    return None


def _decide_again(random: Random, again: Pass) -> bool:
    """Decide the second hand-off so that the lead ends as the CRM shows it; False if it cannot."""
    lead, moments = again.lead, again.moments
    handoff = again.handoff = _hand_off(lead, moments["handed_off"])
    decided_at = later(random, moments["handed_off"], 0, 6, 1)
    if lead.status == "Assigned to sales":
        _wait(handoff)
    elif local_day(decided_at) > LAST_DAY:
        return False
    elif lead.status == "Rejected":
        moments["rejected"] = decided_at
        _reject(handoff, decided_at, lead.rejection_reason)
    else:
        moments["accepted"] = decided_at
        handoff.decision, handoff.decided_at = "accepted", decided_at
        if lead.status == "Recycled":
            _give_back(random, again, handoff)
    _try(random, handoff)
    if handoff.decision == "accepted" or "rejected" in moments:
        # The CRM notes the call of the first decision alone.
        handoff.tries.append(Try(decided_at, "call", handoff.decision == "accepted"))
    return True
