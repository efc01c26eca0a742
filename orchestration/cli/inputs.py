"""What every command needs first: the settings, or an end with the reason."""

from __future__ import annotations

from orchestration.cli.console import stop
from orchestration.cli.exit_codes import INVALID_INPUT
from orchestration.settings import Settings, SettingsError, apply_to_process, load_settings


def settings_or_stop() -> Settings:
    """Read the environment; end the command when a variable cannot be used."""
    try:
        settings = load_settings()
    except SettingsError as error:
        stop(str(error), INVALID_INPUT)
    apply_to_process(settings)
    return settings
