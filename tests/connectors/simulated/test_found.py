"""What random histories found: each a test of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.state import StateStore
from tests.connectors.simulated.conftest import Meeting, meet
from tests.connectors.simulated.delivered import assert_equal, live_rows
from tests.connectors.simulated.life import OPTIONS, young_organisation


@pytest.fixture
def meeting(tmp_path: Path) -> Iterator[Meeting]:
    yield from meet(young_organisation(), tmp_path, **OPTIONS)


def later(meeting: Meeting, **amount: float) -> None:
    meeting.organisation.clock.advance(timedelta(**amount))


def test_what_a_killed_first_pull_delivered_is_swept_too(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = meeting.organisation
    product = organisation.create("Product2", Name="short-lived")
    later(meeting, hours=1)
    save = StateStore.save_connector_object

    def killed(store: StateStore, known: Any) -> None:
        if known.object_name == "Product2" and known.cursor_at is not None:
            raise KeyboardInterrupt
        save(store, known)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(StateStore, "save_connector_object", killed)
        meeting.pulling.pull()
    assert list(live_rows(meeting, "products")) == [product]
    organisation.hard_delete("Product2", product)
    later(meeting, hours=1)
    meeting.pull()
    assert live_rows(meeting, "products") == {}


def test_history_that_a_merge_moved_is_found_by_the_sweep(meeting: Meeting) -> None:
    organisation = meeting.organisation
    master, loser = (
        organisation.create("Lead", LastName=name, Company="x", Status="New") for name in "ab"
    )
    later(meeting, minutes=1)
    organisation.update("Lead", loser, Status="MQL")
    later(meeting, hours=1)
    meeting.pull()
    organisation.merge("Lead", master, [loser])
    later(meeting, days=8)
    meeting.pull()
    assert [row["lead_id"] for row in live_rows(meeting, "lead_history").values()] == [master]
    assert_equal(meeting)


def test_a_loser_that_is_taken_out_of_the_bin_is_merged_no_more(meeting: Meeting) -> None:
    organisation = meeting.organisation
    master, loser = (organisation.create("Account", Name=name) for name in "ab")
    organisation.merge("Account", master, [loser])
    later(meeting, hours=1)
    meeting.pull()
    assert list(live_rows(meeting, "account_merges")) == [loser]
    organisation.undelete("Account", loser)
    later(meeting, hours=1)
    meeting.pull()
    assert live_rows(meeting, "account_merges") == {}
    assert sorted(live_rows(meeting, "accounts")) == sorted([master, loser])
