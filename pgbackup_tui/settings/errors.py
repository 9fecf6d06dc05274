"""What can be wrong with the settings file."""

from __future__ import annotations

from pgbackup_tui.errors import UsageError


class SettingsError(UsageError):
    """The settings file can't be used as it is. It is never overwritten then."""
