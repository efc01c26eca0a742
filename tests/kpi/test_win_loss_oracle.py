"""rpt_win_loss against a loop over deals and their lines, in exact fractions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import duckdb
import pytest

from tests.kpi.compiled import CompiledModels, make_table
from tests.unlike import unlike

AS_OF = date(2026, 5, 20)
SIX_DECIMALS = Fraction(1, 10**6)
SEEDS = range(12)
REASONS = {
    "r1": ("price", "Price", "commercial"),
    "r2": ("no_decision", "No decision", "no_decision"),
}
MONEY = "decimal(18,2)"
Row = dict[str, Any]


def _amount(random: Random) -> Decimal | None:
    return random.choice((None, *(Decimal(random.randint(-500, 10**6)) / 100,) * 4))


def _deals(random: Random) -> list[Row]:
    rows = []
    for number in range(random.randint(1, 60)):
        outcome = random.choice(("won", "won", "lost", "lost", "open"))
        rows.append(
            {
                "opportunity_key": f"deal{number}",
                "amount": _amount(random),
                "is_won": outcome == "won",
                "is_lost": outcome == "lost",
                "is_reportable": random.random() < 0.85,
                "segment": random.choice(("small", "large", "unknown")),
                # A reason may stand at a deal that was won after all.
                "loss_reason_key": random.choice((*REASONS, None, "gone")),
                "competitor": random.choice((None, "", "  ", "Rival", " Rival ", "Other")),
                "close_date": AS_OF - timedelta(days=random.randint(-20, 70)),
            }
        )
    return rows


def _lines(random: Random, deals: list[Row]) -> list[Row]:
    return [
        {
            "opportunity_key": deal["opportunity_key"],
            "amount": _amount(random),
            "list_amount": random.choice((_amount(random), Decimal(0))),
        }
        for deal in deals
        for _ in range(random.choice((0, 1, 3)))
        if deal["is_won"]
    ]


def _expected(deals: list[Row], lines: list[Row]) -> dict[Any, tuple[Any, ...]]:
    cells: dict[Any, list[Row]] = defaultdict(list)
    for deal in deals:
        is_decided = deal["is_won"] or deal["is_lost"]
        if is_decided and deal["is_reportable"] and deal["close_date"] <= AS_OF:
            nothing = ("not_recorded", "Not recorded", "not_recorded")
            reason = REASONS.get(deal["loss_reason_key"], nothing)
            if deal["is_won"]:
                reason = ("won", "Won", "won")
            rival = (deal["competitor"] or "").strip() or "not_recorded"
            month = deal["close_date"].replace(day=1)
            cells[month, deal["segment"], *reason, rival].append(deal)
    return {cell: _cell(own, lines) for cell, own in cells.items()}


def _cell(deals: list[Row], lines: list[Row]) -> tuple[Any, ...]:
    won = [deal for deal in deals if deal["is_won"]]
    lost = [deal for deal in deals if deal["is_lost"]]
    keys = {deal["opportunity_key"] for deal in deals}
    listed = [
        (line["amount"], line["list_amount"])
        for line in lines
        if line["opportunity_key"] in keys and None not in (line["amount"], line["list_amount"])
    ]
    booked = sum((one for one, _ in listed), Decimal(0)) if listed else None
    whole = sum((one for _, one in listed), Decimal(0)) if listed else None
    rate = 1 - Fraction(booked) / Fraction(whole) if whole and booked is not None else None
    return len(won), len(lost), _sum(won), _sum(lost), booked, whole, rate


def _sum(deals: list[Row]) -> Decimal | None:
    """Nothing of no deal is 0; of deals whose amounts are unknown it is unknown."""
    known = [deal["amount"] for deal in deals if deal["amount"] is not None]
    return sum(known, Decimal(0)) if known or not deals else None


def _publish(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, deals: list[Row], lines: list[Row]
) -> dict[Any, tuple[Any, ...]]:
    text, boolean = "varchar", "boolean"
    make_table(
        warehouse,
        "core.fct_opportunity",
        {
            "opportunity_key": text, "amount": MONEY, "is_won": boolean, "is_lost": boolean,
            "is_reportable": boolean, "segment": text, "loss_reason_key": text,
            "competitor": text, "close_date": "date",
        },
        deals,
    )  # fmt: skip
    make_table(
        warehouse,
        "core.fct_booking",
        {"opportunity_key": text, "amount": MONEY, "list_amount": MONEY},
        lines,
    )
    make_table(
        warehouse,
        "core.dim_reason",
        {"reason_key": text, "reason": text, "reason_name": text, "reason_group": text},
        [
            {"reason_key": key, "reason": reason, "reason_name": name, "reason_group": group}
            for key, (reason, name, group) in REASONS.items()
        ],
    )
    make_table(
        warehouse, "staging.stg_company__as_of", {"as_of_date": "date"}, [{"as_of_date": AS_OF}]
    )
    models.run_named(warehouse, "rpt_win_loss")
    rows = warehouse.execute(
        """
        select close_month, segment, reason, reason_name, reason_group, competitor, won_count,
            lost_count, won_amount, lost_amount, listed_booked_amount, list_amount, discount_rate
        from funnel.rpt_win_loss
        """
    ).fetchall()
    assert len({row[:6] for row in rows}) == len(rows)
    return {row[:6]: row[6:] for row in rows}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cell_equals_brute_force(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, seed: int
) -> None:
    random = Random(seed)  # noqa: S311
    deals = _deals(random)
    lines = _lines(random, deals)
    found, wanted = _publish(warehouse, models, deals, lines), _expected(deals, lines)
    assert unlike(found, wanted, SIX_DECIMALS) == {}


def test_the_deals_hold_every_case() -> None:
    """An oracle of cells that never happen proves nothing about them."""
    rates, amounts, reasons = set(), set(), set()
    for seed in SEEDS:
        random = Random(seed)  # noqa: S311
        deals = _deals(random)
        for cell, row in _expected(deals, _lines(random, deals)).items():
            reasons.add(cell[2])
            rates.add(row[-1] is None)
            amounts |= {(kind, row[kind] is None, row[kind] == 0) for kind in (2, 3)}
    assert rates == {True, False}
    assert reasons == {"won", "price", "no_decision", "not_recorded"}
    assert {(kind, True, False) for kind in (2, 3)} <= amounts
