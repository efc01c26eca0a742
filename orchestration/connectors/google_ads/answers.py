"""What Google Ads' answers mean.

An error is an object, of searchStream a list of one, whose details name a code per kind of error.
A used-up quota and a moment's overload are both 429 RESOURCE_EXHAUSTED: the code tells them apart.
Codes: https://developers.google.com/google-ads/api/docs/best-practices/error-types.

Belongs here: status and error code to error class. Does not: asking (client.py).
"""

from __future__ import annotations

import json
import re
from typing import Any

from orchestration.connectors.errors import (
    ConnectorError,
    FixConfiguration,
    ObjectMissing,
    Retry,
    SessionExpired,
    StopForToday,
)
from orchestration.connectors.http import Answer, retry_after

_LONGEST_MESSAGE = 300
# The account is closed or not set up: it has no figures, and no right would change that.
_NO_ACCOUNT = frozenset({"CUSTOMER_NOT_ENABLED", "CUSTOMER_NOT_FOUND"})
_OVER_IN_A_MOMENT = frozenset(
    {"RESOURCE_TEMPORARILY_EXHAUSTED", "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION"}
)


def classify(answer: Answer) -> ConnectorError | None:
    """Return the error that an answer means, or None when it is good."""
    if answer.status < 300:
        return None
    found = _error(answer.body)
    codes = _codes(found)
    message = " ".join(str(found.get("message", "")).split())[:_LONGEST_MESSAGE]
    shown = ", ".join(sorted(codes)) or str(found.get("status", ""))
    text = f"Google Ads answered {answer.status} {shown}: {message}".rstrip(": ")
    if answer.status == 401:
        return SessionExpired(text)
    if answer.status == 429:
        if codes & _OVER_IN_A_MOMENT or not codes:
            return Retry(text, _delay(found) or retry_after(answer.headers))
        return StopForToday(f"{text}; the developer token's operations of the day are used up")
    if answer.status in (408, 425) or answer.status >= 500:
        return Retry(text, _delay(found) or retry_after(answer.headers))
    if codes & _NO_ACCOUNT:
        return ObjectMissing(text)
    return FixConfiguration(text)


def _error(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    first = found[0] if isinstance(found, list) and found else found
    error = first.get("error") if isinstance(first, dict) else None
    return error if isinstance(error, dict) else {}


def _codes(error: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for detail in error.get("details", []):
        for item in detail.get("errors", []):
            found.update(str(value) for value in item.get("errorCode", {}).values())
    return found


def _delay(error: dict[str, Any]) -> float | None:
    match = re.search(r'"retryDelay": ?"([0-9.]+)s"', json.dumps(error.get("details", [])))
    return float(match[1]) if match else None
