"""What a company's compiled models read: what their refs name, and nothing past them."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.transform.company_reads import company_model_problems

GOOD = """
with accounts as (select * from "warehouse"."conformed"."conformed_accounts"),
final as (select *, unnest(range(2)) as number from accounts)
select * from final, range(3)
"""


def manifest(sql: str = GOOD, reads: str = "conformed_accounts", **changed: Any) -> dict[str, Any]:
    layers = {
        "conformed_accounts": "conformed",
        "stg_file_drop__people": "staging",
        "stg_company__settings": "staging",
        "stg_company__as_of": "staging",
        "int_customers": "intermediate",
        "own": "company",
    }
    nodes = {
        f"model.{name}": {
            "resource_type": "model",
            "name": name,
            "alias": name,
            "schema": layer,
            "fqn": ["concord", layer, name],
            "config": {"materialized": "table"},
            "depends_on": {"nodes": []},
            "compiled_code": "select * from raw.everything",
        }
        for name, layer in layers.items()
    }
    read = reads if "." in reads else f"model.{reads}"
    nodes["model.own"] |= {"compiled_code": sql, "depends_on": {"nodes": [read]}, **changed}
    return {"nodes": nodes}


def test_what_the_refs_name_may_be_read() -> None:
    assert company_model_problems(manifest()) == []
    for name, column in (
        ("stg_company__settings", "time_zone"),
        ("stg_company__as_of", "as_of_date"),
    ):
        query = f'select {column} from "w"."staging"."{name}"'
        assert company_model_problems(manifest(query, name)) == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select * from raw_file_drop.people", "reads 'raw_file_drop.people' past ref"),
        ("select * from conformed.conformed_people", "reads 'conformed.conformed_people' past"),
        ("select (select max(email) from raw_file_drop.people)", "past ref"),
        ("select * from 'people.parquet'", "reads 'people.parquet' past ref"),
        ("select * from read_parquet('people.parquet')", "calls read_parquet; allowed: generate"),
        ("select * from query_table('raw_file_drop.people')", "calls query_table"),
        ("select * from people", "reads 'people' past ref"),
        ("drop table core.fct_opportunity", "is no select statement"),
    ],
)
def test_nothing_is_read_past_them(sql: str, said: str) -> None:
    [problem] = company_model_problems(manifest(sql))
    assert problem.startswith("models/own: ")
    assert said in problem


@pytest.mark.parametrize("name", ["stg_file_drop__people", "int_customers"])
def test_a_ref_that_only_a_template_names_is_refused(name: str) -> None:
    [problem] = company_model_problems(manifest("select 1 as one", name))
    assert problem == f"models/own: may not read {name}; fix: read a mart or a conformed model"


def test_a_source_is_refused() -> None:
    [problem] = company_model_problems(manifest("select 1 as one", "source.raw.people"))
    assert "holds raw data" in problem


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"schema": "core"}, "another schema or name"),
        ({"alias": "fct_opportunity"}, "another schema or name"),
        ({"config": {"materialized": "incremental"}}, "is materialized as incremental"),
        ({"config": {"materialized": "table", "post-hook": [1]}}, "has hooks"),
    ],
)
def test_it_stays_in_its_place(changed: dict[str, Any], said: str) -> None:
    [problem] = company_model_problems(manifest(**changed))
    assert said in problem
