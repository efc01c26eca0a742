"""`concord worklist` shows open hand-offs only, most urgent first, in the owner's zone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from click.testing import CliRunner, Result

from orchestration.cli import worklist
from orchestration.cli.exit_codes import INVALID_INPUT, RUN_FAILED
from orchestration.cli.main import COMMANDS

MARTS = """
    create schema core;
    create schema funnel;
    create table core.dim_employee as
        from (values ('e1', 'Ada Rep'), ('e2', 'Ben Rep')) as t (employee_key, full_name);
    create table core.dim_channel as
        from (values ('c1', 'webinar')) as t (channel_key, channel_name);
    create table funnel.fct_handoff (
        owner_employee_key varchar, channel_key varchar, time_zone varchar, source_id varchar,
        segment varchar, decision varchar, is_breached boolean, clock_started_at timestamp,
        first_human_touch_at timestamp, due_at timestamp
    );
"""
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
HANDOFFS = [
    ("e1", BERLIN, "L-late", "open", True, None, "2026-10-29 15:00"),
    ("e1", BERLIN, "L-soon", "open", False, None, "2026-11-02 09:30"),
    ("e1", BERLIN, "L-answered", "open", False, "2026-10-30 08:00", "2026-10-29 12:00"),
    ("e1", BERLIN, "L-accepted", "accepted", False, "2026-10-30 08:00", "2026-10-30 12:00"),
    ("e2", NEW_YORK, "L-west", "open", False, None, "2026-11-02 15:00"),
    (None, BERLIN, "L-queue", "open", False, None, None),
]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings = SimpleNamespace(published_dir=tmp_path, current_dir=tmp_path)
    monkeypatch.setattr(worklist, "settings_or_stop", lambda: settings)
    groups = (SimpleNamespace(kpi_group="demand", as_of_date=date(2026, 10, 30)),)
    manifest = SimpleNamespace(as_of_date=date(2026, 10, 31), groups=groups)
    monkeypatch.setattr(worklist, "current_manifest", lambda _: manifest)
    monkeypatch.setattr(worklist.console, "width", 200)
    return tmp_path


def fill(place: Path, rows: list[tuple[object, ...]]) -> None:
    with duckdb.connect(str(place / "marts.duckdb")) as connection:
        connection.execute(MARTS)
        for owner, zone, lead, decision, is_breached, touched, due in rows:
            connection.execute(
                "insert into funnel.fct_handoff values (?, 'c1', ?, ?, 'enterprise', ?, ?, "
                "'2026-10-29 08:00', ?, ?)",
                [owner, zone, lead, decision, is_breached, touched, due],
            )


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(worklist.command, arguments)


def test_open_hand_offs_by_owner_most_urgent_first(place: Path) -> None:
    fill(place, HANDOFFS)
    shown = ask().output
    # The date is the one of the group: it may be held while others went on.
    assert "5 open, 1 overdue as of 2026-10-30" in shown
    order = ["Ada Rep", "L-late", "L-soon", "L-answered", "Ben Rep", "L-west", "nobody", "L-queue"]
    places = [shown.index(word) for word in order]
    assert places == sorted(places)
    assert "L-accepted" not in shown
    states = {line.split()[0]: line.split()[-1] for line in shown.splitlines() if "L-" in line}
    assert states == {
        "L-late": "overdue", "L-soon": "due", "L-answered": "answered", "L-west": "due",
        "L-queue": "promise",
    }  # fmt: skip


def test_times_are_those_of_the_owner(place: Path) -> None:
    fill(place, HANDOFFS)
    lines = {line.split()[0]: line for line in ask().output.splitlines() if "L-" in line}
    assert "29 Oct 16:00" in lines["L-late"]
    assert "02 Nov 10:00" in lines["L-west"]
    assert "29 Oct 04:00" in lines["L-west"]  # daylight saving time ended in between
    assert f"Ben Rep ({NEW_YORK})" in ask().output


def test_one_owner(place: Path) -> None:
    fill(place, HANDOFFS)
    shown = ask("--owner", "ben").output
    assert "L-west" in shown
    assert "1 open, 0 overdue" in shown
    assert "L-late" not in shown


def test_an_owner_without_any(place: Path) -> None:
    fill(place, HANDOFFS)
    result = ask("--owner", "Zoe")
    assert result.exit_code == INVALID_INPUT
    assert "Ada Rep, Ben Rep, nobody" in result.stderr.replace("\n", " ")


def test_nothing_is_open(place: Path) -> None:
    fill(place, [HANDOFFS[3]])
    assert "No hand-off is open as of 2026-10-30" in ask().output
    assert ask("--owner", "Zoe").exit_code == 0


def test_a_version_without_hand_offs(place: Path) -> None:
    duckdb.connect(str(place / "marts.duckdb")).close()
    result = ask()
    assert result.exit_code == RUN_FAILED
    assert "concord run" in result.stderr


def test_nothing_is_published(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "current_manifest", lambda _: None)
    result = ask()
    assert result.exit_code == RUN_FAILED
    assert "Nothing is published" in result.stderr


def test_it_is_listed() -> None:
    assert "open hand-offs" in COMMANDS["worklist"]
