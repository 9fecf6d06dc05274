"""An app whose driver remembers what is on the screen: what is shown already is not sent once more."""

from __future__ import annotations

from typing import Any

from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Size

from pgbackup_tui.tui.outlet import Outlet
from pgbackup_tui.tui.screen_memory import ScreenMemory
from pgbackup_tui.tui.sizes import SizedApp

_UPDATE_BEGINS, _UPDATE_ENDS = "\x1b[?2026h", "\x1b[?2026l"
"""Around a frame, for terminals that can show it at once: only sent where there is something between them."""


class ThriftyDriver(Driver):
    """What is mixed into the driver of the platform."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.memory = ScreenMemory()
        self._begins = ""
        super().__init__(*arguments, **named)
        file = getattr(self, "_file", None)  # of Textual's drivers for terminals
        if file is not None:
            self._file = Outlet(file)

    def write(self, data: str) -> None:
        if data == _UPDATE_BEGINS:
            self._begins = data
        elif data == _UPDATE_ENDS and self._begins:
            self._begins = ""
        elif changes := self.memory.changes(data):
            begins, self._begins = self._begins, ""
            super().write(begins + changes)  # type: ignore[safe-super]  # the platform's driver comes next


def thrifty(driver: type[Driver]) -> type[Driver]:
    """The driver, with a memory."""
    return type(f"Thrifty{driver.__name__}", (ThriftyDriver, driver), {})


class ThriftyApp(SizedApp):
    """An app that sends only what differs."""

    def get_driver_class(self) -> type[Driver]:
        """Textual's choice for this platform, with a memory."""
        return thrifty(super().get_driver_class())

    def on_resize(self, event: Resize) -> None:
        """A terminal that is resized moves or cuts what it shows."""
        self._paint_anew(event.size)

    def action_redraw(self) -> None:
        """Sends everything again: another program may have written on this terminal."""
        self._paint_anew(self.size)

    def _paint_anew(self, size: Size) -> None:
        if isinstance(self._driver, ThriftyDriver):
            self._driver.memory.forget((size.width, size.height))
        self.refresh()
