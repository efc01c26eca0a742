"""The requests: pages of a list, ids of a search, batches of records and of associations.

Every page is asked for by what it begins after, never by a place: a record that comes, goes or
moves while pages are read shifts none of the others.

Belongs here: paths and bodies. Does not: what becomes of a record (records.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.connectors.errors import StartAgain
from orchestration.connectors.http import Answer
from orchestration.connectors.hubspot.answers import AddressTooLong
from orchestration.connectors.hubspot.client import Client
from orchestration.connectors.json_body import read_json

Record = dict[str, Any]
PAGE = 100
SEARCH_PAGE = 200
HISTORY_PAGE = 50
LINK_BATCH = 1000
# HubSpot refuses addresses somewhere above 16,000 characters.
ADDRESS_CHARACTERS = 15_000


@dataclass(frozen=True)
class Page:
    """One answer with records.

    Attributes:
        body: As it came.
        records: What is in it.
        after: Where the next page begins, or None.
    """

    body: bytes
    records: list[Record]
    after: str | None = None


def page_of(body: bytes) -> Page:
    """Understand an answer with records.

    Raises:
        ValueError: When it is no such answer.
    """
    found = read_json(body)
    if not isinstance(found, dict) or not isinstance(found.get("results"), list):
        raise ValueError("no results")
    following = (found.get("paging") or {}).get("next") or {}
    after = following.get("after")
    return Page(body, found["results"], None if after is None else str(after))


def _understand(answer: Answer) -> Page:
    return page_of(answer.body)


def list_pages(
    client: Client, path: str, params: dict[str, str] | None = None, size: int = PAGE
) -> Iterator[Page]:
    """Yield all pages of a list.

    Raises:
        ConnectorError: The class that says what would help.
    """
    asked = {"limit": str(size), **(params or {})}
    page = client.ask("GET", path, _understand, params=asked)
    yield page
    while page.after is not None:
        before = page.after
        page = client.ask("GET", path, _understand, params={**asked, "after": before})
        if page.after == before:
            raise StartAgain(f"{path}: a page says that it follows itself")
        yield page


def property_chunks(names: Sequence[str], most: int = ADDRESS_CHARACTERS) -> list[list[str]]:
    """Properties in lists that fit into one address each."""
    chunks: list[list[str]] = [[]]
    size = 0
    for name in names:
        if chunks[-1] and size + len(name) + 3 > most:
            chunks.append([])
            size = 0
        chunks[-1].append(name)
        size += len(name) + 3  # a comma takes three characters in an address
    return chunks


def object_pages(
    client: Client, path: str, properties: Sequence[str], *, is_archived: bool
) -> Iterator[list[Page]]:
    """Yield the pages of an object's list; each in as many answers as its properties need.

    The answers of one page hold the same records, with other properties of them. A record that
    is not in all of them changed its place in between and is for the caller to read by its id.

    Raises:
        ConnectorError: The class that says what would help.
    """
    most = ADDRESS_CHARACTERS
    after: str | None = None
    while True:
        params = {"limit": str(PAGE), "archived": "true" if is_archived else "false"}
        if after is not None:
            params["after"] = after
        try:
            answers = [
                client.ask(
                    "GET", path, _understand, params={**params, "properties": ",".join(names)}
                )
                for names in property_chunks(properties, most)
            ]
        except AddressTooLong:
            if most < 500:
                raise
            most //= 2
            continue
        yield answers
        if answers[0].after is None:
            return
        if answers[0].after == after:
            raise StartAgain(f"{path}: a page says that it follows itself")
        after = answers[0].after


def whole(answers: list[Page]) -> tuple[list[Page], list[str]]:
    """The answers about one page, less the records that are not in all of them; and their ids."""
    ids = [{str(record["id"]) for record in page.records} for page in answers]
    common = set.intersection(*ids)
    torn = sorted(set.union(*ids) - common)
    if not torn:
        return answers, []
    kept = [
        Page(page.body, [record for record in page.records if str(record["id"]) in common])
        for page in answers
    ]
    return kept, torn


def search_ids(
    client: Client, path: str, cursor: str, since: datetime, until: datetime
) -> Iterator[tuple[bytes, list[str]]]:
    """Yield the ids of what changed in a window, by id.

    Each page is a search of its own for ids above the last one. So HubSpot's end of a search at
    10,000 results is never reached, and a record that leaves the window takes no other with it.

    Args:
        client: The account.
        path: Of the object.
        cursor: Property that moves with a change.
        since: Lower end, included.
        until: Upper end, included.

    Raises:
        ConnectorError: The class that says what would help.
    """
    window = [
        {"propertyName": cursor, "operator": "GTE", "value": _milliseconds(since)},
        {"propertyName": cursor, "operator": "LTE", "value": _milliseconds(until)},
    ]
    last: str | None = None
    while True:
        above = {"propertyName": "hs_object_id", "operator": "GT", "value": last}
        client.wait_to_search()
        body, ids = client.ask(
            "POST",
            f"{path}/search",
            _ids_reader(last),
            json={
                "filterGroups": [{"filters": [*window, *([above] if last else [])]}],
                "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                "properties": [cursor],
                "limit": SEARCH_PAGE,
            },
        )
        if ids:
            yield body, ids
        if len(ids) < SEARCH_PAGE:
            return
        last = ids[-1]


def _ids_reader(last: str | None) -> Callable[[Answer], tuple[bytes, list[str]]]:
    def understand(answer: Answer) -> tuple[bytes, list[str]]:
        page = page_of(answer.body)
        ids = [str(record["id"]) for record in page.records]
        numbers = [int(last or -1), *map(int, ids)]
        if numbers != sorted(numbers):
            raise ValueError("the search is not in the order of ids")
        if len(ids) < SEARCH_PAGE and page.after is not None:
            raise ValueError("the page is short, and more follow")
        return answer.body, ids

    return understand


def batch_records(
    client: Client,
    path: str,
    ids: Sequence[str],
    properties: Sequence[str],
    history: Sequence[str],
    *,
    is_archived: bool = False,
) -> Iterator[Page]:
    """Yield records by their ids; ids that are not there are left out of the answers.

    With `is_archived`, those that are in the recycle bin, and no others.

    A merged id gives the record that it was merged into, which has another id.

    Raises:
        ConnectorError: The class that says what would help.
    """
    size = HISTORY_PAGE if history else PAGE
    for start in range(0, len(ids), size):
        content: dict[str, Any] = {
            "inputs": [{"id": value} for value in ids[start : start + size]],
            "properties": list(properties),
        }
        if history:
            content["propertiesWithHistory"] = list(history)
        asked = {"params": {"archived": "true"}} if is_archived else {}
        yield client.ask("POST", f"{path}/batch/read", _understand, json=content, **asked)


def association_pages(client: Client, kind: str, to: str, ids: Sequence[str]) -> Iterator[Page]:
    """Yield the associations of records, those beyond a record's first page too.

    Raises:
        ConnectorError: The class that says what would help.
    """
    path = f"/crm/v4/associations/{kind}/{to}/batch/read"
    asked = [{"id": value} for value in ids]
    while asked:
        following: list[dict[str, str]] = []
        for start in range(0, len(asked), LINK_BATCH):
            batch = asked[start : start + LINK_BATCH]
            page = client.ask("POST", path, _understand, json={"inputs": batch})
            yield page
            following += _more(page)
        if following == asked:
            raise StartAgain(f"{path}: a page says that it follows itself")
        asked = following


def _more(page: Page) -> list[dict[str, str]]:
    found = []
    for entry in page.records:
        after = ((entry.get("paging") or {}).get("next") or {}).get("after")
        if after is not None:
            found.append({"id": str(entry["from"]["id"]), "after": str(after)})
    return found


def _milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))
