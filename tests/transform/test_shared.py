"""What dbt made is shared by homes, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.transform import shared


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What one home made, in an installation of its own."""
    monkeypatch.setattr(shared, "FOLDER", tmp_path / "installation" / "compiled")
    target = tmp_path / "one"
    target.mkdir()
    for name in shared.FILES:
        (target / name).write_text(f"made: {name}")
    return target


def other_home(tmp_path: Path) -> Path:
    target = tmp_path / "other"
    target.mkdir()
    return target


def test_another_home_takes_what_one_gave(made: Path, tmp_path: Path) -> None:
    other = other_home(tmp_path)
    assert not shared.take("state", other)
    shared.give("state", made)
    assert shared.take("state", other)
    assert {path.name: path.read_text() for path in other.iterdir()} == {
        name: f"made: {name}" for name in shared.FILES
    }
    assert not shared.take("another state", other)


def test_who_comes_second_changes_nothing(made: Path, tmp_path: Path) -> None:
    shared.give("state", made)
    (made / "manifest.json").write_text("made later")
    shared.give("state", made)
    other = other_home(tmp_path)
    assert shared.take("state", other)
    assert (other / "manifest.json").read_text() == "made: manifest.json"
    assert [path.name for path in shared.FOLDER.iterdir()] == ["state"]


def test_older_states_are_forgotten(made: Path, tmp_path: Path) -> None:
    for number in range(shared.KEPT + 2):
        shared.give(f"state {number}", made)
    assert len(list(shared.FOLDER.iterdir())) == shared.KEPT
    assert shared.take(f"state {shared.KEPT + 1}", other_home(tmp_path))


def test_a_folder_that_cannot_be_written_is_no_error(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setattr(shared, "FOLDER", blocked / "compiled")
    shared.give("state", made)
    assert not shared.take("state", other_home(tmp_path))
