"""Contradictions inside the CSVs and between them."""

from __future__ import annotations

import pytest
from company_folder import Folder


def test_two_channel_rules_with_one_order(folder: Folder) -> None:
    folder.replace("channels.csv", "10,,CPC", "20,,CPC")
    problem = folder.expect(
        "channels.csv", "20,,CPC", "rule_order", "line 2 has the same order", "such as 21"
    )
    assert (problem.value, problem.allowed) == ("'20'", "every number once")


def test_a_channel_in_two_groups(folder: Folder) -> None:
    folder.append("channels.csv", "30,bing,,,,,,paid_search,search")
    folder.expect("channels.csv", "30,bing", "channel_group", "in group 'paid'", "write 'paid'")


def test_a_channel_of_two_functions(folder: Folder) -> None:
    path = folder.file("channels.csv")
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    lines = [f"{header},business_function", *(f"{row},marketing" for row in rows)]
    path.write_text(
        "\n".join([*lines, "30,bing,,,,,,paid_search,paid,sales", ""]), encoding="utf-8"
    )
    folder.expect(
        "channels.csv",
        "30,bing",
        "business_function",
        "'paid_search' is of 'marketing' in line",
        "write 'marketing', or use another channel_name",
    )


@pytest.mark.parametrize(
    ("row", "message", "fix"),
    [
        (
            "E2,Ben Rep,,sales,East,,Rep,E1,2021-06-01,2021-07-01",
            "overlaps with line 3",
            "end line 3 with valid_to 2021-06-01",
        ),
        (
            "E1,Ada Head,,sales,North,,,,2025-01-01,",
            "(2020-01-01 to open)",
            "end line 2 with valid_to 2025-01-01",
        ),
        (
            "E2,Ben Rep,,sales,East,,Rep,E1,2022-01-01,",
            "overlaps with line 4",
            "remove one of the two",
        ),
    ],
)
def test_overlapping_validity_of_an_employee(
    folder: Folder, row: str, message: str, fix: str
) -> None:
    folder.append("people.csv", row)
    problems = folder.problems()
    texts = [str(problem) for problem in problems]
    assert any(message in problem.message and fix in problem.fix for problem in problems), texts
    assert {(problem.file, problem.key) for problem in problems} == {("people.csv", "valid_from")}
    assert {problem.line for problem in problems} <= {4, folder.line("people.csv", row)}


def test_periods_that_touch_do_not_overlap(folder: Folder) -> None:
    folder.append("people.csv", "E2,Ben Rep,,sales,West,,Rep,E1,2020-01-01,2021-01-01")
    assert len(folder.load().people) == 4


def test_a_period_that_ends_before_it_starts(folder: Folder) -> None:
    folder.replace("people.csv", "2021-01-01,2022-01-01", "2021-01-01,2021-01-01")
    folder.expect(
        "people.csv", "2021-01-01,2021", "valid_to", "before it starts", "first day after"
    )


def test_a_manager_that_does_not_exist(folder: Folder) -> None:
    folder.append("people.csv", "E3,Cy,,sales,,,,E11,2021-01-01,")
    folder.expect("people.csv", "E3", "manager_employee_id", "no such employee", "mean 'E1'?")


def test_somebody_who_is_their_own_manager(folder: Folder) -> None:
    folder.append("people.csv", "E3,Cy,,sales,,,,E3,2021-01-01,")
    folder.expect("people.csv", "E3", "manager_employee_id", "their own manager", "blank")


def test_managers_in_a_circle(folder: Folder) -> None:
    folder.append("people.csv", "E3,Cy,,sales,,,,E5,2021-01-01,")
    folder.append("people.csv", "E4,Di,,sales,,,,E3,2021-02-01,")
    folder.append("people.csv", "E5,Ed,,sales,,,,E4,2021-03-01,")
    folder.append("people.csv", "E6,Flo,,sales,,,,E5,2021-03-01,")
    folder.expect(
        "people.csv",
        "E3",
        "manager_employee_id",
        "circle on 2021-03-01: E3 -> E5 -> E4 -> E3",
        "another manager",
    )


def test_swapping_roles_over_time_is_no_circle(folder: Folder) -> None:
    folder.append("people.csv", "E3,Cy,,sales,,,,E4,2021-01-01,2022-01-01")
    folder.append("people.csv", "E3,Cy,,sales,,,,,2022-01-01,")
    folder.append("people.csv", "E4,Di,,sales,,,,,2021-01-01,2022-01-01")
    folder.append("people.csv", "E4,Di,,sales,,,,E3,2022-01-01,")
    assert len(folder.load().people) == 7


