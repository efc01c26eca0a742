"""Random journeys, and the tables that the models read them from.

Belongs here: journeys with every edge that matters, and the parents of int_journey_touches and
fct_attribution_credit. Does not: what is due (credits_oracle.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import duckdb
import pyarrow as pa

from orchestration.company.attribution import AttributionFile
from orchestration.company.attribution_tables import attribution_rows
from orchestration.company.rules_schema import RULES_SCHEMAS
from tests.attribution.credits_oracle import SOURCE_PRIORITY, Journey, Touch

TYPES = ("lead", "mql", "opportunity", "won", "refund")
BEGIN = datetime.fromisoformat("2026-01-01")
WINDOW = timedelta(days=90)
ATTRIBUTION = AttributionFile.model_validate(
    {
        "lookback_days": {"lead": 90, "mql": 90, "opportunity": 90, "won": 90},
        "half_life_days": 7,
        "direct_channels": ["direct"],
        "source_priority": SOURCE_PRIORITY,
        "preset": "hubspot",
        "weights": {"custom": {"lead": 500, "opportunity": 500}},
    }
)


def random_journeys(random: Random, count: int) -> list[Journey]:
    """Journeys of 0 to 20 touches: ties, touches too early and too late, missing milestones."""
    return [_journey(random, f"{number:015x}") for number in range(count)]


def _journey(random: Random, key: str) -> Journey:
    closes_at = BEGIN + timedelta(seconds=random.randrange(200 * 86_400))
    opens_at = closes_at - WINDOW
    # Few moments, so that many touches fall on one second, and on the ends of the window.
    moments = [
        opens_at - timedelta(seconds=1), opens_at, closes_at, closes_at + timedelta(seconds=1),
        *(opens_at + timedelta(seconds=random.randrange(90 * 86_400)) for _ in range(6)),
    ]  # fmt: skip
    touches = tuple(
        Touch(
            f"{key}-{random.random():.12f}",
            random.choice(moments),
            random.random() < 0.4,
            random.choice((None, None, None, f"{key}-1", f"{key}-2")),
            random.choice((*SOURCE_PRIORITY, "web", "letters")),
        )
        for _ in range(random.choice((0, 1, 1, 2, 3, 5, 8, 13, 20)))
    )
    conversion_type = random.choice(TYPES)
    is_of_deal = conversion_type in ("opportunity", "won", "refund")
    cents = random.choice((0, 1, 2, 10, 99, 12_345, random.randrange(10**11), 10**11))
    if conversion_type == "refund" or random.random() < 0.1:
        cents = -cents
    has_amount = is_of_deal and random.random() > 0.05
    lead_at = random.choice([None, *moments])
    return Journey(
        key,
        conversion_type,
        cents if has_amount else None,
        opens_at,
        closes_at,
        lead_at,
        random.choice([None, *moments]) if is_of_deal else None,
        touches,
    )


def fill(connection: duckdb.DuckDBPyConnection, journeys: Sequence[Journey]) -> None:
    """Make the parents of the models; a refund stands beside its win and takes its journey."""
    for schema in ("staging", "core", "intermediate"):
        connection.execute(f"create schema if not exists {schema}")
    for name, rows in attribution_rows(ATTRIBUTION).items():
        table = pa.Table.from_pylist(rows, schema=RULES_SCHEMAS[name])
        _make(connection, f"staging.stg_company__{name}s", table)
    _make(
        connection,
        "core.dim_channel",
        pa.table({"channel_key": ["d", "c"], "channel_name": ["direct", "paid"]}),
    )
    _make(connection, "core.fct_touch", pa.Table.from_pylist(_touches(journeys)))
    keys = [journey.key for journey in journeys]
    people = pa.table({"journey_key": keys, "person_key": keys})
    _make(connection, "intermediate.int_journey_people", people)
    bounds = pa.Table.from_pylist(_bounds(journeys))
    _make(connection, "intermediate.int_journey_bounds", bounds)
    conversions = pa.Table.from_pylist(_conversions(journeys))
    _make(connection, "intermediate.int_conversions", conversions)


def _make(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    connection.register("given", table)
    connection.execute(f"create or replace table {name} as select * from given")
    connection.unregister("given")


def _touches(journeys: Sequence[Journey]) -> list[dict[str, object]]:
    return [
        {
            "touch_key": touch.key,
            "person_key": journey.key,
            "channel_key": "d" if touch.is_direct else "c",
            "campaign_key": "k",
            "session_key": touch.session,
            "source_instance": touch.source,
            "touch_type": "session",
            "is_attributable": True,
            "touched_date": touch.at.date(),
            "touched_at": touch.at,
        }
        for journey in journeys
        for touch in journey.touches
    ]


def _bounds(journeys: Sequence[Journey]) -> list[dict[str, object]]:
    return [
        {
            "journey_key": journey.key,
            "journey_number": number,
            "conversion_type": _of_journey(journey),
            "lead_at": journey.lead_at,
            "opportunity_at": journey.opportunity_at,
            "previous_won_at": None,
            "opens_at": journey.opens_at,
            "closes_at": journey.closes_at,
        }
        for number, journey in enumerate(journeys, start=1)
    ]


def _conversions(journeys: Sequence[Journey]) -> list[dict[str, object]]:
    return [
        {
            "conversion_key": journey.key,
            "journey_key": journey.key,
            "conversion_type": journey.conversion_type,
            "booking_type": "new",
            "cents": journey.cents,
            "converted_date": journey.closes_at.date(),
            "converted_at": journey.closes_at,
        }
        for journey in journeys
    ]


def _of_journey(journey: Journey) -> str:
    return "won" if journey.conversion_type == "refund" else journey.conversion_type
