"""A client of Meta's Graph API: one token, the proof of the app's secret, cursor paging.

Token and proof travel in a header and a parameter; neither is in an answer that is kept, because of
a page only its rows are.

Belongs here: requests as somebody. Does not: which ones (pull.py, insights.py).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from orchestration.connectors.ads.platform import TooMuch
from orchestration.connectors.errors import ConnectorError, Retry
from orchestration.connectors.http import Answer, Classify, Http
from orchestration.connectors.json_body import read_json
from orchestration.connectors.secrets import has_secret, read_secret, without_secrets

Result = TypeVar("Result")
_ROWS_A_PAGE = "500"


@dataclass(frozen=True)
class MetaAdsAccess:
    """Where Meta is, and which variables open it."""

    base_url: str = "https://graph.facebook.com"
    api_version: str = "v25.0"
    access_token_variable: str = "META_ADS_ACCESS_TOKEN"  # noqa: S105  a name
    app_secret_variable: str = "META_ADS_APP_SECRET"  # noqa: S105  a name


@dataclass
class Client:
    """Asks Meta.

    Attributes:
        http: Requests, attempts and budget.
        access: Where, and with which variables.
        variables: The environment, for the credentials.
        server_time: What Meta's clock said last; None before the first answer.
        answered_version: The version that answered last; Meta answers an ended one with a newer.
    """

    http: Http
    access: MetaAdsAccess
    variables: Mapping[str, str] = field(repr=False)
    server_time: datetime | None = None
    answered_version: str | None = None
    _token: str = field(default="", repr=False)
    _secret: str = field(default="", repr=False)
    _proof: str = field(default="", repr=False)
    _is_report: bool = field(default=False, repr=False)
    _meaning: Classify = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Let no credential reach a message, not even cut: errors may repeat the token."""
        self._meaning = self.http.classify
        self.http.classify = self._classify

    def sign_in(self) -> None:
        """Read the token, and make the proof when the app's secret is given.

        Raises:
            FixConfiguration: When the token is missing.
        """
        self._token = read_secret(self.variables, self.access.access_token_variable)
        if has_secret(self.variables, self.access.app_secret_variable):
            self._secret = read_secret(self.variables, self.access.app_secret_variable)
            proof = hmac.new(self._secret.encode(), self._token.encode(), hashlib.sha256)
            self._proof = proof.hexdigest()

    def get(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Return an object.

        Raises:
            ConnectorError: The class that says what would help.
        """
        return self._ask("GET", path, self._read_object, params=self._with_proof(params))

    def post(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        """Make something, and return what is said of it.

        Raises:
            ConnectorError: The class that says what would help.
        """
        return self._ask("POST", path, self._read_object, data=self._with_proof(form))

    def rows(self, path: str, params: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the rows of all pages, by cursor.

        Raises:
            ConnectorError: The class that says what would help.
        """
        found: list[dict[str, Any]] = []
        asked = {"limit": _ROWS_A_PAGE, **params}
        while True:
            arguments = {"params": self._with_proof(asked)}
            rows, after = self._ask("GET", path, self._read_page, **arguments)
            found += rows
            if after is None:
                return found
            asked = {**asked, "after": after}

    def redacted(self, text: str) -> str:
        """A text without any credential of this client."""
        return without_secrets(text, (self._token, self._secret, self._proof))

    def _ask(
        self, method: str, path: str, understand: Callable[[Answer], Result], **arguments: Any
    ) -> Result:
        self._is_report = path.endswith("/insights")
        url = f"{self.access.base_url}/{self.access.api_version}/{path}"
        headers = {"Authorization": f"Bearer {self._token}"}
        return self.http.ask(method, url, understand, headers=headers, **arguments)

    def _with_proof(self, params: Mapping[str, str]) -> dict[str, str]:
        return {**params, "appsecret_proof": self._proof} if self._proof else dict(params)

    def _classify(self, answer: Answer) -> ConnectorError | None:
        """What an answer means; only a report can be too much, anything else was late by chance."""
        found = self._meaning(self._clean(answer))
        if isinstance(found, TooMuch) and not self._is_report:
            return Retry(str(found))
        return found

    def _clean(self, answer: Answer) -> Answer:
        if answer.status < 300:
            return answer
        text = self.redacted(answer.body.decode("utf-8", "replace"))
        return replace(answer, body=text.encode())

    def _read_object(self, answer: Answer) -> dict[str, Any]:
        self._note(answer)
        found = read_json(answer.body)
        if not isinstance(found, dict):
            raise ValueError("no object")
        return found

    def _read_page(self, answer: Answer) -> tuple[list[dict[str, Any]], str | None]:
        found = self._read_object(answer)
        rows, paging = found.get("data"), found.get("paging") or {}
        if not isinstance(rows, list) or not isinstance(paging, dict):
            raise ValueError("no list of rows")
        if not paging.get("next"):
            return rows, None
        return rows, str(_part(paging, "cursors", "after"))

    def _note(self, answer: Answer) -> None:
        self.answered_version = answer.headers.get("facebook-api-version") or self.answered_version
        try:
            self.server_time = parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
        except (KeyError, TypeError, ValueError):
            self.server_time = self.server_time or datetime.now(UTC)


def _part(value: Any, *names: str) -> Any:
    for name in names:
        if not isinstance(value, dict) or not value.get(name):
            raise ValueError(f"no {name}")
        value = value[name]
    return value
