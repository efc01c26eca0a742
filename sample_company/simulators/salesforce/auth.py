"""Tokens and request counts: who may ask, for how long, and how often a day.

Belongs here: OAuth 2.0 client credentials and JWT bearer, expiry, the rolling day's limit. Does
not: answers to anything else. A JWT's signature is not checked: the simulator has no certificate.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from sample_company.simulators.clock import Clock
from sample_company.simulators.messages import Request, Response
from sample_company.simulators.salesforce.errors import invalid_session, request_limit

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DAY = timedelta(hours=24)
ORGANISATION_ID = "00D7R000000SimUAE"


@dataclass
class _Token:
    issued_at: datetime
    requests: int = 0


class Auth:
    """The tokens of one organisation and what they were used for."""

    def __init__(
        self,
        clock: Clock,
        *,
        client_id: str = "concord",
        client_secret: str = "",
        token_life: timedelta = timedelta(hours=2),
        token_requests: int | None = None,
        daily_requests: int = 100_000,
    ) -> None:
        """Accept one client; a secret is made up when none is given.

        A token dies after `token_life` by the clock, or after `token_requests` requests.
        """
        self.client_id = client_id
        self.client_secret = client_secret or secrets.token_hex(16)
        self.token_life, self.token_requests = token_life, token_requests
        self.daily_requests = daily_requests
        self._clock = clock
        self._tokens: dict[str, _Token] = {}
        self._used: deque[datetime] = deque()
        self._lock = Lock()

    def issue(self) -> str:
        """A new token, as a session id for clients that take one."""
        token = f"{ORGANISATION_ID[:15]}!AQ{secrets.token_hex(24)}"
        with self._lock:
            self._tokens[token] = _Token(self._clock.now())
        return token

    def revoke_all(self) -> None:
        """Let every token die at once."""
        with self._lock:
            self._tokens.clear()

    def answer(self, request: Request) -> Response:
        """Answer a request for a token, in the words of OAuth."""
        form = request.form()
        grant = form.get("grant_type", "")
        if grant == "client_credentials":
            name, secret = _client(request, form)
            if name != self.client_id:
                return _refused("invalid_client_id", "client identifier invalid")
            if secret != self.client_secret:
                return _refused("invalid_client", "invalid client credentials")
        elif grant == JWT_BEARER:
            claims = _claims(form.get("assertion", ""))
            if claims.get("iss") != self.client_id:
                return _refused("invalid_client_id", "client identifier invalid")
            if float(claims.get("exp") or 0) <= 0:
                return _refused("invalid_grant", "expired authorization code")
        else:
            return _refused("unsupported_grant_type", "grant type not supported")
        return Response.of_json(self._granted(request.base_url))

    def check(self, request: Request) -> None:
        """Count a request; ApiError for a dead token, or when the day's requests are used up."""
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        now = self._clock.now()
        with self._lock:
            token = self._tokens.get(text.strip()) if scheme in ("Bearer", "OAuth") else None
            if token is None or not self._is_alive(token, now):
                raise invalid_session()
            token.requests += 1
            if self._spent(now) >= self.daily_requests:
                raise request_limit()
            self._used.append(now)

    @property
    def used(self) -> int:
        """Requests of the last 24 hours."""
        with self._lock:
            return self._spent(self._clock.now())

    def use_up(self, left: int = 0) -> None:
        """Let somebody else have used the day's requests, but for `left`."""
        with self._lock:
            now = self._clock.now()
            more = self.daily_requests - left - self._spent(now)
            self._used.extend([now] * max(0, more))

    def _spent(self, now: datetime) -> int:
        while self._used and self._used[0] <= now - DAY:
            self._used.popleft()
        return len(self._used)

    def _is_alive(self, token: _Token, now: datetime) -> bool:
        is_used_up = self.token_requests is not None and token.requests >= self.token_requests
        return not is_used_up and now < token.issued_at + self.token_life

    def _granted(self, url: str) -> dict[str, str]:
        return {
            "access_token": self.issue(),
            "signature": base64.b64encode(secrets.token_bytes(32)).decode(),
            "scope": "api",
            "instance_url": url,
            "id": f"{url}/id/{ORGANISATION_ID}/0057R000000000001",
            "token_type": "Bearer",
            "issued_at": str(int(self._clock.now().timestamp() * 1000)),
            "api_instance_url": url,
        }


def _client(request: Request, form: dict[str, str]) -> tuple[str, str]:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        try:
            name, _, secret = base64.b64decode(text).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return name, secret
    return form.get("client_id", ""), form.get("client_secret", "")


def _claims(assertion: str) -> dict[str, Any]:
    parts = assertion.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _refused(error: str, description: str) -> Response:
    return Response.of_json({"error": error, "error_description": description}, 400)
