"""Reads the files of the real marketing funnel, apart from Concord."""

from __future__ import annotations

import csv
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tests.conftest import real_data

HERE = ZoneInfo("America/Sao_Paulo")


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of one file, as it writes them."""
    file = real_data("olist_funnel") / f"olist_{name}_dataset.csv"
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def won_day(row: dict[str, str]) -> date:
    """The day in São Paulo on which a deal was won: the file writes moments in UTC."""
    return datetime.fromisoformat(row["won_date"] + "+00:00").astimezone(HERE).date()
