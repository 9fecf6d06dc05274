"""The request that the form makes: shown beside it, and given away to be copied."""

from __future__ import annotations

from textual.timer import Timer

from pgbackup_tui.backup.curl import curl_line
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.draft import Draft
from pgbackup_tui.tui.present.compose import request_json, request_paragraphs
from pgbackup_tui.tui.present.pieces import BOXES, Signs
from pgbackup_tui.tui.widgets.text_view import TextView

_SHOW_AFTER = 0.15
"""Seconds without another change until the request is made anew: it can be thousands of lines."""


class RequestView(TextView):
    """The exact request of a draft, the token left out."""

    def __init__(self, desk: Desk, draft: Draft, signs: Signs = BOXES) -> None:
        super().__init__(id="request", signs=signs)
        self._desk = desk
        self._draft = draft
        self._due: Timer | None = None

    def show_soon(self) -> None:
        """Makes the request anew, a moment after the last change."""
        if self._due is None:
            self._due = self.set_timer(_SHOW_AFTER, self.show)
        else:
            self._due.reset()

    def show(self) -> None:
        """Makes the request anew, if it is in sight."""
        self._due = None
        if self.is_on_screen:
            self.say(request_paragraphs(self._base, self._draft.body()))

    def as_json(self) -> str:
        """The body, ASCII; empty while the form is incomplete."""
        body = self._draft.body()
        return request_json(body) if body else ""

    def as_curl(self) -> str:
        """The request as a line for the shell; empty while the form is incomplete."""
        body = self._draft.body()
        return curl_line(self._base, body) if body else ""

    @property
    def _base(self) -> str:
        route = self._desk.target.route if self._desk.target else None
        return route.address.base if route else ""
