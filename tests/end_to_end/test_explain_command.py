"""`concord explain conversion` prints what was published; a mistake is told what there is."""

from __future__ import annotations

import re

import duckdb
import pytest

from tests.conftest import RunHome

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

A_CONVERSION = """
    select conversion_key, conversion_amount, touch_count from attribution.rpt_journey
    where conversion_type = ? and touch_count {touches} order by conversion_key limit 1
"""


def explained(sample: RunHome, key: str, *more: str) -> str:
    finished = sample.again("explain", "conversion", key, *more, COLUMNS="80")
    assert finished.code == 0, finished.text
    assert max(len(line) for line in finished.out.splitlines()) <= 80
    return finished.out


@pytest.mark.parametrize("conversion_type", ["opportunity", "won", "refund"])
def test_each_model_gives_out_the_whole_amount(sample: RunHome, conversion_type: str) -> None:
    [(key, amount, touches)] = sample.query(
        A_CONVERSION.format(touches="between 4 and 12"), conversion_type
    )
    text = explained(sample, key)

    [(models,)] = sample.query(
        "select count(distinct model) from attribution.fct_attribution_credit "
        "where conversion_key = ?",
        key,
    )
    sums = [line.split()[1:] for line in text.splitlines() if line.split()[:1] == ["sum"]]
    assert [figure for row in sums for figure in row] == [f"{amount:,.2f}"] * models
    journey = text.split("Journey")[1].split("Credit")[0]
    assert len(re.findall(r"^\s*\d+  \d{4}-\d{2}-\d{2} ", journey, re.M)) == touches
    for (credited,) in sample.query(
        "select credited_amount from attribution.fct_attribution_credit where conversion_key = ?",
        key,
    ):
        assert f"{credited:,.2f}" in text


def test_a_lead_is_shared_out_as_one(sample: RunHome) -> None:
    [(key, _, _)] = sample.query(A_CONVERSION.format(touches="> 2"), "lead")
    text = explained(sample, key)
    sums = [line.split()[1:] for line in text.splitlines() if line.split()[:1] == ["sum"]]
    assert [figure for row in sums for figure in row] == ["1.000000"] * 8


def test_without_a_touch_all_is_unattributed(sample: RunHome) -> None:
    [(key, _, _)] = sample.query(A_CONVERSION.format(touches="= 0"), "lead")
    assert "all of it is unattributed" in explained(sample, key)


def test_what_did_not_count_says_why(sample: RunHome) -> None:
    """Of one deal, recounted from core alone: what its group was touched by after the win."""
    [(key, late)] = sample.query(
        """select conversion_key, count(*) from attribution.rpt_journey as journey
        inner join core.bridge_opportunity_person using (opportunity_key)
        inner join core.fct_touch as touch
            on bridge_opportunity_person.person_key = touch.person_key
        where conversion_type = 'won' and touch.is_attributable
            and touch.touched_at > journey.converted_at
        group by conversion_key order by count(*) desc, conversion_key limit 1"""
    )
    text = explained(sample, key, "--all")
    assert re.search(rf"^\s+{late}  after the conversion$", text, re.M), text
    listed = text.split("Did not count")[1]
    assert len(re.findall(r"^\d{4}-\d{2}-\d{2} .*after the", listed, re.M)) == late


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("0", "at least 8 characters"),
        ("no-such-conversion", "attribution.rpt_journey, column conversion_key"),
    ],
)
def test_a_wrong_key_is_told_where_keys_stand(sample: RunHome, key: str, words: str) -> None:
    finished = sample.again("explain", "conversion", key)
    assert finished.code == 2
    assert words in finished.text
    assert "Traceback" not in finished.text


def test_while_a_run_holds_the_file_credit_is_still_told(sample: RunHome) -> None:
    [(key, _, _)] = sample.query(A_CONVERSION.format(touches="> 2"), "won")
    with duckdb.connect(str(sample.home / "warehouse.duckdb")):
        finished = sample.again("explain", "conversion", key)
    assert finished.code == 0
    assert "A run holds the working file" in finished.out
