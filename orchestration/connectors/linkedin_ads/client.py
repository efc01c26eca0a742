"""A client of LinkedIn's versioned API: token, refresh, Rest.li queries.

Auth is a refresh token with the app's credentials, or a plain access token, which nobody renews. A
query's address is written by hand: Rest.li's brackets, colons and commas must stay as they are.

Belongs here: requests as somebody. Does not: which ones (pull.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote

from orchestration.connectors.errors import CredentialsRefused, FixConfiguration, SessionExpired
from orchestration.connectors.http import Answer, Http
from orchestration.connectors.json_body import read_json
from orchestration.connectors.secrets import has_secret, read_secret, without_secrets

Result = TypeVar("Result")
_ROWS_A_PAGE = 500


@dataclass(frozen=True)
class LinkedInAdsAccess:
    """Where LinkedIn is, and which variables open it."""

    base_url: str = "https://api.linkedin.com"
    token_url: str = "https://www.linkedin.com/oauth/v2/accessToken"  # noqa: S105  an address
    api_version: str = "202603"
    access_token_variable: str = "LINKEDIN_ADS_ACCESS_TOKEN"  # noqa: S105  a name
    client_id_variable: str = "LINKEDIN_ADS_CLIENT_ID"
    client_secret_variable: str = "LINKEDIN_ADS_CLIENT_SECRET"  # noqa: S105  a name
    refresh_token_variable: str = "LINKEDIN_ADS_REFRESH_TOKEN"  # noqa: S105  a name

    @property
    def refresh_variables(self) -> tuple[str, str, str]:
        """Names of the variables of the refresh."""
        return self.client_id_variable, self.client_secret_variable, self.refresh_token_variable


@dataclass
class Client:
    """Asks LinkedIn.

    Attributes:
        http: Requests, attempts and budget.
        access: Where, and with which variables.
        variables: The environment, for the credentials.
        server_time: What LinkedIn's clock said last; None before the first answer.
    """

    http: Http
    access: LinkedInAdsAccess
    variables: Mapping[str, str] = field(repr=False)
    server_time: datetime | None = None
    _token: str = field(default="", repr=False)
    _secrets: set[str] = field(default_factory=set, repr=False)

    def __post_init__(self) -> None:
        """Let no credential reach a message, not even cut."""
        inner = self.http.classify
        self.http.classify = lambda answer: inner(self._clean(answer))

    def sign_in(self) -> None:
        """Get a token by the refresh token, or take the access token that is given.

        Raises:
            FixConfiguration: When a credential is missing (CredentialsRefused: refused).
        """
        access = self.access
        if self._can_refresh():
            self._token = self._refreshed()
        elif has_secret(self.variables, access.access_token_variable):
            self._token = read_secret(self.variables, access.access_token_variable)
        else:
            raise FixConfiguration(
                f"neither {access.refresh_token_variable} (with {access.client_id_variable} and "
                f"{access.client_secret_variable}) nor {access.access_token_variable} is set; "
                "set the former, or the latter to a token that ends after 60 days"
            )
        self._secrets.add(self._token)

    def elements(self, path: str, query: str) -> list[dict[str, Any]]:
        """Return the elements of one answer, as adAnalytics has them: without pages.

        Args:
            path: Below /rest.
            query: As it stands in the address.

        Raises:
            ConnectorError: The class that says what would help.
        """
        return self._ask(f"{path}?{query}", self._read_page)[0]

    def all_elements(self, path: str, query: str) -> list[dict[str, Any]]:
        """Return the elements of all pages, by page token.

        Raises:
            ConnectorError: The class that says what would help.
        """
        found: list[dict[str, Any]] = []
        asked = f"{path}?{query}&pageSize={_ROWS_A_PAGE}"
        following = ""
        while True:
            elements, token = self._ask(asked + following, self._read_page)
            found += elements
            if not token:
                return found
            following = f"&pageToken={quote(token, safe='')}"

    def one(self, path: str) -> dict[str, Any]:
        """Return one object.

        Raises:
            ConnectorError: The class that says what would help.
        """
        return self._ask(path, self._read_object)

    def redacted(self, text: str) -> str:
        """A text without any credential of this client."""
        return without_secrets(text, self._secrets)

    def _ask(self, path: str, understand: Callable[[Answer], Result]) -> Result:
        """Ask, with a new token when the old one is refused."""
        try:
            return self._once(path, understand)
        except SessionExpired as error:
            if not self._can_refresh():
                raise CredentialsRefused(
                    f"{error}; set {self.access.access_token_variable} to a new one, or let "
                    f"{self.access.refresh_token_variable} renew it"
                ) from None
        self.sign_in()
        try:
            return self._once(path, understand)
        except SessionExpired as error:
            raise CredentialsRefused(f"{error}, a new one too") from None

    def _once(self, path: str, understand: Callable[[Answer], Result]) -> Result:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "LinkedIn-Version": self.access.api_version,
            "X-Restli-Protocol-Version": "2.0.0",
        }
        return self.http.ask(
            "GET", f"{self.access.base_url}/rest/{path}", understand, headers=headers
        )

    def _can_refresh(self) -> bool:
        return has_secret(self.variables, self.access.refresh_token_variable)

    def _refreshed(self) -> str:
        names = self.access.refresh_variables
        client_id, client_secret, refresh_token = (read_secret(self.variables, n) for n in names)
        self._secrets |= {client_secret, refresh_token}
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": client_id,
            "client_secret": client_secret,
        }
        try:
            return self.http.ask("POST", self.access.token_url, self._read_token, data=form)
        except (FixConfiguration, SessionExpired):
            raise CredentialsRefused(
                f"LinkedIn refused the credentials of {', '.join(names)}; a refresh token ends "
                "a year after the user agreed, and when the user takes the agreement back: let "
                "the user agree again, and set the variable to the new token"
            ) from None

    def _clean(self, answer: Answer) -> Answer:
        if answer.status < 300:
            return answer
        text = self.redacted(answer.body.decode("utf-8", "replace"))
        return replace(answer, body=text.encode())

    def _read_token(self, answer: Answer) -> str:
        token = self._read_object(answer).get("access_token")
        if not isinstance(token, str) or not token:
            raise ValueError("no access_token")
        return token

    def _read_object(self, answer: Answer) -> dict[str, Any]:
        try:
            self.server_time = parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
        except (KeyError, TypeError, ValueError):
            self.server_time = self.server_time or datetime.now(UTC)
        found = read_json(answer.body)
        if not isinstance(found, dict):
            raise ValueError("no object")
        return found

    def _read_page(self, answer: Answer) -> tuple[list[dict[str, Any]], str | None]:
        found = self._read_object(answer)
        elements, metadata = found.get("elements"), found.get("metadata") or {}
        if not isinstance(elements, list) or not isinstance(metadata, dict):
            raise ValueError("no list of elements")
        return elements, metadata.get("nextPageToken")
