"""Check boxes and radio buttons that say by a character, not by colour alone, whether they are on."""

from __future__ import annotations

from textual.widgets import Checkbox, RadioButton


class CheckMark(Checkbox):
    """``[x]`` or ``[ ]``."""

    BUTTON_LEFT = BUTTON_RIGHT = ""
    BUTTON_INNER = "[ ]"

    def watch_value(self) -> None:
        self.BUTTON_INNER = "[x]" if self.value else "[ ]"
        super().watch_value()


class Choice(RadioButton):
    """``(x)`` or ``( )``."""

    BUTTON_LEFT = BUTTON_RIGHT = ""
    BUTTON_INNER = "( )"

    def watch_value(self) -> None:
        self.BUTTON_INNER = "(x)" if self.value else "( )"
        super().watch_value()
