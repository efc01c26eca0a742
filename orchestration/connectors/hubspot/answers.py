"""What HubSpot's answers mean.

Errors are a JSON object with `category`, `message` and, for a limit, `policyName`.

Belongs here: status and words to error class. Does not: asking (client.py).
"""

from __future__ import annotations

import json
from typing import Any

from orchestration.connectors.errors import (
    ConnectorError,
    CredentialsRefused,
    FixConfiguration,
    ObjectMissing,
    Retry,
    StopForToday,
)
from orchestration.connectors.http import Answer, retry_after

_RETRIED = frozenset({408, 421, 423, 425, 477})
# Cloudflare, in front of HubSpot, says so of a token that is none.
_MALFORMED_TOKEN = 530
_LONGEST_MESSAGE = 300


class ScopeMissing(ObjectMissing):
    """The token's app was not granted what this object needs."""


class AddressTooLong(FixConfiguration):
    """The names of the properties do not fit into one address."""


def classify(answer: Answer) -> ConnectorError | None:
    """Return the error that an answer means, or None when it is good."""
    if answer.status < 300:
        return None
    found = _error(answer.body)
    message = " ".join(str(found.get("message") or "").split())[:_LONGEST_MESSAGE]
    category = str(found.get("category") or found.get("errorType") or "")
    text = f"HubSpot answered {answer.status} {category}: {message}".rstrip(": ")
    if answer.status in (401, _MALFORMED_TOKEN):
        return CredentialsRefused(text)
    if answer.status == 429:
        return _limit(answer, found, text)
    if answer.status in _RETRIED or answer.status >= 500:
        return Retry(text, retry_after(answer.headers))
    return _refusal(answer.status, category, message, found, text)


def _limit(answer: Answer, found: dict[str, Any], text: str) -> ConnectorError:
    policy = str(found.get("policyName") or "")
    if policy == "DAILY":
        return StopForToday(f"{text}; the account's requests of this day are used up")
    return Retry(f"{text} {policy}".rstrip(), retry_after(answer.headers))


def _refusal(
    status: int, category: str, message: str, found: dict[str, Any], text: str
) -> ConnectorError:
    if status == 403 and (category == "MISSING_SCOPES" or "scope" in message.lower()):
        return ScopeMissing(f"the token's app lacks the scope {_scopes(found) or '(not named)'}")
    if status == 403 and "permission" in message.lower():
        return ScopeMissing(text)
    if status == 404 or "infer object type" in message.lower():
        return ObjectMissing(text)
    if status == 414:
        return AddressTooLong(text)
    return FixConfiguration(text)


def _scopes(found: dict[str, Any]) -> str:
    names: list[str] = []
    errors = found.get("errors")
    for error in errors if isinstance(errors, list) else []:
        context = error.get("context") if isinstance(error, dict) else None
        for values in context.values() if isinstance(context, dict) else ():
            names += values if isinstance(values, list) else [values]
    return ", ".join(dict.fromkeys(str(name) for name in names))[:_LONGEST_MESSAGE]


def _error(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
