"""Queries over REST: pages of 2,000 records, deleted ones included.

Belongs here: queryAll and its pages. Does not: Bulk, or what a page means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from orchestration.connectors.errors import StartAgain
from orchestration.connectors.http import Answer
from orchestration.connectors.json_body import read_json, text_columns
from orchestration.connectors.salesforce.client import Client

_HEADERS = {"Sforce-Query-Options": "batchSize=2000"}


@dataclass(frozen=True)
class Page:
    """One page of a query.

    Attributes:
        body: As it came.
        rows: Its records as texts.
        total: Records of the whole query.
        next_path: Where the next page is, or None.
    """

    body: bytes
    rows: pa.Table
    total: int
    next_path: str | None


def first_page(client: Client, query: str, fields: Sequence[str]) -> Page:
    """Send a query.

    Raises:
        ConnectorError: The class that says what would help.
    """
    return client.get(
        f"{client.data_path}/queryAll", _reader(fields), params={"q": query}, headers=_HEADERS
    )


def pages(client: Client, first: Page, fields: Sequence[str]) -> Iterator[Page]:
    """Yield the first page and all that follow.

    Raises:
        ConnectorError: StartAgain when the pages do not add up to the total.
    """
    page, count = first, len(first.rows)
    yield page
    while page.next_path:
        page = client.get(page.next_path, _reader(fields), headers=_HEADERS)
        count += len(page.rows)
        yield page
    if count != first.total:
        raise StartAgain(f"a query said {first.total:,} records and gave {count:,}")


def page_rows(body: bytes, fields: Sequence[str]) -> pa.Table:
    """Return the records of a page's body as texts."""
    return text_columns(_records(read_json(body)), fields)


def _reader(fields: Sequence[str]) -> Callable[[Answer], Page]:
    def understand(answer: Answer) -> Page:
        found = read_json(answer.body)
        records = _records(found)
        following = None if found.get("done") is True else found.get("nextRecordsUrl")
        if following is None and found.get("done") is not True:
            raise ValueError("neither done nor a next page")
        total = int(found["totalSize"])
        return Page(answer.body, text_columns(records, fields), total, following)

    return understand


def _records(found: Any) -> list[dict[str, Any]]:
    if not isinstance(found, dict) or not isinstance(found.get("records"), list):
        raise ValueError("no records")
    records: list[dict[str, Any]] = found["records"]
    return records
