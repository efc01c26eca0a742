"""Suite files are checked, and a company's own thresholds are laid over them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from expectations.describe import threshold_text
from expectations.loader import SUITES_DIR, SuiteError, load_suites
from expectations.model import Guard
from tests.expectations.helpers import guard


def find(name: str, overrides: dict[str, Any] | None = None) -> Guard:
    suites = load_suites("marts", overrides)
    return next(g for suite in suites for g in suite.guards if g.guard == name)


def test_a_threshold_and_a_severity_are_overridden() -> None:
    shipped = find("core_unknown_account_share")
    ours = find(
        "core_unknown_account_share",
        {"core_unknown_account_share": {"max_value": 0.4, "severity": "critical"}},
    )
    assert (shipped.kwargs["max_value"], shipped.severity) == (0.2, "warning")
    assert (ours.kwargs["max_value"], ours.severity) == (0.4, "critical")
    assert ours.kwargs["column"] == shipped.kwargs["column"]
    assert threshold_text(ours) == "at most 40 %"


def test_a_condition_is_overridden() -> None:
    ours = find(
        "core_date_conflict_share",
        {"core_date_conflict_share": {"at_least": {"date_conflict_count": 50}}},
    )
    assert ours.at_least == {"date_conflict_count": 50}


def test_an_override_of_a_guard_of_the_other_kind_is_no_error() -> None:
    assert load_suites("marts", {"raw_products_amount_plausible": {"max_value": 10}})


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ({"no_such_guard": {"max_value": 1}}, "there is no guard of this name"),
        ({"core_unknown_account_share": 0.4}, "give names and values"),
        ({"core_unknown_account_share": {"maximum": 1}}, "allowed are min_value, max_value, sev"),
        ({"core_unknown_account_share": {"column": "x"}}, "'column' is no value of it"),
        ({"core_unknown_account_share": {"max_value": "a lot"}}, "give a value such as 0.2"),
        ({"core_unknown_account_share": {"max_value": True}}, "give a value such as 0.2"),
        ({"core_unknown_account_share": {"max_value": -1}}, "is larger than max_value -1"),
        ({"core_unknown_account_share": {"severity": "off"}}, "critical, warning, info"),
        ({"core_date_conflict_share": {"at_least": {"x": 1}}}, "allowed are date_conflict_count"),
        ({"core_date_conflict_share": {"at_least": 3}}, "give names and numbers"),
        (
            {"core_date_conflict_share": {"at_least": {"date_conflict_count": "few"}}},
            "give a number",
        ),
    ],
)
def test_an_override_that_cannot_be_used_is_an_error(override: dict[str, Any], said: str) -> None:
    with pytest.raises(SuiteError, match="guard override") as caught:
        load_suites("marts", override)
    assert said in str(caught.value)


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(SuiteError) as caught:
        load_suites("raw", {"nobody": {}, "nothing": {}})
    assert len(caught.value.problems) == 2


def write(folder: Path, name: str, kind: str = "marts", **changes: Any) -> None:
    (folder / kind).mkdir(parents=True, exist_ok=True)
    content = {
        "suite": name,
        "kpi_group": "core",
        "table": "core.fct_some",
        "frame": "select 1 as some_share",
        "guards": [guard(f"{name}_guard")],
        **changes,
    }
    (folder / kind / f"{name}.yml").write_text(yaml.safe_dump(content))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"guards": []}, "guards"),
        ({"guards": [guard("g", severity="fatal")]}, "guards.0.severity"),
        ({"guards": [guard("g", sample_columns=["email_address"])]}, "would show e-mail"),
        ({"guards": [guard("g", description="too short")]}, "guards.0.description"),
        ({"kpi_group": "sales"}, "kpi_group"),
        ({"frame": "delete from core.fct_some"}, "must be one SELECT"),
        ({"frame": "select 1; drop table x"}, "without a semicolon"),
        ({"frame": "select now() as some_share"}, "uses 'now'"),
        ({"inputs": ["guard_input_weather"]}, "is no input; allowed are"),
        ({"inputs": ["guard_input_entity_load"]}, "list exactly what is read"),
        ({"frame": "select * from guard_input_entity_load"}, "list exactly what is read"),
        ({"suite": "other"}, "give both the same name"),
    ],
)
def test_a_suite_that_cannot_be_used_is_an_error(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    write(tmp_path, "mine", **changes)
    with pytest.raises(SuiteError) as caught:
        load_suites("marts", folder=tmp_path)
    assert said in str(caught.value)
    assert "marts/mine.yml" in str(caught.value)


def test_ids_are_unique_over_both_kinds(tmp_path: Path) -> None:
    write(tmp_path, "mine", guards=[guard("same")])
    write(tmp_path, "yours", kind="raw", guards=[guard("same")])
    with pytest.raises(SuiteError, match="guard 'same' stands in two suites"):
        load_suites("raw", folder=tmp_path)


def test_broken_yaml_is_an_error_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "broken.yml").write_text("suite: [")
    with pytest.raises(SuiteError, match="raw/broken.yml: this is no valid YAML"):
        load_suites("raw", folder=tmp_path)


def test_every_shipped_suite_says_what_it_is_on_its_first_line() -> None:
    for path in SUITES_DIR.glob("*/*.yml"):
        assert path.read_text().startswith("# "), path.name


def test_every_published_group_of_this_stage_is_guarded() -> None:
    groups = {suite.kpi_group for suite in load_suites("marts")}
    assert groups == {
        "core", "demand", "pipeline", "attribution", "unit_economics", "compensation", "ops",
    }  # fmt: skip
