"""What a company adds of its own is refused with all that is wrong with it, by file and name."""

from __future__ import annotations

from pathlib import Path

import pytest
from company_folder import KPI_WIN_RATE, Folder

from orchestration.company.extensions import Extensions, read_extensions
from orchestration.company.kpis import read_kpis
from orchestration.settings import PROJECT_ROOT

CONCORD_KPIS = read_kpis(PROJECT_ROOT / "dbt_project" / "kpis", "kpis")[0]
MODEL = "select account_key, 1 as score from {{ ref('conformed_accounts') }}\n"
NOTES = """\
models:
  - name: own_scores
    description: One row per account (account_key).
    config: {meta: {publish_group: demand}}
    data_tests:
      - sound_table: {arguments: {key: [account_key]}}
    columns:
      - {name: account_key, data_type: varchar, description: The account.}
      - {name: score, data_type: integer, description: Its score.}
"""
PARTS = """\
select 'parts_made' as component, date '2025-01-01' as component_date, 'a' as plant, 1 as quantity
"""
PARTS_NOTES = """\
models:
  - name: parts
    description: One row per component (component).
    config:
      meta:
        kpi_components: [parts_made, parts_broken]
        kpi_dimensions: [plant]
    data_tests:
      - sound_table: {arguments: {key: [component]}}
    columns:
      - {name: component, data_type: varchar, description: What is counted.}
      - {name: component_date, data_type: date, description: When.}
      - {name: plant, data_type: varchar, description: Where.}
      - {name: quantity, data_type: integer, description: How many.}
"""
KPI = KPI_WIN_RATE.replace("numerator_component: won", "numerator_component: parts_broken")
KPI = KPI.replace("denominator_component: closed", "denominator_component: parts_made")
KPI = KPI.replace("[team]", "[team, plant]")


