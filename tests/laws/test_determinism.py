"""The same inputs give the same marts, in another place, zone and order, with other threads.

Also when dbt itself builds them, and not what runs the statements that dbt compiled.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest

from orchestration.transform.nodes import Project
from orchestration.transform.project import manifest_json
from tests.conftest import ROOT, RunHome
from tests.laws.building import settings_of
from tests.laws.comparing import differences, published_differences, table_names

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

LONG_AGO = 1_000_000_000


@pytest.fixture(scope="module")
def elsewhere(sample: RunHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company built in another home, by a process in other circumstances: by dbt."""
    place = tmp_path_factory.mktemp("elsewhere") / "a longer path with blanks"
    home = place / "home"
    shutil.copytree(ROOT / "company", place / "company")
    for source, target in (
        (ROOT / "sample_company" / "exports", place / "sample_company" / "exports"),
        (sample.home / "sample_company" / "delivered", home / "sample_company" / "delivered"),
    ):
        _copy_in_another_order(source, target)
    # The ledger is an input as deliveries are.
    (home / "ledger").mkdir()
    shutil.copyfile(sample.home / "ledger" / "ledger.duckdb", home / "ledger" / "ledger.duckdb")
    built = subprocess.run(
        [sys.executable, "-m", "tests.laws.building"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(place),
            "LC_ALL": "C",
            "TZ": "Pacific/Auckland",
            "PYTHONHASHSEED": "4711",
            "CONCORD_HOME": str(home),
            "CONCORD_COMPANY": str(place / "company"),
            "CONCORD_HASH_KEY": (sample.home / "state" / "hash_key").read_text().strip(),
            "CONCORD_THREADS": "1",
            "CONCORD_MEMORY": "1GB",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return home


def _copy_in_another_order(source: Path, target: Path) -> None:
    """Copy files last name first, with old dates; rows of delivered Parquet are shuffled too."""
    random = Random(4711)
    for number, path in enumerate(sorted(source.rglob("*"), reverse=True)):
        copy = target / path.relative_to(source)
        if path.is_dir():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            pq.write_table(table.take(random.sample(range(len(table)), len(table))), copy)
        else:
            shutil.copyfile(path, copy)
        os.utime(copy, (LONG_AGO + number, LONG_AGO + number))


def test_two_homes_hold_the_same_rows(sample: RunHome, elsewhere: Path) -> None:
    settings = settings_of(sample.home, ROOT / "company")
    project = Project(manifest_json(settings))
    keys = {project.models[item].name: key for item, key in project.keys.items()}
    one, other = sample.home / "warehouse.duckdb", elsewhere / "warehouse.duckdb"
    assert differences(one, other, keys) == []
    compared = {f"{m.schema}.{m.name}" for m in project.marts if m.schema != "ops"}
    assert table_names(one) == compared


def test_the_published_rows_are_those_of_the_warehouse(sample: RunHome) -> None:
    assert published_differences(sample.current, sample.home / "warehouse.duckdb", {}) == []
