"""The folder that finance takes away for a month: made whole, or not at all.

Belongs here: what goes where, the modes of files, putting the folder in its place. Does not: the
contents (the modules beside).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.export.audit_pack import Performed, file_hashes, reperform, write_pack
from orchestration.export.month import ExportError, Month
from orchestration.export.statements import overview_page, statement_page, tie_out_page
from orchestration.export.tables import write_csv, write_tables
from orchestration.export.tie_out import Check, tie_out
from orchestration.export.workbook import write_workbook
from orchestration.scenario.scratch import read_project
from orchestration.settings import Settings

EXPORT_FILE = "export.json"
PACK = "audit_pack"
STATEMENTS = "statements"


@dataclass(frozen=True)
class Exported:
    """What was made."""

    folder: Path
    month: Month
    checks: Sequence[Check]
    notes: Sequence[str]

    @property
    def unexplained(self) -> list[Check]:
        """Checks that do not tie out."""
        return [one for one in self.checks if not one.is_good]


def export_month(
    settings: Settings, month: Month, reporting_currency: str, target: Path
) -> Exported:
    """Write the folder of a month; an earlier export in its place is replaced.

    Args:
        settings: The home; it is only read.
        month: The month as published.
        reporting_currency: Of bookings.
        target: The folder.

    Raises:
        ExportError: When there is something else in the folder's place.
        ScenarioError: When the audit pack cannot be made.
    """
    if target.exists() and not (target / EXPORT_FILE).exists():
        raise ExportError(f"{target} is there and is no earlier export; give another folder.")
    target.parent.mkdir(parents=True, exist_ok=True)
    # For its owner alone from the first byte on.
    making = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        checks, notes = _write(settings, month, reporting_currency, making)
        _close_to_others(making)
        _put_in_place(making, target)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return Exported(target, month, checks, notes)


def _write(
    settings: Settings, month: Month, reporting_currency: str, folder: Path
) -> tuple[list[Check], Sequence[str]]:
    (folder / STATEMENTS).mkdir()
    names = [one.file_stem for one in month.statements]
    if len(set(names)) < len(names):
        raise ExportError("Two payees would have files of the same name; rename an employee id.")
    for one in month.statements:
        page = statement_page(month, one)
        (folder / STATEMENTS / f"{one.file_stem}.html").write_text(page, encoding="utf-8")
        write_workbook(month, one, folder / STATEMENTS / f"{one.file_stem}.xlsx")
    files = write_tables(month.finance, month.first_day, folder)
    checks = tie_out(month, reporting_currency)
    notes: Sequence[str] = ()
    if month.is_final:
        project = read_project(settings)
        write_pack(settings, month, folder / PACK, project)
        done = reperform(settings, folder / PACK, project)
        notes = done.notes
        checks.append(check_again(done))
    for name, page in (
        ("tie_out.html", tie_out_page(month, checks)),
        ("index.html", overview_page(month, files, checks)),
    ):
        (folder / name).write_text(page, encoding="utf-8")
    write_csv(
        folder / "tie_out.csv",
        ["step", "what", "unit", "from", "to", "unexplained", "note"],
        [[c.step, c.label, c.unit, c.left, c.right, c.difference, c.note] for c in checks],
    )
    content = {
        "month": month.name,
        "status": "final" if month.is_final else "draft",
        "publish_version": month.manifest.version,
        "as_of_date": str(month.manifest.as_of_date),
        "ties_out": all(one.is_good for one in checks),
        "files": file_hashes(folder, [EXPORT_FILE]),
    }
    (folder / EXPORT_FILE).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return checks, notes


def check_again(done: Performed) -> Check:
    """Whether the month came out as it was locked.

    Where the inputs know more than the close did, another month is no error: what became known
    meanwhile is posted in later months. Then it is told and not compared.
    """
    step, label, unit = "7 again", "locked = the same when performed again", "statements"
    same = done.same_count if done.is_same else min(done.same_count, done.statement_count - 1)
    if done.has_later_inputs and not done.is_same:
        note = f"{done.same_count} of {done.statement_count} came out the same; "
        return Check(step, label, unit, None, None, note + "; ".join(done.notes))
    return Check(step, label, unit, done.statement_count, same, "; ".join(done.notes))


def _close_to_others(folder: Path) -> None:
    folder.chmod(0o700)
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def _put_in_place(making: Path, target: Path) -> None:
    if not target.exists():
        making.rename(target)
        return
    old = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.old."))
    target.rename(old / target.name)
    making.rename(target)
    shutil.rmtree(old)