def test_a_function_that_is_not_in_the_list(folder: Folder) -> None:
    folder.replace("people.csv", "E1,Ada Head,ada@test.example,sales", "E1,Ada,,saless")
    problem = folder.expect(
        "people.csv", "E1", "business_function", "not allowed", "did you mean 'sales'?"
    )
    assert problem.allowed == "sales, marketing, sdr, customer_success, finance, other"


def test_overlapping_validity_of_a_rate(folder: Folder) -> None:
    folder.replace("fx_rates.csv", "2025-02-01,0.95", "2025-02-02,0.95")
    folder.expect(
        "fx_rates.csv", "USD,2025-02-01", "valid_from", "currency 'USD' overlaps", "end line 2"
    )


def test_a_gap_of_rates_for_a_used_date(folder: Folder) -> None:
    folder.replace("fx_rates.csv", "2025-02-01,0.95", "2025-01-31,0.95")
    folder.append("costs.csv", "C3,2025-01-01,marketing,media,,,1,,USD")
    problem = folder.expect(
        "costs.csv",
        "C1",
        "currency_code",
        "no rate of USD for 2025-01-31",
        "fx_rates.csv that covers 2025-01-31: USD,2025-01-01,,<rate>",
    )
    assert "EUR" in str(problem.allowed)


def test_a_currency_without_any_rate(folder: Folder) -> None:
    folder.append("costs.csv", "C3,2024-12-01,sales,people,,,1,,GBP")
    folder.expect("costs.csv", "C3", "currency_code", "GBP for 2024-12-31", "add a row")


def test_the_reporting_currency_with_a_rate_of_its_own(folder: Folder) -> None:
    folder.append("fx_rates.csv", "EUR,2025-01-01,,1.1")
    folder.expect("fx_rates.csv", "EUR", "rate", "is the reporting currency", "remove the row")


def test_the_reporting_currency_at_one_is_fine(folder: Folder) -> None:
    folder.append("fx_rates.csv", "EUR,2025-01-01,,1.000")
    assert len(folder.load().fx_rates) == 3


def test_a_target_of_an_unknown_kpi(folder: Folder) -> None:
    folder.replace("targets.csv", "leads,North", "leeds,North")
    problem = folder.expect("targets.csv", "leeds", "kpi", "no such KPI", "did you mean 'leads'?")
    assert problem.allowed == "leads, win_rate"


def test_two_targets_for_the_same_thing(folder: Folder) -> None:
    folder.append("targets.csv", "leads,North,2025-03-15,12")
    folder.expect("targets.csv", "2025-03-15", "target_month", "line 3 holds", "remove one")


def test_two_costs_with_one_id(folder: Folder) -> None:
    folder.append("costs.csv", "C1,2025-03,sales,people,,,1,,EUR")
    folder.expect("costs.csv", "C1,2025-03,", "cost_id", "line 2 already", "another id")


def test_a_cost_of_an_unknown_channel(folder: Folder) -> None:
    folder.replace("costs.csv", "paid_search", "paid_serch")
    folder.expect("costs.csv", "serch", "channel_name", "no such channel", "mean 'paid_search'?")


@pytest.mark.parametrize(
    ("old", "new", "key", "message", "fix"),
    [
        ("aggregation: sum", "aggregation: summ", "aggregation", "not allowed", "mean 'sum'?"),
        ("kpi_group: demand", "kpi_group: demnd", "kpi_group", "not allowed", "mean 'demand'?"),
        ("[channel, team]", "[channel, teams]", "dimensions[1]", "not allowed", "mean 'team'?"),
        ("unit: leads", "units: leads", "units", "unknown key", "mean 'unit'?"),
        ("kpi_label: Leads", "kpi: lead\nkpi_label: Leads", "kpi", "file's name", "write 'leads'"),
        ("contract_version: 1", "contract_version: 0", "contract_version", "too small", "correct"),
    ],
)
def test_a_kpi_definition_that_is_not_valid(
    folder: Folder, old: str, new: str, key: str, message: str, fix: str
) -> None:
    folder.replace("kpis/leads.yml", old, new)
    problem = next(problem for problem in folder.problems() if problem.key == key)
    assert problem.file.endswith("kpis/leads.yml")
    assert problem.line == folder.line("kpis/leads.yml", new.splitlines()[0])
    assert message in problem.message
    assert fix in problem.fix


def test_a_ratio_without_a_denominator(folder: Folder) -> None:
    folder.replace("kpis/win_rate.yml", "denominator_component: closed\n", "")
    folder.expect("kpis/win_rate.yml", "kpi_label", "", "two components", "name both")
