"""A client of one HubSpot account: its token, its clock, its daily limit, its pace.

Belongs here: requests as the private app. Does not: which ones (reading.py, describe.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from orchestration.company.hubspot_source import HubSpotOptions
from orchestration.connectors.errors import ConnectorError, CredentialsRefused, StopForToday
from orchestration.connectors.http import Answer, Budget, Http
from orchestration.connectors.hubspot.answers import classify
from orchestration.connectors.secrets import read_secret

Result = TypeVar("Result")
# An account may search five times a second, whoever asks.
SEARCH_SECONDS = 0.25


@dataclass
class Client:
    """Asks an account.

    Attributes:
        options: Of the source.
        variables: The environment, for the token.
        deadline: Moment of time.monotonic() beyond which nothing is waited for.
        server_time: What HubSpot's clock said last; None before the first answer.
    """

    options: HubSpotOptions
    variables: Mapping[str, str] = field(repr=False)
    deadline: float
    server_time: datetime | None = None
    _token: str = field(default="", repr=False)
    _searched_at: float = 0.0

    def __post_init__(self) -> None:
        """Prepare requests; the token is read with the first one."""
        self.budget = Budget(self.options.request_budget)
        self.http = Http(self._classify, self.budget, self.deadline)

    def ask(
        self, method: str, path: str, understand: Callable[[Answer], Result], **arguments: Any
    ) -> Result:
        """Ask for a path of the API.

        Raises:
            ConnectorError: The class that says what would help.
        """
        if not self._token:
            self._token = read_secret(self.variables, self.options.token_variable)
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        try:
            return self.http.ask(
                method, f"{self.options.base_url}{path}", understand, headers=headers, **arguments
            )
        except CredentialsRefused as error:
            # The vendor's text may repeat what was sent, so only its code is shown.
            said = str(error).partition(":")[0]
            raise CredentialsRefused(
                f"{self.options.base_url} refused the token of {self.options.token_variable} "
                f"({said}); copy the access token of the private app again, or rotate it"
            ) from None

    def wait_to_search(self) -> None:
        """Keep to the pace at which an account may search."""
        seconds = self._searched_at + SEARCH_SECONDS - time.monotonic()
        if seconds > 0:
            self.http.sleep(seconds)
        self._searched_at = time.monotonic()

    def redacted(self, text: str) -> str:
        """A text without the token, whatever HubSpot wrote into it."""
        for secret in (self._token, self.variables.get(self.options.token_variable, "").strip()):
            if secret:
                text = text.replace(secret, "***")
        return text

    def _classify(self, answer: Answer) -> ConnectorError | None:
        self._note_time(answer)
        return classify(answer) or self._near_the_limit(answer)

    def _near_the_limit(self, answer: Answer) -> StopForToday | None:
        try:
            allowed = int(answer.headers["X-HubSpot-RateLimit-Daily"])
            left = int(answer.headers["X-HubSpot-RateLimit-Daily-Remaining"])
        except (KeyError, ValueError):
            return None
        if (allowed - left) * 100 < allowed * self.options.usage_limit_percent:
            return None
        return StopForToday(
            f"the account has used {allowed - left:,} of {allowed:,} requests of this day, which "
            f"is {self.options.usage_limit_percent} % or more (options.usage_limit_percent)"
        )

    def _note_time(self, answer: Answer) -> None:
        try:
            self.server_time = parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
        except (KeyError, TypeError, ValueError):
            self.server_time = self.server_time or datetime.now(UTC)
