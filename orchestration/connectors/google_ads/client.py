"""A signed-in client of Google Ads: token, refresh, searchStream.

Auth is OAuth 2.0 with a refresh token, and a developer token beside it. A token that is refused is
replaced once and the request made again.

Belongs here: requests as somebody. Does not: which ones (pull.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from orchestration.connectors.errors import CredentialsRefused, FixConfiguration, SessionExpired
from orchestration.connectors.http import Answer, Http
from orchestration.connectors.json_body import read_json
from orchestration.connectors.secrets import read_secret


@dataclass(frozen=True)
class GoogleAdsAccess:
    """Where Google Ads is, and which variables open it."""

    base_url: str = "https://googleads.googleapis.com"
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105  an address
    api_version: str = "v26"
    login_customer_id: str | None = None
    developer_token_variable: str = "GOOGLE_ADS_DEVELOPER_TOKEN"  # noqa: S105  a name
    client_id_variable: str = "GOOGLE_ADS_CLIENT_ID"
    client_secret_variable: str = "GOOGLE_ADS_CLIENT_SECRET"  # noqa: S105  a name
    refresh_token_variable: str = "GOOGLE_ADS_REFRESH_TOKEN"  # noqa: S105  a name

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables with credentials."""
        return (
            self.developer_token_variable,
            self.client_id_variable,
            self.client_secret_variable,
            self.refresh_token_variable,
        )


@dataclass
class Client:
    """Asks Google Ads.

    Attributes:
        http: Requests, attempts and budget.
        access: Where, and with which variables.
        variables: The environment, for the credentials.
        server_time: What Google's clock said last; None before the first answer.
    """

    http: Http
    access: GoogleAdsAccess
    variables: Mapping[str, str] = field(repr=False)
    server_time: datetime | None = None
    _token: str = field(default="", repr=False)
    _secrets: tuple[str, ...] = field(default=(), repr=False)

    def sign_in(self) -> None:
        """Get a token.

        Raises:
            FixConfiguration: When a credential is missing (CredentialsRefused: refused).
        """
        self._secrets = tuple(read_secret(self.variables, name) for name in self.access.variables)
        form = {
            "grant_type": "refresh_token",
            "client_id": self._secrets[1],
            "client_secret": self._secrets[2],
            "refresh_token": self._secrets[3],
        }
        try:
            self._token = self.http.ask("POST", self.access.token_url, self._read_token, data=form)
        except (FixConfiguration, SessionExpired):
            raise CredentialsRefused(
                f"Google refused the credentials of {', '.join(self.access.variables[1:])}; a "
                "refresh token ends when it is not used for six months, when the user's password "
                "changes, and after seven days while the consent screen is in testing"
            ) from None

    def search(self, customer: str, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query, with a new token when the old one is refused.

        Raises:
            ConnectorError: The class that says what would help.
        """
        if not self._token:
            self.sign_in()
        try:
            return self._search(customer, query)
        except SessionExpired:
            self.sign_in()
        try:
            return self._search(customer, query)
        except SessionExpired as error:
            raise CredentialsRefused(f"{error}, with a new token too") from None

    def redacted(self, text: str) -> str:
        """A text without any credential of this client."""
        for secret in (self._token, *self._secrets):
            if secret.strip():
                text = text.replace(secret.strip(), "***")
        return text

    def _search(self, customer: str, query: str) -> list[dict[str, Any]]:
        access = self.access
        headers = {
            "Authorization": f"Bearer {self._token}",
            "developer-token": self._secrets[0],
        }
        if access.login_customer_id:
            headers["login-customer-id"] = access.login_customer_id
        url = f"{access.base_url}/{access.api_version}/customers/{customer}/googleAds:searchStream"
        return self.http.ask("POST", url, self._read_rows, json={"query": query}, headers=headers)

    def _read_token(self, answer: Answer) -> str:
        self._note_time(answer)
        token = read_json(answer.body).get("access_token")
        if not isinstance(token, str) or not token:
            raise ValueError("no access_token")
        return token

    def _read_rows(self, answer: Answer) -> list[dict[str, Any]]:
        self._note_time(answer)
        batches = read_json(answer.body)
        if not isinstance(batches, list):
            raise ValueError("no list of batches")
        return [row for batch in batches for row in batch.get("results", [])]

    def _note_time(self, answer: Answer) -> None:
        try:
            self.server_time = parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
        except (KeyError, TypeError, ValueError):
            self.server_time = self.server_time or datetime.now(UTC)
