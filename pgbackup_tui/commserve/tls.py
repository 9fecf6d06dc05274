"""Which certificates are trusted, and what an untrusted one says of itself."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

import truststore

from pgbackup_tui.commserve.errors import AddressError


@lru_cache(maxsize=8)
def tls_context(is_plain: bool, ca_file: Path | None) -> ssl.SSLContext:
    """The system's certificate store, where the company's CA is, plus the file that was named; made once.

    For plain http on this machine an empty context, which trusts nobody and costs nothing to make. SSLKEYLOGFILE
    has no effect: only ``ssl.create_default_context`` obeys it. Raises AddressError for a file that can't be used.
    """
    if is_plain:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise AddressError(
                f"The CA file {ca_file} can't be used: {error.strerror or error}.",
                "It has to be a readable file with certificates in PEM form.",
            ) from error
        # the file may hold the server's own certificate, which no root in it has signed
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
