"""Files that cannot be read as what they should be: YAML, CSV, UTF-8."""

from __future__ import annotations

import pytest
import yaml
from company_folder import FILES, Folder

from orchestration.company import yaml_file


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_missing_file(folder: Folder, name: str) -> None:
    folder.file(name).unlink()
    problem = folder.problem()
    assert (problem.file, problem.line) == (name, None)
    assert "missing" in problem.message
    assert "create it" in problem.fix
    if name.endswith(".csv"):
        assert FILES[name].splitlines()[0] in problem.fix


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_empty_file(folder: Folder, name: str) -> None:
    folder.file(name).write_text("", encoding="utf-8")
    problem = folder.problem()
    assert (problem.file, problem.line) == (name, 1)
    assert "empty" in problem.message
    assert "write" in problem.fix


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_that_is_not_utf_8(folder: Folder, name: str) -> None:
    content = folder.file(name).read_bytes()
    folder.file(name).write_bytes(content + "# Müller\n".encode("latin-1"))
    problem = folder.problem()
    assert (problem.file, problem.line) == (name, content.count(b"\n") + 1)
    assert "UTF-8" in problem.message
    assert "UTF-8" in problem.fix


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_a_file_in_utf_16(folder: Folder, encoding: str) -> None:
    folder.file("people.csv").write_text(FILES["people.csv"], encoding=encoding)
    problem = folder.problem()
    assert (problem.file, problem.line) == ("people.csv", 1)
    assert "UTF-8" in problem.fix


def test_a_folder_in_place_of_a_file(folder: Folder) -> None:
    folder.file("people.csv").unlink()
    folder.file("people.csv").mkdir()
    problem = folder.problem()
    assert "cannot be read" in problem.message
    assert "readable file" in problem.fix


def test_an_unknown_key_of_yaml(folder: Folder) -> None:
    folder.replace("company.yml", "reporting_currency: EUR", "reporting_curency: EUR")
    problems = folder.problems()
    assert [problem.key for problem in problems] == ["reporting_currency", "reporting_curency"]
    unknown = problems[1]
    assert (unknown.file, unknown.line, unknown.value) == ("company.yml", 2, "'EUR'")
    assert "unknown key" in unknown.message
    assert "fiscal_year_start_month" in str(unknown.allowed)
    assert unknown.fix == "did you mean 'reporting_currency'?"
    assert "add 'reporting_currency'" in problems[0].fix


def test_an_unknown_key_deep_in_yaml(folder: Folder) -> None:
    folder.replace("sources.yml", "attributes: [notes]", "atributes: [notes]")
    problem = folder.expect(
        "sources.yml",
        "atributes",
        "sources.crm.datasets.deals.atributes",
        "unknown key",
        "did you mean 'attributes'?",
    )
    assert "value_aliases" in str(problem.allowed)


def test_a_key_that_stands_twice(folder: Folder) -> None:
    folder.append("company.yml", "time_zone: UTC")
    folder.expect("company.yml", "time_zone: UTC", "time_zone", "first in line 3", "remove")


def test_a_syntax_error_of_yaml(folder: Folder) -> None:
    folder.append("funnel.yml", "broken: [1, 2")
    problem = folder.problem()
    assert problem.file == "funnel.yml"
    assert problem.line is not None
    assert problem.line >= folder.line("funnel.yml", "broken")
    assert "not readable as YAML" in problem.message
    assert "indentation" in problem.fix


@pytest.mark.parametrize("value", ["&a x", "*a", "!!python/object:os.system x"])
def test_yaml_that_hides_what_it_says(folder: Folder, value: str) -> None:
    folder.replace("company.yml", "name: Test Company", f"name: {value}")
    folder.expect("company.yml", "name:", "", "not used here", "in quotes")


