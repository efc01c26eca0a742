"""Takes contact data out of texts that are published.

Belongs here: the last line of defence for messages that quote a bad value. Does not: a reason to
quote personal data elsewhere.
"""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]]+@[^\s@<>\"',;:()\[\]]+")
_PHONE = re.compile(r"(?<![\w.])(?:\+|00)\d[\d ()/.-]{6,}\d")


def redacted(text: str) -> str:
    """Return the text with e-mail addresses and international phone numbers blanked."""
    return _PHONE.sub("<phone>", _EMAIL.sub("<e-mail>", text))
