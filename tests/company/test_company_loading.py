"""A valid folder loads; a folder with errors says all of them at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from company_folder import FILES, Folder

from orchestration.company import CompanyInvalid, Problem, load_company
from orchestration.company.sources import (
    DEFAULT_DATE_FORMATS,
    effective_options,
    source_from_mapping,
)


def test_a_valid_folder_loads(folder: Folder) -> None:
    company = folder.load()
    assert company.company.name == "Test Company"
    assert company.as_of_date == date(2026, 1, 31)
    assert [rule.rule_order for rule in company.channels] == [10, 20]
    assert company.funnel.sales_stages[0].probability == Decimal("0.25")
    assert company.company.schedule.time_zone == "Europe/Berlin"
    assert company.people[2].line == 4
    assert set(company.kpis) == {"leads", "win_rate"}
    assert company.folder == folder.path


def test_yaml_scalars_stay_as_typed(folder: Folder) -> None:
    folder.replace("sources.yml", "constants: {country: NO}", "constants: {country: 007}")
    people = folder.load().sources.sources["crm"].datasets["people"]
    assert people.constants == {"country": "007"}


def test_the_argument_wins_over_the_as_of_date_of_the_file(folder: Folder) -> None:
    assert folder.load(date(2025, 5, 5)).as_of_date == date(2025, 5, 5)


def test_without_an_as_of_date_it_is_today_in_the_companys_zone(folder: Folder) -> None:
    folder.replace("company.yml", "as_of_date: 2026-01-31\n", "")
    asked: list[str] = []

    def today(zone: ZoneInfo) -> date:
        asked.append(zone.key)
        return date(2030, 1, 2)

    assert folder.load(today=today).as_of_date == date(2030, 1, 2)
    assert asked == ["Europe/Berlin"]


def test_options_of_a_dataset_come_from_it_the_source_the_company(folder: Folder) -> None:
    crm = folder.load().sources.sources["crm"]
    deals = effective_options(crm, crm.datasets["deals"])
    assert deals.folder == Path(folder.variables["CRM_DIR"])
    assert (deals.time_zone, deals.currency) == ("America/New_York", "EUR")
    assert (deals.decimal, deals.thousands, deals.delimiter) == (",", "", ",")
    assert (deals.encoding, deals.date_formats) == ("utf-8", DEFAULT_DATE_FORMATS)
    people = effective_options(crm, crm.datasets["people"])
    assert (people.time_zone, people.delimiter) == ("Europe/Berlin", "\t")
    assert (crm.name, crm.datasets["people"].name) == ("crm", "people")
    assert [dataset.precedence for dataset in crm.datasets.values()] == [1, 2]


def test_relative_drop_folders_start_from_the_company_folder(folder: Folder) -> None:
    events = folder.load().sources.sources["events"]
    options = effective_options(events, events.datasets["visitors"])
    assert (options.folder, options.currency) == (folder.path / "drop", "USD")


def test_a_source_can_be_made_for_a_test_without_a_company_folder(tmp_path: Path) -> None:
    entry = {
        "loader": "file_drop",
        "options": {"folder": "x", "delimiter": "\\t"},
        "datasets": {"d": {"entity": "people", "files": "*.csv", "columns": {"person_id": "id"}}},
    }
    source = source_from_mapping("crm", entry, company_folder=tmp_path)
    options = effective_options(source, source.datasets["d"])
    assert (options.folder, options.delimiter, options.time_zone) == (tmp_path / "x", "\t", "UTC")


def test_headers_only_are_enough(folder: Folder) -> None:
    for name, text in FILES.items():
        if name.endswith(".csv"):
            folder.file(name).write_text(text.splitlines()[0] + "\n", encoding="utf-8")
    company = folder.load()
    assert (company.people, company.costs, company.channels) == ((), (), ())


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(folder: Folder) -> None:
    for name in FILES:
        text = folder.file(name).read_text(encoding="utf-8").replace("\n", "\r\n")
        folder.file(name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert len(folder.load().people) == 3


def test_a_kpi_folder_that_is_missing_leaves_targets_unchecked(folder: Folder) -> None:
    folder.replace("targets.csv", "leads,North", "never_defined,North")
    missing = folder.path / "none"
    company = load_company(folder.path, folder.variables, kpi_folder=missing)
    assert (company.kpis, company.targets[1].kpi) == ({}, "never_defined")


def test_a_missing_company_folder_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(CompanyInvalid) as caught:
        load_company(tmp_path / "nowhere", {})
    (problem,) = caught.value.problems
    assert "no such folder" in problem.message
    assert "CONCORD_COMPANY" in problem.fix


def test_the_errors_of_all_files_come_at_once(folder: Folder) -> None:
    folder.replace("company.yml", "Europe/Berlin", "Europe/Berln")
    folder.replace("company.yml", "fiscal_year_start_month: 2", "fiscal_year_start_month: 13")
    folder.replace("funnel.yml", "accepted, label: Accepted", "accepted, lable: Accepted")
    folder.replace("sources.yml", "entity: opportunities", "entity: opportunity")
    folder.replace("channels.csv", "20,Google*", "10,Google*")
    folder.replace("people.csv", "E2,Ben Rep,,sales,South", "E2,Ben Rep,,selling,South")
    folder.replace("fx_rates.csv", "0.95", "-0.95")
    folder.replace("targets.csv", "10.5", "ten")
    folder.file("costs.csv").unlink()
    folder.replace("kpis/leads.yml", "kpi_group: demand", "kpi_group: demnd")
    found = [(problem.file.split("/")[-1], problem.key) for problem in folder.problems()]
    assert found == [
        ("company.yml", "time_zone"),
        ("company.yml", "fiscal_year_start_month"),
        ("funnel.yml", "stages[2].label"),
        ("funnel.yml", "stages[2].lable"),
        ("channels.csv", "rule_order"),
        ("people.csv", "business_function"),
        ("fx_rates.csv", "rate"),
        ("targets.csv", "target_value"),
        ("costs.csv", ""),
        ("sources.yml", "sources.crm.datasets.deals.entity"),
        ("leads.yml", "kpi_group"),
    ]


def test_a_broken_file_hides_no_contradiction_between_the_others(folder: Folder) -> None:
    folder.file("company.yml").write_text("name: [", encoding="utf-8")
    folder.replace("funnel.yml", "source: crm, status: New", "source: crmm, status: New")
    folder.replace("targets.csv", "leads,North", "leadz,North")
    found = [(problem.file, problem.key) for problem in folder.problems()]
    assert found == [
        ("company.yml", ""),
        ("funnel.yml", "lead_statuses[0].source"),
        ("targets.csv", "kpi"),
    ]


def test_a_problem_reads_as_one_line() -> None:
    problem = Problem("funnel.yml", 12, "stages[2].after", "'mqll'", "no such stage", "a, b", "do")
    expected = "funnel.yml:12 stages[2].after = 'mqll': no such stage; allowed: a, b; fix: do"
    assert str(problem) == expected
    assert (
        str(Problem("a.csv", None, "", None, "is empty", None, "do")) == "a.csv: is empty; fix: do"
    )
