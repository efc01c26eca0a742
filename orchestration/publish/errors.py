"""What can keep a version from being published or taken back.

Belongs here: the exceptions of this package; their messages are for users.
"""

from __future__ import annotations

from datetime import date


class PublishError(Exception):
    """Nothing was published; readers still see the version they saw before."""


class EarlierAsOfDate(PublishError):  # noqa: N818 - it names the refusal
    """The run's as-of date lies before that of the published version."""

    def __init__(self, as_of_date: date, published: date, version: str) -> None:
        """Word the refusal."""
        super().__init__(
            f"the run is as of {as_of_date}, but version {version}, which readers see, is as of "
            f"{published}: an earlier date does not replace a later one. Publish it anyway by "
            "allowing an earlier date, or run without publishing."
        )


class RollbackError(PublishError):
    """There is no such version to go back to."""
