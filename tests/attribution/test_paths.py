"""Transitions and sets of channels, and of campaigns where counts allow, against paths as told."""

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
    "int_campaign_conversions", "int_campaign_states", "int_campaign_steps",
    "int_campaign_transitions", "int_campaign_sets",
)  # fmt: skip
BEGIN = datetime.fromisoformat("2026-01-01")
LOOKBACK = timedelta(days=40)
CHANNELS = {"search": 1, "email": 2, "event": 3, "direct": 4}
GRAINS = ("month", "quarter", "year")
# Their keys are numbers in base 16, as those of all campaigns; nobody knows the last one.
CAMPAIGNS = [f"{number:032x}" for number in (0xABC << 100, 0xDEF << 90, 0x123 << 95, 0x456 << 92)]
UNKNOWN = CAMPAIGNS[-1]
CAMPAIGN_GRAINS = ("quarter", "year")
LEAST_CONVERSIONS = 2
MOST_CAMPAIGNS = 3
Key = tuple[str, date, str]


@dataclass(frozen=True)
class Touched:
    """A touch of a person."""

    key: str
    person: str
    channel: str
    campaign: str
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
            random.choice(CAMPAIGNS),
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


def paths(world: World) -> Iterator[tuple[Key, list[Touched], bool, int]]:
    """Each period's paths: touches in order, whether they converted, and the amount."""
    for conversion in world.conversions:
        touches = window(world, set(conversion.people), conversion.at)
        if touches:
            for grain in GRAINS:
                key = (grain, start_of(grain, conversion.at), conversion.type)
                yield key, touches, True, conversion.amount or 0
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
                    yield (grain, start, conversion_type), window(world, people, last), False, 0


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
            "touch_key": text, "person_key": text, "channel_key": text, "campaign_key": text,
            "source_priority": "integer", "touched_date": "date", "touched_at": stamp,
        },
        [
            {
                "touch_key": t.key, "person_key": t.person, "channel_key": t.channel,
                "campaign_key": t.campaign, "touched_date": t.at.date(),
                "touched_at": t.at,
            }
            for t in world.touches
        ],
    )  # fmt: skip
    make_table(connection, "intermediate.int_session_repeats", {"touch_key": text}, [])
    make_table(
        connection, "intermediate.int_attribution_channels",
        {"channel_key": text, "channel_name": text, "channel_number": "integer"},
        [
            {"channel_key": key, "channel_name": key, "channel_number": number}
            for key, number in CHANNELS.items()
        ],
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
        {
            "journey_key": text, "journey_number": "bigint", "touch_number": "bigint",
            "channel_key": text, "campaign_key": text,
        },
        [
            {
                "journey_key": c.key, "journey_number": n, "touch_number": place,
                "channel_key": touch.channel, "campaign_key": touch.campaign,
            }
            for n, c in enumerate(world.conversions)
            for place, touch in enumerate(window(world, set(c.people), c.at), start=1)
        ],
    )  # fmt: skip


def fill_campaigns(connection: duckdb.DuckDBPyConnection) -> None:
    make_table(
        connection, "core.dim_campaign",
        {"campaign_key": "varchar", "campaign_name": "varchar", "is_unknown": "boolean"},
        [
            {"campaign_key": key, "campaign_name": key, "is_unknown": key == UNKNOWN}
            for key in CAMPAIGNS
        ],
    )  # fmt: skip
    make_table(
        connection, "staging.stg_company__attribution_campaign_periods",
        {"period_grain": "varchar", "least_conversions": "integer", "most_campaigns": "integer"},
        [
            {
                "period_grain": grain, "least_conversions": LEAST_CONVERSIONS,
                "most_campaigns": MOST_CAMPAIGNS,
            }
            for grain in CAMPAIGN_GRAINS
        ],
    )  # fmt: skip
    starts = {(grain, start_of(grain, BEGIN + timedelta(days=n)))
              for grain in GRAINS for n in range(-400, 800)}  # fmt: skip
    make_table(
        connection, "intermediate.int_reporting_periods",
        {"period_grain": "varchar", "period_start": "date", "period_end": "date"},
        [
            {
                "period_grain": grain, "period_start": start,
                "period_end": min(
                    (then for of, then in starts if of == grain and then > start),
                    default=start + timedelta(days=1),
                ) - timedelta(days=1),
            }
            for grain, start in starts
        ],
    )  # fmt: skip


