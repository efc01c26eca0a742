"""The audit pack of a locked month, and performing the month again from it, anywhere.

A pack has what the models of pay read, the ledger as it was before the month, and the hashes that
the month was locked with. Whoever has Concord computes the month again and compares.

Belongs here: what is in a pack, reading it, comparing hashes. Does not: computing (scenario/),
locking (ledger/store.py).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.company.plans import PLANS_FOLDER
from orchestration.export.month import Month, rows
from orchestration.export.tables import write_csv
from orchestration.ledger.columns import table_columns
from orchestration.ledger.source import write_ledger
from orchestration.ledger.store import (
    BACKUPS,
    LEDGER,
    STORAGE_VERSION,
    Closing,
    append_periods,
    attached,
)
from orchestration.publish.sql import identifier, literal
from orchestration.publish.tables import MARTS, STORES
from orchestration.scenario.known import MonthModels, month_models, restate
from orchestration.scenario.scratch import (
    ScenarioError,
    build,
    copy_from_folder,
    opened,
    read_project,
    scratch_home,
)
from orchestration.settings import Settings
from orchestration.transform.nodes import Project

PACK_FILE = "pack.json"
FORMAT = 2
INPUTS = "inputs"
BEFORE = "ledger/ledger_before.duckdb"
# Which row of each table of the ledger belongs to which month.
MONTHS = {"posting": "posting_period", "statement": "period", "period_lock": "period"}
README = """# Audit pack of {month}, {company}

From this folder the month can be computed again on any machine, and compared with what was locked.

## How

1. Install Concord, version of the code {code_version} (field `code_version` of `pack.json`).
2. `concord export reperform {folder}`

It checks the hash of every file of the pack, computes pay from `{inputs}/` with the same models,
closes the month behind the ledger as it was before (`{before}`) in a temporary place, and compares
the hash of every statement and of the month with those that were locked. It changes nothing.

## What is here

| Path | What |
|---|---|
| `pack.json` | month, days, versions, hash of every file, hash of every statement as locked |
| `{inputs}/` | every table that the models of pay read, as the last run had it: plans, quotas, people, deals, refunds, rates, KPIs |
| `{before}` | postings, statements and locks of earlier months |
| `ledger/backup.duckdb` | the ledger as the close copied it, where the close ended with this month |
| `plans/` | the plan files of the company folder when the pack was made |
| `guards.csv` | what every guard of the published version found |
| `loads.csv`, `raw_files.csv` | what was loaded from where; raw files with size and hash |

The month was locked on what was known on {closed_as_of}. The inputs are those of version {version},
as of {as_of}. Where that is later, they are taken back to what their own stamps say was known on
the earlier day; what changed without a stamp makes differences, each a posting of a later month. Payees are keys; names stand in `{inputs}/core.dim_employee.parquet`.
"""  # noqa: E501


@dataclass(frozen=True)
class Performed:
    """A month performed again.

    Attributes:
        month: Its name.
        statement_count: Statements that were locked.
        same_count: Those whose hash came out the same.
        is_same_month: Whether the hash of the month did.
        has_later_inputs: Whether the inputs know a later day than the close did.
        notes: What helps to understand differences.
    """

    month: str
    statement_count: int
    same_count: int
    is_same_month: bool
    has_later_inputs: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether everything came out as it was locked."""
        return self.is_same_month and self.same_count == self.statement_count


class PackError(Exception):
    """Why a pack cannot be used; one line for each reason."""


