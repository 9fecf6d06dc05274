"""The proxy that the environment names, found here rather than by the HTTP library, so that it can be shown."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from pgbackup_tui.commserve.address import Address, candidates
from pgbackup_tui.commserve.errors import AddressError

_SCHEMES = ("http", "https")


def environment_proxy(address: Address) -> str | None:
    """The proxy for requests to ``address`` (HTTPS_PROXY, ALL_PROXY, NO_PROXY), or None.

    This machine itself is never reached through one. Raises AddressError for a proxy that can't be used.
    """
    parts = urlsplit(address.base)
    proxies = getproxies()
    named = proxies.get(parts.scheme) or proxies.get("all")
    if not named or address.is_loopback or proxy_bypass(parts.netloc):
        return None
    proxy = named if "://" in named else f"http://{named}"
    try:
        split = urlsplit(proxy)
        usable = split.scheme in _SCHEMES and bool(split.hostname) and split.port != 0
    except ValueError:  # a port that is no number, or too large
        usable = False
    if not usable or " " in proxy or not proxy.isprintable():
        raise AddressError(
            "The proxy that the environment names (HTTPS_PROXY, ALL_PROXY) can't be used: it has to be an http:// "
            "or https:// address.",
            "Correct it, or go without it: --no-proxy.",
        )
    return proxy


def shown_environment_proxy(typed: str) -> str:
    """The proxy for an address as typed, as it may be shown; empty where there is none. Raises AddressError."""
    proxy = environment_proxy(candidates(typed)[0])
    return without_credentials(proxy) if proxy else ""


def without_credentials(proxy: str) -> str:
    """The proxy's address as it may be shown."""
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
