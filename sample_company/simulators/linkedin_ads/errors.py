"""What goes wrong, in LinkedIn's words: status, code, message and a number.

Belongs here: errors and their bodies. Does not: when they happen.
"""

from __future__ import annotations

from typing import Any

from sample_company.simulators.messages import Response

NO_VERSION = (
    "A version must be present. Please specify a version by adding the LinkedIn-Version header."
)
DAY_IS_OVER = "Resource level throttle APPLICATION DAY limit for calls to this resource is reached."
# Codes of a refused token: number and message.
TOKENS = {
    "EMPTY_ACCESS_TOKEN": (65604, "Empty oauth2 access token"),
    "INVALID_ACCESS_TOKEN": (65600, "Invalid access token"),
    "EXPIRED_ACCESS_TOKEN": (65601, "The token used in the request has expired"),
    "REVOKED_ACCESS_TOKEN": (65601, "The token used in the request has been revoked by the user"),
}


class LinkedInError(Exception):
    """An error with its status, code and number (0: it has none)."""

    def __init__(self, status: int, code: str, message: str, number: int = 0) -> None:
        """Say what is wrong."""
        super().__init__(message)
        self.status, self.code, self.number = status, code, number

    def response(self) -> Response:
        """The answer."""
        body: dict[str, Any] = {"status": self.status}
        if self.number:
            body["serviceErrorCode"] = self.number
        body |= {"code": self.code, "message": str(self)}
        return Response.of_json(body, self.status)


def bad_request(message: str) -> LinkedInError:
    """Something in the request cannot be."""
    return LinkedInError(400, "ILLEGAL_ARGUMENT", message)


def bad_token(code: str) -> LinkedInError:
    """Status 401 with a code of TOKENS."""
    number, message = TOKENS[code]
    return LinkedInError(401, code, message, number)


def inactive_version(version: str) -> LinkedInError:
    """Status 426: the version is sunset, or never was; LinkedIn writes it with a day."""
    shown = version if len(version) > 6 else f"{version}01"
    return LinkedInError(426, "NONEXISTENT_VERSION", f"Requested version {shown} is not active")


def throttled(message: str = DAY_IS_OVER) -> LinkedInError:
    """Status 429; the day's limits end at midnight UTC. There is no Retry-After."""
    return LinkedInError(429, "TOO_MANY_REQUESTS", message, 101)


def not_found(name: str) -> LinkedInError:
    """Status 404."""
    return LinkedInError(404, "RESOURCE_NOT_FOUND", f"Could not find entity: {name}")
