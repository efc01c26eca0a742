"""Contradictions inside company.yml and funnel.yml."""

from __future__ import annotations

import pytest
from company_folder import Folder

WON = "{stage: won, label: Won, owner_function: sales, after: accepted}"


def test_a_time_zone_that_does_not_exist(folder: Folder) -> None:
    folder.replace("company.yml", "Europe/Berlin", "Europe/Berln")
    problem = folder.expect(
        "company.yml", "Berln", "time_zone", "no time zone", "did you mean 'Europe/Berlin'?"
    )
    assert problem.value == "'Europe/Berln'"
    assert "IANA" in str(problem.allowed)


@pytest.mark.parametrize(
    "zone", ["europe/berlin", "/etc/localtime", "localtime", "America", "../x"]
)
def test_names_that_are_no_time_zone(folder: Folder, zone: str) -> None:
    folder.replace("company.yml", "Europe/Berlin", zone)
    assert folder.problem().message == "is no time zone"


@pytest.mark.parametrize(
    ("old", "new", "key", "message", "fix"),
    [
        ("currency: EUR", "currency: euro", "reporting_currency", "no currency code", "ISO 4217"),
        ("currency: EUR", "currency: eur", "reporting_currency", "no currency code", "'EUR'"),
        ("month: 2", "month: 13", "fiscal_year_start_month", "too large", "correct it"),
        ("month: 2", "month: May", "fiscal_year_start_month", "whole number", "digits only"),
        ("2026-01-31", "31/01/2026", "as_of_date", "is not a date", "hyphens"),
        ('"15:30"', '"3:30pm"', "business_hours.friday[1]", "time of day", '"09:00"'),
        ('"15:30"', '"08:30"', "business_hours.friday", "not after it opens", "swap"),
        (', "15:30"', "", "business_hours.friday", "too few entries", "correct it"),
        ("friday:", "freitag:", "business_hours.freitag", "unknown key", "did you mean 'friday'?"),
        ("hour: 6", "hour: 24", "schedule.hour", "too large", "correct it"),
        ("Test.example", "me@test.example", "internal_domains[0]", "mail domain", "the domain"),
        ("name: Test Company", "name:", "name", "is blank", "give a value"),
    ],
)
def test_a_value_of_company_yml_that_is_not_allowed(
    folder: Folder, old: str, new: str, key: str, message: str, fix: str
) -> None:
    folder.replace("company.yml", old, new)
    problem = folder.expect("company.yml", new or "friday", key, message, fix)
    assert problem.allowed


def test_a_holiday_and_a_domain_that_stand_twice(folder: Folder) -> None:
    twice = "  - {date: 2026-01-01, name: New Year}\n"
    folder.replace("company.yml", twice, twice + "  - {date: 2026-01-01, name: Again}\n")
    folder.replace("company.yml", "[Test.example]", "[Test.example, test.EXAMPLE]")
    holiday, domain = folder.problems()
    assert (holiday.line, holiday.key) == (folder.line("company.yml", "Again"), "holidays[1].date")
    assert (domain.key, domain.fix) == ("internal_domains[1]", "keep one entry for each domain")


def test_a_stage_cycle(folder: Folder) -> None:
    folder.replace(
        "funnel.yml", "owner_function: sdr, after: mql", "owner_function: sdr, after: won"
    )
    problem = folder.expect(
        "funnel.yml",
        "stage: accepted",
        "stages[2].after",
        "cycle: accepted, won",
        "outside the cycle",
    )
    assert problem.value == "'won'"


def test_a_cycle_of_all_stages(folder: Folder) -> None:
    folder.replace("funnel.yml", "after: null", "after: won")
    folder.expect("funnel.yml", "after: won", "stages[0].after", "make a cycle", "`after: null`")


def test_two_first_stages(folder: Folder) -> None:
    folder.replace("funnel.yml", "after: accepted", "after: null")
    folder.expect(
        "funnel.yml", "stage: won", "stages[3].after", "second stage without", "right before"
    )


def test_two_stages_after_the_same_one(folder: Folder) -> None:
    folder.replace("funnel.yml", "after: accepted", "after: mql")
    folder.expect(
        "funnel.yml", "stage: won", "stages[3].after", "the other is in line 4", "one chain"
    )


def test_a_stage_after_an_unknown_stage(folder: Folder) -> None:
    folder.replace("funnel.yml", "after: mql", "after: mqll")
    problem = folder.expect(
        "funnel.yml", "mqll", "stages[2].after", "no such stage", "did you mean 'mql'?"
    )
    assert problem.allowed == "known, mql, accepted, won"
    assert str(problem) == (
        "funnel.yml:4 stages[2].after = 'mqll': no such stage; "
        "allowed: known, mql, accepted, won; fix: did you mean 'mql'?"
    )


def test_a_stage_that_stands_twice(folder: Folder) -> None:
    folder.replace("funnel.yml", "{stage: rejected,", "{stage: won,")
    problems = {problem.key: problem for problem in folder.problems()}
    assert "of the chain already" in problems["side_states[0].stage"].message
    assert problems["side_states[0].stage"].line == folder.line("funnel.yml", "label: Rejected")
    assert problems["lead_statuses[1].stage"].message == "no such stage"


def test_a_stage_with_the_name_of_a_bucket(folder: Folder) -> None:
    folder.replace("funnel.yml", WON, WON.replace("stage: won", "stage: unmapped"))
    folder.expect("funnel.yml", "unmapped", "stages[3].stage", "the bucket", "another name")


