"""Simulators and connectors know nothing of each other: they meet in the vendor's wire format."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from tests.conftest import ROOT

SIMULATORS = ROOT / "sample_company" / "simulators"
# Where orchestration starts the simulators, by name and as a process of their own.
STARTERS = {"orchestration/simulators.py"}
ALLOWED = {"sample_company", "click"}


def imported(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def test_simulators_stand_on_the_standard_library_and_the_sample_company() -> None:
    files = sorted(SIMULATORS.rglob("*.py"))
    assert len(files) > 20
    wrong = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in files
        for module in imported(path)
        if module.split(".")[0] not in ALLOWED | set(sys.stdlib_module_names)
    ]
    assert wrong == []


def test_nothing_but_its_starter_names_the_simulators() -> None:
    wrong = [
        path.relative_to(ROOT).as_posix()
        for room in ("orchestration", "expectations", "dashboards")
        for path in sorted((ROOT / room).rglob("*.py"))
        if "sample_company.simulators" in path.read_text(encoding="utf-8")
        or any(module.startswith("sample_company") for module in imported(path))
    ]
    assert set(wrong) <= STARTERS
