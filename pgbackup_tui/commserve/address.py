"""Where a CommServe's REST API is: from what a person types to the base that requests are sent to."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from pgbackup_tui.commserve.errors import AddressError

API_PATHS = ("commandcenter/api/", "webconsole/api/")
"""Where the API is below an origin: the current path first, then that of releases up to 11.34.
Source: documentation.commvault.com/2024e, available_web_services_for_rest_api."""

_CONSOLE_PATHS = ("", "commandcenter", "webconsole")
_DEFAULT_PORTS = {"https": 443, "http": 80}
_EXAMPLE = "Give a host name, or an address like https://commandcenter.example.com."


@dataclass(frozen=True, slots=True)
class Address:
    """The base of one CommServe's REST API."""

    base: str
    """Absolute, ends with a slash."""

    @property
    def origin(self) -> str:
        """Scheme, host and port: the only place that the Authtoken is sent to."""
        parts = urlsplit(self.base)
        host = parts.hostname or ""
        shown_host = f"[{host}]" if ":" in host else host
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
        default = _DEFAULT_PORTS[parts.scheme] == port
        return f"{parts.scheme}://{shown_host}" + ("" if default else f":{port}")

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this very machine."""
        return _is_loopback(urlsplit(self.base).hostname or "")


def candidates(typed: str) -> tuple[Address, ...]:
    """The bases that ``typed`` can mean, the likeliest first.

    ``typed`` is a host name, an origin (also as copied from Command Center's address bar), or a whole base.
    Raises AddressError, which never quotes a user name or password that stood in it.
    """
    parts = _split(typed.strip())
    _refuse_unsafe(parts)
    root = f"{parts.scheme}://{parts.netloc}/"
    path = parts.path.strip("/")
    if path.lower() in _CONSOLE_PATHS:
        return tuple(Address(root + api_path) for api_path in API_PATHS)
    return (Address(f"{root}{path}/"),)


def _split(typed: str) -> SplitResult:
    if not typed:
        raise AddressError("No address of a CommServe was given.", _EXAMPLE)
    if not typed.isprintable() or " " in typed or "\\" in typed:
        raise AddressError("The address has a space, a backslash or a control character in it.", _EXAMPLE)
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        port = parts.port  # raises for a port that is no number
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError as error:  # UnicodeError, for a host that IDNA refuses, is one too
        raise AddressError("The address can't be read.", _EXAMPLE) from error
    if not parts.hostname:
        raise AddressError("The address has no host name.", _EXAMPLE)
    if "@" in parts.netloc:
        return parts  # refused by the caller, and never quoted
    shown_host = f"[{host}]" if ":" in host else host
    netloc = shown_host if port is None else f"{shown_host}:{port}"
    return parts._replace(scheme=parts.scheme.lower(), netloc=netloc)


def _refuse_unsafe(parts: SplitResult) -> None:
    if "@" in parts.netloc:
        raise AddressError(
            "The address has a user name in it.",
            "Give the address alone; a user and password never belong into an address.",
        )
    if parts.scheme not in _DEFAULT_PORTS:
        raise AddressError(f"The address begins with {parts.scheme}://, which is not https://.", _EXAMPLE)
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise AddressError(
            "The address begins with http://, which would send the Authtoken unencrypted.",
            "Use https://; http:// is for a simulated CommServe on this machine only.",
        )
    if parts.query:
        raise AddressError("The address has a question mark in it.", _EXAMPLE)


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
