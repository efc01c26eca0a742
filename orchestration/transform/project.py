"""The dbt project's place, its compiled manifest, and when it must be compiled again.

Belongs here: compiling. Does not: running models (runner.py) or Dagster (assets.py).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from orchestration import algorithms
from orchestration.settings import Settings, apply_to_process
from orchestration.transform import shared
from orchestration.transform.company_project import (
    company_files,
    project_dir,
    write_company_project,
)
from orchestration.transform.company_reads import company_model_problems
from orchestration.transform.shared import PROJECT_DIR

# What is parsed; everything else in the folder is output.
PARSED_SUFFIXES = (".sql", ".yml", ".md", ".csv", ".py")
OUTPUT_FOLDERS = ("target", "logs", "dbt_packages")
# What Python models call: rows come of it as they come of SQL.
ALGORITHMS_DIR = Path(algorithms.__path__[0])
MANIFEST_FILE = "manifest.json"
FINGERPRINT_FILE = "parsed_fingerprint.txt"
# Every statement as it will run, into the manifest; none asks the database how to be written.
COMPILE = (
    *("compile", "--quiet", "--no-introspect", "--no-populate-cache"),
    *("--exclude", "resource_type:unit_test"),
)


class TransformError(Exception):
    """dbt could not parse the project or could not start."""


def base_arguments(settings: Settings) -> list[str]:
    """The flags that every dbt call of Concord carries."""
    return [
        "--project-dir",
        str(project_dir(settings)),
        "--profiles-dir",
        str(PROJECT_DIR),
        "--target-path",
        str(settings.dbt_target_dir),
        "--log-path",
        str(settings.dbt_target_dir / "logs"),
        "--log-level",
        "none",
        "--log-level-file",
        "none",
    ]


def fingerprint(settings: Settings) -> str:
    """A hash of every file that dbt parses or runs, of the tools' versions and how dbt compiles."""
    from importlib.metadata import version

    tools = f"{version('dbt-core')} {version('dbt-duckdb')} {version('numpy')} {COMPILE}"
    digest = hashlib.sha256(tools.encode())
    for path in sorted(PROJECT_DIR.rglob("*")):
        relative = path.relative_to(PROJECT_DIR)
        if path.suffix in PARSED_SUFFIXES and relative.parts[0] not in OUTPUT_FOLDERS:
            digest.update(str(relative).encode() + b"\0" + path.read_bytes() + b"\0")
    for path in sorted(ALGORITHMS_DIR.glob("*.py")):
        digest.update(f"algorithms/{path.name}".encode() + b"\0" + path.read_bytes() + b"\0")
    for name, text in sorted(company_files(settings).items()):
        digest.update(f"company/{name}\0{text}\0".encode())
    return digest.hexdigest()


def is_parsed(settings: Settings) -> bool:
    """Whether the kept manifest is of the project as it stands."""
    target = settings.dbt_target_dir
    kept = target / FINGERPRINT_FILE
    has_both = (target / MANIFEST_FILE).exists() and kept.exists()
    return has_both and kept.read_text() == fingerprint(settings)


def ensure_parsed(settings: Settings) -> Path:
    """Compile the project unless nothing changed since then; return manifest.json's path.

    Raises:
        TransformError: With dbt's message when the project cannot be parsed; with everything
            that is wrong when the company's own models read what they may not.
    """
    target = settings.dbt_target_dir
    manifest = target / MANIFEST_FILE
    if is_parsed(settings):
        return manifest

    target.mkdir(parents=True, exist_ok=True)
    kept = target / FINGERPRINT_FILE
    kept.unlink(missing_ok=True)
    state = fingerprint(settings)
    write_company_project(settings, company_files(settings))
    if not shared.take(state, target):
        _compile(settings)
        if problems := company_model_problems(json.loads(manifest.read_text())):
            raise TransformError("\n".join(problems))
        shared.give(state, target)
    kept.write_text(state)
    return manifest


def _compile(settings: Settings) -> None:
    from dbt.cli.main import dbtRunner

    apply_to_process(settings)
    result = dbtRunner().invoke([*COMPILE, *base_arguments(settings)])
    if not result.success:
        raise TransformError(f"the dbt project cannot be compiled: {result.exception}")


def manifest_json(settings: Settings) -> dict[str, Any]:
    """The manifest as plain data, for building assets."""
    content: dict[str, Any] = json.loads(ensure_parsed(settings).read_text())
    return content
