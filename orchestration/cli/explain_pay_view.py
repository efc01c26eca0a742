"""How `concord explain pay` looks: one block per line of the statement, 80 columns.

Belongs here: layout and words. Does not: questions (explain/pay.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console
from orchestration.explain.pay import PayLine, Row

EVENTS = {
    "booking": "deal",
    "refund": "refund",
    "payment": "payment",
    "accepted_lead": "accepted lead",
    "meeting_held": "meeting",
}
CREDITS = {
    "revenue": "of the deal",
    "overlay": "beside the sellers",
    "sourced": "as who had the lead",
}


def print_pay_lines(lines: Sequence[PayLine], note: str) -> None:
    """Print each line with what it was computed from, back to the record."""
    for number, line in enumerate(lines):
        if number:
            console.print()
        _print_line(line)
    if note:
        console.print(f"[dim]Records are not shown. {escape(note)}[/dim]", highlight=False)


def _print_line(found: PayLine) -> None:
    line = found.line
    console.print(
        f"[bold]{line['line_number']}[/bold]  {line['entry_type'].replace('_', ' ')} "
        f"[bold]{line['amount']:,} {line['currency_code']}[/bold]",
        highlight=False,
    )
    table = Table(box=None, pad_edge=False, show_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in _facts(found):
        table.add_row(f"   {name}", escape(text))
    console.print(table, highlight=False)


def _facts(found: PayLine) -> Iterator[tuple[str, str]]:
    line = found.line
    yield "says", line["explanation"]
    for record in found.records:
        place = f"{record.file}, row {record.row_number:,}"
        yield "record", f"{record.entity} of {record.source_name}: {place}, load {record.load_id}"
    if found.credit is not None:
        yield "event", _event(found.credit)
        yield "credit", _credit(found.credit)
    if found.kpi is not None:
        yield "KPI", _kpi(found.kpi)
    if found.plan is not None:
        yield "plan", _plan(found.plan)
        if found.plan["base_in_tier"] is not None and found.plan["rate"] is not None:
            yield "band", _band(found.plan)
    if found.override is not None:
        by_hand = found.override
        yield (
            "by hand",
            (f"{by_hand['reason']}; by {by_hand['author']}, approved by {by_hand['approver']}"),
        )
    state = "a draft"
    if line["status"] == "final":
        state = f"locked, closed on {line['closed_as_of_date']}"
    origin = ""
    if line["origin_period"] != line["period"]:
        origin = f", for {line['origin_period']:%Y-%m}"
    yield "posted", f"in {line['period']:%Y-%m}{origin}; {state}; posting {line['posting_key'][:8]}"
    if found.is_other_now:
        now = None if found.plan is None else found.plan["earned_amount"]
        yield (
            "now",
            ("it is no longer earned" if now is None else f"it would be {now:,}")
            + ": the difference is posted in an open month",
        )


def _event(row: Row) -> str:
    kind = EVENTS.get(row["event_type"], row["event_type"])
    worth = []
    if row["event_amount"] is not None:
        worth.append(f"{row['event_amount']:,} {row['currency_code']}")
    if row["event_quantity"] is not None and row["event_amount"] is None:
        worth.append(_pieces(row["event_quantity"]))
    told = f", {', '.join(worth)}" if worth else ""
    return f"{kind} {row['source_id']} of {row['source_system']}, {row['credit_date']}{told}"


def _credit(row: Row) -> str:
    whose = f"{row['credited_name']} has " if row["is_of_somebody_else"] else ""
    part = f"{_plain(row['share'] * 100)} % {CREDITS.get(row['credit_type'], '')}".strip()
    if row["credited_amount"] is None:
        return f"{whose}{part}: {_pieces(row['credited_quantity'])}"
    rate = "" if row["fx_rate"] in (None, 1) else f", at {_plain(row['fx_rate'])} for reporting"
    return f"{whose}{part}: {row['credited_amount']:,} {row['currency_code']}{rate}"


def _kpi(row: Row) -> str:
    return (
        f"{row['kpi']} (contract {row['kpi_contract_version']}) of the {row['period_grain']} from "
        f"{row['period_start']}: {_plain(row['actual'])} of {_plain(row['target'])}, achievement "
        f"{_percent(row['achievement'])}, payout {_percent(row['payout_rate'])}, weight "
        f"{_percent(row['weight'])} of {row['target_amount']:,} {row['currency_code']} a year"
    )


def _plan(row: Row) -> str:
    clause = f", {row['clause']}" if row["clause"] else ""
    return (
        f"{row['component_label']}, {row['plan_label']} ({row['plan']}) version "
        f"{row['plan_version']}{clause}; {row['method']}, {row['frequency']}; approved by "
        f"{row['approved_by']} on {row['approved_date']}"
    )


def _band(row: Row) -> str:
    withheld = f"; {row['withheld_amount']:,} withheld by a cap" if row["withheld_amount"] else ""
    factor = f" x {_plain(row['pay_factor'])}" if row["pay_factor"] != 1 else ""
    return (
        f"{row['tier_number']}: {_plain(row['base_in_tier'])} x {_plain(row['rate'])}{factor} = "
        f"{_plain(row['amount_unrounded'])}{withheld}"
    )


def _pieces(number: Decimal | None) -> str:
    return f"{_plain(number)} {'piece' if number == 1 else 'pieces'}"


def _percent(share: Decimal | None) -> str:
    return "unknown" if share is None else f"{_plain(share * 100)} %"


def _plain(number: Decimal | None) -> str:
    """A number without zeros that say nothing."""
    if number is None:
        return "unknown"
    return f"{number.normalize():,f}"
