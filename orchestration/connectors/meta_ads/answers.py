"""What Meta's answers mean.

An error is an object with `code` and `error_subcode`, whatever the HTTP status (mostly 400 or 403).
Limits are said in codes, and in headers when access comes back. Codes: Graph API "Handling Errors",
Marketing API "Rate Limiting" and "Insights: Limits and Best Practices" on developers.facebook.com.

Belongs here: code and headers to error class. Does not: asking (client.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestration.connectors.ads.platform import TooMuch
from orchestration.connectors.errors import (
    ConnectorError,
    CredentialsRefused,
    FixConfiguration,
    Retry,
    StopForToday,
    WaitUntil,
)
from orchestration.connectors.http import Answer, retry_after

_LONGEST_MESSAGE = 300
_LIMITS = frozenset({4, 17, 32, 613, *range(80000, 80015)})
_LIMIT_SUBCODES = frozenset({2446079, 1487742, 1504022, 1504039})
_TOKEN = frozenset({102, 190})
_VERSION = 2635
_TOO_MUCH_SUBCODE = 1487534
# A limit counts over an hour; without a word about its end a minute is waited between attempts.
_LIMIT_SECONDS = 60.0
_LONGEST_WAIT = timedelta(minutes=60)
_TOKEN_ADVICE = {
    458: "the app was removed by the user; let the user allow it again",
    459: "the user has to log in to facebook.com and pass a check",
    460: "the user's password changed",
    463: "it has expired",
    464: "the user has to log in to facebook.com and confirm the account",
    467: "it was revoked",
    492: "the user has no role on the page or business any more",
}


def classify(answer: Answer) -> ConnectorError | None:
    """Return the error that an answer means, or None when it is good."""
    error = error_of(answer.body)
    if error is None and answer.status < 300:
        return None
    error = error or {}
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    text = _text(answer.status, code, subcode, error)
    if code in _TOKEN:
        advice = _TOKEN_ADVICE.get(subcode, "it is not valid")
        return CredentialsRefused(
            f"{text}; the access token was refused: {advice}. Make a new token of a system user "
            "with the right ads_read, and set the variable to it"
        )
    if _is_too_much(answer.status, code, subcode, str(error.get("message", ""))):
        return TooMuch(text)
    if code in _LIMITS or subcode in _LIMIT_SUBCODES or answer.status == 429:
        return _limited(text, answer.headers)
    if code in (1, 2) or error.get("is_transient") is True or answer.status >= 500:
        return Retry(text, retry_after(answer.headers))
    return FixConfiguration(f"{text}{_advice(code)}")


def error_of(body: bytes) -> dict[str, Any] | None:
    """The error that a body holds."""
    try:
        found = json.loads(body)
    except ValueError:
        return None
    error = found.get("error") if isinstance(found, dict) else None
    return error if isinstance(error, dict) else None


def _text(status: int, code: int, subcode: int, error: Mapping[str, Any]) -> str:
    said = str(error.get("error_user_msg") or error.get("message") or "")
    message = " ".join(said.split())[:_LONGEST_MESSAGE]
    shown = f" code {code}" if code else ""
    shown += f" subcode {subcode}" if subcode else ""
    return f"Meta answered {status}{shown}: {message}".rstrip(": ")


def _is_too_much(status: int, code: int, subcode: int, message: str) -> bool:
    words = message.lower()
    is_late = status == 504 or code == -2 or "timed out" in words or "timeout" in words
    return (
        subcode == _TOO_MUCH_SUBCODE
        or (code == 1 and (subcode == 99 or "reduce the amount of data" in words))
        or is_late
    )


def _limited(text: str, headers: Mapping[str, str]) -> ConnectorError:
    """When access comes back: waited for within an hour, else it is for another run."""
    wait = max(_regained(headers), default=timedelta(0))
    if wait > _LONGEST_WAIT:
        return StopForToday(f"{text}; Meta says that access comes back in {_shown(wait)}")
    if wait > timedelta(0):
        return WaitUntil(
            f"{text}; access comes back in {_shown(wait)}, after the time of this run",
            datetime.now(UTC) + wait,
        )
    return Retry(text, retry_after(headers) or _LIMIT_SECONDS)


def _regained(headers: Mapping[str, str]) -> Iterator[timedelta]:
    """The waits that the headers about use tell."""
    for cases in _header(headers, "X-Business-Use-Case-Usage").values():
        for case in cases if isinstance(cases, list) else []:
            minutes = case.get("estimated_time_to_regain_access", 0)
            yield timedelta(minutes=_number(minutes))
    account = _header(headers, "X-Ad-Account-Usage")
    if _number(account.get("acc_id_util_pct")) >= 100:
        yield timedelta(seconds=_number(account.get("reset_time_duration")))


def _header(headers: Mapping[str, str], name: str) -> dict[str, Any]:
    try:
        found = json.loads(headers.get(name) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _number(value: Any) -> int:
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        return 0


def _shown(wait: timedelta) -> str:
    minutes = int(wait.total_seconds() // 60)
    return f"{minutes} minutes" if minutes else f"{int(wait.total_seconds())} seconds"


def _advice(code: int) -> str:
    if code in (3, 10) or 200 <= code <= 299:
        return (
            "; the token lacks the right: give the system user the ad account (View performance) "
            "and make a token with ads_read"
        )
    if code == _VERSION:
        return "; this version of the API has ended: set options.api_version to a newer one"
    return ""
