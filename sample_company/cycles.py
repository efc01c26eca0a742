"""The truth about people: which ids are whose, in which cycle they were, what came of hand-offs.

A cycle ends when Sales gives the person back (rejected, recycled, expired); whatever begins after
that, a pass of a lead or a deal of its own, opens the next. A lost deal ends no cycle.

Belongs here: the planted tables identity, stage, cycle and handoff. Does not: what happened
(handoffs).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from sample_company.buyers import (
    QUALIFIED_STATUSES,
    identity,
    identity_of_deal,
    identity_of_person,
)
from sample_company.catalogue import COUNTRIES
from sample_company.handoffs import Handoff, Pass, region_of, segment_of
from sample_company.lead_records import is_loaded
from sample_company.rows import Rows, utc
from sample_company.truth import deal_channel
from sample_company.world import ZONE, Deal, Lead, Person, World, local_day

MAIN_STAGES = ("known", "mql", "handed_off", "accepted", "sql", "opportunity", "won")
SIDE_STAGES = ("rejected", "recycled", "lost")
# Statuses of a lead that say a stage was reached even where no date does: the moment was never
# noted, or its deal is deleted.
UNDATED = {"MQL": "mql", "Converted": "opportunity"}


@dataclass
class Cycle:
    """What happened in one cycle of a human; a stage without a moment was reached undated."""

    number: int
    moments: dict[str, datetime | None] = field(default_factory=dict)
    returned_at: datetime | None = None
    new_leads: list[Lead] = field(default_factory=list)
    old_leads: list[Lead] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    loaded: set[str] = field(default_factory=set)

    def reach(self, stage: str, at: datetime | None) -> None:
        """Note a stage; the earliest moment counts."""
        known = self.moments.get(stage)
        self.moments[stage] = min(known, at) if known and at else known or at

    @property
    def mql_day(self) -> date | None:
        """Day on which the human was first seen in mql or a later stage; None for never.

        As for a buyer: what only a status says counts on the day its lead was created.
        """
        from_mql = MAIN_STAGES[MAIN_STAGES.index("mql") :]
        days = [local_day(at) for stage in from_mql if (at := self.moments.get(stage))]
        if not days:
            leads = [lead for lead in self.new_leads if lead.status in QUALIFIED_STATUSES]
            days = [local_day(lead.created_at) for lead in leads]
        return min(days, default=None)


@dataclass(frozen=True)
class _Start:
    at: datetime
    of_pass: Pass | None = None
    deal: Deal | None = None


def plant(world: World, passes: list[Pass], lost: dict[str, Person], rows: Rows) -> None:
    """Write the four tables; leads that count for nothing have identities and hand-offs only."""
    _identities(world, lost, rows)
    starts: dict[str, list[_Start]] = {}
    for one in passes:
        starts.setdefault(identity(one.lead), []).append(_Start(one.starts_at, of_pass=one))
    for deal in world.deals:
        human = identity_of_deal(deal)
        if human and not deal.is_deleted:
            starts.setdefault(human, []).append(_Start(deal.created_at, deal=deal))
    for human, begun in starts.items():
        begun.sort(key=lambda start: start.at)
        _live(human, begun, rows)


def _identities(world: World, lost: dict[str, Person], rows: Rows) -> None:
    for lead in world.leads:
        rows.plant("identity", source_entity="lead", source_id=lead.lead_id, human=identity(lead))
    people = {person.person_id: person for person in world.people} | lost
    for person_id, person in people.items():
        rows.plant(
            "identity", source_entity="person", source_id=person_id,
            human=identity_of_person(person),
        )  # fmt: skip


def _live(human: str, begun: list[_Start], rows: Rows) -> None:
    cycles = [Cycle(1)]
    cycle_of: dict[str, Cycle] = {}
    for start in begun:
        cycle = cycles[-1]
        deal, one = start.deal, start.of_pass
        if deal is not None and deal.lead is not None:
            cycle = cycle_of.get(deal.lead.lead_id, cycle)
        elif cycle.returned_at is not None and cycle.returned_at < start.at:
            cycle = Cycle(len(cycles) + 1)
            cycles.append(cycle)
        if one is not None:
            cycle_of.setdefault(one.lead.lead_id, cycle)
            (cycle.new_leads if one.number == 1 else cycle.old_leads).append(one.lead)
            _pass(human, one, cycle, rows)
        elif deal is not None:
            _deal(deal, cycle)
    lead = next((start.of_pass.lead for start in begun if start.of_pass), None)
    if lead is not None and not lead.exclusion:
        for cycle in cycles:
            _stages(human, cycle, rows)
            _cycle(human, cycle, rows)


def _pass(human: str, one: Pass, cycle: Cycle, rows: Rows) -> None:
    for stage, at in one.moments.items():
        cycle.reach(stage, at)
    if one.lead.status in UNDATED:
        cycle.reach(UNDATED[one.lead.status], None)
        if is_loaded(one.lead):
            cycle.loaded.add(UNDATED[one.lead.status])
    if one.handoff is not None:
        returned_at = one.handoff.returned_at
        if returned_at is not None:
            cycle.returned_at = max(cycle.returned_at or returned_at, returned_at)
        _handoff(human, one, one.handoff, cycle, rows)


def _handoff(human: str, one: Pass, handoff: Handoff, cycle: Cycle, rows: Rows) -> None:
    def at(moment: datetime | None) -> datetime | None:
        return utc(moment) if moment else None

    rows.plant(
        "handoff",
        lead_id=one.lead.lead_id,
        human=human,
        cycle=cycle.number,
        is_reportable=not one.lead.exclusion,
        assigned_at=utc(handoff.assigned_at),
        first_human_touch_at=at(handoff.first_human_touch_at),
        due_at=utc(handoff.due_at),
        decision=handoff.decision,
        decided_at=at(handoff.decided_at),
        reason=handoff.reason,
        returned_at=at(handoff.returned_at),
    )


def _deal(deal: Deal, cycle: Cycle) -> None:
    cycle.deals.append(deal)
    cycle.reach("opportunity", deal.created_at)
    if deal.is_won or deal.is_lost:
        cycle.reach("won" if deal.is_won else "lost", _start_of(deal.close_date))


def _start_of(day: date) -> datetime:
    """A deal is won on a day, which begins at midnight in the company's zone."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def _cycle(human: str, cycle: Cycle, rows: Rows) -> None:
    """One row: the day of the first lead that was created in it, and of the first mql.

    Channel, segment and region are that lead's, else those of the lead that came back, else those
    of the deal.
    """
    new = cycle.new_leads[0] if cycle.new_leads else None
    lead = new or next(iter(cycle.old_leads), None)
    if lead is not None:
        channel, segment, region = lead.channel, segment_of(lead) or "unknown", region_of(lead)
    else:
        deal = cycle.deals[0]
        channel, segment = deal_channel(deal), deal.account.segment
        region = COUNTRIES[deal.account.country][0]
    rows.plant(
        "cycle",
        human=human,
        cycle=cycle.number,
        channel=channel,
        segment=segment,
        region=region,
        lead_date=local_day(new.created_at) if new else None,
        mql_date=cycle.mql_day,
    )


def _stages(human: str, cycle: Cycle, rows: Rows) -> None:
    """One row for each stage up to the furthest, and for each side state."""
    reached = [stage for stage in MAIN_STAGES if stage in cycle.moments]
    furthest = MAIN_STAGES.index(reached[-1]) if reached else -1
    sides = [stage for stage in SIDE_STAGES if stage in cycle.moments]
    for stage in (*MAIN_STAGES[: furthest + 1], *sides):
        at = cycle.moments.get(stage)
        rows.plant(
            "stage",
            human=human,
            cycle=cycle.number,
            stage=stage,
            actual_at=utc(at) if at else None,
            is_skipped=stage not in cycle.moments,
            is_bulk_load=at is None and stage in cycle.loaded,
        )
