"""What dbt is asked to build: whatever holds data is built anew where the views are kept."""

from __future__ import annotations

import re

from orchestration.transform.assets import HOLDING_DATA, dbt_arguments
from orchestration.transform.project import PROJECT_DIR

CONFIGURED = re.compile(r"materialized\s*[:=]\s*['\"]?(\w+)")


def test_only_views_are_left_out() -> None:
    arguments = dbt_arguments([], is_everything=True, full_refresh=False, keeps_views=True)
    chosen = arguments[arguments.index("--select") + 1 :]
    assert chosen == ["config.materialized:table", "config.materialized:incremental",
                      "test_type:data"]  # fmt: skip
    assert "--select" not in dbt_arguments([], True, full_refresh=False, keeps_views=False)


def test_no_model_is_of_a_kind_that_would_be_left_out() -> None:
    files = [PROJECT_DIR / "dbt_project.yml", *(PROJECT_DIR / "models").rglob("*.*")]
    kinds = {kind for file in files for kind in CONFIGURED.findall(file.read_text())}
    assert {"view", "table"} <= kinds <= {"view", *HOLDING_DATA}
