"""What happens to the sample company in three years, told from one fixed seed.

Belongs here: accounts, raised hands and what becomes of them, ad weeks. Does not: how a deal runs
(deals), how anything is written to files (make_exports).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from sample_company import catalogue as cat
from sample_company.deals import open_deal
from sample_company.decisions import employees_on
from sample_company.world import (
    FIRST_DAY,
    LAST_DAY,
    Account,
    AdWeek,
    Lead,
    Person,
    World,
    later,
    local_day,
    moment_on,
)

# One of forty: bookings grow from year to year, and owners who moved or left between opening and
# closing a deal are among the winners.
SEED = 22
LEAD_COUNT = 1500


def tell_story(seed: int = SEED) -> World:
    """Return the world; every draw comes from one generator, in one order."""
    random, world = Random(seed), World()  # noqa: S311 (a story, not a secret)
    _found_accounts(random, world)
    _raise_hands(random, world)
    for lead in world.leads:
        _follow(random, world, lead)
    _sell_without_lead(random, world)
    _exclude_some(world)
    _disguise_some(world)
    _advertise(random, world)
    return world


def pick(random: Random, weights: dict[str, int]) -> str:
    """Draw one name by its weight."""
    return random.choices(list(weights), list(weights.values()))[0]


def _segment(random: Random) -> str:
    return pick(random, {name: size[0] for name, size in cat.SEGMENTS.items()})


def _season(day: date) -> float:
    """Weight of a day: the month's, less on weekends, growing by 60 % over the three years."""
    growth = 1 + 0.6 * (day - FIRST_DAY).days / (LAST_DAY - FIRST_DAY).days
    return cat.MONTH_WEIGHTS[day.month - 1] * (1 if day.weekday() < 5 else 0.2) * growth


def _found_accounts(random: Random, world: World) -> None:
    names = [f"{start} {end}" for start in cat.NAME_STARTS for end in cat.NAME_ENDS]
    for number, name in enumerate(random.sample(names, 60), start=1):
        country = random.choices(list(cat.COUNTRIES), cat.COUNTRY_SHARES)[0]
        segment = _segment(random)
        _, fewest, most, *_ = cat.SEGMENTS[segment]
        account = Account(
            f"A-{number:03d}",
            name,
            country,
            segment,
            random.choice(cat.INDUSTRIES),
            random.randint(fewest, most),
            moment_on(random, FIRST_DAY - timedelta(days=random.randint(20, 900))),
            random.choice("AABBC"),
            random.choice(employees_on(LAST_DAY, "sales", cat.COUNTRIES[country][0])),
            parent=f"A-{number - 9:03d}" if number in (17, 30, 44) else "",
        )
        world.accounts.append(account)
    world.accounts[-1].is_competitor = True


def _raise_hands(random: Random, world: World) -> None:
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    chosen = sorted(random.choices(days, [_season(day) for day in days], k=LEAD_COUNT))
    shares = {name: channel.share for name, channel in cat.CHANNELS.items()}
    for number, day in enumerate(chosen, start=1):
        # Lists from events and partners are loaded just after midnight on the first of a month:
        # in UTC that is still the month before.
        is_midnight = day.day == 1 or random.random() < 0.03
        hours = (0, 0) if is_midnight else (6, 21)
        lead = _new_lead(random, world, f"L-{number:05d}", moment_on(random, day, *hours))
        lead.channel = pick(random, shares)
        channel = cat.CHANNELS[lead.channel]
        lead.look = random.choice(channel.looks)
        if channel.campaigns and random.random() < 0.7:
            lead.campaign = random.choice(channel.campaigns)
        world.leads.append(lead)
    world.leads.sort(key=lambda lead: lead.created_at)


