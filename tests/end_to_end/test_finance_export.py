"""What finance takes away of the sample company: it ties out, and can be performed again."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from orchestration.export.audit_pack import PackError, reperform
from orchestration.settings import load_settings
from tests.conftest import concord
from tests.end_to_end.conftest import RunHome
from tests.end_to_end.finance import ask_finance
from tests.home_files import file_digests

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

MONTH = "2026-07"
FIRST_DAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def exported(sample: RunHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of a quarter's last month; the home is as it was."""
    folder = tmp_path_factory.mktemp("export") / "july"
    before = file_digests(sample.home)
    made = sample.again("export", "finance", MONTH, "--to", str(folder))
    assert made.code == 0, made.text
    assert "ties out" in made.out
    assert file_digests(sample.home) == before
    return folder


def test_only_its_owner_reads_it(exported: Path) -> None:
    paths = [exported, *exported.rglob("*")]
    wrong = [
        path for path in paths if path.stat().st_mode & 0o777 != (0o700 if path.is_dir() else 0o600)
    ]
    assert wrong == []
    assert len(paths) > 100


def test_every_workbook_adds_up_to_its_statement(sample: RunHome, exported: Path) -> None:
    told = {}
    for path in (exported / "statements").glob("*.xlsx"):
        sheet = openpyxl.load_workbook(path).active
        lines = [row for row in sheet.iter_rows(min_row=8) if isinstance(row[0].value, int)]
        told[path.stem] = (
            len(lines),
            sum((Decimal(str(row[12].value)) for row in lines), Decimal()),
        )
    found = {
        f"{who}-{currency}": (lines, amount)
        for who, currency, lines, amount in ask_finance(
            sample,
            "select employee_id, comp_statement.currency_code, line_count, closing - opening "
            f"from comp_statement inner join comp_payee using (payee_key) "
            f"where period = '{FIRST_DAY}'",
        )
    }
    assert told == found
    assert sum(lines for lines, _ in found.values()) > 40


def test_the_journal_of_the_month_balances(exported: Path) -> None:
    with (exported / "journal.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["period"] for row in rows} == {str(FIRST_DAY)}
    sides: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        side = (row["legal_entity"], row["currency_code"])
        booked = Decimal(row["debit_amount"]) - Decimal(row["credit_amount"])
        sides[side] = sides.get(side, Decimal()) + booked
    assert len(sides) >= 3
    assert set(sides.values()) == {Decimal()}


def test_payroll_is_told_of_the_months_pay_runs(exported: Path) -> None:
    days = {}
    for name in ("payroll_input", "payroll_confirmation"):
        with (exported / f"{name}.csv").open(newline="") as file:
            days[name] = {row["pay_run_date"] for row in csv.DictReader(file)}
    assert days["payroll_confirmation"] == days["payroll_input"] != set()


def test_another_machine_performs_the_month_again(exported: Path, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(exported / "audit_pack", pack)
    done = concord(tmp_path / "home", "export", "reperform", str(pack))
    count = len(json.loads((pack / "pack.json").read_text())["statements"])
    assert done.code == 0, done.text
    assert f"{count} of {count} statements have the hash that was locked" in done.out
    assert not (tmp_path / "home").exists() or not list((tmp_path / "home").rglob("*.duckdb"))


def test_other_inputs_make_another_month(exported: Path, tmp_path: Path) -> None:
    """A pack whose inputs were changed with their hashes is whole, and does not come out."""
    import duckdb

    pack = tmp_path / "pack"
    shutil.copytree(exported / "audit_pack", pack)
    bands = pack / "inputs" / "staging.stg_company__plan_bands.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"create table bands as from '{bands}'")
        connection.execute("update bands set rate = rate * 2 where plan = 'seller'")
        connection.execute(f"copy bands to '{bands}' (format parquet)")
    settings = load_settings({"CONCORD_HOME": str(tmp_path / "home")})
    with pytest.raises(PackError, match="plan_bands.parquet is not what was written"):
        reperform(settings, pack)
    content = json.loads((pack / "pack.json").read_text())
    from orchestration.export.audit_pack import file_hashes

    content["files"] = file_hashes(pack)
    (pack / "pack.json").write_text(json.dumps(content))
    done = reperform(settings, pack)
    assert not done.is_same
    assert 0 < done.same_count < done.statement_count
