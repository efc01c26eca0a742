"""experiments.csv: what it may say, what is said when it is wrong, and its rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from company_folder import Folder

from orchestration.company import rules_tables
from orchestration.company.csv_file import columns_of
from orchestration.company.experiments import EXPERIMENTS_FILE, Experiment

HOLDOUT = {
    "experiment": "Holdout",
    "channel_name": "paid_search",
    "conversion_type": "lead",
    "start_date": "2025-03-01",
    "end_date": "2025-03-31",
    "incremental_conversions": "4",
    "lowest_conversions": "-1",
    "highest_conversions": "9.5",
    "confidence": "0.9",
    "source": "Marketing",
}


def write(folder: Folder, *changes: dict[str, str]) -> None:
    """One experiment for each set of changes."""
    columns = columns_of(Experiment)
    rows = [{**HOLDOUT, **change} for change in changes]
    lines = [",".join(columns)]
    lines += [",".join(row.get(column, "") for column in columns) for row in rows]
    folder.file(EXPERIMENTS_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_company_may_have_run_none(folder: Folder) -> None:
    assert rules_tables(folder.load())["experiment"].num_rows == 0


def test_an_experiment_is_a_row(folder: Folder) -> None:
    write(folder, {})
    [row] = rules_tables(folder.load())["experiment"].to_pylist()
    assert row["start_date"] == date(2025, 3, 1)
    assert row["lowest_conversions"] == Decimal(-1)
    assert row["incremental_amount"] is None
    assert row["campaign_id"] is None


@pytest.mark.parametrize(
    ("change", "key", "message", "fix"),
    [
        ({"channel_name": "paid_serch"}, "channel_name", "no such channel", "paid_search"),
        ({"end_date": "2025-02-28"}, "end_date", "before start_date 2025-03-01", "two dates"),
        (
            {"incremental_conversions": "", "lowest_conversions": "", "highest_conversions": ""},
            "incremental_conversions",
            "no result",
            "write the result",
        ),
        ({"lowest_conversions": ""}, "lowest_conversions", "does not hold", "the interval"),
        ({"highest_conversions": "3"}, "lowest_conversions", "does not hold", "the interval"),
        (
            {"lowest_amount": "1", "highest_amount": "2"},
            "lowest_amount",
            "does not hold",
            "the interval",
        ),
        ({"confidence": "95"}, "confidence", "", ""),
        ({"conversion_type": "sale"}, "conversion_type", "not allowed", ""),
    ],
)
def test_what_is_wrong_is_said(
    folder: Folder, change: dict[str, str], key: str, message: str, fix: str
) -> None:
    write(folder, change)
    folder.expect(EXPERIMENTS_FILE, "Holdout", key, message, fix)


def test_two_experiments_of_one_name(folder: Folder) -> None:
    write(folder, {}, {"source": "Agency"})
    problem = folder.problem()
    assert (problem.line, problem.key) == (3, "experiment")
    assert "line 2 already" in problem.message