@pytest.mark.parametrize(
    ("old", "new", "key", "message", "fix"),
    [
        (
            "status: New, stage: known",
            "status: New, stage: knwn",
            "lead_statuses[0].stage",
            "no such stage",
            "did you mean 'known'?",
        ),
        (
            "to_stage: mql",
            "to_stage: sql",
            "conversions[0].to_stage",
            "no such stage",
            "did you mean 'mql'?",
        ),
        (
            "to_stage: mql",
            "to_stage: known",
            "conversions[0].to_stage",
            "does not come after",
            "swap",
        ),
        ("  mql:\n", "  mqls:\n", "qualification.mqls", "no such stage", "did you mean 'mql'?"),
        (
            "sales_stage: open_deal}",
            "sales_stage: opendeal}",
            "sales_stage_values[0].sales_stage",
            "no such sales stage",
            "did you mean 'open_deal'?",
        ),
        (
            "assumed_open_stage: open_deal",
            "assumed_open_stage: closed_won",
            "assumed_open_stage",
            "not an open",
            "kind open",
        ),
        (
            "assumed_open_stage: open_deal",
            "assumed_open_stage: open",
            "assumed_open_stage",
            "no such sales",
            "did you mean 'open_deal'?",
        ),
        (
            "assumed_open_stage: open_deal\n",
            "",
            "assumed_open_stage",
            "missing",
            "name the sales stage",
        ),
        (
            "probability: 0.25",
            "probability: 25",
            "sales_stages[0].probability",
            "too large",
            "correct it",
        ),
        ("kind: won", "kind: one", "sales_stages[1].kind", "not allowed", "did you mean 'won'?"),
        (
            "is_pipeline: yes",
            "is_pipeline: maybe",
            "sales_stages[1].is_pipeline",
            "neither true",
            "true or false",
        ),
        (
            "owner_function: sdr, after",
            "owner_function: sdrs, after",
            "stages[2].owner_function",
            "not allowed",
            "did you mean 'sdr'?",
        ),
        (
            "window_days: 30",
            "window_days: 0",
            "conversions[0].window_days",
            "too small",
            "correct it",
        ),
        (
            "at_least: 50",
            "at_leest: 50",
            "qualification.mql[1].at_leest",
            "unknown key",
            "did you mean 'at_least'?",
        ),
        (
            "at_least: 50",
            "at_least: 50, equals: 7",
            "qualification.mql[1]",
            "2 operators",
            "one criterion for each",
        ),
        (
            "Form Fill, direction: two_way",
            "Form Fill, direction: both",
            "touch_types[0].direction",
            "not allowed",
            "choose one of them",
        ),
        (
            "is_attributable: false",
            "is_attributable: never",
            "touch_types[1].is_attributable",
            "neither true",
            "true or false",
        ),
        (
            '["*Bot*"]',
            '["**"]',
            "bot_user_agents[0]",
            "fits every user agent",
            "have in common",
        ),
        (
            "business_hours: 4",
            "business_hours: four",
            "handoff_sla.business_hours",
            "not a number",
            "digits",
        ),
        ("days: 10", "days: 0", "handoff_sla.expires_after_days", "too small", "correct it"),
        ("days: 10", "days: ten", "handoff_sla.expires_after_days", "whole number", "digits"),
    ],
)
def test_a_value_of_funnel_yml_that_is_not_allowed(
    folder: Folder, old: str, new: str, key: str, message: str, fix: str
) -> None:
    folder.replace("funnel.yml", old, new)
    problem = folder.expect("funnel.yml", new.strip() or "stages", key, message, fix)
    assert problem.allowed


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (
            "  - {source: crm, status: New, stage: known}\n",
            "  - {source: crm, status: ' NEW', stage: mql}\n",
            "lead_statuses[1].status",
        ),
        (
            "  - {source: crm, value: Open, sales_stage: open_deal}\n",
            "  - {source: crm, value: OPEN, sales_stage: closed_won}\n",
            "sales_stage_values[1].value",
        ),
        (
            "  - {from_stage: known, to_stage: mql, window_days: 30}\n",
            "  - {from_stage: known, to_stage: mql, window_days: 60}\n",
            "conversions[1].to_stage",
        ),
        (
            "  - {reason: price, label: Price, group: commercial}\n",
            "  - {reason: price, label: Dear, group: commercial}\n",
            "loss_reasons[1].reason",
        ),
        (
            "  - {touch_type: Form Fill, direction: two_way}\n",
            "  - {touch_type: form fill, direction: one_way}\n",
            "touch_types[1].touch_type",
        ),
    ],
)
def test_an_entry_that_stands_twice(folder: Folder, old: str, new: str, key: str) -> None:
    message = f"first in line {folder.line('funnel.yml', old)}"
    folder.replace("funnel.yml", old, old + new)
    folder.expect("funnel.yml", new.strip(), key, message, "keep one of the two")


def test_a_pattern_of_user_agents_that_stands_twice(folder: Folder) -> None:
    folder.replace("funnel.yml", '["*Bot*"]', '["*Bot*", "*bot*"]')
    problem = folder.expect(
        "funnel.yml", "*Bot*", "bot_user_agents[1]", "stands twice", "keep one of the two"
    )
    assert problem.value == "'*bot*'"


def test_the_chain_orders_the_stages_not_the_file(folder: Folder) -> None:
    folder.replace("funnel.yml", f"  - {WON}\n", "")
    folder.replace(
        "funnel.yml", "stages:\n  - {stage: known", f"stages:\n  - {WON}\n  - {{stage: known"
    )
    assert [stage.stage for stage in folder.load().funnel.stages][0] == "won"
