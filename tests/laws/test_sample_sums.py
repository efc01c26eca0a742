"""Rows and sums of the sample company are the same from raw to every mart, per currency."""

from __future__ import annotations

import pytest

from tests.conftest import RunHome
from tests.laws.sums import broken_cases

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]


def test_sums_of_the_sample_company(sample: RunHome) -> None:
    key = (sample.home / "state" / "hash_key").read_text().strip()
    assert broken_cases(sample.home / "warehouse.duckdb", key) == []
