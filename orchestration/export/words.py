"""How lines of pay are put into cells: the same words in HTML and in a workbook.

Belongs here: which columns a statement's line has, and their texts. Does not: layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]

EVENTS = {
    "booking": "deal",
    "refund": "refund",
    "accepted_lead": "accepted lead",
    "meeting_held": "meeting",
}
PARTS = ("earnings", "adjustments", "draws", "holds", "payments")


def kind_of(line: Row) -> str:
    """What sort of entry a line is."""
    return str(line["entry_type"]).replace("_", " ")


def event_of(line: Row) -> str:
    """What happened: a deal, a KPI, a decision by hand."""
    if line["event_type"]:
        kind = EVENTS.get(line["event_type"], line["event_type"])
        return f"{kind} {line['source_id']}"
    if line["kpi"]:
        return f"KPI {line['kpi']}"
    return "by hand" if line["override_reason"] else ""


def clause_of(line: Row) -> str:
    """Where the plan says so."""
    if not line["plan"]:
        return str(line["override_reason"] or "")
    clause = f", {line['clause']}" if line["clause"] else ""
    return f"{line['component_label']} ({line['plan']} {line['plan_version']}{clause})"


def base_of(line: Row) -> Decimal | None:
    """What is counted in the band; of a KPI the target pay."""
    base: Decimal | None = line["base_in_tier"]
    return base


def share_of(line: Row) -> Decimal | None:
    """Share of the event; of a KPI its achievement."""
    share: Decimal | None = line["share"] if line["share"] is not None else line["achievement"]
    return share


def plain(number: Decimal | None) -> str:
    """A number without zeros that say nothing; nothing for nothing."""
    return "" if number is None else f"{number.normalize():,f}"


def percent(share: Decimal | None) -> str:
    """A share as people write it."""
    return "" if share is None else f"{plain(share * 100)} %"
