"""What a CommServe, or the way to it, can say.

::

    CommvaultError
    ├── AddressError         the address given can't be used; nothing was asked
    ├── TransportError       no answer: name, refused, TLS, time limit, cut off
    │   └── CertificateError the server's certificate is not trusted
    ├── AuthError            401, or a login that was refused
    ├── ApiError             the CommServe said no: HTTP status, errorCode, its own words
    └── ProtocolError        an answer came that is no CommServe's: HTML, damaged, too large, a redirect
"""

from __future__ import annotations

from pgbackup_tui.errors import PgBackupError


class CommvaultError(PgBackupError):
    """Everything that a CommServe or the way to it says."""

    retry_after: float | None = None
    """Seconds after which the server wants to be asked again; None where it did not say."""


class AddressError(CommvaultError):
    """The address can't be used as it was given; nothing was asked of any server."""


class TransportError(CommvaultError):
    """No answer came. For a read that is all there is to say; for a CreateTask see ``Delivery``."""


class CertificateError(TransportError):
    """The server's certificate is not trusted; the connection was ended before the Authtoken was sent."""


class ServerSaidNoError(CommvaultError):
    """An answer that refuses, with what the server said of it."""

    def __init__(self, problem: str, advice: str = "", *, status: int, code: int | None, message: str) -> None:
        super().__init__(problem, advice)
        self.status = status
        """HTTP status of the answer. Many errors come with 200."""
        self.code = code
        """The CommServe's errorCode, where it gave one."""
        self.message = message
        """The server's own words, raw and whole."""


class AuthError(ServerSaidNoError):
    """The token or the login was refused (HTTP 401, or a Login that says so)."""


class ApiError(ServerSaidNoError):
    """The CommServe refused or could not do what was asked."""


class ProtocolError(CommvaultError):
    """An answer came, but not one that a CommServe gives."""