def _new_lead(random: Random, world: World, lead_id: str, created_at: datetime) -> Lead:
    first, last = random.choice(cat.FIRST_NAMES), random.choice(cat.LAST_NAMES)
    country = random.choices(list(cat.COUNTRIES), cat.COUNTRY_SHARES)[0]
    lead = Lead(
        lead_id,
        "",
        ("", "", "", "", "", ""),
        created_at,
        f"{first} {last}",
        f"lead.{lead_id[2:]}@company-{lead_id[2:]}.example",
        f"{last} & Partner {lead_id[2:]}",
        country,
        _segment(random),
        random.choice(list(cat.PERSONAS)),
        "",
        Decimal(random.randint(50, 499)) / 10,
        None,
    )
    if random.random() < 0.35:
        _recognise(random, world, lead)
    return lead


def _recognise(random: Random, world: World, lead: Lead) -> None:
    """Link the lead to a known account, and to a person of it that may have come before."""
    account = random.choice(world.accounts[:-1])
    lead.account, lead.company = account, account.name
    known = [p for p in world.people if p.account is account and len(p.leads) == 1]
    known = [p for p in known if local_day(p.leads[0].created_at) < local_day(lead.created_at)]
    if known and random.random() < 0.2:
        person = random.choice(known)
        first = person.leads[0]
        lead.name, lead.email, lead.job_title = first.name, first.email, first.job_title
        lead.person = person
        person.leads.append(lead)
    else:
        lead.email = f"lead.{lead.lead_id[2:]}@{account.domain}"
        add_person(world, lead, account)
    # A third of the known companies' forms is short: country and size are the account's then.
    is_terse = random.random() < 0.35
    lead.country = "" if is_terse else account.country
    lead.segment = "" if is_terse else account.segment


def add_person(world: World, lead: Lead, account: Account) -> Person:
    """Make the contact that the lead becomes."""
    person = Person(f"C-{len(world.people) + 1:04d}", account, [lead])
    world.people.append(person)
    lead.person, lead.account = person, account
    return person


def _follow(random: Random, world: World, lead: Lead) -> None:
    """Move a lead through the funnel as far as luck and the last day let it."""
    if random.random() > cat.CHANNELS[lead.channel].mql_odds:
        # A few statuses were loaded from the old system without any date.
        lead.status = random.choices(("New", "Working", "MQL"), (60, 38, 2))[0]
        return
    lead.score += 50
    region = cat.COUNTRIES[lead.country or (lead.account.country if lead.account else "")][0]
    if not _reach(lead, "mql_at", "MQL", later(random, lead.created_at, 0, 14, 1)):
        return
    handed_off_at = later(random, lead.moments["mql_at"], 0, 4, 0)
    if random.random() > 0.93 or not _reach(
        lead, "handed_off_at", "Assigned to sales", handed_off_at
    ):
        return
    lead.owner = random.choice(employees_on(local_day(handed_off_at), "sdr", region))
    if random.random() < 0.05:
        del lead.moments["mql_at"]  # Sales called first: the stage was skipped
    decided_at = later(random, handed_off_at, 0, 6, 1)
    luck = random.random()
    if luck > 0.80:
        if luck < 0.96 and _reach(lead, "rejected_at", "Rejected", decided_at):
            lead.rejection_reason = pick(random, cat.REJECTION_REASONS)
        return
    if not _reach(lead, "accepted_at", "Accepted", decided_at):
        return
    qualified_at = later(random, decided_at, 1, 18, 6)
    if random.random() > 0.64:
        lead.status = random.choice(("Accepted", "Recycled"))
    elif _reach(lead, "qualified_at", "Qualified", qualified_at) and random.random() < 0.9:
        _convert(random, world, lead, later(random, qualified_at, 0, 7, 1))


def _reach(lead: Lead, step: str, status: str, moment: datetime) -> bool:
    """Note that the lead reached a step, unless that lies after the last day."""
    if local_day(moment) > LAST_DAY:
        return False
    lead.moments[step], lead.status = moment, status
    return True


