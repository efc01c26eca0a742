"""A signed-in client of one org: token, refresh, usage limit, the server's clock.

Auth is OAuth 2.0 client credentials. A token that is refused is replaced once and the request
made again, in the middle of paging too: Salesforce keeps a query's place apart from the session.

Belongs here: requests as somebody. Does not: which ones (rest.py, bulk.py, describe.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from orchestration.company.salesforce_source import SalesforceOptions
from orchestration.connectors.errors import (
    CredentialsRefused,
    FixConfiguration,
    SessionExpired,
    StopForToday,
)
from orchestration.connectors.http import Answer, Http
from orchestration.connectors.json_body import read_json
from orchestration.connectors.secrets import read_secret

Result = TypeVar("Result")
# A shorter one is none, and taking its letters out would make a message unreadable.
_SHORTEST_SECRET = 4
_USAGE = re.compile(r"api-usage=([0-9]+)/([0-9]+)")


@dataclass
class Client:
    """Asks an org.

    Attributes:
        http: Requests, attempts and budget.
        options: Of the source.
        variables: The environment, for the credentials.
        server_time: What the org's clock said last; None before the first answer.
        usage: Requests of the org's last 24 hours and their limit, as last told.
    """

    http: Http
    options: SalesforceOptions
    variables: Mapping[str, str] = field(repr=False)
    server_time: datetime | None = None
    usage: tuple[int, int] | None = None
    _token: str = field(default="", repr=False)
    _secrets: tuple[str, ...] = field(default=(), repr=False)
    _address: str = ""

    @property
    def data_path(self) -> str:
        """Path that all data requests begin with."""
        return f"/services/data/v{self.options.api_version}"

    def sign_in(self) -> None:
        """Get a token.

        Raises:
            FixConfiguration: When a credential is missing (CredentialsRefused: refused); names the
                variables.
        """
        names = (self.options.client_id_variable, self.options.client_secret_variable)
        self._secrets = tuple(read_secret(self.variables, name) for name in names)
        form = {
            "grant_type": "client_credentials",
            "client_id": self._secrets[0],
            "client_secret": self._secrets[1],
        }
        url = f"{self.options.instance_url}/services/oauth2/token"
        try:
            answer = self.http.ask("POST", url, self._read_token, data=form)
        except (FixConfiguration, SessionExpired) as error:
            # The vendor's text may repeat what was sent, so only its code is shown.
            code = re.search(r"answered [0-9]+ ?[a-z_]*", str(error))
            raise CredentialsRefused(
                f"{self.options.instance_url} refused the credentials of {names[0]} and "
                f"{names[1]} ({code[0] if code else 'no reason given'}); check them, and that the "
                "connected app allows the client credentials flow with a user to run as"
            ) from None
        self._token, self._address = answer

    def redacted(self, text: str) -> str:
        """A text without any credential of this client, whatever the org wrote into it."""
        names = (self.options.client_id_variable, self.options.client_secret_variable)
        for secret in (self._token, *self._secrets, *(self.variables.get(n, "") for n in names)):
            if len(secret.strip()) >= _SHORTEST_SECRET:
                text = text.replace(secret.strip(), "***")
        return text

    def get(self, path: str, understand: Callable[[Answer], Result], **arguments: Any) -> Result:
        """Ask for a path of the org.

        Raises:
            ConnectorError: The class that says what would help.
        """
        return self.ask("GET", path, understand, **arguments)

    def ask(
        self, method: str, path: str, understand: Callable[[Answer], Result], **arguments: Any
    ) -> Result:
        """Ask as the integration user, with a new token when the old one is refused.

        Raises:
            ConnectorError: The class that says what would help.
        """
        if not self._token:
            self.sign_in()
        try:
            return self._signed(method, path, understand, arguments)
        except SessionExpired:
            self.sign_in()
        try:
            return self._signed(method, path, understand, arguments)
        except SessionExpired as error:
            text = f"{error}, with a new token too; check the user that the app runs as"
            raise CredentialsRefused(text) from None

    def _signed(
        self,
        method: str,
        path: str,
        understand: Callable[[Answer], Result],
        arguments: dict[str, Any],
    ) -> Result:
        headers = {**arguments.get("headers", {}), "Authorization": f"Bearer {self._token}"}

        def noted(answer: Answer) -> Result:
            self._note(answer)
            return understand(answer)

        return self.http.ask(
            method, f"{self._address}{path}", noted, **{**arguments, "headers": headers}
        )

    def _read_token(self, answer: Answer) -> tuple[str, str]:
        self._note_time(answer)
        found = read_json(answer.body)
        token = found.get("access_token")
        if not isinstance(token, str) or not token:
            raise ValueError("no access_token")
        address = str(found.get("instance_url") or self.options.instance_url).rstrip("/")
        # The token goes nowhere that is less safe than where it came from.
        if urlsplit(address).scheme != urlsplit(self.options.instance_url).scheme:
            address = self.options.instance_url
        return token, address

    def _note(self, answer: Answer) -> None:
        self._note_time(answer)
        if match := _USAGE.search(answer.headers.get("Sforce-Limit-Info", "")):
            used, allowed = int(match[1]), int(match[2])
            self.usage = used, allowed
            if used * 100 >= allowed * self.options.usage_limit_percent:
                raise StopForToday(
                    f"the org has used {used:,} of {allowed:,} requests of 24 hours, which is "
                    f"{self.options.usage_limit_percent} % or more (options.usage_limit_percent)"
                )

    def _note_time(self, answer: Answer) -> None:
        try:
            self.server_time = parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
        except (KeyError, TypeError, ValueError):
            self.server_time = self.server_time or datetime.now(UTC)
