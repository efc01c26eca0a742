"""What the oracle tests share: the compiled models, once for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.kpi.compiled import CompiledModels, compile_models, empty_warehouse


@pytest.fixture(scope="session")
def oracle_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what dbt compiles."""
    return tmp_path_factory.mktemp("oracle")


@pytest.fixture(scope="session")
def models(oracle_folder: Path) -> CompiledModels:
    """The KPI, pipeline and retention models, compiled."""
    return compile_models(
        oracle_folder,
        [
            "path:models/intermediate/kpi",
            "path:extension/models/intermediate/kpi",
            "int_person_cycles_described",
            "int_funnel_steps",
            # Not rpt_alignment, which reads facts that no KPI is made of.
            "dim_kpi",
            "fct_kpi_component",
            "rpt_kpi",
            "rpt_kpi_history",
            "path:models/intermediate/pipeline",
            "path:models/intermediate/waterfall",
            "int_reporting_periods",
            "rpt_pipeline_daily",
            "rpt_pipeline_waterfall",
            "path:models/intermediate/recurring",
            "rpt_arr_movement",
            "rpt_retention_cohort",
            "path:models/intermediate/forecast",
            "path:models/intermediate/scorecard",
            "rpt_forecast",
            "rpt_rep_scorecard",
            "rpt_win_loss",
        ],
    )


@pytest.fixture
def warehouse(models: CompiledModels) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse under the name that the compiled SQL uses."""
    with empty_warehouse(models) as connection:
        yield connection
