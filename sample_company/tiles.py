"""One tile of the sample company: a whole story of about 20,000 touches, as Arrow tables.

At scale N the company is N tiles beside each other, each told from a seed of its own. So it grows
in accounts, people and deals while a story keeps its shape, any tile can be made alone, and memory
does not grow with the scale.

Belongs here: telling a tile and giving its ids their prefix. Does not: files (generate).
"""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sample_company import (
    ads,
    buying_groups,
    content,
    crm,
    customers,
    cycles,
    eligibility,
    handoffs,
    lead_records,
    machines,
    merges,
    programmes,
    voices,
    web,
)
from sample_company.buyers import buyers
from sample_company.credits import CREDIT_TRUTH
from sample_company.late import LATE_TRUTH
from sample_company.money import CREDIT_NOTES, MONEY_TRUTH
from sample_company.pay import PAY_TRUTH, reward
from sample_company.rows import Row, Rows
from sample_company.schemas import ARROW, entity_types
from sample_company.story import SEED, tell_story
from sample_company.world import World

Tables = dict[str, pa.Table]

# Far enough apart that no two tiles of a company share a seed with another company's.
SEED_STEP = 10_007
# Ids that are the same at every scale: what the company has once.
COMMON_IDS = frozenset({"campaign_id", "product_id", "content_asset_id", "platform_account_id"})
PREFIXED = frozenset({"email", "domain", "human", "buyer"})
# Types in which nothing is said with an empty text.
TEXTS = frozenset({"text", "email", "currency"})
# Datasets whose name is not their entity's.
ENTITY_OF = {
    "ad_performance": "ad_spend",
    "check_ins": "activities",
    "contact_roles": "opportunity_contact_roles",
    CREDIT_NOTES: "refunds",
    "follow_ups": "activities",
}
TRUTH_TYPES: dict[str, dict[str, str]] = {
    "touch": {
        "touch_id": "text",
        "human": "text",
        "channel": "text",
        "is_bot": "boolean",
        "machine_sign": "text",
        "has_consent": "boolean",
        "is_tag_broken": "boolean",
    },
    "buyer": {
        "buyer": "text",
        "channel": "text",
        "known_date": "date",
        "mql_date": "date",
    },
    "send": {
        "month": "date",
        "programme": "text",
        "is_delivered": "boolean",
        "is_clicked": "boolean",
        "is_unsubscribed": "boolean",
    },
    "subscription": {
        "subscription_id": "text",
        "account_id": "text",
        "fate": "text",
        "valid_from": "date",
        "valid_to": "date",
        "recurring_amount": "money",
        "currency_code": "text",
    },
    "invoice": {"month": "date", "currency_code": "text", "amount": "money"},
    "payment": {"month": "date", "currency_code": "text", "amount": "money"},
    "ad_spend": {
        "platform": "text",
        "month": "date",
        "currency_code": "text",
        "spend": "money",
        "spend_first_reported": "money",
        "impressions": "integer",
        "clicks": "integer",
        "engagements": "integer",
        "platform_conversions": "decimal",
    },
    "eligible_touch": {
        "conversion_type": "text",
        "conversion_id": "text",
        "converted_at": "timestamp",
        "people": "text",
        "touch_id": "text",
    },
    "feedback": {
        "from_function": "text",
        "to_function": "text",
        "month": "date",
        "is_answered": "boolean",
    },
    **MONEY_TRUTH,
    **CREDIT_TRUTH,
    **PAY_TRUTH,
    **LATE_TRUTH,
    # Who is behind each cookie and record, ids of contacts that were merged away included.
    "identity": {"source_entity": "text", "source_id": "text", "human": "text"},
    "stage": {
        "human": "text",
        "cycle": "integer",
        "stage": "text",
        "actual_at": "timestamp",
        "is_skipped": "boolean",
        "is_bulk_load": "boolean",
    },
    "cycle": {
        "human": "text",
        "cycle": "integer",
        "channel": "text",
        "segment": "text",
        "region": "text",
        "lead_date": "date",
        "mql_date": "date",
    },
    "handoff": {
        "lead_id": "text",
        "human": "text",
        "cycle": "integer",
        "is_reportable": "boolean",
        "assigned_at": "timestamp",
        "first_human_touch_at": "timestamp",
        "due_at": "timestamp",
        "decision": "text",
        "decided_at": "timestamp",
        "reason": "text",
        "returned_at": "timestamp",
    },
    "contact_role": {
        "opportunity_id": "text",
        "person_id": "text",
        "human": "text",
        "role": "text",
        "is_primary": "boolean",
    },
}


