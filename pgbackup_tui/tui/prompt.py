"""What happens when the CommServe does not take the Authtoken any more: one question, however many requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from pgbackup_tui.errors import PgBackupError

if TYPE_CHECKING:
    from pgbackup_tui.commserve.route import TokenRenewal
    from pgbackup_tui.secret import Secret


class Prompt:
    """Asks the token's own source once more, and then the person. The requests that were refused wait.

    ``wanted`` is called when the person is needed.
    """

    def __init__(self, source: TokenRenewal | None, wanted: Callable[[], None]) -> None:
        self._source = source
        self._wanted = wanted
        self._answer: asyncio.Future[Secret | None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether the person is waited for."""
        return self._answer is not None and not self._answer.done()

    async def renew(self, refused: Secret) -> Secret | None:
        """Another token as soon as there is one; None when the person gives none."""
        fresh = await self._of_source(refused)
        if fresh is not None:
            return fresh
        self._answer = asyncio.get_running_loop().create_future()
        self._wanted()
        return await self._answer

    def answer(self, token: Secret | None) -> None:
        """What the person gave."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(token)

    async def _of_source(self, refused: Secret) -> Secret | None:
        if self._source is None:
            return None
        try:
            return await self._source.renew(refused)
        except PgBackupError:  # the person is asked instead
            return None
