"""Errors as Salesforce's REST API words them: a JSON list with a code and a message.

Belongs here: codes, states and texts. Does not: when they occur.
"""

from __future__ import annotations

from sample_company.simulators.messages import Response

_HINT = (
    "If you are attempting to use a custom {what}, be sure to append the '__c' after the {name}. "
    "Please reference your WSDL or the describe call for the appropriate names."
)


class ApiError(Exception):
    """What a client is told instead of an answer."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        """Name the error code, the message and the HTTP status."""
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def response(self) -> Response:
        """The error as an answer."""
        body = [{"message": self.message, "errorCode": self.code}]
        return Response.of_json(body, self.status)


def not_found() -> ApiError:
    """A path or record that does not exist."""
    return ApiError("NOT_FOUND", "The requested resource does not exist", 404)


def invalid_session() -> ApiError:
    """A token that is unknown, has expired or was revoked."""
    return ApiError("INVALID_SESSION_ID", "Session expired or invalid", 401)


def request_limit() -> ApiError:
    """No requests are left for these 24 hours."""
    return ApiError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403)


def invalid_locator() -> ApiError:
    """A query locator that is unknown or has expired."""
    return ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")


def malformed(message: str) -> ApiError:
    """A query that cannot be read."""
    return ApiError("MALFORMED_QUERY", message)


def invalid_field(message: str) -> ApiError:
    """A field that cannot be used so."""
    return ApiError("INVALID_FIELD", message)


def no_such_object(soql: str, name: str) -> ApiError:
    """An object that the organisation does not have, or the user may not see."""
    hint = _HINT.format(what="object", name="entity name")
    return ApiError(
        "INVALID_TYPE", f"{_pointed(soql, name)}\nsObject type '{name}' is not supported. {hint}"
    )


def no_such_field(soql: str, name: str, entity: str) -> ApiError:
    """A field that the object does not have, or the user may not see."""
    hint = _HINT.format(what="field", name="custom field name")
    return ApiError(
        "INVALID_FIELD",
        f"{_pointed(soql, name)}\nNo such column '{name}' on entity '{entity}'. {hint}",
    )


def _pointed(soql: str, word: str) -> str:
    """The part of the query around a word, with a caret below it and its place."""
    place = max(soql.find(word), 0)
    start = max(0, place - 30)
    part = soql[start : place + 30]
    return f"\n{part}\n{' ' * (place - start)}^\nERROR at Row:1:Column:{place + 1}"
