"""What LinkedIn's answers mean.

An error is an object with `status`, `serviceErrorCode`, `code` and `message`. Codes: "Error
Handling" and "Rate Limiting" of the LinkedIn API guide on learn.microsoft.com.

Belongs here: status and code to error class. Does not: asking (client.py).
"""

from __future__ import annotations

import json
import re
from typing import Any

from orchestration.connectors.errors import (
    ConnectorError,
    FixConfiguration,
    Retry,
    SessionExpired,
    StopForToday,
)
from orchestration.connectors.http import Answer, retry_after

_LONGEST_MESSAGE = 300
# By the word: sources do not agree on the numbers beside it.
_TOKEN_ADVICE = {
    "EMPTY": "no access token came with the request",
    "INVALID": "the access token is not valid",
    "EXPIRED": "the access token has expired",
    "REVOKED": "the access token was revoked",
}
# Beside the limits of the day there is one on metric values per five minutes.
_SHORT_LIMIT = re.compile(r"minute|second", re.IGNORECASE)
_SHORT_SECONDS = 60.0


class NotFound(FixConfiguration):
    """There is no such thing, or not for this user."""


def classify(answer: Answer) -> ConnectorError | None:
    """Return the error that an answer means, or None when it is good."""
    if answer.status < 300:
        return None
    error = _error(answer.body)
    message = " ".join(str(error.get("message", "")).split())[:_LONGEST_MESSAGE]
    service = str(error.get("serviceErrorCode", ""))
    shown = " ".join(filter(None, (service, str(error.get("code", "")))))
    text = f"LinkedIn answered {answer.status} {shown}".rstrip() + f": {message}"
    text = text.rstrip(": ")
    if answer.status == 401:
        said = f"{error.get('code', '')} {message}".upper()
        known = (advice for word, advice in _TOKEN_ADVICE.items() if word in said)
        return SessionExpired(f"{text}; {next(known, 'the access token is refused')}")
    if answer.status == 403:
        return FixConfiguration(
            f"{text}; the user needs a role on the ad account (viewer is enough), and the token "
            "the scopes r_ads and r_ads_reporting"
        )
    if answer.status == 426 or error.get("code") == "NONEXISTENT_VERSION":
        return FixConfiguration(
            f"{text}; versions end after a year: set options.api_version to a newer one"
        )
    if answer.status == 429:
        after = retry_after(answer.headers)
        if after is not None or _SHORT_LIMIT.search(message):
            return Retry(text, after or _SHORT_SECONDS)
        return StopForToday(f"{text}; the day's requests are used up, until midnight UTC")
    if answer.status in (408, 425) or answer.status >= 500:
        return Retry(text, retry_after(answer.headers))
    return NotFound(text) if answer.status == 404 else FixConfiguration(text)


def _error(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
