"""What goes wrong, in the words and the shape of Google Ads: a GoogleAdsFailure in a status.

Belongs here: errors and their bodies. Does not: when they happen.
"""

from __future__ import annotations

import secrets
from typing import Any

from sample_company.simulators.messages import Response

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
MESSAGES = {
    400: "Request contains an invalid argument.",
    401: (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
        "cookie or other valid authentication credential. See "
        "https://developers.google.com/identity/sign-in/web/devconsole-project."
    ),
    403: "The caller does not have permission",
    429: "Resource has been exhausted (e.g. check quota).",
    500: "Internal error encountered.",
    503: "The service is currently unavailable.",
}
NO_PERMISSION = (
    "User doesn't have permission to access customer. Note: If you're accessing a client customer, "
    "the manager's customer id must be set in the 'login-customer-id' header. See "
    "https://developers.google.com/google-ads/api/docs/concepts/call-structure#cid"
)
NOT_ENABLED = (
    "The customer account can't be accessed because it is not yet enabled or has been deactivated."
)


class GoogleAdsError(Exception):
    """An error with its kind (`queryError`) and code (`UNRECOGNIZED_FIELD`)."""

    def __init__(
        self,
        status: int,
        kind: str,
        code: str,
        message: str,
        details: dict[str, Any] | None = None,
    ) -> None:
        """Say what is wrong; `details` are of the single error, as of a quota."""
        super().__init__(message)
        self.status, self.kind, self.code, self.details = status, kind, code, details

    def response(self, version: str = "v23", *, is_stream: bool = True) -> Response:
        """The answer; that of a stream is a list with one error."""
        item: dict[str, Any] = {"errorCode": {self.kind: self.code}, "message": str(self)}
        if self.details:
            item["details"] = self.details
        request_id = made_up_request_id()
        failure = {
            "@type": f"type.googleapis.com/google.ads.googleads.{version}.errors.GoogleAdsFailure",
            "errors": [item],
            "requestId": request_id,
        }
        error = {
            "code": self.status,
            "message": MESSAGES.get(self.status, str(self)),
            "status": STATUSES[self.status],
            "details": [failure],
        }
        body = {"error": error}
        response = Response.of_json([body] if is_stream else body, self.status)
        response.headers["request-id"] = request_id
        return response


def query_error(code: str, message: str) -> GoogleAdsError:
    """Something is wrong with the query."""
    return GoogleAdsError(400, "queryError", code, f"Error in query: {message}")


def quota_error(code: str, retry_seconds: int | None = None) -> GoogleAdsError:
    """Status 429; RESOURCE_EXHAUSTED is the day's quota, the others are over in a moment."""
    after = f" Retry in {retry_seconds} seconds." if retry_seconds is not None else ""
    details: dict[str, Any] = {
        "rateScope": "DEVELOPER",
        "rateName": "Number of operations for basic access",
    }
    if retry_seconds is not None:
        details["retryDelay"] = f"{retry_seconds}s"
    return GoogleAdsError(
        429, "quotaError", code, f"Too many requests.{after}", {"quotaErrorDetails": details}
    )


def made_up_request_id() -> str:
    """An id as Google's."""
    return secrets.token_urlsafe(16)
