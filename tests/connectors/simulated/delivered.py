"""What a home holds: live rows by record id, of every dataset, compared with the organisation."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.connectors.mapping import ApiObject
from tests.connectors.simulated.conftest import Meeting
from tests.connectors.simulated.expected import Rows, expected_rows, money_by_currency

TECHNICAL = ("_record_id", "_modified_at", "_is_gone")


def live_rows(meeting: Meeting, dataset: str) -> Rows:
    """The newest row of every record that is not gone; a record with two is an error."""
    if not (files := meeting.pulling.files(dataset)):
        return {}
    listed = ", ".join(f"'{path}'" for path in files)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        found = connection.execute(
            f"select * exclude (filename) from read_parquet([{listed}], filename = true, "
            "union_by_name = true) qualify rank() over "
            "(partition by _record_id order by filename desc) = 1"
        )
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    assert len(rows) == len({row["_record_id"] for row in rows}), dataset
    return {
        row["_record_id"]: {name: row[name] for name in row if name not in TECHNICAL}
        for row in rows
        if not row["_is_gone"]
    }


def objects_read(meeting: Meeting) -> dict[str, ApiObject]:
    """The objects that the organisation has and the company reads."""
    connector = meeting.pulling.source.connector
    assert connector is not None
    found = connector.objects()
    return {name: item for name, item in found.items() if name in meeting.organisation.objects}


def assert_equal(meeting: Meeting, **changes: Any) -> dict[str, int]:
    """Every dataset equals the truth as of the window's end; returns its rows.

    A merge stays known when its loser is no longer in the bin, so merges may be more.
    """
    counts = {}
    custom_fields = meeting.options.get("custom_fields", {})
    for name, item in objects_read(meeting).items():
        records = list(meeting.organisation.truth_of(name, meeting.until))
        for position, dataset in enumerate(item.outputs):
            custom = custom_fields.get(name, []) if position == 0 else []
            expected = expected_rows(item, dataset, records, custom)
            found = live_rows(meeting, dataset)
            if item.outputs[dataset].deleted_too:
                found = {key: row for key, row in found.items() if key in expected}
            wrong = [key for key in expected | found if expected.get(key) != found.get(key)]
            shown = [(key, expected.get(key), found.get(key)) for key in wrong[:3]]
            assert not wrong, f"{dataset}: {len(wrong)} rows, such as {shown}"
            for amount in ("amount", "list_price", "budget_amount"):
                if amount in item.outputs[dataset].fields:
                    assert money_by_currency(
                        found.values(), amount, "currency_code"
                    ) == money_by_currency(expected.values(), amount, "currency_code")
            counts[dataset] = len(found)
    return counts
