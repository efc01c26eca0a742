"""Counts in are counts out: every delivered row is in raw, a repetition, or in quarantine.

Belongs here: the counting. Does not: making deliveries.
"""

from __future__ import annotations

from collections import Counter

import duckdb

from orchestration.settings import Settings
from orchestration.state import StateStore
from tests.laws.history import History
from tests.laws.small_company import entity_of


def uncounted_rows(history: History, settings: Settings) -> list[str]:
    """The entities of which rows are missing or too many, in words."""
    delivered = Counter[str]()
    for (dataset, _), rows in history.files.items():
        delivered[entity_of(dataset)] += len(rows)
    shown, others = Counter[str](), Counter[str]()
    for file in StateStore(settings.state_path).active_files():
        shown[file.entity] += file.row_count
        others[file.entity] += file.quarantined_count + file.duplicate_count
    found = []
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        for entity, count in sorted(delivered.items()):
            query = f"select count(*) from raw_file_drop.{entity}"
            raw = connection.execute(query).fetchall()[0][0]
            if not raw == shown[entity] == count - others[entity]:
                found.append(
                    f"{entity}: {count} rows delivered, {raw} in raw ({shown[entity]} counted), "
                    f"{others[entity]} in quarantine or repeated"
                )
    return found
