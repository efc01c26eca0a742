"""Random ads, messages and visits, and what the awareness KPIs have to count of them.

Belongs here: their facts, their tables and their parts by brute force. Does not: other KPIs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import duckdb

from tests.kpi.compiled import make_table

Row = dict[str, Any]
# component, day, quantity, channel_key
Counted = tuple[str, date, Fraction, str | None]
UNKNOWN_PERSON = "nobody"


@dataclass
class Awareness:
    """What was shown, sent and visited."""

    ads: list[Row] = field(default_factory=list)
    sends: list[Row] = field(default_factory=list)
    touches: list[Row] = field(default_factory=list)


def random_awareness(random: Random, first: date, channels: list[str]) -> Awareness:
    """Make up to thirty of each; a platform may leave any figure out."""

    def day() -> date:
        return first + timedelta(days=random.randint(0, 230))

    def figure(most: int) -> int | None:
        return random.randint(0, most) if random.random() < 0.7 else None

    made = Awareness()
    for number in range(random.randint(0, 30)):
        spend = figure(10_000)
        made.ads.append(
            {
                "channel_key": random.choice(channels),
                "spend_date": day(),
                "impressions": figure(9_999),
                "clicks": figure(50),
                "engagements": figure(90),
                "spend": None if spend is None else Decimal(spend) / 100,
            }
        )
        made.sends.append(
            {
                "sent_date": day(),
                "delivered": random.random() < 0.8,
                "clicked": random.random() < 0.3,
                "unsubscribed": random.random() < 0.1,
            }
        )
        visited = day()
        made.touches.append(
            {
                "touch_key": f"t{number}",
                "person_key": random.choice(("v1", "v2", "v3", UNKNOWN_PERSON)),
                "channel_key": random.choice([*channels, None]),
                "touch_type": random.choice(("session", "session", "form_fill")),
                "no_credit_reason": random.choice((None, None, "bot", "person", "no_consent")),
                "touched_date": visited,
                "touched_at": datetime.combine(visited, time(random.randint(0, 2))),
            }
        )
    return made


def make_awareness_tables(connection: duckdb.DuckDBPyConnection, made: Awareness) -> None:
    """Write them as the tables that the KPI models read, but for the ads."""
    make_table(
        connection,
        "core.fct_message_send",
        {
            "sent_date": "date",
            "delivered": "boolean",
            "clicked": "boolean",
            "unsubscribed": "boolean",
        },
        made.sends,
    )
    make_table(
        connection,
        "core.fct_touch",
        {
            "touch_key": "varchar", "person_key": "varchar", "channel_key": "varchar",
            "touch_type": "varchar", "no_credit_reason": "varchar", "touched_date": "date",
            "touched_at": "timestamp",
        },
        made.touches,
    )  # fmt: skip
    make_table(
        connection,
        "core.dim_person",
        {"person_key": "varchar", "is_unknown": "boolean"},
        [
            {"person_key": key, "is_unknown": key == UNKNOWN_PERSON}
            for key in ("v1", "v2", "v3", UNKNOWN_PERSON)
        ],
    )


def awareness_parts(made: Awareness, direct: str) -> Iterator[Counted]:
    """Every record's share in every component, in the words of the formulas."""
    for ad in made.ads:
        yield from _ad_parts(ad)
    for send in made.sends:
        if send["delivered"]:
            yield "messages_delivered", send["sent_date"], Fraction(1), None
            yield "messages_clicked", send["sent_date"], Fraction(int(send["clicked"])), None
            count = Fraction(int(send["unsubscribed"]))
            yield "messages_unsubscribed", send["sent_date"], count, None
    seen: set[str] = set()
    visits = [
        touch
        for touch in made.touches
        if touch["touch_type"] == "session" and touch["no_credit_reason"] not in ("bot", "person")
    ]
    for visit in sorted(visits, key=lambda item: (item["touched_at"], item["touch_key"])):
        day, channel, person = visit["touched_date"], visit["channel_key"], visit["person_key"]
        yield "sessions", day, Fraction(1), channel
        yield "direct_sessions", day, Fraction(int(channel == direct)), channel
        if person != UNKNOWN_PERSON:
            yield "visitor_sessions", day, Fraction(1), channel
            yield "first_sessions", day, Fraction(int(person not in seen)), channel
            seen.add(person)


def _ad_parts(ad: Row) -> Iterator[Counted]:
    day, channel = ad["spend_date"], ad["channel_key"]
    if ad["impressions"] is not None:
        yield "impressions", day, Fraction(ad["impressions"]), channel
    for upper, lower in (
        ("clicks", "impressions"),
        ("engagements", "impressions"),
        ("spend", "clicks"),
        ("spend", "impressions"),
    ):
        if ad[upper] is None or ad[lower] is None:
            continue
        yield f"{upper}_with_{lower}", day, Fraction(ad[upper]), channel
        if (upper, lower) == ("spend", "impressions"):
            thousands = Fraction(ad[lower], 1000)
            yield "thousand_impressions_with_spend", day, thousands, channel
        else:
            yield f"{lower}_with_{upper}", day, Fraction(ad[lower]), channel
