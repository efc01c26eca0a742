"""The Google Ads simulator: a manager account and its clients behind a port.

Belongs here: what every request passes (token, headers, version, quota) and Google's own words for
faults. Does not: what a query finds (search), what an account is (advertising.platform).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from threading import Lock

from sample_company.simulators.advertising.platform import Account, Platform
from sample_company.simulators.advertising.shape import Shape
from sample_company.simulators.advertising.tokens import Tokens, bearer
from sample_company.simulators.faults import Fault, event
from sample_company.simulators.google_ads.errors import (
    NO_PERMISSION,
    NOT_ENABLED,
    GoogleAdsError,
    made_up_request_id,
    quota_error,
)
from sample_company.simulators.google_ads.fields import camel
from sample_company.simulators.google_ads.gaql import parse
from sample_company.simulators.google_ads.search import find
from sample_company.simulators.messages import Request, Response
from sample_company.simulators.server import Simulator

PATH = re.compile(r"/(v\d+)/customers/([^/]+)/googleAds:searchStream")
MANAGER = "9990000000"
TOKEN_LIFE = timedelta(seconds=3599)
DEVELOPER_TOKEN = "developer-token"  # noqa: S105 (made up)
# Older ones are sunset; the newest is that of google-ads 34.
VERSIONS = range(23, 27)
DAILY_OPERATIONS = 15_000
ROWS_PER_BATCH = 10_000


class GoogleAdsSimulator(Simulator):
    """Serves a platform; `tokens`, `shape`, `faults` and the attributes are there to be tuned.

    Attributes:
        manager: The account above all others, which has no metrics of its own.
        developer_token: What the header of that name must hold.
        versions: Versions of the API that are alive.
        operations_left: Of today's quota, by the clock's UTC day.
        omits_zeros: Whether metrics of nothing are left out of rows, or told as "0".
        rows_per_batch: Rows of one object of the stream.
    """

    def __init__(
        self,
        platform: Platform,
        tokens: Tokens | None = None,
        developer_token: str = DEVELOPER_TOKEN,
    ) -> None:
        """Serve a platform, to one app with one developer token."""
        super().__init__()
        self.platform = platform
        self.manager = Account(MANAGER, "Manager", "EUR", "Europe/Berlin")
        self.tokens = tokens or Tokens(platform.clock, life=TOKEN_LIFE)
        self.developer_token = developer_token
        self.versions: range | set[int] = VERSIONS
        self.shape = Shape()
        self.omits_zeros = True
        self.rows_per_batch = ROWS_PER_BATCH
        self.operations_left = DAILY_OPERATIONS
        self._day, self._lock = platform.clock.now().date(), Lock()

    def now(self) -> datetime:
        """The platform's present."""
        return self.platform.clock.now()

    def answer(self, request: Request) -> Response:
        """Answer a request truthfully."""
        if request.path == "/token" and request.method == "POST":
            return self._token(request)
        match = PATH.fullmatch(request.path)
        if match is None or request.method != "POST":
            page = b"<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>"
            return Response(404, page, content_type="text/html; charset=UTF-8")
        version, customer_id = match.groups()
        try:
            self._admit(request, int(version[1:]))
            with self.platform.lock:
                return self._search(request, self._customer(request, customer_id))
        except GoogleAdsError as error:
            return error.response(version)

    def tokens_die(self) -> Fault:
        """The fault that all access tokens expire just before a request is answered."""
        return event("tokens die", self.tokens.expire_all)

    def use_up(self, left: int = 0) -> None:
        """Let somebody else have used the day's operations, but for `left`."""
        with self._lock:
            self._day, self.operations_left = self.now().date(), left

    def _token(self, request: Request) -> Response:
        form, tokens = request.form(), self.tokens
        if (form.get("client_id"), form.get("client_secret")) != (
            tokens.client_id,
            tokens.client_secret,
        ):
            body = {"error": "invalid_client", "error_description": "Unauthorized"}
            return Response.of_json(body, 401)
        if form.get("grant_type") != "refresh_token":
            body = {
                "error": "unsupported_grant_type",
                "error_description": f"Invalid grant_type: {form.get('grant_type', '')}",
            }
            return Response.of_json(body, 400)
        if form.get("refresh_token") != tokens.refresh_token:
            text = "Token has been expired or revoked."
            return Response.of_json({"error": "invalid_grant", "error_description": text}, 400)
        return Response.of_json(
            {
                "access_token": tokens.issue("ya29."),
                "expires_in": int(tokens.life.total_seconds()),
                "scope": "https://www.googleapis.com/auth/adwords",
                "token_type": "Bearer",
            }
        )

    def _admit(self, request: Request, version: int) -> None:
        if version not in self.versions:
            raise GoogleAdsError(
                400,
                "requestError",
                "UNSUPPORTED_VERSION",
                f"Version v{version} is deprecated. Requests to this version will be blocked.",
            )
        standing = self.tokens.standing(bearer(request))
        if standing != "good":
            code = {"expired": "OAUTH_TOKEN_EXPIRED", "revoked": "OAUTH_TOKEN_REVOKED"}
            raise GoogleAdsError(
                401,
                "authenticationError",
                code.get(standing, "OAUTH_TOKEN_INVALID"),
                "The OAuth access token is not valid.",
            )
        token = request.headers.get("developer-token", "")
        if not token:
            raise GoogleAdsError(
                400,
                "requestError",
                "DEVELOPER_TOKEN_PARAMETER_MISSING",
                "The developer token is missing in the request header.",
            )
        if token != self.developer_token:
            raise GoogleAdsError(
                401,
                "authenticationError",
                "DEVELOPER_TOKEN_INVALID",
                "The developer token is not valid.",
            )
        self._count()

    def _count(self) -> None:
        with self._lock:
            now = self.now()
            if now.date() != self._day:
                self._day, self.operations_left = now.date(), DAILY_OPERATIONS
            if self.operations_left <= 0:
                midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
                left = midnight + timedelta(days=1) - now
                raise quota_error("RESOURCE_EXHAUSTED", int(left.total_seconds()))
            self.operations_left -= 1

    def _customer(self, request: Request, customer_id: str) -> Account:
        login = request.headers.get("login-customer-id", "")
        if not re.fullmatch(r"\d{10}", customer_id):
            raise GoogleAdsError(
                400,
                "requestError",
                "INVALID_CUSTOMER_ID",
                f"Invalid customer ID '{customer_id}'.",
            )
        if login and not login.isdigit():
            raise GoogleAdsError(
                400,
                "headerError",
                "INVALID_LOGIN_CUSTOMER_ID",
                f"'{login}' is not a valid login-customer-id; it has digits only.",
            )
        if customer_id == self.manager.id and login in ("", self.manager.id):
            return self.manager
        found = self.platform.accounts.get(customer_id)
        # The user belongs to the manager account; clients are reached through it only.
        if found is None or login != self.manager.id:
            raise GoogleAdsError(403, "authorizationError", "USER_PERMISSION_DENIED", NO_PERMISSION)
        if not found.is_open:
            raise GoogleAdsError(403, "authorizationError", "CUSTOMER_NOT_ENABLED", NOT_ENABLED)
        return found

    def _search(self, request: Request, customer: Account) -> Response:
        try:
            query = parse(str(request.json()["query"]))
        except (ValueError, KeyError, TypeError):
            raise GoogleAdsError(
                400, "requestError", "REQUIRED_FIELD_MISSING", "Required field is missing: query"
            ) from None
        rows = find(self.platform, self.manager, customer, query, omits_zeros=self.omits_zeros)
        rows = [self.shape.of(row) for row in rows]
        mask = ",".join(".".join(camel(x) for x in name.split(".")) for name in query.fields)
        parts = range(0, max(1, len(rows)), self.rows_per_batch)
        request_id = made_up_request_id()
        batches = []
        for start in parts:
            part = rows[start : start + self.rows_per_batch]
            batch = {"results": part} if part else {}
            batches.append(batch | {"fieldMask": mask, "requestId": request_id})
        batches[-1]["queryResourceConsumption"] = str(1 + 7 * len(rows))
        response = Response.of_json(batches)
        response.headers["request-id"] = request_id
        return response


def too_many_requests(code: str, retry_seconds: int | None = None) -> Fault:
    """Status 429, with `retryDelay` in its details or without.

    RESOURCE_EXHAUSTED is the day's quota; RESOURCE_TEMPORARILY_EXHAUSTED and
    EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION are over in a moment.
    """
    return Fault(f"quota: {code}", "answer", quota_error(code, retry_seconds).response())


def server_error(status: int = 500) -> Fault:
    """Status 500 or 503 in Google's words."""
    code = "INTERNAL_ERROR" if status == 500 else "TRANSIENT_ERROR"
    error = GoogleAdsError(status, "internalError", code, "An internal error has occurred.")
    return Fault(f"status {status}", "answer", error.response())
