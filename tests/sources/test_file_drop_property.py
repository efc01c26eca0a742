"""Random tables in random dialects come back equal, and no row is ever lost."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

AMOUNTS = st.none() | st.decimals(-(10**15), 10**15, places=2, allow_nan=False)
DATES = st.none() | st.dates(date(1000, 1, 1), date(9999, 12, 31))
# Text that survives trimming; no lone surrogates, no NUL (a text file cannot hold it).
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12).map(
    lambda text: f"x{text}x"
)
TABLES = st.lists(st.tuples(TEXTS, AMOUNTS, DATES), max_size=12)
FEW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _grouped(amount: Decimal, decimal: str, thousands: str) -> str:
    text = f"{amount:,.2f}" if thousands else f"{amount:.2f}"
    return text.replace(",", "\0").replace(".", decimal).replace("\0", thousands)


@FEW
@given(
    table=TABLES,
    dialect=st.sampled_from([(".", ""), (".", ","), (",", "."), (",", " "), (",", "'")]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    date_format=st.sampled_from([None, "%d.%m.%Y", "%m/%d/%Y"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_a_table_written_in_any_dialect_comes_back(
    make_drop: Any,
    table: list[tuple[str, Decimal | None, date | None]],
    dialect: tuple[str, str],
    delimiter: str,
    encoding: str,
    date_format: str | None,
    quoting: Any,
    line_end: str,
) -> None:
    drop = make_drop()
    decimal, thousands = dialect
    if quoting == csv.QUOTE_MINIMAL:
        # Python's writer leaves a lone carriage return unquoted, which is a line end to a reader.
        table = [(stage.replace("\r", ""), amount, day) for stage, amount, day in table]
    drop.options = {
        "decimal": decimal,
        "thousands": thousands,
        "delimiter": delimiter,
        "date_formats": date_format and [date_format],
    }
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, delimiter=delimiter, quoting=quoting, lineterminator=line_end)
    writer.writerow(["id", "stage", "value", "closed"])
    for number, (stage, amount, closed) in enumerate(table):
        written = "" if amount is None else _grouped(amount, decimal, thousands)
        day = "" if closed is None else closed.isoformat()
        if closed is not None and date_format:
            day = date_format.replace("%d", f"{closed.day:02d}").replace(
                "%m", f"{closed.month:02d}"
            )
            day = day.replace("%Y", f"{closed.year:04d}")
        writer.writerow([number, stage, written, day])
    drop.write("deals.csv", sink.getvalue().encode(encoding))
    drop.extract()

    assert not drop.result.refusals
    assert not drop.result.quarantined
    found = [(row["sales_stage"], row["amount"], row["close_date"]) for row in drop.rows()]
    assert found == table


CELLS = st.sampled_from(["", "1", "2", "Won", "5.00", "5", "x", "2024-01-01", '"', "a\nb", "é"])
RECORDS = st.lists(st.lists(CELLS, min_size=1, max_size=6), max_size=25)


@FEW
@given(records=RECORDS, as_json=st.booleans())
def test_rows_in_are_rows_loaded_collapsed_filtered_or_quarantined(
    make_drop: Any, records: list[list[str]], as_json: bool
) -> None:
    drop = make_drop()
    header = ["id", "stage", "value", "closed"]
    drop.deals(files="deals.*", rows_where={"stage": ["Won", "x", "5", ""]})
    if as_json:
        lines = [json.dumps(dict(zip(header, record, strict=False))) for record in records]
        drop.write("deals.jsonl", "\n".join(['{"id": "0", "stage": "Won"}', *lines]) + "\n")
        expected = len(records) + 1
    else:
        sink = io.StringIO(newline="")
        writer = csv.writer(sink)
        writer.writerows([header, *records])
        drop.write("deals.csv", sink.getvalue())
        expected = sum(any(record) for record in records)
    drop.extract()

    assert not drop.result.refusals
    version = drop.result.files[0]
    assert version.read_count == expected
    assert version.row_count == len(drop.rows())
    assert version.quarantined_count == len(drop.result.quarantined)
    keys = Counter(row["opportunity_id"] for row in drop.rows())
    assert set(keys.values()) <= {1}
    assert expected == (
        version.row_count
        + version.quarantined_count
        + version.duplicate_count
        + version.filtered_count
    )


@FEW
@given(content=st.lists(st.tuples(TEXTS, AMOUNTS), min_size=1, max_size=5), part=st.floats(0, 1))
def test_a_cut_file_never_gives_a_row_that_was_not_there(
    make_drop: Any, content: list[tuple[str, Decimal | None]], part: float
) -> None:
    drop = make_drop()
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "stage", "value", "closed"])
    rows = [(str(i), stage, amount, None) for i, (stage, amount) in enumerate(content)]
    writer.writerows(rows)
    whole = sink.getvalue().encode()
    drop.write("deals.csv", whole[: int(len(whole) * part)])
    drop.extract()

    columns = ("opportunity_id", "sales_stage", "amount", "close_date")
    found = [tuple(row[column] for column in columns) for row in drop.rows()]
    assert found == rows[: len(found)]
    assert not drop.result.quarantined
