"""Filters of the recipients' mail, which click in letters before or instead of their readers.

Each is told by something else: some click seconds after the sending, some click everything at once,
some wait for hours and are known by the network that they call from. Before the company listed that
network it was somebody else's.

Belongs here: clicks of machines in letters, and the planted sign of each. Does not: bots on the
site, which say what they are (web).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from sample_company import catalogue as cat
from sample_company.buyers import identity
from sample_company.rows import Row, Rows
from sample_company.web import BROWSERS, OUTAGE
from sample_company.world import LAST_DAY, Lead, World, local_day

# As machine_addresses.csv of the company says.
NETWORK, LISTED_FROM = "203.0.113.", date(2025, 2, 1)
AT_ONCE = timedelta(seconds=12)
LETTERS_OF_EACH = 6
BURST = [timedelta(hours=3, seconds=second) for second in (0, 2, 4, 6, 8)]


def click(random: Random, world: World, rows: Rows) -> None:
    """Let filters click in a few letters of known people; ids are apart from the visitors'."""
    leads = {lead.lead_id: lead for lead in world.leads if not lead.exclusion}
    letters = [
        row
        for row in rows.delivered["message_sends"]
        if row["is_delivered"] and row["lead_id"] in leads and _is_seen(row["sent_at"])
    ]
    random.shuffle(letters)
    old = [row for row in letters if local_day(row["sent_at"]) < LISTED_FROM - timedelta(days=1)]
    new = [row for row in letters if local_day(row["sent_at"]) >= LISTED_FROM]
    own_address, waits = f"{NETWORK}{random.randint(1, 254)}", timedelta(hours=random.randint(2, 6))
    chapters: tuple[tuple[str, str, Sequence[timedelta], list[Row]], ...] = (
        ("click_after_sending", "", [AT_ONCE], new[:LETTERS_OF_EACH]),
        ("burst_of_clicks", "", BURST, new[LETTERS_OF_EACH : 2 * LETTERS_OF_EACH]),
        ("listed_address", own_address, [waits], new[2 * LETTERS_OF_EACH : 3 * LETTERS_OF_EACH]),
        ("", own_address, [waits], old[:LETTERS_OF_EACH]),
    )
    number = 0
    for sign, address, delays, chosen in chapters:
        for letter in chosen:
            for delay in delays:
                number += 1
                look = random.choice(cat.CHANNELS["email"].looks)
                lead, at = leads[letter["lead_id"]], letter["sent_at"] + delay
                _note(rows, f"VM-{number:04d}", sign, address, lead, at, look, random)


def _is_seen(sent_at: datetime) -> bool:
    """Whether the tracker is up on the day of the letter and on the next."""
    day = local_day(sent_at)
    return not OUTAGE[0] - timedelta(days=1) <= day <= OUTAGE[1] and day < LAST_DAY


def _note(
    rows: Rows, touch_id: str, sign: str, address: str, lead: Lead, at: datetime,
    look: tuple[str, ...], random: Random,
) -> None:  # fmt: skip
    source, medium, campaign, referrer, click_id, field = look
    # The people of the earlier network had not agreed, so that no credit changes by them.
    has_consent = bool(sign)
    rows.add(
        "touches",
        touch_id=touch_id,
        touched_at=at,
        touch_type="email_click",
        anonymous_id="",
        lead_id=lead.lead_id,
        person_id=lead.person.person_id if lead.person else "",
        account_id=lead.account.account_id if lead.account else "",
        utm_source=source,
        utm_medium=medium,
        utm_campaign=campaign,
        referrer=referrer,
        click_id_type=click_id,
        source_field=field,
        user_agent=random.choice(BROWSERS),
        ip_address=address,
        has_consent=has_consent,
    )
    rows.plant(
        "touch", touch_id=touch_id, human=identity(lead), channel="email", is_bot=bool(sign),
        machine_sign=sign, has_consent=has_consent, is_tag_broken=False,
    )  # fmt: skip
