"""The repository keeps its own rules: one reader of the environment, small files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.conftest import ROOT

PYTHON_ROOMS = ("orchestration", "expectations", "dashboards", "sample_company")


def tracked() -> list[Path]:
    found = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in found.stdout.splitlines() if (ROOT / name).is_file()]


def python_files() -> list[Path]:
    return [path for room in PYTHON_ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def test_only_settings_reads_the_environment() -> None:
    reads = re.compile(r"os\.environ(?!\.update|\[[^\]]+\] = )|os\.getenv")
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in python_files()
        if reads.search(path.read_text())
    ]
    assert readers == ["orchestration/settings.py"]


def test_rooms_keep_their_distance() -> None:
    forbidden = {
        "expectations": r"^\s*(import|from) (dagster|orchestration|dashboards)\b",
        "dashboards": r"^\s*(import|from) (dagster|orchestration|expectations)\b",
        "orchestration": r"^\s*(import|from) (sample_company|tests)\b",
        "sample_company": r"^\s*(import|from) (orchestration|expectations|dashboards|tests)\b",
    }
    wrong = [
        f"{path.relative_to(ROOT)}: {match.group(0).strip()}"
        for room, pattern in forbidden.items()
        for path in sorted((ROOT / room).rglob("*.py"))
        for match in re.finditer(pattern, path.read_text(), re.M)
    ]
    assert wrong == []


def test_nothing_of_the_pipeline_reads_the_truth() -> None:
    rooms = ("orchestration", "expectations", "dashboards", "dbt_project", "company")
    readers = [
        path
        for room in rooms
        for path in (ROOT / room).rglob("*")
        if path.is_file()
        and path.suffix in (".py", ".sql", ".yml", ".csv")
        and re.search(r"truth\.json|sample_company/truth|sample_dir / .truth", path.read_text())
    ]
    assert readers == []


def test_modules_say_what_they_are_for_and_stay_small() -> None:
    wrong = []
    for path in python_files():
        text = path.read_text()
        if text.strip() and not text.startswith(('"""', 'r"""')):
            wrong.append(f"{path.relative_to(ROOT)}: no docstring")
        if len(text.splitlines()) > 400:
            wrong.append(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
    assert wrong == []


def test_locks_have_hashes_and_name_no_index() -> None:
    for name in ("installer", "runtime", "development"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        packages = re.findall(r"^[A-Za-z0-9_.\[\]-]+==\S+", text, re.M)
        assert packages
        assert text.count("--hash=sha256:") >= len(packages)
        assert "://" not in text
        assert "index-url" not in text


def test_no_path_of_one_machine_is_committed() -> None:
    own = Path(__file__).name
    stray = re.compile(r"(?<![\w./-])/(?:home|root|Users|work|mnt)/")
    wrong = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in tracked()
        if path.suffix in (".py", ".sql", ".yml", ".md", ".toml", ".sh", "") and path.name != own
        for match in [stray.search(path.read_text(errors="replace"))]
        if match
    ]
    assert wrong == []


def test_the_readme_is_short_and_its_links_hold() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= 150
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / target).exists(), target
    for folder in re.findall(r"^\| `([a-z_]+)/`", text, re.M):
        assert (ROOT / folder).is_dir(), folder


def test_make_help_lists_every_target() -> None:
    found = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in ("run", "test", "dev", "lint", "check", "upgrade"):
        assert f"make {target}" in found.stdout
