"""Errors of PostgreSQL in words for people, and without secrets.

Belongs here: wording. A server's own words are kept to their first line: the rest may quote rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from orchestration.publish.redact import redacted


class PostgresError(Exception):
    """PostgreSQL was not brought to the version; its readers see what they saw before."""


@contextmanager
def readable_errors(label: str, scrub: Callable[[str], str]) -> Iterator[None]:
    """Turn what psycopg raises into a PostgresError.

    Args:
        label: The server's name for people.
        scrub: Takes secrets out of a text.

    Raises:
        PostgresError: Without the original as its cause, whose text was not scrubbed.
    """
    try:
        yield
    except psycopg.Error as error:
        raise PostgresError(scrub(redacted(_words(label, error)))) from None


def _words(label: str, error: psycopg.Error) -> str:
    said = error.diag.message_primary or "; ".join(str(error).strip().splitlines()[:4])
    if _is_away(error):
        return (
            f"{label} cannot be reached or went away: {said or 'no reason given'}. Mend that and "
            "run `concord postgres`; the next run tries again too"
        )
    return f"{label} refused: {said} (SQLSTATE {error.sqlstate})"


def _is_away(error: psycopg.Error) -> bool:
    # Without a state it is not the server that speaks; 08 is the connection, 57P a shutdown.
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))
