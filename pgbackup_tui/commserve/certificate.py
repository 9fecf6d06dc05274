"""What a certificate that is not trusted says of itself, so that a person can tell whose it is.

It is fetched by a handshake of its own that trusts anybody and sends nothing: the connection is closed before the
first byte of HTTP. Nothing of it is believed; it is only shown.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from pgbackup_tui.commserve.address import Address

_SECONDS = 5.0
_NAMES = {
    b"\x55\x04\x03": "CN",
    b"\x55\x04\x0a": "O",
    b"\x55\x04\x0b": "OU",
    b"\x55\x04\x06": "C",
    b"\x55\x04\x07": "L",
    b"\x55\x04\x08": "ST",
}
"""Object identifiers of the parts of a name that people know."""
_SET, _VERSION = 0x31, 0xA0
_SIXTEEN_BIT = 0x1E


@dataclass(frozen=True, slots=True)
class Presented:
    """A certificate as the server presented it; the texts are the server's own, raw."""

    subject: str
    issuer: str
    sha256: str
    """Of the whole certificate, as openssl and browsers show it: ``AB:CD:...``"""


async def presented_certificate(address: Address, proxy: str | None) -> Presented | None:
    """The server's certificate, or None where it can't be had."""
    untrusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    untrusting.check_hostname = False
    untrusting.verify_mode = ssl.CERT_NONE
    certificates: list[bytes] = []

    async def close_after_handshake(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("start_tls.complete"):
            stream = info["return_value"]
            certificates.append(stream.get_extra_info("ssl_object").getpeercert(binary_form=True) or b"")
            await stream.aclose()
            raise _SeenEnough

    async with httpx.AsyncClient(verify=untrusting, proxy=proxy, trust_env=False, timeout=_SECONDS) as client:
        with contextlib.suppress(_SeenEnough, httpx.HTTPError, TimeoutError, OSError):
            async with asyncio.timeout(_SECONDS):
                await client.get(address.base, extensions={"trace": close_after_handshake})
    return describe(certificates[0]) if certificates and certificates[0] else None


def describe(der: bytes) -> Presented:
    """What a certificate in DER form says; a question mark for a name that can't be read."""
    fingerprint = hashlib.sha256(der).hexdigest().upper()
    shown = ":".join(fingerprint[index : index + 2] for index in range(0, len(fingerprint), 2))
    try:
        issuer, subject = _names_of(der)
    except (ValueError, IndexError):
        issuer = subject = "?"
    return Presented(subject, issuer, shown)


class _SeenEnough(Exception):  # noqa: N818  # no error: it ends a connection that has shown what was wanted
    pass


def _names_of(der: bytes) -> tuple[str, str]:
    """Issuer and subject: the fourth and the sixth part of the certificate's body (RFC 5280, 4.1)."""
    ((_, certificate),) = _parts(der)
    (_, body), _, _ = _parts(certificate)
    parts = [part for part in _parts(body) if part[0] != _VERSION]
    return _name(parts[2][1]), _name(parts[4][1])


def _name(content: bytes) -> str:
    words = []
    for kind, relative in _parts(content):
        if kind != _SET:
            raise ValueError("a name is made of sets")
        for _, pair in _parts(relative):
            (_, identifier), (text_kind, text) = list(_parts(pair))[:2]
            encoding = "utf-16-be" if text_kind == _SIXTEEN_BIT else "utf-8"
            words.append(f"{_NAMES.get(identifier, '…')}={text.decode(encoding, 'replace')}")
    return ", ".join(words) or "(empty)"


def _parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements of a DER encoding one after another: tag and content. Raises ValueError, IndexError."""
    at = 0
    while at < len(content):
        tag, length, at = content[at], content[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(content[at : at + size]), at + size
        if at + length > len(content):
            raise ValueError("an element is longer than what holds it")
        yield tag, content[at : at + length]
        at += length
