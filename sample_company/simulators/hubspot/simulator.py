"""The HubSpot simulator: an account behind a port.

Belongs here: what every request passes (length, token, limits, errors), and HubSpot's own words for
faults. Does not: paths (the files named `_api`), what an account is (portal).
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sample_company.simulators.faults import Fault, event
from sample_company.simulators.hubspot.associations_api import AssociationsApi
from sample_company.simulators.hubspot.auth import MALFORMED, Auth, Token
from sample_company.simulators.hubspot.errors import (
    ApiError,
    no_credentials,
    not_found,
    rate_limit,
)
from sample_company.simulators.hubspot.limits import Limits
from sample_company.simulators.hubspot.marketing_api import MarketingApi
from sample_company.simulators.hubspot.objects_api import ObjectsApi
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.routing import Asked
from sample_company.simulators.hubspot.setup_api import SetupApi
from sample_company.simulators.messages import Request, Response
from sample_company.simulators.server import Simulator

LONGEST_TARGET = 16_384
# Who asks for these alone learns the account's time, and needs nothing else to be there.
OWNERS = "/crm/v3/owners"
TOO_LONG = b"<html><head><title>414 Request-URI Too Large</title></head><body></body></html>"


class HubSpotSimulator(Simulator):
    """Serves one account; `auth`, `limits`, `associations` and `faults` are there to be tuned."""

    def __init__(
        self, portal: Portal, auth: Auth | None = None, limits: Limits | None = None
    ) -> None:
        """Serve an account, by default to one private app with all scopes and no burst limit."""
        super().__init__()
        self.portal = portal
        self.auth = auth or Auth(portal.clock)
        self.limits = limits or Limits(portal.clock, zone=portal.zone)
        self.associations = AssociationsApi(portal)
        self._routes = [
            *ObjectsApi(portal).routes,
            *self.associations.routes,
            *SetupApi(portal, self.limits).routes,
            *MarketingApi(portal).routes,
        ]

    def now(self) -> datetime:
        """The account's present: clients take its time from the `Date` of its answers."""
        return self.portal.clock.now()

    def answer(self, request: Request) -> Response:
        """Answer a request truthfully."""
        if len(request.target) > LONGEST_TARGET:
            return Response(414, TOO_LONG, content_type="text/html")
        if request.path == "/oauth/v1/token" and request.method == "POST":
            return self.auth.answer(request)
        if self.auth.is_malformed(request):
            return Response(530, MALFORMED, content_type="text/plain; charset=UTF-8")
        try:
            token = self.auth.check(request)
        except ApiError as error:
            return _traced(error.response())
        is_search = request.path.rstrip("/").endswith("/search")
        response = self.limits.refuse(is_search=is_search) or self._routed(request, token)
        # Answers to searches say nothing of the limits.
        if not is_search:
            response.headers |= self.limits.headers(is_oauth=token.is_oauth)
        return _traced(response)

    def _routed(self, request: Request, token: Token) -> Response:
        if request.path.rstrip("/") != OWNERS:
            self.portal.complete()
        self.portal.purge()
        try:
            for route in self._routes:
                found = route.path.fullmatch(request.path)
                if found and route.method == request.method:
                    token.require(route.scope)
                    with self.portal.lock:
                        return route.handler(Asked(request, found.groupdict(), token))
            raise not_found()
        except ApiError as error:
            return error.response()

    def tokens_die(self) -> Fault:
        """The fault that all OAuth access tokens expire just before a request is answered."""
        return event("tokens die", self.auth.revoke_all)


def _traced(response: Response) -> Response:
    response.headers["X-HubSpot-Correlation-Id"] = str(uuid4())
    return response


UNAUTHORISED = Fault("unauthorised", "answer", no_credentials().response())


def too_many_requests(
    policy: str = "TEN_SECONDLY_ROLLING", retry_after: int | None = None
) -> Fault:
    """Status 429 by a policy (SECONDLY, TEN_SECONDLY_ROLLING, DAILY), with seconds to wait or not.

    Of DAILY only the answer is made; `limits.use_up` lets the whole day be over.
    """
    return Fault(f"too many requests: {policy}", "answer", rate_limit(policy, retry_after))


def server_error(status: int = 500) -> Fault:
    """Status 500 in HubSpot's words; 502, 503, 504 and 52x with a page of what stands before it."""
    if status == 500:
        error = ApiError("internal error", "INTERNAL_ERROR", 500)
        return Fault("server error", "answer", error.response())
    page = b"<html><head><title>Bad gateway</title></head><body>cloudflare</body></html>"
    return Fault("server error", "answer", Response(status, page, content_type="text/html"))


def malformed_token() -> Fault:
    """Status 530, as for a token with characters that no token has."""
    response = Response(530, MALFORMED, content_type="text/plain; charset=UTF-8")
    return Fault("status 530", "answer", response)
