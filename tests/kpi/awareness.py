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

from tests.kpi.calendar_rows import months_later
from tests.kpi.compiled import make_table

Row = dict[str, Any]
# component, day, quantity, channel_key
Counted = tuple[str, date, Fraction, str | None]
UNKNOWN_PERSON = "nobody"
IDENTIFICATION_WINDOW = 90
NO_CHANNEL = "-"
SHARES = (Decimal("0.25"), Decimal("0.4"))
VISITORS = tuple(f"v{number}" for number in range(1, 10))


@dataclass
class Awareness:
    """What was shown, sent and visited."""

    ads: list[Row] = field(default_factory=list)
    sends: list[Row] = field(default_factory=list)
    touches: list[Row] = field(default_factory=list)
    reach_windows: list[Row] = field(default_factory=list)
    brand_weeks: list[Row] = field(default_factory=list)


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
        clicked_by = random.choice(("nobody", "nobody", "person", "machine"))
        made.sends.append(
            {
                "sent_date": day(),
                "delivered": random.random() < 0.8,
                "clicked": clicked_by == "person",
                "clicked_by_machine": clicked_by == "machine",
                "unsubscribed": random.random() < 0.1,
            }
        )
        visited = day()
        made.touches.append(
            {
                "touch_key": f"t{number}",
                "person_key": random.choice((*VISITORS, UNKNOWN_PERSON)),
                "channel_key": random.choice([*channels, None]),
                "touch_type": random.choice(("session", "session", "form_fill")),
                "no_credit_reason": random.choice((None, None, "bot", "person", "no_consent")),
                "is_identified": random.random() < 0.2,
                "touched_date": visited,
                "touched_at": datetime.combine(visited, time(random.randint(0, 2))),
            }
        )
        begin = random.choice((day(), day().replace(day=1)))
        made.reach_windows.append(
            {
                "reach_window_key": f"w{number}",
                "entity_type": random.choice(("campaign", "campaign", "account")),
                "reach": figure(9_999),
                "frequency": random.choice((None, Decimal(random.randint(100, 400)) / 100)),
                "window_start": begin,
                "window_end": random.choice((months_later(begin, 1), begin + timedelta(days=7))),
            }
        )
    for week in range(random.randint(0, 9)):
        for market in ("EU", "US"):
            for brand in ("one", "two")[: random.randint(0, 2)]:
                made.brand_weeks.append(
                    {
                        "brand": brand,
                        "market": market,
                        "branded_searches": figure(500),
                        "share_of_search": random.choice((None, 0, *SHARES)),
                        "exposures": None if week % 4 == 3 else 40 * week + len(brand),
                        "share_of_voice": SHARES[week % len(SHARES)] if week % 5 else None,
                        "week_start": first + timedelta(days=7 * week),
                    }
                )
    return made


def make_awareness_tables(
    connection: duckdb.DuckDBPyConnection, made: Awareness, persons: list[Row]
) -> None:
    """Write them as the tables that the KPI models read, but for the ads."""
    make_table(
        connection,
        "core.fct_message_send",
        {
            "sent_date": "date",
            "delivered": "boolean",
            "clicked": "boolean",
            "clicked_by_machine": "boolean",
            "unsubscribed": "boolean",
        },
        made.sends,
    )
    make_table(
        connection,
        "core.fct_touch",
        {
            "touch_key": "varchar", "person_key": "varchar", "channel_key": "varchar",
            "touch_type": "varchar", "no_credit_reason": "varchar", "is_identified": "boolean",
            "touched_date": "date", "touched_at": "timestamp",
        },
        made.touches,
    )  # fmt: skip
    make_table(
        connection,
        "core.dim_person",
        {"person_key": "varchar", "persona": "varchar", "is_unknown": "boolean"},
        [
            *(
                {"person_key": key, "is_unknown": key == UNKNOWN_PERSON}
                for key in (*VISITORS, UNKNOWN_PERSON)
            ),
            *({**person, "is_unknown": False} for person in persons),
        ],
    )
    make_table(
        connection,
        "core.fct_reach_window",
        {
            "reach_window_key": "varchar", "entity_type": "varchar", "reach": "bigint",
            "frequency": "decimal(18,6)", "window_start": "date", "window_end": "date",
        },
        made.reach_windows,
    )  # fmt: skip
    make_table(
        connection,
        "core.fct_brand_metric",
        {
            "brand": "varchar", "market": "varchar", "branded_searches": "bigint",
            "share_of_search": "decimal(18,6)", "exposures": "bigint",
            "share_of_voice": "decimal(18,6)", "week_start": "date",
        },
        made.brand_weeks,
    )  # fmt: skip


