"""What dbt made of the project, shared by all homes of this installation.

Nothing in it depends on a home, and making it takes as long as a small company's whole run. It
lies in dbt's own target folder, by the fingerprint of the project. Where that folder cannot be
written, each home makes its own.

Belongs here: taking and giving. Does not: making it (project.py).
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

from orchestration.settings import PROJECT_ROOT

PROJECT_DIR = PROJECT_ROOT / "dbt_project"
FOLDER = PROJECT_DIR / "target" / "compiled_for_all_homes"
FILES = ("manifest.json", "partial_parse.msgpack", "semantic_manifest.json")
# The project as it stands, and as it stood on another branch.
KEPT = 3


def take(fingerprint: str, target: Path) -> bool:
    """Copy what was made of this state of the project; False when nobody made it yet."""
    try:
        for name in FILES:
            shutil.copyfile(FOLDER / fingerprint / name, target / name)
    except OSError:
        return False
    return True


def give(fingerprint: str, target: Path) -> None:
    """Let other homes have what this one made; does nothing where that cannot be written."""
    with contextlib.suppress(OSError):
        FOLDER.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=FOLDER, prefix=".making_"))
        try:
            for name in FILES:
                shutil.copyfile(target / name, made / name)
            made.chmod(0o755)
            # Fails when another home was faster, which is as good.
            made.rename(FOLDER / fingerprint)
        finally:
            shutil.rmtree(made, ignore_errors=True)
            _forget_older()


def _forget_older() -> None:
    """Keep the newest few, and nothing that a killed process left half made."""
    folders = sorted(FOLDER.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in folders[KEPT:]:
        shutil.rmtree(path, ignore_errors=True)