def write_pack(settings: Settings, month: Month, folder: Path, project: Project) -> None:
    """Write the pack of a locked month.

    Args:
        settings: The home; it is only read.
        month: The month.
        folder: Where to; it is made.
        project: The models.

    Raises:
        ScenarioError: When the working file of the last run is missing or in use.
    """
    (folder / INPUTS).mkdir(parents=True)
    (folder / "ledger").mkdir()
    _write_inputs(settings, month_models(project), folder / INPUTS)
    lock, hashes = _write_ledger(settings.ledger_path, month.first_day, folder)
    plans = settings.company_dir / PLANS_FOLDER
    if plans.is_dir():
        shutil.copytree(plans, folder / "plans", copy_function=shutil.copyfile)
    _write_evidence(settings, month, folder)
    (folder / "README.md").write_text(
        README.format(
            month=month.name,
            company=month.company_name,
            code_version=lock["code_version"],
            folder="FOLDER",
            inputs=INPUTS,
            before=BEFORE,
            closed_as_of=lock["closed_as_of_date"],
            version=month.manifest.version,
            as_of=month.manifest.as_of_date,
        ),
        encoding="utf-8",
    )
    content = {
        "format": FORMAT,
        "month": month.name,
        "period": str(lock["period"]),
        "period_end": str(lock["period_end"]),
        "closed_as_of_date": str(lock["closed_as_of_date"]),
        "inputs_as_of_date": str(month.manifest.as_of_date),
        "publish_version": month.manifest.version,
        "code_version": lock["code_version"],
        "ledger_hash": lock["ledger_hash"],
        "statements": hashes,
        "files": file_hashes(folder),
    }
    (folder / PACK_FILE).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def reperform(settings: Settings, folder: Path, project: Project | None = None) -> Performed:
    """Compute and close the month of a pack again, in a temporary place.

    Args:
        settings: Limits, and where the project may lie compiled; no home is needed.
        folder: The pack.
        project: The models; None reads them.

    Raises:
        PackError: When the pack is not whole, or is not what was written.
        ScenarioError: When the models cannot run on it.
    """
    pack = _read_pack(folder)
    found = project or read_project(settings)
    models = month_models(found)
    period, last_day = (date.fromisoformat(pack[name]) for name in ("period", "period_end"))
    closing = Closing(
        date.fromisoformat(pack["closed_as_of_date"]), None, pack["code_version"], "performed again"
    )
    with scratch_home(settings) as scratch:
        copy_from_folder(folder / INPUTS, scratch, models.inputs)
        if pack["inputs_as_of_date"] != pack["closed_as_of_date"]:
            restate(scratch, found, models, closing.as_of_date)
        scratch.ledger_path.parent.mkdir(mode=0o700)
        shutil.copyfile(folder / BEFORE, scratch.ledger_path)
        with opened(scratch) as connection:
            guard = write_ledger(connection, scratch.ledger_path)
        if guard.status != "passed":
            raise PackError(f"the ledger before {pack['month']} is not what was locked")
        build(scratch, found, models.pay)
        with opened(scratch) as connection, attached(connection, scratch.ledger_path):
            [closed] = append_periods(
                connection, "compensation.comp_pending_posting", [(period, last_day)], closing
            )
            hashes = _hashes(connection, period)
    same = sum(hashes.get(name) == value for name, value in pack["statements"].items())
    return Performed(
        pack["month"],
        len(pack["statements"]),
        same,
        closed.ledger_hash == pack["ledger_hash"] and len(hashes) == len(pack["statements"]),
        pack["inputs_as_of_date"] != pack["closed_as_of_date"],
        tuple(_notes(pack)),
    )


def _write_inputs(settings: Settings, models: MonthModels, folder: Path) -> None:
    path = settings.warehouse_path
    if not path.exists():
        raise ScenarioError("The working file of the last run is not in this home.")
    with duckdb.connect() as connection:
        try:
            connection.execute(f"attach {literal(path)} as {identifier(path.stem)} (read_only)")
        except duckdb.IOException as error:
            raise ScenarioError(
                "The working file is in use: a run is under way, or another program has it."
            ) from error
        connection.execute("set TimeZone = 'UTC'")
        for schema, table in models.inputs:
            source = f"{identifier(path.stem)}.{identifier(schema)}.{identifier(table)}"
            target = folder / f"{schema}.{table}.parquet"
            connection.execute(
                f"copy (from {source}) to {literal(target)} (format parquet, compression zstd)"
            )


