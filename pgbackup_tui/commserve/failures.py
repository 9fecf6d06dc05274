"""From httpx's exceptions to this room's own, in words that tell the cause and the cure."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx

from pgbackup_tui.commserve.address import Address
from pgbackup_tui.commserve.certificate import Presented
from pgbackup_tui.commserve.errors import (
    AddressError,
    CertificateError,
    CommvaultError,
    ProtocolError,
    TransportError,
)
from pgbackup_tui.commserve.proxy import without_credentials

_CHECK_REACH = "Check the address, the VPN and the firewall; from this machine the CommServe has to be reachable."


_UNKNOWN_CA = "If the CommServe's certificate comes from your company's CA, give its file with --ca-file."
_COMPARE = "Compare the SHA-256 with what the CommServe's administrator has. To save it and look at it:"
_SAVE_AND_SHOW = (
    "openssl x509 -out commserve.pem; openssl x509 -in commserve.pem -noout -subject -issuer -fingerprint -sha256"
)
_CERTIFICATE_ADVICE = {
    9: "It is not valid yet: check this machine's clock.",
    10: "It has expired: have it renewed on the CommServe; check this machine's clock.",
    62: "It is for another name: use the name that it was made for.",
    64: "It is for another address: use the name that it was made for.",
}
"""By OpenSSL's X509_V_ERR numbers."""


def transport_error(error: Exception, address: Address, proxy: str | None = None) -> CommvaultError:
    """What ``error`` (of httpx, or a TimeoutError of our own) means for a request to ``address``.

    The words never quote a request: its headers hold the Authtoken.
    """
    where = address.origin
    if proxy is not None and isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
        where = f"{where} (through the proxy {without_credentials(proxy)} that the environment names)"
    if isinstance(error, httpx.ConnectError):
        return _connect_error(error, where)
    if isinstance(error, httpx.ConnectTimeout):
        return TransportError(f"{where} did not take the connection in time.", _CHECK_REACH)
    if isinstance(error, (httpx.TimeoutException, TimeoutError)):
        return TransportError(
            f"{where} did not answer in time.",
            "The CommServe may be busy or restarting: try again in a while.",
        )
    if isinstance(error, httpx.ProxyError):
        return TransportError(
            f"The proxy {without_credentials(proxy) if proxy else ''} refused the way to {where}: {error}.",
            "If the CommServe is inside your network, use --no-proxy.",
        )
    if isinstance(error, (httpx.InvalidURL, UnicodeError)):
        return AddressError(f"{where} is not an address that can be asked.", "Check its spelling.")
    if isinstance(error, httpx.DecodingError):
        return ProtocolError(f"{where} sent an answer that can't be decompressed.", "Try again; look at the proxy.")
    return TransportError(
        f"The connection to {where} was cut before an answer came ({type(error).__name__}).",
        "Try again; if it stays so, look at the proxy or load balancer in front of the CommServe.",
    )


def with_certificate(error: CertificateError, presented: Presented, address: Address) -> CertificateError:
    """The error with what the untrusted certificate says of itself, and how to save and check it."""
    parts = urlsplit(address.base)
    fetch = (
        f"openssl s_client -connect {parts.hostname}:{parts.port or 443} -servername {parts.hostname} </dev/null"
    )
    return CertificateError(
        f"{error.problem} Subject: {presented.subject}. Issuer: {presented.issuer}. SHA-256: {presented.sha256}",
        f"{error.advice} {_COMPARE} {fetch} | {_SAVE_AND_SHOW}",
    )


def _connect_error(error: httpx.ConnectError, where: str) -> TransportError:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CertificateError(
                f"The certificate of {where} is not trusted: {cause.verify_message.rstrip('.')}.",
                f"Nothing was sent. {_CERTIFICATE_ADVICE.get(cause.verify_code, _UNKNOWN_CA)}",
            )
        if isinstance(cause, ssl.SSLError):
            return TransportError(
                f"{where} does not speak TLS as expected ({cause.reason or 'handshake failed'}).",
                "Check the port: Command Center answers https on 443.",
            )
        if isinstance(cause, socket.gaierror):
            return TransportError(
                f"The name of {where} is not known here.", "Check its spelling, the VPN and the proxy."
            )
        if isinstance(cause, ConnectionRefusedError):
            return TransportError(
                f"{where} refused the connection.",
                "Nothing listens on that port, or a firewall answers for it: check address and port.",
            )
    return TransportError(f"{where} can't be reached.", _CHECK_REACH)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """``error`` and everything that it came from, groups of exceptions opened."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        waiting.extend(cause for cause in (current.__cause__, current.__context__) if cause is not None)
