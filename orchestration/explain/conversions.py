"""Why a conversion was credited as it was.

Credit is read from the published marts; the touches that count and why others do not from the
view int_journey_candidates of the working file, which is the last run's.

Belongs here: the questions. Does not: any rule of attribution (models/intermediate/attribution), or
layout (cli/explain_view.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

SHORTEST_PREFIX = 8

_CONVERSION = """
    select
        journey.conversion_key, journey.conversion_type, journey.booking_type,
        journey.conversion_amount, journey.converted_date, journey.converted_at,
        journey.person_key, opportunity.source_id as opportunity_id, account.account_name,
        (select max(reporting_currency) from marts.kpi.dim_kpi) as currency
    from marts.attribution.rpt_journey as journey
    left join marts.core.fct_opportunity as opportunity using (opportunity_key)
    left join marts.core.dim_account as account
        on journey.account_key = account.account_key and not account.is_unknown
    where journey.conversion_key = $key
"""

_CREDITS = """
    select
        credit.model, credit.touch_key, credit.weight, credit.credited_amount,
        credit.credited_conversions
    from marts.attribution.fct_attribution_credit as credit
    where credit.conversion_key = $key
    order by credit.model, credit.touch_number
"""

# The linear model credits every touch that may earn any.
_CREDITED_TOUCHES = """
    select
        touch.touch_key, touch.touched_at, touch.person_key, channel.channel_name,
        touch.touch_type, case when not campaign.is_unknown then campaign.campaign_name end,
        cast(null as varchar) as no_credit_reason
    from marts.attribution.fct_attribution_credit as credit
    inner join marts.core.fct_touch as touch using (touch_key)
    left join marts.core.dim_channel as channel on touch.channel_key = channel.channel_key
    left join marts.core.dim_campaign as campaign on touch.campaign_key = campaign.campaign_key
    where credit.conversion_key = $key and credit.model = 'linear'
    order by credit.touch_number
"""

_CANDIDATES = """
    select
        candidate.touch_key, candidate.touched_at, candidate.person_key, channel.channel_name,
        candidate.touch_type, case when not campaign.is_unknown then campaign.campaign_name end,
        candidate.no_credit_reason
    from intermediate.int_journey_candidates as candidate
    left join core.dim_channel as channel on candidate.channel_key = channel.channel_key
    left join core.dim_campaign as campaign on candidate.campaign_key = campaign.campaign_key
    where candidate.journey_key = (
        select journey_key from intermediate.int_conversions where conversion_key = $key
    )
    order by candidate.touched_at, candidate.touch_key
"""


@dataclass(frozen=True)
class ConversionTouch:
    """A touch of somebody in the buying group; `no_credit_reason` is None where it counts."""

    touch_key: str
    touched_at: datetime
    person_key: str
    channel: str | None
    touch_type: str | None
    campaign: str | None
    no_credit_reason: str | None


@dataclass(frozen=True)
class Credit:
    """What a model gives one touch; `touch_key` is None where no touch earned it.

    Weight and conversions are fractions of 1, the amount is in the reporting currency and None
    where the conversion has none.
    """

    model: str
    touch_key: str | None
    weight: Decimal
    amount: Decimal | None
    conversions: Decimal


@dataclass(frozen=True)
class Conversion:
    """What was converted; `amount` is in `currency`, and None for a lead or MQL."""

    conversion_key: str
    conversion_type: str
    booking_type: str | None
    amount: Decimal | None
    converted_date: date
    converted_at: datetime
    person_key: str | None
    opportunity_id: str | None
    account_name: str | None
    currency: str | None


@dataclass(frozen=True)
class Explanation:
    """A conversion, its touches in order, its credit, and the touches that earned none.

    Attributes:
        left_out: Touches of the same people that did not count; None when it cannot be told.
        left_out_note: Why it cannot be told, or why it may not fit; empty otherwise.
    """

    conversion: Conversion
    touches: Sequence[ConversionTouch]
    credits: Sequence[Credit]
    left_out: Sequence[ConversionTouch] | None
    left_out_note: str


def matching_keys(marts: Path, given: str) -> list[str]:
    """The keys of conversions that a person may mean: the key itself, or those it begins.

    Args:
        marts: The published marts.
        given: A key, or at least its first SHORTEST_PREFIX characters.
    """
    if len(given) < SHORTEST_PREFIX:
        return []
    with duckdb.connect(str(marts), read_only=True) as connection:
        found = connection.execute(
            "select conversion_key from attribution.rpt_journey "
            "where starts_with(conversion_key, $given) order by conversion_key limit 5",
            {"given": given.lower()},
        ).fetchall()
    return [key for (key,) in found]


def is_published(marts: Path) -> bool:
    """Whether these marts hold journeys."""
    with duckdb.connect(str(marts), read_only=True) as connection:
        return bool(
            connection.execute(
                "select 1 from information_schema.tables "
                "where table_schema = 'attribution' and table_name = 'rpt_journey'"
            ).fetchone()
        )


def explain(marts: Path, warehouse: Path, key: str) -> Explanation:
    """Explain one conversion.

    Args:
        marts: The published marts.
        warehouse: The working file of the last run.
        key: A key that matching_keys found.
    """
    with duckdb.connect() as connection:
        _attach(connection, marts, "marts")
        conversion = Conversion(*_rows(connection, _CONVERSION, key)[0])
        touches = [ConversionTouch(*row) for row in _rows(connection, _CREDITED_TOUCHES, key)]
        credits = [Credit(*row) for row in _rows(connection, _CREDITS, key)]
    candidates, note = _candidates(warehouse, key)
    left_out = None
    if candidates is not None:
        left_out = [touch for touch in candidates if touch.no_credit_reason is not None]
        counted = {touch.touch_key for touch in candidates if touch.no_credit_reason is None}
        if counted != {touch.touch_key for touch in touches}:
            note = (
                "The last run counts other touches than the published version; "
                "`concord status` says which groups it could not publish."
            )
    return Explanation(conversion, touches, credits, left_out, note)


def _candidates(warehouse: Path, key: str) -> tuple[list[ConversionTouch] | None, str]:
    """The touches that could have counted, or the reason why they cannot be read."""
    if not warehouse.exists():
        return None, "The working file of the last run is not in this home."
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            return [ConversionTouch(*row) for row in _rows(connection, _CANDIDATES, key)], ""
    except duckdb.IOException:
        return None, "A run holds the working file; ask again when it has finished."
    except duckdb.CatalogException:
        return None, "The last run is older than this command; `concord run` first."


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    quoted = str(path).replace("'", "''")
    connection.execute(f"attach '{quoted}' as {name} (read_only)")


def _rows(connection: duckdb.DuckDBPyConnection, query: str, key: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = connection.execute(query, {"key": key}).fetchall()
    return rows
