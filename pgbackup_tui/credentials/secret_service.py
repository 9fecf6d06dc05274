"""Asks D-Bus how the desktop keyring is, without a prompt and without starting anything.

Reading a locked keyring through the ``keyring`` library waits for a prompt that may never come, so that what it
would do has to be known before.
"""

from __future__ import annotations

import contextlib
import os
from enum import Enum

SERVICE = "org.freedesktop.secrets"
WALLET = "org.kde.kwalletd5"
_SECONDS = 1.0
"""For each of the few questions; a healthy bus needs some milliseconds."""


class Found(Enum):
    """What the session's bus says of the Secret Service."""

    NO_BUS = "no bus"
    SILENT_BUS = "silent bus"
    NOT_INSTALLED = "not installed"
    STOPPED = "stopped"
    SILENT = "silent"
    NO_COLLECTION = "no collection"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    WALLET = "wallet"
    """No Secret Service, but KWallet runs, which this program can't look into from here."""


def look() -> Found:
    """What there is. Takes at most a few seconds, also where nobody answers."""
    from jeepney import DBusErrorResponse
    from jeepney.io.blocking import open_dbus_connection

    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return Found.NO_BUS
    try:
        connection = open_dbus_connection(auth_timeout=_SECONDS)
    except TimeoutError:
        return Found.SILENT_BUS
    except (OSError, ValueError, RuntimeError, StopIteration):  # nothing listens, or the address is damaged
        return Found.NO_BUS
    with contextlib.closing(connection):
        bus = _Bus(connection)
        try:
            return bus.secret_service()
        except TimeoutError:
            return Found.SILENT
        except DBusErrorResponse:  # it ended in this very moment
            return Found.STOPPED


class _Bus:
    """The few questions, each with its own limit."""

    def __init__(self, connection: object) -> None:
        self._connection = connection

    def secret_service(self) -> Found:
        if not self._ask_bus("NameHasOwner", SERVICE):
            if self._ask_bus("NameHasOwner", WALLET):
                return Found.WALLET
            return Found.STOPPED if SERVICE in self._activatable() else Found.NOT_INSTALLED
        collection = self._alias("default")
        if collection == "/":
            return Found.NO_COLLECTION
        return Found.LOCKED if self._is_locked(collection) else Found.UNLOCKED

    def _ask_bus(self, method: str, name: str) -> bool:
        from jeepney import MessageGenerator, new_method_call

        bus = MessageGenerator("/org/freedesktop/DBus", "org.freedesktop.DBus")
        bus.interface = "org.freedesktop.DBus"
        return bool(self._reply(new_method_call(bus, method, "s", (name,))))

    def _activatable(self) -> list[str]:
        from jeepney import message_bus

        names = self._reply(message_bus.ListActivatableNames())
        return names if isinstance(names, list) else []

    def _alias(self, alias: str) -> str:
        from jeepney import DBusAddress, new_method_call

        service = DBusAddress("/org/freedesktop/secrets", SERVICE, "org.freedesktop.Secret.Service")
        return str(self._reply(new_method_call(service, "ReadAlias", "s", (alias,))))

    def _is_locked(self, collection: str) -> bool:
        from jeepney import DBusAddress, Properties

        address = DBusAddress(collection, SERVICE, "org.freedesktop.Secret.Collection")
        variant = self._reply(Properties(address).get("Locked"))
        return not (isinstance(variant, tuple) and variant[-1] is False)

    def _reply(self, message: object) -> object:
        """The first value of the reply. Raises TimeoutError, DBusErrorResponse."""
        from jeepney import DBusErrorResponse, MessageType

        reply = self._connection.send_and_get_reply(message, timeout=_SECONDS)  # type: ignore[attr-defined]
        if reply.header.message_type is MessageType.error:
            raise DBusErrorResponse(reply)
        return reply.body[0] if reply.body else None
