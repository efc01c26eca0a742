"""Asks over HTTP and comes back with a whole answer or one of the error classes.

A request is tried again where its failure says so, with growing, jittered waits or the wait that
the vendor asks for, never beyond the deadline. An answer counts only when it was read to its end
and understood: a cut line, a truncated body and a slow drip are failures like any other.

Belongs here: attempts, waits, deadline, budget. Does not: any vendor's words (they classify).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import requests
import urllib3

from orchestration.connectors import limits
from orchestration.connectors.errors import ConnectorError, Retry, StopForToday, WaitUntil

Result = TypeVar("Result")


@dataclass(frozen=True)
class Answer:
    """One whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Classify = Callable[[Answer], ConnectorError | None]


@dataclass
class Budget:
    """Requests that a run may make of one source.

    Attributes:
        limit: So many at most.
        used: Made so far, failed attempts included.
    """

    limit: int
    used: int = 0

    def take(self) -> None:
        """Count one request.

        Raises:
            StopForToday: When none is left.
        """
        if self.used >= self.limit:
            raise StopForToday(
                f"the budget of {self.limit:,} requests for one run is used up; raise "
                "options.request_budget, or let the next run go on"
            )
        self.used += 1


@dataclass
class Http:
    """Asks one vendor.

    Attributes:
        classify: Turns an answer into an error class, or None when it is good.
        budget: Of the run.
        deadline: Moment of time.monotonic() beyond which nothing is waited for.
        sleep: Waits; tests replace it.
    """

    classify: Classify
    budget: Budget
    deadline: float
    sleep: Callable[[float], None] = time.sleep
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        """Let nothing from the machine (a .netrc, a proxy's password) join a request."""
        self.session.trust_env = False

    def ask(
        self,
        method: str,
        url: str,
        understand: Callable[[Answer], Result],
        **arguments: Any,
    ) -> Result:
        """Return what an answer says.

        Args:
            method: GET, POST, PATCH or DELETE.
            url: The address.
            understand: Reads the answer; a ValueError of it means a broken answer.
            arguments: headers, params, data or json of `requests`.

        Raises:
            ConnectorError: The class that says what would help.
        """
        attempt = 0
        while True:
            try:
                return self._once(method, url, understand, arguments)
            except Retry as failure:
                attempt += 1
                if attempt >= limits.ATTEMPTS:
                    raise Retry(f"{failure} ({attempt} attempts)", failure.after) from None
                self.pause(_wait_seconds(attempt, failure.after), failure)
            except WaitUntil as failure:
                seconds = (failure.moment - datetime.now(UTC)).total_seconds()
                self.pause(max(0.0, seconds), failure)

    def _once(
        self,
        method: str,
        url: str,
        understand: Callable[[Answer], Result],
        arguments: dict[str, Any],
    ) -> Result:
        self.budget.take()
        try:
            answer = self._read(method, url, arguments)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise Retry(f"{_shown(url)}: the connection failed ({type(error).__name__})") from None
        if failure := self.classify(answer):
            raise failure
        try:
            return understand(answer)
        except ValueError:
            raise Retry(f"{_shown(url)}: the answer is broken") from None

    def _read(self, method: str, url: str, arguments: dict[str, Any]) -> Answer:
        end = min(self.deadline, time.monotonic() + limits.ANSWER_SECONDS)
        patience = (limits.CONNECT_SECONDS, limits.SILENCE_SECONDS)
        with self.session.request(
            method, url, stream=True, timeout=patience, allow_redirects=False, **arguments
        ) as response:
            parts = []
            while part := response.raw.read1(limits.READ_BYTES, decode_content=True):
                parts.append(part)
                if time.monotonic() > end:
                    raise Retry(f"{_shown(url)}: the answer did not end in time")
            return Answer(response.status_code, response.headers, b"".join(parts))

    def pause(self, seconds: float, failure: ConnectorError) -> None:
        """Wait; raise the failure where the deadline comes before."""
        if time.monotonic() + seconds > self.deadline:
            raise failure
        self.sleep(seconds)


def _wait_seconds(attempt: int, after: float | None) -> float:
    if after is not None:
        return after
    longest = min(limits.LONGEST_WAIT_SECONDS, limits.FIRST_WAIT_SECONDS * 2.0**attempt)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads attempts, guards nothing


def _shown(url: str) -> str:
    """The address without its query, which may hold what nobody needs in a log."""
    return url.split("?", 1)[0]


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that an answer asks to wait, as a number or a date; None when it says nothing."""
    from email.utils import parsedate_to_datetime

    text = headers.get("Retry-After")
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
