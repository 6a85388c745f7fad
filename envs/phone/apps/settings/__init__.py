"""Android's Settings: preference pages over the settings provider, and the phone's radios."""

from envs.phone.apps.settings.main import SettingsApp

__all__ = ["SettingsApp"]