def _write_ledger(
    path: Path, period: date, folder: Path
) -> tuple[Mapping[str, Any], dict[str, str]]:
    """Write the ledger as it was before a month; return its lock and its statements' hashes."""
    with duckdb.connect() as connection, attached(connection, path, read_only=True):
        target = folder / BEFORE
        connection.execute(
            f"attach {literal(target)} as before (storage_version {literal(STORAGE_VERSION)})"
        )
        for table, month in MONTHS.items():
            connection.execute(f"create table before.{table} ({table_columns(table)})")
            connection.execute(
                f"insert into before.{table} from {LEDGER}.{table} where {month} < $period",
                {"period": period},
            )
        connection.execute("detach before")
        locks = rows(connection, f"from {LEDGER}.period_lock where period = $day", day=period)
        if not locks:
            raise ScenarioError(f"{period:%Y-%m} is not locked in the ledger of this home.")
        hashes = _hashes(connection, period)
    backups = sorted((path.parent / BACKUPS).glob(f"ledger-{period:%Y-%m}-*.duckdb"))
    if backups:
        shutil.copyfile(backups[-1], folder / "ledger" / "backup.duckdb")
    return locks[0], hashes


def _hashes(connection: duckdb.DuckDBPyConnection, period: date) -> dict[str, str]:
    found = connection.execute(
        f"select payee_key || ' ' || currency_code, content_hash from {LEDGER}.statement "  # noqa: S608
        "where period = $period order by all",
        {"period": period},
    )
    return dict(found.fetchall())


def _write_evidence(settings: Settings, month: Month, folder: Path) -> None:
    marts = month.finance.with_name(STORES[MARTS].file_name)
    with duckdb.connect(str(marts), read_only=True) as connection:
        for table, name in (("ops_guard_result", "guards.csv"), ("ops_source_load", "loads.csv")):
            found = connection.execute(f"from ops.{table} order by all")
            columns = [column[0] for column in found.description or ()]
            write_csv(folder / name, columns, found.fetchall())
    raw = settings.raw_dir
    files = sorted(path for path in raw.rglob("*") if path.is_file())
    write_csv(
        folder / "raw_files.csv",
        ["file", "bytes", "sha256"],
        [[path.relative_to(raw).as_posix(), path.stat().st_size, _sha256(path)] for path in files],
    )


def file_hashes(folder: Path, without: Iterable[str] = (PACK_FILE,)) -> dict[str, str]:
    """SHA-256 of every file of a folder, by its path there."""
    left_out = set(without)
    found = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    return {name: _sha256(path) for name, path in sorted(found.items()) if name not in left_out}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_pack(folder: Path) -> dict[str, Any]:
    """What a pack says of itself, when every file is what was written."""
    try:
        pack: dict[str, Any] = json.loads((folder / PACK_FILE).read_text(encoding="utf-8"))
        told = dict(pack["files"])
        if pack["format"] != FORMAT:
            raise PackError(f"{folder} has format {pack['format']}; this Concord reads {FORMAT}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PackError(
            f"{folder} is no audit pack: {PACK_FILE} is missing or broken; give the folder "
            "audit_pack of an export"
        ) from error
    found = file_hashes(folder)
    wrong = [
        *(f"{name} is missing" for name in sorted(told.keys() - found.keys())),
        *(
            f"{name} is not what was written"
            for name in sorted(told.keys() & found.keys())
            if told[name] != found[name]
        ),
    ]
    if wrong:
        raise PackError("\n".join(wrong))
    return pack


def _notes(pack: Mapping[str, Any]) -> Iterable[str]:
    from orchestration.steps import code_version

    if pack["inputs_as_of_date"] != pack["closed_as_of_date"]:
        yield (
            f"the month was locked on what was known on {pack['closed_as_of_date']}, the inputs "
            f"are as of {pack['inputs_as_of_date']}, taken back by their own stamps: what changed "
            "meanwhile without one is in them"
        )
    if pack["code_version"] != code_version():
        yield (
            f"it was locked by code {pack['code_version']} and performed again by {code_version()}"
        )
