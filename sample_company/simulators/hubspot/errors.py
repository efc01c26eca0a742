"""Errors as HubSpot words them: one JSON object with a message, a category and a correlation id.

Belongs here: states, categories and texts. Does not: when they occur.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sample_company.simulators.messages import Response

SCOPES_LINK = "https://developers.hubspot.com/scopes"
_NO_CREDENTIALS = (
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can "
    "find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)
_NO_SCOPE = (
    "This app hasn't been granted all required scopes to make this call. Read more about required "
    f"scopes here: {SCOPES_LINK}."
)


class ApiError(Exception):
    """What a client is told instead of an answer."""

    def __init__(
        self, message: str, category: str = "VALIDATION_ERROR", status: int = 400, **more: Any
    ) -> None:
        """Name the message, the category, the HTTP status and further members of the body."""
        super().__init__(message)
        self.message, self.category, self.status, self.more = message, category, status, more

    def response(self) -> Response:
        """The error as an answer."""
        body = {
            "status": "error",
            "message": self.message,
            "correlationId": str(uuid4()),
            **self.more,
            "category": self.category,
        }
        return Response.of_json({name: each for name, each in body.items() if each}, self.status)


def no_credentials() -> ApiError:
    """No token, or one that nobody gave."""
    return ApiError(_NO_CREDENTIALS, "INVALID_AUTHENTICATION", 401)


def expired(at: str, ago: str) -> ApiError:
    """A token whose time is over."""
    message = f"The OAuth token used to make this call expired {ago} ago."
    return ApiError(message, "EXPIRED_AUTHENTICATION", 401, context={"expire time": [at]})


def missing_scopes(scope: str) -> ApiError:
    """The app may not read this."""
    missing = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": [scope]},
    }
    return ApiError(
        _NO_SCOPE, "MISSING_SCOPES", 403, errors=[missing], links={"scopes": SCOPES_LINK}
    )


def not_found(message: str = "resource not found") -> ApiError:
    """A path or record that does not exist."""
    return ApiError(message, "OBJECT_NOT_FOUND", 404)


def no_such_kind(name: str) -> ApiError:
    """An object that the account does not have."""
    return ApiError(f"Unable to infer object type from: {name}")


def invalid_search(message: str, code: str = "") -> ApiError:
    """A search that cannot be done."""
    detail = {"message": message} | ({"code": code} if code else {})
    return ApiError("There was a problem with the request.", errors=[detail])


def rate_limit(policy: str, retry_after: int | None = None) -> Response:
    """Status 429 in the words of a policy: SECONDLY, TEN_SECONDLY_ROLLING or DAILY."""
    body = {
        "status": "error",
        "message": f"You have reached your {policy.lower()} limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": str(uuid4()),
        "policyName": policy,
        "requestId": str(uuid4()),
    }
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response.of_json(body, 429, **headers)
