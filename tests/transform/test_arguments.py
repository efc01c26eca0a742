"""What dbt is asked to do: build everything that was chosen, but no unit tests."""

from __future__ import annotations

from orchestration.transform.assets import dbt_arguments


def test_unit_tests_are_not_part_of_the_daily_job() -> None:
    assert dbt_arguments(full_refresh=False) == ["--exclude-resource-type", "unit_test"]
    assert dbt_arguments(full_refresh=True)[-1] == "--full-refresh"
