"""The LinkedIn Ads simulator: the Marketing API's part that reports of spend need, behind a port.

Belongs here: what every request passes (token, version, protocol, the day's limit), paths, and
LinkedIn's own words for faults. Does not: elements (entities, analytics).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from itertools import islice
from threading import Lock

from sample_company.simulators.advertising.platform import Account, Platform
from sample_company.simulators.advertising.shape import Shape
from sample_company.simulators.advertising.tokens import Tokens, bearer
from sample_company.simulators.faults import Fault, event
from sample_company.simulators.linkedin_ads import entities
from sample_company.simulators.linkedin_ads.analytics import (
    MOST_ELEMENTS,
    asked_of,
    elements_of,
)
from sample_company.simulators.linkedin_ads.errors import (
    NO_VERSION,
    LinkedInError,
    bad_request,
    bad_token,
    inactive_version,
    not_found,
    throttled,
)
from sample_company.simulators.linkedin_ads.restli import raw_query
from sample_company.simulators.messages import Request, Response
from sample_company.simulators.server import Simulator

ACCESS_LIFE, REFRESH_LIFE = timedelta(days=60), timedelta(days=365)
# How long a version lives, in months.
VERSION_LIFE = 12
_CODES = {
    "missing": "EMPTY_ACCESS_TOKEN",
    "unknown": "INVALID_ACCESS_TOKEN",
    "expired": "EXPIRED_ACCESS_TOKEN",
    "revoked": "REVOKED_ACCESS_TOKEN",
}
_ACCOUNT = re.compile(r"/rest/adAccounts/(\d+)")
_CAMPAIGNS = re.compile(r"/rest/adAccounts/(\d+)/adCampaigns(?:/(\d+))?")


class LinkedInAdsSimulator(Simulator):
    """Serves a platform; `tokens`, `shape`, `faults` and the attributes are there to be tuned.

    Attributes:
        refresh_ends_at: When the refresh token itself ends.
        calls_left: Of today's limit, by the clock's UTC day; None is without one.
        most_elements: Where adAnalytics cuts without a word.
    """

    def __init__(self, platform: Platform, tokens: Tokens | None = None) -> None:
        """Serve a platform to one app."""
        super().__init__()
        self.platform = platform
        self.tokens = tokens or Tokens(platform.clock, life=ACCESS_LIFE)
        self.refresh_ends_at = platform.clock.now() + REFRESH_LIFE
        self.shape = Shape()
        self.most_elements = MOST_ELEMENTS
        self.calls_left: int | None = None
        self._day, self._lock = self.now().date(), Lock()

    def now(self) -> datetime:
        """The platform's present."""
        return self.platform.clock.now()

    def answer(self, request: Request) -> Response:
        """Answer a request truthfully."""
        if request.path == "/oauth/v2/accessToken" and request.method == "POST":
            return self._token(request)
        try:
            self._admit(request)
            with self.platform.lock:
                return self._routed(request)
        except LinkedInError as error:
            return error.response()

    def is_active(self, version: str) -> bool:
        """Whether a version is neither sunset nor still to come."""
        if not re.fullmatch(r"\d{4}(0[1-9]|1[0-2])(\.\d\d)?", version):
            return False
        now = self.now()
        age = (now.year - int(version[:4])) * 12 + now.month - int(version[4:6])
        return 0 <= age <= VERSION_LIFE

    def tokens_die(self) -> Fault:
        """The fault that all access tokens expire just before a request is answered."""
        return event("tokens die", self.tokens.expire_all)

    def use_up(self, left: int = 0) -> None:
        """Let somebody else have used the day's calls, but for `left`."""
        with self._lock:
            self._day, self.calls_left = self.now().date(), left

    def _token(self, request: Request) -> Response:
        form, tokens = request.form(), self.tokens
        known = (tokens.client_id, tokens.client_secret)
        if (form.get("client_id"), form.get("client_secret")) != known:
            text = "Client authentication failed"
            return Response.of_json({"error": "invalid_client", "error_description": text}, 401)
        if form.get("grant_type") != "refresh_token":
            text = 'A required parameter "grant_type" is missing or not supported'
            return Response.of_json({"error": "invalid_request", "error_description": text}, 400)
        if form.get("refresh_token") != tokens.refresh_token or self.now() >= self.refresh_ends_at:
            text = (
                "The provided authorization grant or refresh token is invalid, expired or revoked."
            )
            return Response.of_json({"error": "invalid_grant", "error_description": text}, 400)
        left = self.refresh_ends_at - self.now()
        return Response.of_json(
            {
                "access_token": tokens.issue("AQX"),
                "expires_in": int(tokens.life.total_seconds()),
                "refresh_token": tokens.refresh_token,
                "refresh_token_expires_in": int(left.total_seconds()),
                "scope": "r_ads,r_ads_reporting",
            }
        )

    def _admit(self, request: Request) -> None:
        standing = self.tokens.standing(bearer(request))
        if standing != "good":
            raise bad_token(_CODES[standing])
        version = request.headers.get("linkedin-version", "")
        if not version:
            raise LinkedInError(400, "VERSION_MISSING", NO_VERSION)
        if not self.is_active(version):
            raise inactive_version(version)
        if request.headers.get("x-restli-protocol-version") != "2.0.0":
            raise bad_request(
                "Invalid query parameters passed to request: the X-Restli-Protocol-Version 2.0.0 "
                "is needed to read them"
            )
        self._count()

    def _count(self) -> None:
        with self._lock:
            today = self.now().date()
            if self._day != today:
                self._day, self.calls_left = today, None
            if self.calls_left is None:
                return
            if self.calls_left <= 0:
                raise throttled()
            self.calls_left -= 1

    def _routed(self, request: Request) -> Response:
        # A query that is too long for an address comes as the body of a POST.
        is_tunnelled = request.headers.get("x-http-method-override", "").upper() == "GET"
        target = "?" + request.body.decode() if is_tunnelled else request.target
        if request.method != "GET" and not is_tunnelled:
            raise LinkedInError(405, "METHOD_NOT_ALLOWED", "HTTP method not allowed")
        query, path = raw_query(target), request.path.rstrip("/")
        if path == "/rest/adAnalytics":
            asked = asked_of(self.platform, query, self._today())
            elements = elements_of(self.platform, asked)
            shown = [self.shape.of(each) for each in islice(elements, self.most_elements)]
            paging = {"start": 0, "count": 10, "links": []}
            return Response.of_json({"paging": paging, "elements": shown})
        if path == "/rest/adAccounts":
            return entities.page(query, entities.accounts(self.platform, query))
        if match := _ACCOUNT.fullmatch(path):
            return Response.of_json(entities.account_element(self._account(match[1])))
        if match := _CAMPAIGNS.fullmatch(path):
            account = self._account(match[1])
            if match[2]:
                return self._campaign(account, match[2])
            found = entities.campaigns(self.platform, account, query)
            return entities.page(query, [self.shape.of(each) for each in found])
        raise not_found(path)

    def _campaign(self, account: Account, campaign_id: str) -> Response:
        found = self.platform.campaigns.get(campaign_id)
        if found is None or found.account_id != account.id:
            raise not_found(f"urn:li:sponsoredCampaign:{campaign_id}")
        return Response.of_json(entities.campaign_element(found))

    def _account(self, account_id: str) -> Account:
        found = self.platform.accounts.get(account_id)
        if found is None:
            message = "Not enough permissions to access: GET /adAccounts"
            raise LinkedInError(403, "ACCESS_DENIED", message, 100)
        return found

    def _today(self) -> date:
        """LinkedIn counts its days in UTC, whatever an account's country."""
        return self.now().date()


def too_many_requests(message: str = "") -> Fault:
    """Status 429 of the day's limit, or with another message of a moment's."""
    error = throttled(message) if message else throttled()
    return Fault("too many requests", "answer", error.response())


def server_error(status: int = 500) -> Fault:
    """Status 500, 503 or 504 in LinkedIn's words."""
    error = LinkedInError(status, "INTERNAL_SERVER_ERROR", "Internal Server Error")
    return Fault(f"status {status}", "answer", error.response())
