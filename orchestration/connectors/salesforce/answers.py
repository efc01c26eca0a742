"""What Salesforce's answers mean.

Errors come as a JSON list of errorCode and message; a used-up quota is 403, not 429.

Belongs here: status and error code to error class. Does not: asking (client.py).
"""

from __future__ import annotations

import json

from orchestration.connectors.errors import (
    ConnectorError,
    FixConfiguration,
    ObjectMissing,
    Retry,
    SessionExpired,
    StartAgain,
    StopForToday,
)
from orchestration.connectors.http import Answer, retry_after

_RETRIED = frozenset({406, 408, 420, 425, 429})
_LONGEST_MESSAGE = 300


class FieldRefused(FixConfiguration):
    """A query names a field that is not there (any more)."""


class BulkRefused(FixConfiguration):
    """The object, or the org, does not do Bulk 2.0."""


def classify(answer: Answer) -> ConnectorError | None:
    """Return the error that an answer means, or None when it is good."""
    if answer.status < 300:
        return None
    code, message = _error(answer.body)
    text = f"Salesforce answered {answer.status} {code}: {message}".rstrip(": ")
    if answer.status == 401:
        return SessionExpired(text)
    if answer.status in _RETRIED or answer.status >= 500:
        return Retry(text, retry_after(answer.headers))
    if code == "REQUEST_LIMIT_EXCEEDED":
        # One code for two limits: the day's is over for today, the concurrent one in a moment.
        if "concurrent" in message.lower():
            return Retry(text, retry_after(answer.headers))
        return StopForToday(f"{text}; the org's requests of 24 hours are used up")
    known = {
        "INVALID_TYPE": ObjectMissing,
        "NOT_FOUND": ObjectMissing,
        "INVALID_FIELD": FieldRefused,
        "INVALID_QUERY_LOCATOR": StartAgain,
        "INVALIDENTITY": BulkRefused,
        "INVALID_ENTITY": BulkRefused,
        "FEATURENOTENABLED": BulkRefused,
        "API_ERROR": BulkRefused,
    }
    if code in known:
        return known[code](text)
    if code in ("QUERY_TIMEOUT", "UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE"):
        return Retry(text)
    return FixConfiguration(text)


def _error(body: bytes) -> tuple[str, str]:
    try:
        found = json.loads(body)
    except ValueError:
        return "", ""
    first = found[0] if isinstance(found, list) and found else found
    if not isinstance(first, dict):
        return "", ""
    code = str(first.get("errorCode") or first.get("error") or "")
    message = str(first.get("message") or first.get("error_description") or "")
    return code, " ".join(message.split())[:_LONGEST_MESSAGE]