class Added:
    """What a company adds; tests change a file of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("models/own_scores.sql", MODEL)
        self.write("models/own_scores.yml", NOTES)
        self.write("models/internal/parts.sql", PARTS)
        self.write("models/internal/parts.yml", PARTS_NOTES)
        self.write("kpis/scrap_rate.yml", KPI)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text()
        assert text.count(old) >= 1, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new))

    def read(self) -> tuple[Extensions, list[str]]:
        found, problems = read_extensions(self.folder, CONCORD_KPIS)
        assert all(problem.fix for problem in problems)
        return found, [str(problem) for problem in problems]


@pytest.fixture
def added(tmp_path: Path) -> Added:
    return Added(tmp_path)


def test_what_is_right_is_read(added: Added) -> None:
    found, problems = added.read()
    assert problems == []
    assert {model.name: model.sql.is_internal for model in found.models} == {
        "parts": True,
        "own_scores": False,
    }
    assert list(found.kpis) == ["scrap_rate"]
    assert set(found.files) == {
        "own_scores.sql", "own_scores.yml", "internal/parts.sql", "internal/parts.yml",
    }  # fmt: skip


def test_a_company_that_adds_nothing_has_nothing(tmp_path: Path) -> None:
    found, problems = read_extensions(tmp_path, CONCORD_KPIS)
    assert (found.is_empty, problems) == (True, [])


SCORES, SCORES_NOTES = "models/own_scores.sql", "models/own_scores.yml"
INTERNAL, SCRAP = "models/internal/parts.yml", "kpis/scrap_rate.yml"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (SCORES, "conformed_accounts", "stg_file_drop__accounts",
         "models/own_scores.sql:1 ref = 'stg_file_drop__accounts': stg_file_drop__accounts may not "
         "be read: it may hold raw or personal data, or may change; allowed: the company's models, "
         "Concord's marts and conformed_… models; fix: read 'conformed_accounts'"),
        (SCORES, "conformed_accounts", "int_customers", "int_customers may not be read"),
        (SCORES, "conformed_accounts", "ops_source_bridge", "ops_source_bridge may not be read"),
        (SCORES, "conformed_accounts", "conformed_acounts", "did you mean 'conformed_accounts'?"),
        (SCORES, "ref('conformed_accounts')", "source('raw_file_drop', 'accounts')",
         "'source': may not be used in a template; allowed: ref and Concord's macros"),
        (SCORES, "1 as", "{{ run_query('select 1') }} as", "'run_query': may not be used"),
        (SCORES, "1 as", "'{{ env_var(\"X\") }}' as", "'env_var': may not be used"),
        (SCORES, "1 as", "getvariable('concord_hash_key') as", "'getvariable': may not be used"),
        (SCORES, "1 as", "{{ 1 as", "models/own_scores.sql:1: its template cannot be read"),
        (SCORES_NOTES, "One row per", "\"{{ env_var('X') }}\" #", "'env_var': may not be used"),
        (SCORES_NOTES, "models:", "sources: []\nmodels:",
         "models/own_scores.yml:1 sources = a list: has no place here"),
        (SCORES_NOTES, "name: own_scores", "name: own_score", "did you mean 'own_scores'?"),
        (SCORES_NOTES, "    description: One row per account (account_key).\n", "",
         "models/own_scores.yml:2 models[0] = a mapping: has no description"),
        (SCORES_NOTES, "sound_table", "unique", "its grain is not tested"),
        (SCORES_NOTES, "data_type: integer, ", "", "has no data_type; fix: add data_type"),
        (SCORES_NOTES, "description: Its score.", "description: ", "has no description"),
        (SCORES_NOTES, "group: demand", "group: compensation",
         "'compensation': is no publish group of a company; allowed: core, demand"),
        (INTERNAL, "parts_broken", "leads", "Concord counts a component 'leads'"),
        (INTERNAL, "parts_broken", "parts_made", "counts a component of this name"),
        (INTERNAL, "parts_broken", "Parts", "'Parts' is no name"),
        (INTERNAL, "name: quantity", "name: count", "and has no column quantity"),
        (INTERNAL, "kpi_dimensions: [plant]", "kpi_dimensions: [plants]",
         "the model has no column 'plants'; allowed: component"),
        (INTERNAL, "kpi_dimensions: [plant]", "kpi_dimensions: [team]",
         "'team' is no name of a dimension of your own"),
        (INTERNAL, "kpi_components: [parts_made, parts_broken]", "x: 1",
         "dimensions of no component"),
        (SCRAP, "parts_broken", "parts_lost",
         "kpis/scrap_rate.yml numerator_component = 'parts_lost': no model counts such a"),
        (SCRAP, "plant", "plnat", "dimensions = 'plnat': is no dimension of all its components"),
        (SCRAP, "parts_broken", "deals_won", "'plant': is no dimension of all its components"),
        (SCRAP, "kpi_group: pipeline", "kpi_group: compensation",
         "'compensation': is no publish group of a company"),
        (SCRAP, "aggregation: ratio", "aggregation: median", "of which there is no median"),
        (SCRAP, "parts_broken", "sales_cycle_days", "only a median or a p90 can be taken"),
        (SCRAP, "parts_broken", "open_pipeline", "write state: as_of_date"),
        (SCRAP, "dimensions", "by_person: Who made it\ndimensions",
         "kpis/scrap_rate.yml by_person = 'Who made it': nobody knows whose 'parts_broken' is"),
        (SCRAP, "aggregation: ratio", "by_person: Who made it\naggregation: median",
         "a median cannot be told by person"),
        (SCRAP, "aggregation", "formulae: x\naggregation", "unknown key"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(added: Added, name: str, old: str, new: str, said: str) -> None:
    added.replace(name, old, new)
    problems = added.read()[1]
    assert [problem for problem in problems if said in problem], problems
    assert any(name in problem for problem in problems)


@pytest.mark.parametrize("name", ["fct_opportunity", "int_kpi_mine", "stg_mine", "ops_mine", "My"])
def test_names_that_concord_has_or_keeps_are_refused(added: Added, name: str) -> None:
    added.write(f"models/{name}.sql", MODEL)
    added.write(f"models/{name}.yml", NOTES.replace("own_scores", name))
    [problem] = added.read()[1]
    assert problem.startswith(f"models/{name}.sql = '{name}': ")
    assert "rename" in problem


def test_two_models_of_one_name_are_refused(added: Added) -> None:
    added.write("models/internal/own_scores.sql", MODEL)
    assert "has the same name; fix: rename one of them" in added.read()[1][0]


def test_a_model_without_words_and_a_stray_file_are_refused(added: Added) -> None:
    added.write("models/second.sql", MODEL)
    added.write("models/notes.txt", "hello")
    problems = added.read()[1]
    assert [problem.split(";")[0] for problem in problems] == [
        "models/notes.txt: is no model",
        "models/second.sql = 'second': is not described",
    ]


def test_no_kpi_is_defined_twice(added: Added) -> None:
    win_rate = KPI_WIN_RATE.replace("component: won", "component: deals_won")
    win_rate = win_rate.replace("component: closed", "component: deals_closed")
    added.write("kpis/win_rate.yml", KPI)
    added.write("kpis/closing_rate.yml", win_rate)
    added.write("kpis/second_scrap_rate.yml", KPI)
    added.write("kpis/win_rate_numerator.yml", KPI.replace("parts_broken", "deals_won"))
    said = "\n".join(added.read()[1])
    assert "kpis/win_rate.yml kpi = 'win_rate': Concord defines a KPI of this name" in said
    assert "kpis/closing_rate.yml numerator_component = 'deals_won': win_rate is made" in said
    assert "kpis/second_scrap_rate.yml numerator_component = 'parts_broken': scrap_rate" in said
    assert "kpis/win_rate_numerator.yml kpi = 'win_rate_numerator': means a part of" in said


def test_a_state_is_a_state_in_every_kpi_of_its_component(added: Added) -> None:
    """Else a company's KPI would change what Concord's KPIs of the component say."""
    text = KPI.replace("parts_broken", "leads").replace("[team, plant]", "[team]")
    added.write("kpis/open_leads.yml", text + "state: period_end\n")
    said = "\n".join(added.read()[1])
    assert "kpis/open_leads.yml state = 'period_end'" in said
    assert "fix: remove state" in said


def test_a_folder_says_it_with_all_its_other_problems(folder: Folder) -> None:
    folder.append("targets.csv", "scrap_rat,,2025-04,1")
    added = Added(folder.path)
    added.write("models/fct_opportunity.sql", MODEL)
    added.replace(SCRAP, "parts_broken", "parts_lost")
    files = {problem.file for problem in folder.problems()}
    assert files == {"targets.csv", "models/fct_opportunity.sql", "kpis/scrap_rate.yml"}


def test_a_company_has_concords_kpis_and_its_own(folder: Folder) -> None:
    Added(folder.path)
    folder.append("targets.csv", "scrap_rate,,2025-04,1")
    company = folder.load()
    assert list(company.kpis) == ["leads", "win_rate", "scrap_rate"]
    assert company.kpis["scrap_rate"].dimensions == ["team", "plant"]
