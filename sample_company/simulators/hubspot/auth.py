"""Tokens: who may ask, for how long, and for what.

Belongs here: private-app tokens, OAuth's refresh and expiry, scopes. Does not: how often (limits),
answers to anything else.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from uuid import uuid4

from sample_company.simulators.clock import Clock
from sample_company.simulators.hubspot.errors import expired, missing_scopes, no_credentials
from sample_company.simulators.hubspot.values import moment_text
from sample_company.simulators.messages import Request, Response

# What a token is made of; anything else never reaches HubSpot, which answers with status 530.
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]+")
MALFORMED = b"error code: 1016"


@dataclass
class Token:
    """A token that was given; `expires_at` is blank for a private app's."""

    text: str
    scopes: frozenset[str] | None
    expires_at: datetime | None = None

    @property
    def is_oauth(self) -> bool:
        """Whether OAuth gave it."""
        return self.expires_at is not None

    def require(self, scope: str) -> None:
        """ApiError when the app was not granted a scope."""
        if scope and self.scopes is not None and scope not in self.scopes:
            raise missing_scopes(scope)


class Auth:
    """The tokens of one account: one private app, and one OAuth app that is installed."""

    def __init__(
        self,
        clock: Clock,
        *,
        client_id: str = "concord",
        client_secret: str = "",
        token: str = "",
        scopes: Iterable[str] | None = None,
        token_life: timedelta = timedelta(minutes=30),
    ) -> None:
        """Know both apps; secrets are made up when none are given, all scopes are granted."""
        self.client_id = client_id
        self.client_secret = client_secret or str(uuid4())
        self.refresh_token = str(uuid4())
        self.token_life = token_life
        self._scopes = None if scopes is None else frozenset(scopes)
        self._clock, self._lock = clock, Lock()
        self.private_token = token or f"pat-eu1-{uuid4()}"
        self._tokens = {self.private_token: Token(self.private_token, self._scopes)}

    def issue(self) -> str:
        """A new OAuth access token."""
        token = f"CO{secrets.token_urlsafe(48)}"
        with self._lock:
            expires_at = self._clock.now() + self.token_life
            self._tokens[token] = Token(token, self._scopes, expires_at)
        return token

    def revoke_all(self) -> None:
        """Let every OAuth access token expire at once; the private app's lives on."""
        with self._lock:
            for token in self._tokens.values():
                if token.is_oauth:
                    token.expires_at = self._clock.now()

    def revoke_private(self) -> None:
        """Let somebody have made a new token of the private app, so that the old one is dead."""
        with self._lock:
            self._tokens.pop(self.private_token, None)
            self.private_token = f"pat-eu1-{uuid4()}"
            self._tokens[self.private_token] = Token(self.private_token, self._scopes)

    def answer(self, request: Request) -> Response:
        """Answer a request for an access token."""
        form = request.form()
        if form.get("grant_type") != "refresh_token":
            return _refused("BAD_GRANT_TYPE", "missing or unknown grant type")
        if form.get("client_id") != self.client_id:
            return _refused("BAD_CLIENT_ID", "missing or unknown client id")
        if form.get("client_secret") != self.client_secret:
            return _refused("BAD_CLIENT_SECRET", "missing or invalid client secret")
        if form.get("refresh_token") != self.refresh_token:
            return _refused("BAD_REFRESH_TOKEN", "missing or invalid refresh token")
        body = {
            "token_type": "bearer",
            "refresh_token": self.refresh_token,
            "access_token": self.issue(),
            "expires_in": int(self.token_life.total_seconds()),
        }
        return Response.of_json(body)

    def is_malformed(self, request: Request) -> bool:
        """Whether the token has characters that no token has."""
        text = request.headers.get("authorization", "").removeprefix("Bearer ")
        return bool(text) and not WELL_FORMED.fullmatch(text)

    def check(self, request: Request) -> Token:
        """The token of a request; ApiError for none, an unknown one or one that has expired."""
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        now = self._clock.now()
        with self._lock:
            token = self._tokens.get(text) if scheme == "Bearer" else None
        if token is None:
            raise no_credentials()
        if token.expires_at is not None and token.expires_at <= now:
            seconds = int((now - token.expires_at).total_seconds())
            raise expired(moment_text(token.expires_at), f"{seconds} second(s)")
        return token


def _refused(status: str, message: str) -> Response:
    body = {"status": status, "message": message, "correlationId": str(uuid4())}
    return Response.of_json(body, 400)
