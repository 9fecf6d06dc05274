"""Who may ask: the API token, and the tokens that Login gives out.

sdk:cvpysdk.py `_login`, `_renew_login_token`; expiry: https://documentation.commvault.com/11.20/
rest_api_authentication_post_login.html (30 minutes without a request, by default).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from pgbackup_tui.simulator.entities import Named

DEFAULT_TIMEOUT = 30
"""Minutes."""
PREFIXES = ("QSDK ", "SAML ", "Bearer ")
TOKEN_USER = Named(2, "oncall")
"""Whose the API token is."""
FIRST_USER_ID = 3
FORGET_AFTER = 24 * 3600


@dataclass(slots=True)
class _Session:
    user: Named
    device_id: str
    timeout: float
    last_used: float

    def live(self, now: float) -> bool:
        return now - self.last_used < self.timeout


class Sessions:
    """Tokens and whose they are."""

    def __init__(self, token: str, users: Mapping[str, str]) -> None:
        self.token = token
        self.next_token = secrets.token_hex(32)
        """What the API token will be when this one has ended."""
        self._passwords = dict(users)
        self._users = {name: Named(FIRST_USER_ID + n, name) for n, name in enumerate(users)}
        self._sessions: dict[str, _Session] = {}

    def user_of(self, authtoken: str, now: float) -> Named | None:
        """Whose token it is; to ask keeps a login token alive."""
        bare = _bare(authtoken)
        if not bare:
            return None
        if hmac.compare_digest(bare.encode(), _bare(self.token).encode()):
            return self._users.get(TOKEN_USER.name, TOKEN_USER)
        session = self._sessions.get(bare)
        if session is None or not session.live(now):
            return None
        session.last_used = now
        return session.user

    def end_token(self) -> None:
        """The API token is void; the next one takes its place."""
        self.token, self.next_token = self.next_token, secrets.token_hex(32)

    def log_in(
        self, name: str, password: str, device_id: str, minutes: int, now: float
    ) -> tuple[Named, str] | None:
        """The user and a new token, which starts with `QSDK `; None when the name or the password is wrong."""
        expected = self._passwords.get(name)
        if expected is None or not hmac.compare_digest(expected.encode(), password.encode()):
            return None
        user = self._users[name]
        self._forget(now)
        return user, self._open(_Session(user, device_id, minutes * 60.0, now))

    def renew(self, authtoken: str, device_id: str, now: float) -> str | None:
        """A new token for one that was given to the same device, expired or not; the old one is void."""
        session = self._sessions.get(_bare(authtoken))
        if session is None or session.device_id != device_id:
            return None
        del self._sessions[_bare(authtoken)]
        return self._open(_Session(session.user, device_id, session.timeout, now))

    def log_out(self, authtoken: str) -> None:
        """The API token survives this."""
        self._sessions.pop(_bare(authtoken), None)

    def _open(self, session: _Session) -> str:
        bare = secrets.token_hex(48)
        self._sessions[bare] = session
        return f"QSDK {bare}"

    def _forget(self, now: float) -> None:
        """Drop what nobody will renew any more, so that a long rehearsal doesn't grow."""
        for bare in [b for b, s in self._sessions.items() if now - s.last_used > FORGET_AFTER]:
            del self._sessions[bare]


def _bare(authtoken: str) -> str:
    """The token without the word in front, all spellings of which are accepted."""
    for prefix in PREFIXES:
        if authtoken.startswith(prefix):
            return authtoken.removeprefix(prefix)
    return authtoken