def tell_rows(number: int = 0, seed: int = SEED) -> tuple[World, Rows]:
    """Return a tile's world and its rows, before its ids get their prefix."""
    own_seed = seed + number * SEED_STEP
    world, rows, random = _tell_letters(number, seed)
    if number == 0:
        ads.advertise(own_seed, world, rows)
    everybody = buyers(world)
    customers.care(random, world, rows)
    voices.speak_up(random, world, rows)
    for buyer in everybody:
        rows.plant(
            "buyer",
            buyer=buyer.first_lead.lead_id,
            channel=buyer.first_lead.channel,
            known_date=buyer.known_day,
            mql_date=buyer.mql_day,
        )
    _deal_with_people(own_seed, world, rows)
    eligibility.judge(world, everybody, rows)
    reward(Random(f"{own_seed}:pay"), world, rows, number == 0)  # noqa: S311 (a story)
    return world, rows


def tell_letters(number: int = 0, seed: int = SEED) -> tuple[World, Rows]:
    """Return a tile's world, and of its rows all touches and message sends, in half the time."""
    own_seed = seed + number * SEED_STEP
    world, rows, _ = _tell_letters(number, seed)
    _tell_handoffs(own_seed, world, rows)
    return world, rows


def _tell_letters(number: int, seed: int) -> tuple[World, Rows, Random]:
    own_seed = seed + number * SEED_STEP
    world, rows, random = tell_story(own_seed), Rows(), Random(own_seed)  # noqa: S311 (a story)
    if number == 0:
        crm.list_prices(rows)
        crm.advertise(world, rows)
        content.publish(random, rows)
    crm.record(world, rows)
    ad_random = Random(f"{own_seed}:ad_clicks")  # noqa: S311 (a story, not a secret)
    tracker = web.Tracker(random, rows, ad_random)
    web.browse(random, world, tracker)
    tracker.finish()
    programmes.correspond(random, world, rows)
    machines.click(_chance(own_seed, "machines"), world, rows)
    return world, rows, random


def tell_tile(number: int, seed: int = SEED) -> tuple[Tables, Tables]:
    """Return what the systems deliver of a tile, and its truth, by entity and truth table."""
    _, rows = tell_rows(number, seed)
    prefix = f"{number}." if number else ""
    delivered = {
        name: _table(items, types, prefix)
        for name, items in sorted(rows.delivered.items())
        if (types := entity_types(entity_of(name)))
    }
    truth = {
        name: _table(items, TRUTH_TYPES[name], prefix) for name, items in sorted(rows.truth.items())
    }
    return delivered, truth


def entity_of(dataset: str) -> str:
    """Return the entity of a dataset, whose name may go on with the date of its delivery."""
    name = dataset.partition("/")[0]
    return ENTITY_OF.get(name, name)


def _deal_with_people(own_seed: int, world: World, rows: Rows) -> None:
    """Tell what the CRM's exports cannot say; each chapter draws for itself, and moves no other."""
    passes, last_changes = _tell_handoffs(own_seed, world, rows)
    buying_groups.gather(_chance(own_seed, "buying_groups"), world, rows)
    lost = merges.merge(_chance(own_seed, "merges"), world, last_changes, rows)
    cycles.plant(world, passes, lost, rows)


def _tell_handoffs(
    own_seed: int, world: World, rows: Rows
) -> tuple[list[handoffs.Pass], dict[str, datetime]]:
    passes = handoffs.pass_on(_chance(own_seed, "handoffs"), world)
    return passes, lead_records.note(_chance(own_seed, "lead_records"), world, passes, rows)


def _chance(own_seed: int, chapter: str) -> Random:
    return Random(f"{own_seed}:{chapter}")  # noqa: S311 (a story, not a secret)


def _table(rows: list[Row], types: dict[str, str], prefix: str) -> pa.Table:
    return pa.table(
        {name: _column(rows, name, kind, prefix) for name, kind in types.items()},
        schema=pa.schema([(name, ARROW[kind]) for name, kind in types.items()]),
    )


def _column(rows: list[Row], name: str, kind: str, prefix: str) -> pa.Array:
    values: list[Any] = [row.get(name) for row in rows]
    if kind in TEXTS:
        values = [value or None for value in values]
    column = pa.array(values, ARROW[kind])
    is_own = name.endswith("_id") and name not in COMMON_IDS and not name.endswith("employee_id")
    if prefix and (is_own or name in PREFIXED):
        return pc.binary_join_element_wise(pa.scalar(prefix), column, "")
    return column
