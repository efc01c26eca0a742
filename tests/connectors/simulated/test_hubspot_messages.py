"""Messages of marketing e-mails: what HubSpot tells of them, late and doubled, in one row each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors import limits, vendors
from orchestration.connectors.context import PullContext
from orchestration.connectors.hubspot import messages
from orchestration.connectors.landing import Landing
from sample_company.simulators import faults
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.simulator import server_error
from tests.connectors.simulated.test_hubspot import Meeting, meet

SENT = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
COLUMNS = "email, sent_at, programme, rule, is_delivered, clicked_at, unsubscribed_at"


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Meeting]:
    """An account with one campaign, read in pages of three events."""
    monkeypatch.setattr(limits, "FIRST_WAIT_SECONDS", 0.001)
    monkeypatch.setattr(messages, "_EVENTS_PAGE", 3)
    for meeting in meet(Portal(), tmp_path):
        # The moment of its answers is the account's own.
        meeting.simulator.now = meeting.portal.clock.now  # type: ignore[method-assign]
        yield meeting


def letter(account: Meeting, name: str = "Letter 2026-10") -> str:
    marketing = account.portal.marketing
    if not marketing.campaigns:
        marketing.add_campaign("Monthly letter", SENT)
    return marketing.add_email(name, "News", next(iter(marketing.campaigns)), SENT)


def note(account: Meeting, email: str, type_: str, who: str, minutes: float = 0) -> None:
    at = SENT + timedelta(minutes=minutes)
    account.portal.marketing.note(email, type_, f"{who}@a.example", at)


def sends(account: Meeting) -> list[tuple[Any, ...]]:
    return sorted(account.rows("message_sends", COLUMNS), key=lambda row: (row[0], row[1]))


def row(who: str, sent: float = 0, **more: Any) -> tuple[Any, ...]:
    def at(minutes: float | None) -> datetime | None:
        return None if minutes is None else SENT + timedelta(minutes=minutes)

    return (
        f"{who}@a.example", at(sent), "Monthly letter", more.get("rule", "Letter 2026-10"),
        more.get("delivered"), at(more.get("clicked")), at(more.get("gone")),
    )  # fmt: skip


def test_every_message_is_a_row_with_what_became_of_it(account: Meeting) -> None:
    email = letter(account)
    for who in ("ann", "bob", "cat", "dan", "eve"):
        note(account, email, "SENT", who)
    for who in ("ann", "cat", "dan"):
        note(account, email, "DELIVERED", who, 1)
    note(account, email, "BOUNCE", "bob", 1)
    note(account, email, "OPEN", "ann", 2)
    note(account, email, "CLICK", "cat", 5)
    note(account, email, "CLICK", "cat", 4)
    note(account, email, "STATUSCHANGE", "dan", 6)
    account.clean_pull()
    expected = [
        row("ann", delivered=True), row("bob", delivered=False),
        row("cat", delivered=True, clicked=4), row("dan", delivered=True, gone=6), row("eve"),
    ]  # fmt: skip
    assert sends(account) == expected
    asked = account.simulator.count("GET /email/public")
    assert asked == 5  # thirteen events
    (campaign,) = account.portal.marketing.campaigns
    assert account.rows("message_sends", "distinct campaign_id") == [(campaign,)]
    account.portal.clock.advance(timedelta(days=1))
    files = {path: path.stat().st_mtime_ns for path in account.home.rglob("*.parquet")}
    assert account.clean_pull().changed["message_sends"] == 0
    assert {path: path.stat().st_mtime_ns for path in account.home.rglob("*.parquet")} == files


def test_what_comes_later_changes_the_row_of_its_message(account: Meeting) -> None:
    first, second = letter(account), letter(account, "Letter 2026-11")
    note(account, first, "SENT", "ann")
    note(account, second, "SENT", "ann", 60)
    account.clean_pull()
    later = (account.portal.clock.now() - SENT).total_seconds() / 60 + 10
    account.portal.clock.advance(timedelta(days=2))
    note(account, first, "CLICK", "ann", later)
    note(account, first, "STATUSCHANGE", "ann", later + 1)
    note(account, second, "DELIVERED", "ann", later)
    assert account.clean_pull().changed["message_sends"] == 2
    assert sends(account) == [
        row("ann", clicked=later, gone=later + 1),
        row("ann", 60, rule="Letter 2026-11", delivered=True),
    ]
    # An event that is told long after it happened comes with the sweep.
    note(account, first, "DELIVERED", "ann", 1)
    account.portal.clock.advance(timedelta(days=1))
    assert account.clean_pull().changed["message_sends"] == 0
    account.portal.clock.advance(timedelta(days=8))
    account.clean_pull()
    assert sends(account)[0] == row("ann", delivered=True, clicked=later, gone=later + 1)


def test_an_unsubscription_belongs_to_the_last_message_before_it(account: Meeting) -> None:
    email = letter(account)
    for minutes in (0, 100, 200):
        note(account, email, "SENT", "ann", minutes)
    note(account, email, "STATUSCHANGE", "ann", 150)
    note(account, email, "CLICK", "ann", 250)
    account.clean_pull()
    assert sends(account) == [row("ann"), row("ann", 100, gone=150), row("ann", 200, clicked=250)]


def test_faults_and_kills_leave_no_gap(account: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    email = letter(account)
    for number in range(10):
        note(account, email, "SENT", f"p{number}")
        note(account, email, "DELIVERED", f"p{number}", 1)
    account.simulator.faults.by_chance([faults.CUT, faults.TRUNCATED, server_error(502)], 0.2, 7)
    settle = Landing.settle

    def killed(landing: Landing, rewrite: bool = False) -> int:
        if landing.folder.name == "message_sends":
            raise KeyboardInterrupt
        return settle(landing, rewrite)

    with monkeypatch.context() as patch:
        patch.setattr(Landing, "settle", killed)
        with pytest.raises(KeyboardInterrupt):
            account.pull()
    account.simulator.faults.clear()
    assert sends(account) == []
    account.clean_pull()
    assert sends(account) == [row(f"p{number}", delivered=True) for number in range(10)]


@pytest.fixture
def convention(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Meeting]]:
    """An account read with e-mail names in parts, and campaigns by their utm codes."""
    monkeypatch.setattr(limits, "FIRST_WAIT_SECONDS", 0.001)
    with ExitStack() as stack:

        def begin(**fields: str) -> Meeting:
            met = contextmanager(meet)(Portal(), tmp_path, fields={"email_events": fields})
            return stack.enter_context(met)

        yield begin


def test_an_email_s_name_in_parts_and_its_campaign_s_code_fill_fields(
    convention: Callable[..., Meeting],
) -> None:
    account = convention(
        programme="email_name_part_1", rule="email_name_part_2",
        content_asset_id="email_name_part_3", campaign_id="campaign_utm",
    )  # fmt: skip
    marketing = account.portal.marketing
    coded = marketing.add_campaign("Letters", SENT, utm="CMP-06")
    plain = marketing.add_campaign("Others", SENT)
    emails = [
        marketing.add_email("letter|subscribed | CA-15 | 2026-10", "News", coded, SENT),
        marketing.add_email("Only a name", "News", plain, SENT),
        marketing.add_email("course | ", "News", "", SENT),
    ]
    for email, who in zip(emails, ("ann", "bob", "cat"), strict=True):
        note(account, email, "SENT", who)
    account.clean_pull()
    columns = "email, programme, rule, content_asset_id, campaign_id"
    expected = [
        ("ann@a.example", "letter", "subscribed", "CA-15", "CMP-06"),
        ("bob@a.example", "Only a name", None, None, None),
        ("cat@a.example", "course", None, None, None),
    ]
    assert sorted(account.rows("message_sends", columns)) == expected
    context = PullContext(
        "marketing", account.state, account.source.options.folder, account.home / "raw_pages",
        {}, time.monotonic() + 60,
    )  # fmt: skip
    assert account.source.connector is not None
    vendors.replay(context, account.source.connector)
    assert sorted(account.rows("message_sends", columns)) == expected


def test_campaigns_are_asked_for_only_where_their_code_is_wanted(account: Meeting) -> None:
    note(account, letter(account), "SENT", "ann")
    before = account.simulator.count("GET /marketing/v3/campaigns")
    account.clean_pull()
    # The object campaigns itself.
    assert account.simulator.count("GET /marketing/v3/campaigns") == before + 1


def test_a_property_that_no_message_has_is_named(convention: Callable[..., Meeting]) -> None:
    account = convention(rule="email_nam", programme="email_name_part_0")
    note(account, letter(account), "SENT", "ann")
    (problem,) = account.pull().problems
    assert "email_nam, email_name_part_0" in problem or "email_name_part_0, email_nam" in problem
    assert "campaign_utm" in problem
    assert "options.fields.email_events" in problem
    # `concord check --connect` says so before.
    context = PullContext(
        "marketing", account.state, account.source.options.folder, account.home / "raw_pages",
        {"HUBSPOT_TOKEN": account.simulator.auth.private_token}, time.monotonic() + 60,
    )  # fmt: skip
    assert account.source.connector is not None
    assert any(
        "email_nam" in text for text in vendors.probe(context, account.source.connector).problems
    )


def test_a_replay_says_the_same_without_asking(account: Meeting) -> None:
    email = letter(account)
    note(account, email, "SENT", "ann")
    account.clean_pull()
    account.portal.clock.advance(timedelta(days=1))
    note(account, email, "DELIVERED", "ann", (24 * 31) * 60)
    account.clean_pull()
    before = sends(account)
    asked = account.simulator.count()
    context = PullContext(
        "marketing", account.state, account.source.options.folder, account.home / "raw_pages",
        {}, time.monotonic() + 60,
    )  # fmt: skip
    assert account.source.connector is not None
    assert vendors.replay(context, account.source.connector)["message_sends"] == 1
    assert sends(account) == before
    assert account.simulator.count() == asked
