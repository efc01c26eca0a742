"""Credits against a brute-force oracle in exact fractions, and against published figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random

import duckdb
import pytest

from tests.attribution.credits_oracle import Journey, Touch, divided, shares
from tests.attribution.few_journeys import MODELS, compare, credited, run
from tests.attribution.journeys import random_journeys
from tests.kpi.compiled import CompiledModels, compile_models, empty_warehouse

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("attribution")]

COUNT = 20_000
WON = "00000000000000a"  # keys are numbers in base 16


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> CompiledModels:
    return compile_models(tmp_path_factory.mktemp("attribution"), MODELS)


@pytest.fixture(scope="module")
def journeys() -> list[Journey]:
    return random_journeys(Random(20261031), COUNT)


@pytest.fixture(scope="module")
def warehouse(
    compiled: CompiledModels, journeys: list[Journey]
) -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_warehouse(compiled) as connection:
        run(connection, compiled, journeys)
        yield connection


def test_every_credit_is_the_oracles(
    warehouse: duckdb.DuckDBPyConnection, journeys: list[Journey]
) -> None:
    compare(warehouse, journeys)
    lengths = {len(journey.eligible()) for journey in journeys}
    assert lengths >= {0, 1, 2, 3, 5, 8}


def test_the_order_of_the_rows_does_not_matter(
    warehouse: duckdb.DuckDBPyConnection, compiled: CompiledModels, journeys: list[Journey]
) -> None:
    some = journeys[:2_000]
    keys = {journey.key for journey in some}
    expected = {key: rows for key, rows in credited(warehouse).items() if key[0] in keys}
    random = Random(1)
    shuffled = random.sample(
        [
            replace(journey, touches=tuple(random.sample(journey.touches, len(journey.touches))))
            for journey in some
        ],
        len(some),
    )
    with empty_warehouse(compiled) as connection:
        run(connection, compiled, shuffled)
        assert credited(connection) == expected


def journey_of(days_before: list[int], **more: object) -> Journey:
    """A won deal of 20,000.00 with touches t0, t1, … some days before it."""
    won_at = datetime.fromisoformat("2026-03-31T12:00:00")
    given: dict[str, object] = {
        "key": WON,
        "conversion_type": "won",
        "cents": 2_000_000,
        "opens_at": won_at - timedelta(days=90),
        "closes_at": won_at,
        "lead_at": None,
        "opportunity_at": None,
        "touches": tuple(
            Touch(f"t{number}", won_at - timedelta(days=days), False)
            for number, days in enumerate(days_before)
        ),
        **more,
    }
    return Journey(**given)  # type: ignore[arg-type]


PUBLISHED = [
    # HockeyStack: six touches in six-day steps, half-life of a week.
    pytest.param(
        journey_of([30, 24, 18, 12, 6, 0]),
        "time_decay",
        [47_272, 85_631, 155_116, 280_985, 508_989, 922_007],
        id="time decay",
    ),
    # HockeyStack: Google Ads, Facebook Ads, Google Ads, SDR.
    pytest.param(journey_of([4, 3, 2, 1]), "linear", [500_000] * 4, id="linear"),
    pytest.param(
        journey_of([4, 3, 2, 1]),
        "position_based",
        [800_000, 200_000, 200_000, 800_000],
        id="position 40/20/40",
    ),
]


@pytest.mark.parametrize(("journey", "model", "cents"), PUBLISHED)
def test_published_figures(
    compiled: CompiledModels, journey: Journey, model: str, cents: list[int]
) -> None:
    with empty_warehouse(compiled) as connection:
        run(connection, compiled, [journey])
        found = credited(connection)[WON, model]
    amounts = [found[touch.key][0] for touch in journey.touches]
    # Published to the cent, each rounded by itself.
    assert all(
        amount is not None and abs(amount - expected) <= 1
        for amount, expected in zip(amounts, cents, strict=True)
    ), amounts
    assert sum(amount or 0 for amount in amounts) == 2_000_000


def test_the_oracle_divides_as_it_says() -> None:
    third = Fraction(1, 3)
    parts = {"a": third, "b": third, "c": third}
    assert divided(100, parts, ["b", "a", "c"]) == {"a": 33, "b": 34, "c": 33}
    assert divided(-100, parts, ["a", "b", "c"]) == {"a": -34, "b": -33, "c": -33}


def test_the_oracle_gives_missing_shares_to_the_others() -> None:
    weights = {"first": 300, "lead": 300, "opportunity": 300, "middle": 100}
    assert shares(journey_of([3, 2, 1]), "w_shaped", weights, 1) == {
        "t0": Fraction(3, 4),
        "t1": Fraction(1, 8),
        "t2": Fraction(1, 8),
    }
