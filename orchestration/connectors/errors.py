"""The four ways in which a request to a vendor can fail, and what each asks for.

Every vendor says them in its own words; its `answers` module turns those into these classes, and
the rest of the code knows only them.

Belongs here: the classes. Does not: any vendor's words, or waiting (http.py).
"""

# ruff: noqa: N818 - the names say what to do, not only that something is wrong
from __future__ import annotations

from datetime import datetime


class ConnectorError(Exception):
    """A pull cannot go on; its words are for the user and hold no secret."""


class Retry(ConnectorError):
    """It may work in a moment: a broken line, an overloaded server, a limit per second.

    Attributes:
        after: Seconds the vendor asks to wait, or None when it says nothing.
    """

    def __init__(self, message: str, after: float | None = None) -> None:
        """Keep what was asked for."""
        super().__init__(message)
        self.after = after


class WaitUntil(ConnectorError):
    """It works again at a known moment; within the deadline that is waited for.

    Attributes:
        moment: That moment, with a zone.
    """

    def __init__(self, message: str, moment: datetime) -> None:
        """Keep the moment."""
        super().__init__(message)
        self.moment = moment


class StopForToday(ConnectorError):
    """A day's quota or the budget of this source is used up; more requests make it worse."""


class FixConfiguration(ConnectorError):
    """Nothing helps but a person: a credential, a right, a field that is gone, a changed type."""


class CredentialsRefused(FixConfiguration):
    """The system does not let this user in; no other object has to be tried."""


class SessionExpired(ConnectorError):
    """The token is no longer good; the client gets another one, once, and asks again."""


class ObjectMissing(ConnectorError):
    """The system has no such object; it is left out, and a note says so."""


class StartAgain(ConnectorError):
    """What was read so far of this object cannot be continued; it is read from its start."""
