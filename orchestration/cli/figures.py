"""How figures are written for people on the terminal.

Belongs here: one value to one text. Does not: tables (the views of each command).
"""

from __future__ import annotations

from decimal import Decimal

UNKNOWN = "–"


def format_value(value: Decimal | None, unit: str, currency: str | None) -> str:
    """A KPI's value in its unit; a dash where it is unknown."""
    if value is None:
        return UNKNOWN
    if unit == "ratio":
        return f"{value:.1%}"
    if unit == "currency":
        return f"{value:,.0f} {currency or ''}".strip()
    if unit in ("days", "minutes"):
        return f"{value:,.0f} {unit}"
    if unit == "number":
        return f"{value:,.2f}"
    if unit == "months":
        return f"{value:,.1f} months"
    return f"{value:,.0f}"


def plain_number(value: Decimal | None) -> str:
    """A number without a unit: whole, or with two decimals; a dash where it is unknown."""
    if value is None:
        return UNKNOWN
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
