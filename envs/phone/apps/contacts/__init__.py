"""Google's Contacts over the contacts provider."""

from envs.phone.apps.contacts.main import Contacts

__all__ = ["Contacts"]