def awareness_parts(made: Awareness, direct: str) -> Iterator[Counted]:
    """Every record's share in every component, in the words of the formulas."""
    for ad in made.ads:
        yield from _ad_parts(ad)
    yield from _reach_parts(made.reach_windows)
    yield from _visitor_parts(made.touches)
    for send in made.sends:
        yield "messages_sent", send["sent_date"], Fraction(1), None
        yield "messages_delivered", send["sent_date"], Fraction(int(send["delivered"])), None
        if send["delivered"]:
            machine, human = int(send["clicked_by_machine"]), int(send["clicked"])
            yield "messages_clicked", send["sent_date"], Fraction(human), None
            yield "messages_clicked_by_machine", send["sent_date"], Fraction(machine), None
            anything = Fraction(max(machine, human))
            yield "messages_clicked_by_anything", send["sent_date"], anything, None
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


def brand_parts(made: Awareness) -> Iterator[tuple[str, date, Fraction, str]]:
    """Ours and the market's, of the weeks that tell both: the shares of ours add up."""
    for figure, share_of in (
        ("branded_searches", "share_of_search"),
        ("exposures", "share_of_voice"),
    ):
        told = [
            row for row in made.brand_weeks if row[figure] is not None and row[share_of] is not None
        ]
        for market, week in {(row["market"], row["week_start"]) for row in told}:
            rows = [row for row in told if (row["market"], row["week_start"]) == (market, week)]
            own = sum(row[figure] for row in rows)
            share = sum(Fraction(row[share_of]) for row in rows)
            if share:
                yield f"own_{figure}", week, Fraction(own), market
                # A market's figure is told to the sixth place.
                whole = Fraction(round(own / share * 10**6), 10**6)
                yield f"market_{figure}", week, whole, market


def _reach_parts(windows: list[Row]) -> Iterator[Counted]:
    for window in windows:
        begin, end = window["window_start"], window["window_end"]
        is_month = begin.day == 1 and end == months_later(begin, 1)
        if window["entity_type"] == "campaign" and is_month:
            for component in ("reach", "frequency"):
                if window[component] is not None:
                    yield f"campaign_{component}", begin, Fraction(window[component]), NO_CHANNEL


def _visitor_parts(touches: list[Row]) -> Iterator[Counted]:
    ours = [touch for touch in touches if touch["no_credit_reason"] not in ("bot", "person")]
    for person in {touch["person_key"] for touch in ours} - {UNKNOWN_PERSON}:
        own = sorted(
            (touch for touch in ours if touch["person_key"] == person),
            key=lambda touch: (touch["touched_at"], touch["touch_key"]),
        )
        visits = [
            touch
            for touch in own
            if touch["touch_type"] == "session" and not touch["is_identified"]
        ]
        named = [touch for touch in own if touch["is_identified"]]
        if not visits or (named and named[0]["touched_at"] <= visits[0]["touched_at"]):
            continue
        day, channel = visits[0]["touched_date"], visits[0]["channel_key"]
        in_time = named and (named[0]["touched_date"] - day).days <= IDENTIFICATION_WINDOW
        yield "anonymous_visitors", day, Fraction(1), channel
        yield "visitors_identified", day, Fraction(int(bool(in_time))), channel


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
