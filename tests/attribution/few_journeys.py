"""Runs the models of attribution over journeys, and holds their credits to the oracle.

Belongs here: running and comparing. Does not: journeys (journeys.py), what is due
(credits_oracle.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from random import Random

import duckdb

from tests.attribution.credits_oracle import SUITED, Journey, credits
from tests.attribution.journeys import ATTRIBUTION, fill, random_journeys
from tests.kpi.compiled import CompiledModels
from tests.unlike import unlike

FEW = 400
HALF_LIFE = 7 * 86_400
MODELS = (
    "int_creditable_touches", "int_session_repeats", "int_journey_touches",
    "int_conversion_milestones", "int_conversion_key_shares",
    "int_conversion_decay", "int_conversion_touches", "fct_attribution_credit",
)  # fmt: skip
Credits = dict[tuple[str, str], dict[str | None, tuple[int | None, int]]]


def run(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledModels, journeys: list[Journey]
) -> None:
    """Credit journeys in an empty warehouse."""
    fill(connection, journeys)
    connection.execute(
        "alter table intermediate.int_conversions add column conversion_amount decimal(18, 2)"
    )
    connection.execute("update intermediate.int_conversions set conversion_amount = cents / 100")
    connection.execute("create schema if not exists attribution")
    compiled.run_named(connection, *MODELS)


def credited(connection: duckdb.DuckDBPyConnection) -> Credits:
    """What the models say, by conversion and model."""
    found: Credits = defaultdict(dict)
    for conversion, model, touch, cents, millionths in connection.execute(
        "select conversion_key, model, touch_key, cast(credited_amount * 100 as bigint), "
        "cast(credited_conversions * 1000000 as bigint) from attribution.fct_attribution_credit"
    ).fetchall():
        assert touch not in found[conversion, model]
        found[conversion, model][touch] = (cents, millionths)
    return found


def compare(connection: duckdb.DuckDBPyConnection, journeys: Sequence[Journey]) -> None:
    """Hold what the models say of all journeys to what is due."""
    found = credited(connection)
    expected = {
        (journey.key, model): credits(
            journey, model, ATTRIBUTION.weights_of(model) or {}, HALF_LIFE
        )
        for journey in journeys
        for model in SUITED[journey.conversion_type]
    }
    assert unlike(found, expected) == {}


def few_journeys_equal_brute_force(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledModels, seed: int
) -> None:
    """Credit a few journeys and compare."""
    journeys = random_journeys(Random(seed), FEW)
    run(connection, compiled, journeys)
    compare(connection, journeys)