@pytest.mark.parametrize("value", ["&a x", "[1", "'a\u0007'", '"\\ud800"'])
def test_the_parser_without_libyaml_says_the_same(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    folder.replace("company.yml", "name: Test Company\n", f"name: {value}\n")
    fast = folder.problem()
    monkeypatch.setattr(yaml_file, "LOADER", yaml.SafeLoader)
    slow = folder.problems()[0]
    assert (slow.file, slow.line) == ("company.yml", fast.line)
    assert str(slow).encode("utf-8")


def test_yaml_nested_without_end(folder: Folder) -> None:
    folder.file("company.yml").write_text("[" * 5000, encoding="utf-8")
    folder.expect("company.yml", "[", "", "is nested too deeply", "[ { & * !")


def test_yaml_of_the_wrong_form(folder: Folder) -> None:
    folder.replace("company.yml", "internal_domains: [Test.example]", "internal_domains: none")
    folder.expect("company.yml", "none", "internal_domains", "wrong form", "a list")


def test_an_invisible_character(folder: Folder) -> None:
    folder.replace("company.yml", "Test Company", '"Test\\u0007"')
    folder.expect("company.yml", "name:", "name", "control character", "type it again")


def test_an_unknown_column(folder: Folder) -> None:
    folder.replace("costs.csv", "currency_code", "currency_code,note")
    problems = folder.problems()
    assert [(p.file, p.line) for p in problems] == [("costs.csv", n) for n in (1, 2, 3)]
    assert (problems[0].key, problems[0].message) == ("'note'", "unknown column")
    assert problems[0].fix == "remove the column"
    assert "too few cells: 9 instead of 10" in problems[1].message


def test_a_mistyped_column(folder: Folder) -> None:
    folder.replace("people.csv", "manager_employee_id", "manager_id")
    unknown, missing = folder.problems()
    assert (unknown.file, unknown.line, unknown.key) == ("people.csv", 1, "'manager_id'")
    assert unknown.fix == "did you mean 'manager_employee_id'?"
    assert (missing.line, missing.key) == (1, "manager_employee_id")
    assert "add the column 'manager_employee_id'" in missing.fix


def test_a_column_that_stands_twice(folder: Folder) -> None:
    folder.file("targets.csv").write_text(
        "kpi,team,target_month,target_value,team\nleads,,2025-03,40,\n", encoding="utf-8"
    )
    folder.expect("targets.csv", "kpi", "team", "stands twice", "remove or rename")


def test_the_order_of_columns_does_not_matter(folder: Folder) -> None:
    folder.file("targets.csv").write_text(
        "team,target_value,kpi,target_month\nNorth,40,leads,2025-03\n", encoding="utf-8"
    )
    assert folder.load().targets[0].team == "North"


@pytest.mark.parametrize(
    ("row", "said"), [("leads,,2025-04", "few"), ("leads,,2025-04,1,2", "many")]
)
def test_a_row_with_another_number_of_cells(folder: Folder, row: str, said: str) -> None:
    folder.append("targets.csv", row)
    folder.expect("targets.csv", row, "", f"too {said} cells", "check the commas")


def test_semicolons_between_cells(folder: Folder) -> None:
    text = FILES["people.csv"].replace(",", ";")
    folder.file("people.csv").write_text(text, encoding="utf-8")
    folder.expect("people.csv", "employee_id", "", "not separated by commas", "with commas")


def test_a_quote_that_is_not_closed(folder: Folder) -> None:
    folder.append("people.csv", 'E9,"Open')
    folder.expect("people.csv", "E9", "", "not readable as CSV", "in quotes")


def test_lines_count_on_after_a_cell_with_a_line_break(folder: Folder) -> None:
    folder.append("people.csv", 'E8,"Two\nLines",,sales,,,,,2020-01-01,')
    folder.append("people.csv", "E9,Nine,,sals,,,,,2020-01-01,")
    problem = folder.expect(
        "people.csv", "E9", "business_function", "not allowed", "did you mean 'sales'?"
    )
    assert "customer_success" in str(problem.allowed)


def test_blank_lines_are_no_rows(folder: Folder) -> None:
    folder.append("targets.csv", "\n,,,\n")
    assert len(folder.load().targets) == 2


def test_a_long_value_is_cut(folder: Folder) -> None:
    folder.replace("costs.csv", "1200.50", "9" * 5000)
    problem = folder.expect("costs.csv", "C1", "amount", "too many digits", "round")
    assert len(str(problem)) < 400


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "message", "fix"),
    [
        ("costs.csv", "1200.50", "1200 EUR", "amount", "not a number", "one decimal point"),
        ("costs.csv", "1200.50", "1200.505", "amount", "too many digits", "round"),
        ("costs.csv", "1200.50", "", "amount", "is blank", "give a value"),
        ("costs.csv", "1200.50,,USD", "1200.50,,usd", "currency_code", "no currency", "'USD'"),
        ("costs.csv", "2025-01-15", "15.01.2025", "cost_month", "not a date", "hyphens"),
        ("costs.csv", "broad", "brod", "reach", "not allowed", "did you mean 'broad'?"),
        ("people.csv", "2022-01-01\n", "2022-02-30\n", "valid_to", "not a date", "hyphens"),
        ("people.csv", "2020-01-01", "0202-01-01", "valid_from", "before 1900", "the year"),
        ("channels.csv", "20,Google*", "x,Google*", "rule_order", "whole number", "digits only"),
        ("channels.csv", "<blank>", "<blnk>", "utm_medium", "no pattern", "<blank>"),
        ("channels.csv", "CPC,,,,,paid_search", "CPC,,,,,", "channel_name", "blank", "give"),
        (
            "channels.csv",
            "CPC,,,,,paid_search",
            "CPC,,,,,Paid x",
            "channel_name",
            "snake_case",
            "'paid_x'",
        ),
        ("fx_rates.csv", "0.95", "0", "rate", "too small", "correct it"),
        ("targets.csv", "2025-03,40", "March,40", "target_month", "not a date", "hyphens"),
    ],
)
def test_a_cell_that_cannot_be_read(
    folder: Folder, name: str, old: str, new: str, key: str, message: str, fix: str
) -> None:
    line = folder.line(name, old)
    folder.replace(name, old, new)
    problem = folder.problem()
    assert (problem.file, problem.line, problem.key) == (name, line, key), str(problem)
    assert message in problem.message
    assert fix in problem.fix


def test_a_column_that_may_be_left_out(folder: Folder) -> None:
    assert {person.time_zone for person in folder.load().people} == {None}
    lines = FILES["people.csv"].splitlines()
    zones = ("time_zone", "Europe/Oslo", "", "America/New_York")
    text = "".join(f"{line},{zone}\n" for line, zone in zip(lines, zones, strict=True))
    folder.file("people.csv").write_text(text, encoding="utf-8")
    found = [person.time_zone for person in folder.load().people]
    assert found == ["Europe/Oslo", None, "America/New_York"]
    folder.replace("people.csv", "Europe/Oslo", "Europe/Olso")
    folder.expect("people.csv", "Olso", "time_zone", "no time zone", "did you mean 'Europe/Oslo'?")
