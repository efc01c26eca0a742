"""How HubSpot writes a value: every property is text.

Belongs here: values to text and moments both ways. Does not: which property has which type
(catalogue).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

Value = str | int | bool | Decimal | date | datetime | None


def moment_text(moment: datetime) -> str:
    """A moment as HubSpot writes it: in UTC, with milliseconds only where there are some."""
    moment = moment.astimezone(UTC)
    text = f"{moment:%Y-%m-%dT%H:%M:%S}"
    milliseconds = moment.microsecond // 1000
    return f"{text}.{milliseconds:03d}Z" if milliseconds else f"{text}Z"


def millis(moment: datetime) -> int:
    """A moment in milliseconds, as the older paths write it."""
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def moment_of(text: str) -> datetime:
    """The moment of milliseconds, of a day or of a text with a zone; ValueError for none."""
    if text.lstrip("-").isdigit():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def text_of(value: Value) -> str:
    """A value as HubSpot keeps it; nothing is the empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)
