"""Access tokens that a refresh token buys, for platforms with OAuth.

Belongs here: which tokens were given and until when. Does not: a vendor's words for a refusal.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from threading import Lock
from typing import Literal

from sample_company.simulators.clock import Clock
from sample_company.simulators.messages import Request

Standing = Literal["good", "missing", "unknown", "expired", "revoked"]


class Tokens:
    """The tokens of one app; secrets are made up when none are given."""

    def __init__(
        self,
        clock: Clock,
        *,
        client_id: str = "concord",
        client_secret: str = "",
        refresh_token: str = "",
        life: timedelta,
    ) -> None:
        """Know the app; access tokens live so long by the clock."""
        self.client_id = client_id
        self.client_secret = client_secret or secrets.token_urlsafe(18)
        self.refresh_token = refresh_token or secrets.token_urlsafe(32)
        self.life = life
        self._clock, self._lock = clock, Lock()
        self._ends: dict[str, datetime] = {}
        self._revoked: set[str] = set()

    def issue(self, prefix: str = "") -> str:
        """A new access token."""
        token = prefix + secrets.token_urlsafe(48)
        with self._lock:
            self._ends[token] = self._clock.now() + self.life
        return token

    def expire_all(self) -> None:
        """Let every access token end at once."""
        with self._lock:
            self._ends = dict.fromkeys(self._ends, self._clock.now())

    def revoke_all(self) -> None:
        """Let somebody take back every access token."""
        with self._lock:
            self._revoked |= self._ends.keys()

    def standing(self, token: str) -> Standing:
        """How an access token stands."""
        with self._lock:
            if not token:
                return "missing"
            if token not in self._ends:
                return "unknown"
            if token in self._revoked:
                return "revoked"
            return "good" if self._clock.now() < self._ends[token] else "expired"


def bearer(request: Request) -> str:
    """The token in the header of a request; blank without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
