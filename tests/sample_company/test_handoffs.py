"""Hand-offs agree with what the CRM's exports say, whatever the seed, and the clock is right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from sample_company.handoffs import STAGE_OF, Pass, pass_on
from sample_company.lead_records import Change, note
from sample_company.rows import Rows
from sample_company.story import SEED, tell_story
from sample_company.working_hours import after_work, days_to_answer, promised
from sample_company.world import LAST_DAY, World, local_day

SEEDS = (SEED, SEED + 10_007, 29)
Told = tuple[World, list[Pass], Rows]


@pytest.fixture(scope="module", params=SEEDS)
def told(request: pytest.FixtureRequest) -> Told:
    world, rows = tell_story(request.param), Rows()
    passes = pass_on(Random("handoffs"), world)  # noqa: S311 (a story, not a secret)
    note(Random("records"), world, passes, rows)  # noqa: S311 (a story, not a secret)
    return world, passes, rows


def test_the_first_pass_has_the_moments_of_the_crm(told: Told) -> None:
    world, passes, _ = told
    first = {one.lead.lead_id: one.moments for one in passes if one.number == 1}
    for lead in world.leads:
        stamped = {STAGE_OF[step]: at for step, at in lead.moments.items()}
        added = set(first[lead.lead_id]) - set(stamped)
        assert first[lead.lead_id].items() >= stamped.items()
        assert added <= {"known", "recycled"}


def test_a_lead_ends_as_the_crm_shows_it(told: Told) -> None:
    world, _, rows = told
    status: dict[str, str] = {}
    owner: dict[str, str] = {}
    reason: dict[str, str] = {}
    for row in rows.delivered["lead_history"]:
        status[row["lead_id"]] = row["lead_status"] or status.get(row["lead_id"], "")
        owner[row["lead_id"]] = row["owner_employee_id"] or owner.get(row["lead_id"], "")
        if row["lead_status"] == "Rejected":
            reason[row["lead_id"]] = row["reason"]
    for lead in world.leads:
        if lead.lead_id in status:
            assert (status[lead.lead_id], owner[lead.lead_id]) == (lead.status, lead.owner)
        assert reason.get(lead.lead_id, "") == lead.rejection_reason
        # Without history there is no date: new ones, and some statuses nobody dated.
        assert lead.lead_id in status or lead.status == "New" or not lead.moments


def test_passes_follow_each_other_within_the_three_years(told: Told) -> None:
    _, passes, _ = told
    by_lead: dict[str, list[Pass]] = {}
    for one in passes:
        by_lead.setdefault(one.lead.lead_id, []).append(one)
        handoff = one.handoff
        ends = (
            [*one.moments.values(), *(attempt.at for attempt in handoff.tries)] if handoff else []
        )
        assert all(local_day(at) <= LAST_DAY for at in ends)
        if handoff is not None and handoff.decided_at is not None:
            assert (
                handoff.assigned_at
                < handoff.decided_at
                <= (handoff.returned_at or handoff.decided_at)
            )
            humans = [attempt.at for attempt in handoff.tries if not attempt.is_automated]
            assert all(handoff.assigned_at < at <= handoff.decided_at for at in humans)
    for followed in by_lead.values():
        for earlier, again in pairwise(followed):
            assert earlier.returned_at is not None
            assert earlier.returned_at < again.starts_at


def test_a_lead_changes_once_at_a_moment(told: Told) -> None:
    rows = told[2].delivered["lead_history"]
    assert len({(row["lead_id"], row["changed_at"]) for row in rows}) == len(rows)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("assigned", "hours", "due"),
    [
        # Winter in Berlin: at work from 08:00 to 17:00 UTC, on Fridays to 15:00.
        ("2026-01-14 09:00", 4, "2026-01-14 13:00"),
        ("2026-01-14 05:00", 4, "2026-01-14 12:00"),
        ("2026-01-14 15:30", 4, "2026-01-15 10:30"),
        ("2026-01-14 13:00", 4, "2026-01-14 17:00"),
        ("2026-01-16 14:00", 4, "2026-01-19 11:00"),
        ("2026-01-17 12:00", 2, "2026-01-19 10:00"),
        # 25 and 26 December are holidays, 27 and 28 a weekend; 24 is the company's own.
        ("2025-12-23 16:00", 2, "2025-12-29 09:00"),
        # Summer time begins between them.
        ("2026-03-27 14:00", 2, "2026-03-30 08:00"),
        ("2026-01-14 09:00", 20, "2026-01-16 11:00"),
    ],
)
def test_the_clock_runs_at_work_only(assigned: str, hours: int, due: str) -> None:
    assert after_work(at(assigned), timedelta(hours=hours)) == at(due)


def test_what_was_promised_is_read_from_the_company_folder() -> None:
    assert promised("enterprise") == timedelta(hours=2)
    assert promised("mid_market") == timedelta(hours=4)
    assert promised("small_business") == timedelta(hours=8)
    assert days_to_answer() == 14


def test_a_change_says_only_what_changed() -> None:
    lead = tell_story().leads[0]
    change = Change(lead.created_at, lead, "MQL")
    assert (change.owner, change.reason, change.changed_by) == ("", "", "")
