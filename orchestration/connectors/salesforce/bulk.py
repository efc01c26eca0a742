"""Queries as Bulk 2.0 jobs: CSV in pages, for what is large.

Belongs here: making a job, waiting for it, its pages. Does not: what a page means.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.csv as pc

from orchestration.connectors.errors import FixConfiguration, Retry
from orchestration.connectors.http import Answer
from orchestration.connectors.json_body import read_json
from orchestration.connectors.salesforce.client import Client

PAGE_ROWS = 50_000
_FIRST_WAIT = 0.2
_LONGEST_WAIT = 20.0
_ENDED = frozenset({"JobComplete", "Failed", "Aborted"})


def bulk_pages(
    client: Client, query: str, fields: Sequence[str]
) -> Iterator[tuple[bytes, pa.Table]]:
    """Run a job and yield each page's body and its rows as texts.

    Raises:
        ConnectorError: BulkRefused when the object cannot be read so.
    """
    job = client.ask(
        "POST",
        f"{client.data_path}/jobs/query",
        lambda answer: str(read_json(answer.body)["id"]),
        json={
            "operation": "queryAll",
            "query": query,
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        },
    )
    path = f"{client.data_path}/jobs/query/{job}"
    _wait(client, path)
    locator: str | None = None
    while True:
        params = {"maxRecords": str(PAGE_ROWS)} | ({"locator": locator} if locator else {})
        body, rows, following = client.get(
            f"{path}/results",
            lambda answer: _page(answer, fields),
            params=params,
            headers={"Accept": "text/csv"},
        )
        yield body, rows
        if following == "null":  # the API says so in words
            return
        locator = following


def csv_rows(body: bytes, fields: Sequence[str]) -> pa.Table:
    """Return a page's rows as texts; empty is blank.

    Sources differ on whether only the first page has a header; both forms are read.

    Raises:
        ValueError: When it is no such CSV.
    """
    options = pc.ConvertOptions(
        column_types=dict.fromkeys(fields, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        include_columns=list(fields),
    )
    parsing = pc.ParseOptions(newlines_in_values=True)
    first_line = next(csv.reader([body.split(b"\n", 1)[0].decode()]), [])
    has_header = set(first_line) == set(fields)
    reading = pc.ReadOptions(
        block_size=max(1 << 20, min(len(body) + 1, 1 << 26)),
        column_names=None if has_header else list(fields),
    )
    return pc.read_csv(io.BytesIO(body), reading, parsing, options)


def _page(answer: Answer, fields: Sequence[str]) -> tuple[bytes, pa.Table, str]:
    try:
        rows = csv_rows(answer.body, fields)
    except (pa.ArrowInvalid, KeyError, csv.Error) as error:
        raise ValueError("no CSV of the query") from error
    said = answer.headers.get("Sforce-NumberOfRecords")
    if said is not None and int(said) != len(rows):
        raise ValueError("the page has not all its rows")
    return answer.body, rows, answer.headers.get("Sforce-Locator") or "null"


def _wait(client: Client, path: str) -> None:
    seconds = _FIRST_WAIT
    while True:
        state, message = client.get(path, _state)
        if state == "JobComplete":
            return
        if state in _ENDED:
            raise FixConfiguration(f"a Bulk 2.0 job ended as {state}: {message}")
        client.http.pause(seconds, Retry("a Bulk 2.0 job did not end before the deadline"))
        seconds = min(_LONGEST_WAIT, seconds * 1.6)


def _state(answer: Answer) -> tuple[str, str]:
    found = read_json(answer.body)
    return str(found["state"]), str(found.get("errorMessage") or "")[:300]
