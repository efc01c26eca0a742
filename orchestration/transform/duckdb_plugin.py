"""What dbt's DuckDB connection knows beside its profile: the secret that e-mails are hashed with.

Belongs here: connection set-up that must not appear in SQL text, profiles or logs.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

from orchestration.hash_key import hash_key
from orchestration.settings import load_settings


class Plugin(BasePlugin):
    """Sets the hash key as a variable of each cursor (variables are not shared between cursors)."""

    @cached_property
    def _key(self) -> str:
        return hash_key(load_settings())

    def configure_cursor(self, cursor: Any) -> None:
        """Set `concord_hash_key`; only macros/personal_data.sql reads it."""
        cursor.execute("set variable concord_hash_key = $1", [self._key])
