"""What goes wrong, in Meta's words: a code, sometimes a subcode, seldom a telling HTTP status.

Belongs here: errors and their bodies. Does not: when they happen.
"""

from __future__ import annotations

import secrets
from typing import Any

from sample_company.simulators.messages import Response

RATE_LIMITS = {
    4: ("(#4) Application request limit reached", 1504022),
    17: ("(#17) User request limit reached", 2446079),
    613: ("(#613) Calls to this api have exceeded the rate limit.", 1487742),
    80000: (
        "(#80000) There have been too many calls from this ad-account. Wait a bit and try again. "
        "For more info, please refer to "
        "https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
        2446079,
    ),
    80004: (
        "(#80004) There have been too many calls to this ad-account. Wait a bit and try again. "
        "For more info, please refer to "
        "https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
        2446079,
    ),
}
TOKEN_ERRORS = {
    0: "Invalid OAuth access token - Cannot parse access token",
    458: "Error validating access token: The user has not authorized application 1.",
    460: (
        "Error validating access token: The session has been invalidated because the user changed "
        "their password or Facebook has changed the session for security reasons."
    ),
    463: "Error validating access token: Session has expired on Saturday, 31-Oct-26 00:00:00 PDT.",
}


class MetaError(Exception):
    """An error with its code and subcode."""

    def __init__(
        self,
        code: int,
        message: str,
        subcode: int = 0,
        status: int = 400,
        *,
        is_transient: bool = False,
        **more: Any,
    ) -> None:
        """Say what is wrong; `more` are further fields, as error_user_msg."""
        super().__init__(message)
        self.code, self.subcode, self.status = code, subcode, status
        self.is_transient, self.more = is_transient, more

    def response(self) -> Response:
        """The answer."""
        error: dict[str, Any] = {
            "message": str(self),
            "type": "OAuthException",
            "code": self.code,
        }
        if self.subcode:
            error["error_subcode"] = self.subcode
        error |= {"is_transient": self.is_transient, **self.more}
        error["fbtrace_id"] = secrets.token_urlsafe(12)
        return Response.of_json({"error": error}, self.status)


def bad_parameter(message: str) -> MetaError:
    """Code 100: something in the request cannot be."""
    return MetaError(100, f"(#100) {message}")


def unknown_object(name: str) -> MetaError:
    """Code 100, subcode 33: it is not there, or not for this token."""
    text = (
        f"Unsupported get request. Object with ID '{name}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation. Please read the Graph API "
        "documentation at https://developers.facebook.com/docs/graph-api"
    )
    return MetaError(100, text, 33)


def token_error(subcode: int = 0) -> MetaError:
    """Code 190: 463 has expired, 460 a new password, 458 the app was removed, 0 never was one."""
    return MetaError(190, TOKEN_ERRORS[subcode], subcode)


def rate_limit(code: int) -> MetaError:
    """Codes 4 (app), 17 (user), 613 (API), 80000 (insights), 80004 (management): status 400."""
    message, subcode = RATE_LIMITS[code]
    return MetaError(code, message, subcode, is_transient=code in (4, 17))


def less_data() -> MetaError:
    """Code 1 with status 500: too much for an answer at once; a smaller window or a job helps."""
    text = "Please reduce the amount of data you're asking for, then retry your request"
    return MetaError(1, text, status=500)


def too_much_data() -> MetaError:
    """Code 100, subcode 1487534: too much for a job too."""
    return MetaError(
        100,
        "Invalid parameter",
        1487534,
        error_user_title="Too much data was requested",
        error_user_msg="There is too much data to retrieve. Please try again with a shorter date "
        "range or fewer ad ids.",
    )