def campaign_numbers(
    world: World, given: list[tuple[Key, list[Touched], bool, int]]
) -> dict[Key, dict[tuple[str, str], int]]:
    """By period and type, of each channel and campaign the number; by the rule as it is told."""
    found: dict[Key, dict[tuple[str, str], int]] = {}
    keys = {(grain, start_of(grain, c.at), c.type) for grain in GRAINS for c in world.conversions}
    for key in keys:
        journeys = [
            {(t.channel, t.campaign) for t in touches if t.campaign != UNKNOWN}
            for of, touches, is_converted, _ in given
            if of == key and is_converted
        ]
        counts = Counter(state for journey in journeys for state in journey)
        allowed = [state for state in counts if counts[state] >= LEAST_CONVERSIONS]
        ranked = sorted(allowed, key=lambda state: (-counts[state], state))[:MOST_CAMPAIGNS]
        found[key] = {
            (channel, campaign): ranked.index((channel, campaign)) + 1
            if (channel, campaign) in ranked
            else MOST_CAMPAIGNS + number
            for channel, number in CHANNELS.items()
            for campaign in CAMPAIGNS
        }
    return found


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> CompiledModels:
    return compile_models(tmp_path_factory.mktemp("paths"), MODELS)


@pytest.mark.parametrize("seed", range(8))
def test_transitions_and_sets_are_those_of_the_paths(compiled: CompiledModels, seed: int) -> None:
    given = world(Random(seed))
    told = list(paths(given))
    numbers = campaign_numbers(given, told)
    by_campaign = [
        (key, [numbers[key][t.channel, t.campaign] for t in touches], is_converted, amount)
        for key, touches, is_converted, amount in told
        if key[0] in CAMPAIGN_GRAINS and key in numbers
    ]
    by_channel = [
        (key, [CHANNELS[t.channel] for t in touches], is_converted, amount)
        for key, touches, is_converted, amount in told
    ]
    with empty_warehouse(compiled) as connection:
        fill(connection, given)
        fill_campaigns(connection)
        compiled.run_named(connection, *MODELS)
        check(connection, "channel", by_channel)
        check(connection, "campaign", by_campaign)
    # Some are told apart, and some are others: the rule was put to work.
    stood = {number for _, path, _, _ in by_campaign for number in path}
    assert stood >= {1, MOST_CAMPAIGNS, MOST_CAMPAIGNS + 1}


def check(
    connection: duckdb.DuckDBPyConnection, of: str, told: list[tuple[Key, list[int], bool, int]]
) -> None:
    """Compare the two tables of channels or campaigns with the numbers of paths."""
    transitions: Counter[tuple[object, ...]] = Counter()
    amounts: Counter[tuple[object, ...]] = Counter()
    sets: Counter[tuple[object, ...]] = Counter()
    for key, numbers, is_converted, amount in told:
        steps = [n for place, n in enumerate(numbers) if not place or numbers[place - 1] != n]
        walked = [0, 0, 0, *steps, 0]
        for place in range(3, len(walked)):
            transitions[*key, *walked[place - 3 : place + 1], is_converted] += 1
        sets[*key, sum(2 ** (n - 1) for n in set(numbers)), is_converted] += 1
        amounts[*key, *walked[-4:]] += amount
    rows = connection.execute(
        "select period_grain, period_start, conversion_type, third_last, second_last, "
        "last_number, next_number, converted_count, unconverted_count, converted_amount "
        f"from intermediate.int_{of}_transitions where conversion_type <> 'refund'"
    ).fetchall()
    assert unlike(counted(rows, 7), transitions) == []
    found_amounts = {row[:7]: int(row[9]) for row in rows if row[9]}
    assert found_amounts == {key: amount for key, amount in amounts.items() if amount}
    rows = connection.execute(
        f"select period_grain, period_start, conversion_type, {of}_set, converted_count, "
        f"unconverted_count from intermediate.int_{of}_sets "
        "where conversion_type <> 'refund'"
    ).fetchall()
    assert unlike(counted(rows, 4), sets) == []
    assert {is_converted for *_, is_converted in sets} == {True, False}


def unlike(found: Counter[tuple[object, ...]], due: Counter[tuple[object, ...]]) -> list[object]:
    """A few of the keys whose counts differ."""
    return [(key, found[key], due[key]) for key in {**found, **due} if found[key] != due[key]][:5]


def counted(rows: list[tuple[object, ...]], width: int) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        assert (*row[:width], True) not in found
        found[*row[:width], True] = row[width]  # type: ignore[assignment]
        found[*row[:width], False] = row[width + 1]  # type: ignore[assignment]
    return +found
