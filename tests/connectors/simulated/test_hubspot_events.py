"""Who registered for a marketing event, and who came, are touches of people with an address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from orchestration.connectors import vendors
from orchestration.connectors.hubspot.objects import hubspot_objects
from sample_company.simulators.hubspot.marketing import STATES
from sample_company.simulators.hubspot.portal import Portal
from tests.connectors.simulated.test_hubspot import Meeting, meet

HELD = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
TYPES = {"REGISTERED": "event_registration", "ATTENDED": "event"}
COLUMNS = "_record_id, touched_at, touch_type, email, person_id, source_field"


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Meeting]:
    """An account with an event of October and one of a year before."""
    others = sorted(hubspot_objects().keys() - {"event_participations"})
    for meeting in meet(Portal(), tmp_path, leave_out=others):
        meeting.simulator.now = meeting.portal.clock.now  # type: ignore[method-assign]
        for name, start in (("Fair", HELD), ("Old fair", HELD - timedelta(days=365))):
            end = start + timedelta(hours=8)
            meeting.portal.marketing.add_event(name, start, end, start - timedelta(days=60))
        yield meeting


def event(account: Meeting, name: str = "Fair") -> str:
    things = account.portal.marketing.events.values()
    return next(each.id for each in things if each.name == name)


def come(account: Meeting, state: str, who: str, name: str = "Fair") -> str:
    return account.portal.marketing.take_part(
        event(account, name), state, f"10{who}", f"{who}@a.example", HELD
    )


def touches(account: Meeting) -> list[tuple[Any, ...]]:
    return account.rows("event_participations", COLUMNS)


def truth(account: Meeting) -> list[tuple[Any, ...]]:
    marketing = account.portal.marketing
    return sorted(
        (each.id, each.at, TYPES[each.state], each.email, each.contact,
         marketing.events[each.event].name)
        for kept in marketing.participations.values()
        for each in kept
        if each.state in TYPES
    )  # fmt: skip


def asked(account: Meeting) -> int:
    return sum("/breakdown" in line.path for line in account.simulator.log)


def test_who_registers_and_who_comes_are_touches(account: Meeting) -> None:
    registered = come(account, "REGISTERED", "ann")
    came = come(account, "ATTENDED", "ann")
    for state in ("CANCELLED", "NO_SHOW"):
        come(account, state, "bob")
    account.clean_pull()
    assert touches(account) == [
        (registered, HELD, "event_registration", "ann@a.example", "10ann", "Fair"),
        (came, HELD, "event", "ann@a.example", "10ann", "Fair"),
    ]
    assert asked(account) == 1, "nobody has anything to do with the old one"
    account.portal.clock.advance(timedelta(hours=1))
    assert account.clean_pull().changed["event_participations"] == 0


def test_news_come_with_the_next_run_and_what_left_no_trace_with_the_sweep(
    account: Meeting,
) -> None:
    first = come(account, "ATTENDED", "ann", "Old fair")
    for _ in range(2):  # the second one looks back behind the first
        account.clean_pull()
        account.portal.clock.advance(timedelta(hours=2))
    begun = asked(account)
    account.clean_pull()
    assert asked(account) == begun, "an event that is long over and unchanged is not asked for"
    come(account, "ATTENDED", "bob", "Old fair")
    come(account, "REGISTERED", "eve")
    account.portal.clock.advance(timedelta(hours=1))
    account.clean_pull()
    assert touches(account) == truth(account)
    account.portal.marketing.forget_part(event(account, "Old fair"), first)
    account.portal.clock.advance(timedelta(hours=1))
    account.clean_pull()
    assert len(touches(account)) == len(truth(account)) + 1
    account.portal.clock.advance(timedelta(days=8))
    account.clean_pull()
    assert touches(account) == truth(account)


def test_a_state_that_nobody_knows_is_red_until_it_is_said_what_it_is(account: Meeting) -> None:
    come(account, "ATTENDED", "ann")
    STATES["WAITLISTED"] = "registrants"
    try:
        come(account, "WAITLISTED", "bob")
    finally:
        del STATES["WAITLISTED"]
    [problem] = account.pull().problems
    assert "field attendance_state holds 'WAITLISTED'" in problem
    assert "event_participations: {touch_type: {WAITLISTED: …}}" in problem
    assert touches(account) == []
    options = dict(account.options)
    options["value_aliases"] = {"event_participations": {"touch_type": {"WAITLISTED": "CANCELLED"}}}
    again = Meeting(account.portal, account.simulator, account.home, options)
    again.clean_pull()
    assert [row[2] for row in touches(again)] == ["event"]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_a_sweep_makes_it_the_truth(account: Meeting, seed: int) -> None:
    chance, marketing = Random(seed), account.portal.marketing
    for _ in range(4):
        for number in range(chance.randrange(30)):
            name = chance.choice(("Fair", "Old fair"))
            part = come(account, chance.choice(list(STATES)), f"p{number}", name)
            if chance.random() < 0.2:
                marketing.forget_part(event(account, name), part)
        account.portal.clock.advance(timedelta(hours=chance.randrange(1, 90)))
        account.clean_pull()
    account.portal.clock.advance(timedelta(days=8))
    account.clean_pull()
    assert touches(account) == truth(account)
    before = touches(account)
    connector = account.source.connector
    assert connector is not None
    vendors.replay(account.context(), connector)
    assert touches(account) == before
