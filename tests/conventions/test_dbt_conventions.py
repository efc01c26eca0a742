"""The dbt project keeps its own rules: grain, keys, layers, contracts, no clock, exact money."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from orchestration.publish.tables import FINANCE_SCHEMAS
from orchestration.settings import Settings
from orchestration.transform.project import PROJECT_DIR, ensure_parsed

MODELS = PROJECT_DIR / "models"
LAYERS = ("staging", "conformed", "intermediate", "marts")
MODEL_FILES = sorted(MODELS.rglob("*.sql"))
KEYED_FILES = [path for path in MODEL_FILES if "staging" not in path.parts]
MART_FILES = [path for path in MODEL_FILES if "marts" in path.parts]
GRAIN = re.compile(r"^-- Grain: one row(?: per .+ \(([a-z0-9_, ]+)\)|: .+)\.$")
CLOCK = re.compile(
    r"\b(current_date|current_timestamp|now\(|today\(|localtime|random\(|uuid\(|gen_random_uuid)",
    re.I,
)


def ids(paths: list[Path]) -> list[str]:
    return [path.stem for path in paths]


def without_comments(path: Path) -> str:
    return re.sub(r"--[^\n]*|\{#.*?#\}", "", path.read_text(), flags=re.S)


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("conventions")
    content: dict[str, Any] = json.loads(
        ensure_parsed(Settings(company_dir=home, home=home)).read_text()
    )
    return content


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {n["name"]: n for n in manifest["nodes"].values() if n["resource_type"] == "model"}


@pytest.fixture(scope="session")
def sound_tests(manifest: dict[str, Any]) -> dict[str, list[str]]:
    """Model name -> key of its sound_table test."""
    found = {}
    for node in manifest["nodes"].values():
        test = node.get("test_metadata") or {}
        if node["resource_type"] == "test" and test.get("name") == "sound_table":
            model = manifest["nodes"][node["attached_node"]]["name"]
            found[model] = test["kwargs"]["key"]
    return found


@pytest.mark.parametrize("path", MODEL_FILES, ids=ids(MODEL_FILES))
def test_the_first_line_states_the_grain(path: Path) -> None:
    assert GRAIN.match(path.read_text().splitlines()[0]), path.read_text().splitlines()[0]


@pytest.mark.parametrize("path", KEYED_FILES, ids=ids(KEYED_FILES))
def test_the_grain_is_tested(path: Path, sound_tests: dict[str, list[str]]) -> None:
    columns = GRAIN.match(path.read_text().splitlines()[0])
    assert path.stem in sound_tests, "no sound_table test"
    if columns and columns.group(1):
        stated = [name.strip() for name in columns.group(1).split(",")]
        assert stated == sound_tests[path.stem]


@pytest.mark.parametrize("path", KEYED_FILES, ids=ids(KEYED_FILES))
def test_each_model_has_a_yml_of_its_own(path: Path) -> None:
    assert path.with_suffix(".yml").is_file()


@pytest.mark.parametrize("path", MODEL_FILES, ids=ids(MODEL_FILES))
def test_only_staging_reads_sources(path: Path) -> None:
    reads_source = "source(" in without_comments(path)
    assert reads_source == ("staging" in path.parts)


@pytest.mark.parametrize("path", MODEL_FILES, ids=ids(MODEL_FILES))
def test_no_clock_and_no_chance(path: Path) -> None:
    assert not CLOCK.search(without_comments(path))


@pytest.mark.parametrize("path", MODEL_FILES, ids=ids(MODEL_FILES))
def test_models_end_in_final(path: Path) -> None:
    assert path.read_text().rstrip().endswith("select * from final")


def test_layers_read_downwards_only(manifest: dict[str, Any]) -> None:
    allowed = {
        "staging": {"staging"},
        "conformed": {"staging", "conformed", "intermediate"},
        "intermediate": {"staging", "conformed", "intermediate", "marts"},
        "marts": {"staging", "conformed", "intermediate", "marts"},
    }
    undelivered = re.compile(r"^stg_(company|published|ledger)__")
    wrong = []
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model":
            continue
        layer = node["fqn"][1]
        for read in node["depends_on"]["nodes"]:
            other = manifest["nodes"].get(read)
            if other is None:
                continue
            if other["fqn"][1] not in allowed[layer]:
                wrong.append(f"{node['name']} reads {other['name']}")
            # The company's decisions and what was published or locked have no conformed form.
            is_delivery = other["fqn"][1] == "staging" and not undelivered.match(other["name"])
            if layer == "marts" and is_delivery:
                wrong.append(f"{node['name']} reads {other['name']}")
    assert wrong == []


@pytest.mark.parametrize("path", MART_FILES, ids=ids(MART_FILES))
def test_marts_have_contracts_groups_owners_and_words(
    path: Path, models: dict[str, dict[str, Any]]
) -> None:
    model = models[path.stem]
    meta = {**model.get("meta", {}), **model["config"].get("meta", {})}
    assert model["config"]["contract"]["enforced"]
    groups = {"core", "demand", "pipeline", "attribution", "unit_economics", "compensation"}
    assert meta.get("publish_group") in groups | {"by_row", "ops"}
    # `ops` is published whatever fails; nothing that readers count on may hide there.
    assert (meta["publish_group"] == "ops") == (model["schema"] == "ops")
    # Pay is published for finance alone, by its schema.
    assert (meta["publish_group"] == "compensation") == (model["schema"] in FINANCE_SCHEMAS)
    assert meta.get("owner")
    assert model["description"].strip()
    undescribed = [n for n, c in model["columns"].items() if not (c["description"] or "").strip()]
    assert undescribed == []


@pytest.mark.parametrize("path", MART_FILES, ids=ids(MART_FILES))
def test_money_is_decimal_and_has_its_currency(
    path: Path, models: dict[str, dict[str, Any]]
) -> None:
    columns = models[path.stem]["columns"]
    for name, column in columns.items():
        kind = column["data_type"].lower()
        assert not re.match(r"(double|float|real)", kind), f"{name} is {kind}"
        if re.search(r"(^|_)(amount|spend)(_local)?$", name):
            assert kind.startswith("decimal"), f"{name} is {kind}"
        if name.endswith("_local"):
            assert "currency_code" in columns, f"{name} has no currency_code beside it"
        if name.startswith(("is_", "has_", "was_")):
            assert kind == "boolean", f"{name} is {kind}"


def test_what_people_are_paid_is_read_by_finance_alone(
    models: dict[str, dict[str, Any]], manifest: dict[str, Any]
) -> None:
    """No mart of another schema reads a model of pay, or what it is made of."""
    pay = {
        node["unique_id"]
        for name, node in models.items()
        if node["schema"] in FINANCE_SCHEMAS
        or name.startswith(("int_comp_", "int_known_", "stg_ledger__"))
        or "compensation" in name
        or name.endswith(("_payroll_returns", "_plan_assignments"))
    }
    assert len(pay) > 15
    readers = {
        node["name"]
        for node in models.values()
        if node["unique_id"] not in pay and pay & set(node["depends_on"]["nodes"])
    }
    assert readers == set()


def test_every_macro_is_used() -> None:
    texts = "\n".join(path.read_text() for path in PROJECT_DIR.rglob("*.sql"))
    defined = re.findall(r"\{%-?\s*macro\s+(\w+)\(", texts)
    called_by_dbt = {"generate_schema_name", "is_incremental"}
    unused = [
        name
        for name in defined
        if name not in called_by_dbt
        and not name.startswith(("default__", "duckdb__"))
        and len(re.findall(rf"\b{name}\(", texts)) < 2
    ]
    assert unused == []


def test_every_rule_model_has_a_unit_test(manifest: dict[str, Any]) -> None:
    tested = {node["model"] for node in manifest["unit_tests"].values()}
    assert len(manifest["unit_tests"]) >= 40
    rules = {
        "int_lead_statuses_mapped",
        "int_sales_stages_mapped",
        "int_channel_matches",
        "int_touch_types_mapped",
        "int_user_agents_judged",
        "int_anonymous_persons",
        "int_opportunities_dated",
        "conformed_leads",
        "conformed_employees",
        "fct_person_stage",
        "rpt_funnel_cohort",
        "rpt_funnel_flow",
        "rpt_pipeline_daily",
        "fct_booking",
        "fct_touch",
        "fct_message_send",
        "fct_activity",
        "fct_content_performance_daily",
        "dim_date",
        "rpt_kpi",
        "fct_refund",
        "fct_subscription_month",
        "ops_source_bridge",
        "rpt_arr_movement",
        "rpt_retention_cohort",
        "rpt_post_sale",
        "rpt_account_journey",
        "rpt_content_influence",
        "rpt_content_coverage",
        "comp_event",
        "comp_credit",
        "comp_attainment",
        "comp_kpi_result",
        "comp_earning_line",
        "int_comp_tier_amounts",
        "int_comp_capped_lines",
        "int_comp_late_lines",
        "int_comp_months",
        "int_comp_override_months",
        "comp_override",
        "comp_pending_posting",
        "comp_statement",
        "comp_dispute",
        "int_comp_paying_entities",
        "int_comp_pay_runs",
        "int_comp_payments",
        "int_comp_pending_payments",
        "int_comp_pay_lines",
        "int_comp_expected_bonuses",
        "int_comp_accrual_movements",
        "int_comp_contract_costs",
        "comp_payroll_input",
        "comp_payroll_confirmation",
        "comp_accrual",
        "comp_accrual_journal",
        "comp_contract_cost",
        "comp_contract_cost_schedule",
        "comp_cost_detail",
        "comp_tie_out",
    }
    assert rules - tested == set()
