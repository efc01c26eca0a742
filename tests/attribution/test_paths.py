"""Transitions and sets of channels against paths that are told one touch after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

import duckdb
import pytest

from tests.kpi.compiled import CompiledModels, compile_models, empty_warehouse, make_table

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("attribution")]

MODELS = (
    "int_journey_steps", "int_prospects", "int_prospect_touches", "int_prospect_conversions",
    "int_prospect_journeys", "int_channel_transitions", "int_channel_sets",
)  # fmt: skip
BEGIN = datetime.fromisoformat("2026-01-01")
LOOKBACK = timedelta(days=40)
CHANNELS = {"search": 1, "email": 2, "event": 3, "direct": 4}
GRAINS = ("month", "quarter", "year")
Key = tuple[str, date, str]


@dataclass(frozen=True)
class Touched:
    """A touch of a person."""

    key: str
    person: str
    channel: str
    at: datetime


@dataclass(frozen=True)
class Converted:
    """A lead of a person, or a won deal of an account and people of it."""

    key: str
    type: str
    account: str | None
    people: tuple[str, ...]
    amount: int | None
    at: datetime


@dataclass(frozen=True)
class World:
    """Everybody, by the account of each person, and what happened."""

    accounts: dict[str, str | None]
    touches: list[Touched]
    conversions: list[Converted]


def world(random: Random) -> World:
    accounts = {f"a{n:03d}": random.choice([None, "b1", "b2", "b3", "b4"]) for n in range(40)}
    moments = [BEGIN + timedelta(hours=random.randrange(24 * 300)) for _ in range(200)]
    people = list(accounts)
    touches = [
        Touched(
            f"t{n:04d}",
            random.choice(people),
            random.choice(list(CHANNELS)),
            random.choice(moments),
        )
        for n in range(400)
    ]
    leads = [
        Converted(f"c{n:03d}", "lead", accounts[person], (person,), None, random.choice(moments))
        for n, person in enumerate(random.sample(people, 15))
    ]
    deals = []
    for n in range(12):
        account = random.choice(["b1", "b2", "b3", None])
        group = tuple(random.sample(people, 2))
        at = random.choice(moments)
        deals.append(Converted(f"d{n:03d}", "won", account, group, random.randrange(10**4), at))
    return World(accounts, touches, [*leads, *deals])


def start_of(grain: str, at: datetime) -> date:
    """Of the calendar's month, quarter and year."""
    month = {"month": at.month, "quarter": (at.month - 1) // 3 * 3 + 1, "year": 1}[grain]
    return date(at.year, month, 1)


def window(world: World, people: set[str], until: datetime) -> list[Touched]:
    """The touches of people up to a moment and inside the lookback before it, in order."""
    found = [t for t in world.touches if t.person in people and until - LOOKBACK <= t.at <= until]
    return sorted(found, key=lambda touch: (touch.at, touch.key))


def paths(world: World) -> Iterator[tuple[Key, list[str], bool, int]]:
    """Each period's paths: channels in order, whether they converted, and the amount."""
    for conversion in world.conversions:
        touches = window(world, set(conversion.people), conversion.at)
        if touches:
            for grain in GRAINS:
                key = (grain, start_of(grain, conversion.at), conversion.type)
                yield key, [t.channel for t in touches], True, conversion.amount or 0
    for conversion_type in ("lead", "won"):
        for prospect, people in prospects(world, conversion_type).items():
            of_it = [t for t in world.touches if t.person in people]
            converted_at = [
                c.at
                for c in world.conversions
                if c.type == conversion_type
                and (people.intersection(c.people) or (c.type == "won" and c.account == prospect))
            ]
            for grain in GRAINS:
                for start in {start_of(grain, t.at) for t in of_it}:
                    last = max(t.at for t in of_it if start_of(grain, t.at) == start)
                    if any(abs(at - last) <= LOOKBACK for at in converted_at):
                        continue
                    touches = window(world, people, last)
                    yield (grain, start, conversion_type), [t.channel for t in touches], False, 0


def prospects(world: World, conversion_type: str) -> dict[str, set[str]]:
    """Who could convert, and whose touches are theirs."""
    found: dict[str, set[str]] = {}
    for person, account in world.accounts.items():
        own = person if conversion_type == "lead" else account or person
        found.setdefault(own, set()).add(person)
    return found


def fill(connection: duckdb.DuckDBPyConnection, world: World) -> None:
    text, stamp = "varchar", "timestamp"
    make_table(
        connection, "core.dim_person", {"person_key": text, "account_key": text},
        [{"person_key": key, "account_key": value} for key, value in world.accounts.items()],
    )  # fmt: skip
    make_table(
        connection, "intermediate.int_creditable_touches",
        {
            "touch_key": text, "person_key": text, "channel_key": text,
            "source_priority": "integer", "touched_date": "date", "touched_at": stamp,
        },
        [
            {
                "touch_key": t.key, "person_key": t.person, "channel_key": t.channel,
                "touched_date": t.at.date(), "touched_at": t.at,
            }
            for t in world.touches
        ],
    )  # fmt: skip
    make_table(connection, "intermediate.int_session_repeats", {"touch_key": text}, [])
    make_table(
        connection, "intermediate.int_attribution_channels",
        {"channel_key": text, "channel_number": "integer"},
        [{"channel_key": key, "channel_number": number} for key, number in CHANNELS.items()],
    )  # fmt: skip
    make_table(
        connection, "staging.stg_company__attribution_settings", {"buying_group": text},
        [{"buying_group": "explicit"}],
    )  # fmt: skip
    make_table(
        connection, "staging.stg_company__attribution_periods", {"period_grain": text},
        [{"period_grain": grain} for grain in ("month", "quarter", "year")],
    )  # fmt: skip
    make_table(
        connection, "staging.stg_company__attribution_lookbacks",
        {"conversion_type": text, "lookback_seconds": "bigint"},
        [
            {"conversion_type": name, "lookback_seconds": int(LOOKBACK.total_seconds())}
            for name in ("lead", "won")
        ],
    )  # fmt: skip
    days = [BEGIN + timedelta(days=n) for n in range(-60, 400)]
    make_table(
        connection, "core.dim_date",
        {
            "date_day": "date", "month_start_date": "date",
            "fiscal_quarter_start_date": "date", "fiscal_year_start_date": "date",
        },
        [
            {
                "date_day": day.date(), "month_start_date": start_of("month", day),
                "fiscal_quarter_start_date": start_of("quarter", day),
                "fiscal_year_start_date": start_of("year", day),
            }
            for day in days
        ],
    )  # fmt: skip
    make_table(
        connection, "intermediate.int_conversions",
        {
            "journey_key": text, "conversion_type": text, "person_key": text,
            "opportunity_key": text, "account_key": text, "conversion_amount": "decimal(18, 2)",
            "converted_date": "date", "converted_at": stamp,
        },
        [
            {
                "journey_key": c.key, "conversion_type": c.type, "account_key": c.account,
                "person_key": c.people[0] if c.type == "lead" else None,
                "opportunity_key": c.key if c.type == "won" else None,
                "conversion_amount": c.amount, "converted_date": c.at.date(),
                "converted_at": c.at,
            }
            for c in world.conversions
        ],
    )  # fmt: skip
    make_table(
        connection, "intermediate.int_journey_bounds",
        {"journey_key": text, "journey_number": "bigint"},
        [{"journey_key": c.key, "journey_number": n} for n, c in enumerate(world.conversions)],
    )  # fmt: skip
    make_table(
        connection, "intermediate.int_journey_people", {"journey_key": text, "person_key": text},
        [{"journey_key": c.key, "person_key": p} for c in world.conversions for p in c.people],
    )  # fmt: skip
    make_table(
        connection, "intermediate.int_journey_touches",
        {"journey_number": "bigint", "touch_number": "bigint", "channel_key": text},
        [
            {"journey_number": n, "touch_number": place, "channel_key": touch.channel}
            for n, c in enumerate(world.conversions)
            for place, touch in enumerate(window(world, set(c.people), c.at), start=1)
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> CompiledModels:
    return compile_models(tmp_path_factory.mktemp("paths"), MODELS)


@pytest.mark.parametrize("seed", range(8))
def test_transitions_and_sets_are_those_of_the_paths(compiled: CompiledModels, seed: int) -> None:
    given = world(Random(seed))
    transitions: Counter[tuple[object, ...]] = Counter()
    amounts: Counter[tuple[object, ...]] = Counter()
    sets: Counter[tuple[object, ...]] = Counter()
    for key, channels, is_converted, amount in paths(given):
        numbers = [CHANNELS[channel] for channel in channels]
        steps = [n for place, n in enumerate(numbers) if not place or numbers[place - 1] != n]
        walked = [0, 0, 0, *steps, 0]
        for place in range(3, len(walked)):
            transitions[*key, *walked[place - 3 : place + 1], is_converted] += 1
        sets[*key, sum(2 ** (n - 1) for n in set(numbers)), is_converted] += 1
        amounts[*key, *walked[-4:]] += amount
    with empty_warehouse(compiled) as connection:
        fill(connection, given)
        compiled.run_named(connection, *MODELS)
        rows = connection.execute(
            "select period_grain, period_start, conversion_type, third_last, second_last, "
            "last_number, next_number, converted_count, unconverted_count, converted_amount "
            "from intermediate.int_channel_transitions where conversion_type <> 'refund'"
        ).fetchall()
        assert counted(rows, 7) == transitions
        found_amounts = {row[:7]: int(row[9]) for row in rows if row[9]}
        assert found_amounts == {key: amount for key, amount in amounts.items() if amount}
        rows = connection.execute(
            "select period_grain, period_start, conversion_type, channel_set, converted_count, "
            "unconverted_count from intermediate.int_channel_sets "
            "where conversion_type <> 'refund'"
        ).fetchall()
        assert counted(rows, 4) == sets
    assert {is_converted for *_, is_converted in sets} == {True, False}


def counted(rows: list[tuple[object, ...]], width: int) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        assert (*row[:width], True) not in found
        found[*row[:width], True] = row[width]  # type: ignore[assignment]
        found[*row[:width], False] = row[width + 1]  # type: ignore[assignment]
    return +found
