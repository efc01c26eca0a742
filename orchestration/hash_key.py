"""The secret that personal data are hashed with: from the environment, else made once per home.

Belongs here: reading and making that secret. It is never shown, logged or stored in a table.
"""

from __future__ import annotations

import os
import secrets
import stat

from orchestration.settings import Settings, SettingsError

KEY_FILE = "hash_key"


def hash_key(settings: Settings) -> str:
    """Return the secret; make it (mode 0600) when neither the environment nor the home has one.

    Raises:
        SettingsError: When the file in the home is readable by others.
    """
    if settings.hash_key:
        return settings.hash_key
    path = settings.home / "state" / KEY_FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        making = path.with_name(f"{KEY_FILE}.{os.getpid()}")
        descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        making.rename(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsError(
            f"{path} holds the secret that personal data are hashed with and others may read it; "
            f"run: chmod 600 {path}"
        )
    return path.read_text().strip()