def _convert(random: Random, world: World, lead: Lead, moment: datetime) -> None:
    if local_day(moment) >= LAST_DAY:
        return
    if lead.person is None:
        region = cat.COUNTRIES[lead.country][0]
        near = [a for a in world.accounts[:-1] if cat.COUNTRIES[a.country][0] == region]
        alike = [a for a in near if a.segment == lead.segment]
        add_person(world, lead, random.choice(alike or near))
    if lead.person is None:
        raise AssertionError("a converted lead is a person")
    odds = cat.CHANNELS[lead.channel].win_odds
    deal = open_deal(random, world, lead.person.account, "new", moment, odds)
    deal.lead, deal.person = lead, lead.person
    lead.status, lead.opportunity_id = "Converted", deal.opportunity_id


def _sell_without_lead(random: Random, world: World) -> None:
    """Expansions, people who came back by telephone, and deals nobody can trace."""
    for sold in [deal for deal in world.deals if deal.is_won]:
        moment = later(random, sold.changes[-1].at, 120, 420, 200)
        if random.random() < 0.55 and local_day(moment) < LAST_DAY:
            deal = open_deal(random, world, sold.account, "expansion", moment, 0.45)
            if random.random() < 0.5:
                deal.person = sold.person
            else:
                deal.source_field, deal.source_channel = cat.DIRECT_SOURCES[0]
    for person in [person for person in world.people if len(person.leads) > 1][::2]:
        moment = later(random, person.leads[-1].created_at, 5, 60, 20)
        if local_day(moment) < LAST_DAY and not any(x.opportunity_id for x in person.leads):
            open_deal(random, world, person.account, "new", moment, 0.25).person = person
    for number in range(12):
        moment = moment_on(random, FIRST_DAY + timedelta(days=80 * number + 30))
        account = random.choice(world.accounts[:-1])
        deal = open_deal(random, world, account, "new", moment, 0.25)
        deal.source_field, deal.source_channel = cat.DIRECT_SOURCES[1 + number % 2]


def _exclude_some(world: World) -> None:
    """Mark the records that are kept but never counted."""
    strangers = [lead for lead in world.leads if lead.person is None and not lead.opportunity_id]
    with_mql = [lead for lead in strangers if "mql_at" in lead.moments]
    for lead, why in zip(
        (with_mql[3], with_mql[9], strangers[40], strangers[80], strangers[120]),
        ("is_test", "internal", "internal", "is_duplicate", "is_deleted"),
        strict=True,
    ):
        lead.exclusion = why
        if why == "internal":
            lead.email = f"colleague.{lead.lead_id[2:]}@velmora.example"
    won = [deal for deal in world.deals if deal.is_won]
    won[5].is_deleted = True
    for deal in won:
        if not deal.is_deleted:
            since = deal.account.customer_since
            deal.account.customer_since = min(since or deal.close_date, deal.close_date)


def _disguise_some(world: World) -> None:
    """Let strangers write a second time, unrecognised, and some forms arrive without an address."""
    strangers = [x for x in world.leads if x.person is None and not x.exclusion]
    early = [lead for lead in strangers[:400] if not lead.moments]
    late = [lead for lead in strangers[400:] if "mql_at" in lead.moments]
    for first, second in zip(early[10:90:20], late[5:45:10], strict=True):
        second.email = f" {first.email.title()}"  # only the address says who it is
    recognised = [person.leads[1] for person in world.people if len(person.leads) > 1]
    for lead in (strangers[7], strangers[350], recognised[4], recognised[9]):
        lead.email = ""


def _advertise(random: Random, world: World) -> None:
    for (
        platform,
        account,
        own_id,
        campaign,
        source,
        medium,
        currency,
        weekly,
        price,
    ) in cat.AD_CAMPAIGNS:
        for week in range((LAST_DAY - FIRST_DAY).days // 7 + 1):
            day = FIRST_DAY + timedelta(days=7 * week)
            cents = int(weekly * _season(day) * random.triangular(0.8, 1.2, 1))
            clicks = cents // (100 * price)
            world.ad_weeks.append(
                AdWeek(
                    platform,
                    account,
                    own_id,
                    campaign,
                    source,
                    medium,
                    currency,
                    day,
                    clicks * random.randint(30, 60),
                    clicks,
                    Decimal(cents) / 100,
                )
            )
