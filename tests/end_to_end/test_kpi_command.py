"""`concord kpi` prints what was published, and answers a mistake with what there is."""

from __future__ import annotations

import pytest

from orchestration.cli.figures import format_value
from tests.conftest import RunHome

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]


def test_a_kpi_by_channel_shows_the_published_values(sample: RunHome) -> None:
    text = sample.again("kpi", "win_rate", "--by", "channel", "--month", "2026-09").out

    rows = sample.query(
        "select member, value, numerator, denominator from kpi.rpt_kpi where kpi = 'win_rate' and "
        "period_grain = 'month' and period_start = '2026-09-01' and dimension in ('all', 'channel')"
    )
    assert len(rows) > 5
    for member, value, numerator, denominator in rows:
        line = next(line for line in text.splitlines() if line.split()[:1] == [member])
        assert format_value(value, "ratio", None) in line
        if denominator:
            assert f"{numerator:.0f} / {denominator:.0f}" in line
    for words in (
        "Win rate", "Formula", "Example", "3 / (3 + 2) = 60 %", "opportunity_lines",
        "core.fct_opportunity", "int_kpi_components_opportunities", "since 2026-10-31",
    ):  # fmt: skip
        assert words in text


def test_fiscal_quarters_and_years_are_those_of_the_calendar(sample: RunHome) -> None:
    quarter = sample.again("kpi", "bookings", "--quarter", "2027-Q3").out
    year = sample.again("kpi", "bookings", "--year", "2027").out

    assert "Quarter from 2026-08-01 (final)" in quarter
    assert "Year from 2026-02-01 (not final yet)" in year


def test_without_a_name_all_kpis_are_listed(sample: RunHome) -> None:
    text = sample.again("kpi").out

    for (kpi,) in sample.query("select kpi from kpi.dim_kpi"):
        assert any(line.startswith(kpi) for line in text.splitlines())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["win_rat"], ["no KPI 'win_rat'", "did you mean 'win_rate'?", "bookings"]),
        (["win_rate", "--by", "chanel"], ["did you mean 'channel'?", "team"]),
        (["win_rate", "--month", "2019-01"], ["no month '2019-01'", "known from"]),
        (["win_rate", "--month", "May"], ["no month 'May'"]),
        (["win_rate", "--quarter", "2027-Q5"], ["no quarter '2027-Q5'"]),
        (["win_rate", "--month", "2026-09", "--year", "2027"], ["one period"]),
    ],
)
def test_a_mistake_is_answered_with_what_exists(
    sample: RunHome, arguments: list[str], words: list[str]
) -> None:
    finished = sample.again("kpi", *arguments)

    assert finished.code == 2
    for word in words:
        assert word in finished.text
    assert "Traceback" not in finished.text
