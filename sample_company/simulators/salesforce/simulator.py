"""The Salesforce simulator: an organisation behind a port.

Belongs here: what every request passes (length, token, count, errors), and Salesforce's own words
for faults. Does not: paths (rest), what an organisation is (organisation).
"""

from __future__ import annotations

from datetime import datetime

from sample_company.simulators.faults import Fault, event
from sample_company.simulators.messages import Request, Response
from sample_company.simulators.salesforce.auth import Auth
from sample_company.simulators.salesforce.bulk import BulkJobs
from sample_company.simulators.salesforce.errors import ApiError, invalid_session, request_limit
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.pages import Pages
from sample_company.simulators.salesforce.rest import Rest
from sample_company.simulators.server import Simulator

LONGEST_TARGET = 16_384
TOO_LONG = b"<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>"
SESSION_EXPIRED = Fault("session expired", "answer", invalid_session().response())
REQUEST_LIMIT = Fault("request limit", "answer", request_limit().response())


class SalesforceSimulator(Simulator):
    """Serves one organisation; `auth`, `bulk`, `pages` and `faults` are there to be tuned."""

    def __init__(self, organisation: Organisation, auth: Auth | None = None) -> None:
        """Serve an organisation to one client, by default to `concord` with a made-up secret."""
        super().__init__()
        self.organisation = organisation
        self.auth = auth or Auth(organisation.clock)
        self.pages = Pages(organisation)
        self.bulk = BulkJobs(organisation)
        self._rest = Rest(organisation, self.auth, self.pages, self.bulk)

    def now(self) -> datetime:
        """The organisation's present: clients take an org's time from the `Date` of its answers."""
        return self.organisation.clock.now()

    def answer(self, request: Request) -> Response:
        """Answer a request truthfully."""
        if len(request.target) > LONGEST_TARGET:
            return Response(414, TOO_LONG, content_type="text/html;charset=iso-8859-1")
        if request.path == "/services/oauth2/token":
            return self.auth.answer(request)
        try:
            if request.path.rstrip("/") != "/services/data":
                self.auth.check(request)
            response = self._rest.answer(request)
        except ApiError as error:
            response = error.response()
        usage = f"api-usage={self.auth.used}/{self.auth.daily_requests}"
        response.headers["Sforce-Limit-Info"] = usage
        return response

    def tokens_die(self) -> Fault:
        """The fault that all tokens die just before a request is answered."""
        return event("tokens die", self.auth.revoke_all)


def too_many_requests(retry_after: int | None = None) -> Fault:
    """Status 429, with or without the seconds to wait."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    error = ApiError("REQUEST_LIMIT_EXCEEDED", "Too many requests", 429).response()
    return Fault("too many requests", "answer", Response(429, error.body, headers))


def server_error(status: int = 500) -> Fault:
    """Status 500 in Salesforce's words, or 503 with a page of HTML, as from what stands before."""
    if status == 500:
        error = ApiError("UNKNOWN_EXCEPTION", "An unexpected error occurred.", 500)
        return Fault("server error", "answer", error.response())
    page = b"<html><head><title>Service Unavailable</title></head><body></body></html>"
    return Fault("server error", "answer", Response(status, page, content_type="text/html"))
