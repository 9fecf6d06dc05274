"""Check boxes and radio buttons that say by a character, not by colour alone, whether they are on."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Checkbox, RadioButton, RadioSet


class CheckMark(Checkbox):
    """``[x]`` or ``[ ]``."""

    BUTTON_LEFT = BUTTON_RIGHT = ""
    BUTTON_INNER = "[ ]"

    def watch_value(self) -> None:
        self.BUTTON_INNER = "[x]" if self.value else "[ ]"
        super().watch_value()


class Choices(RadioSet):
    """One of several; the letters that move in a list move here too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,l", "next_button", "Next", show=False),
        Binding("k,h", "previous_button", "Previous", show=False),
    ]


class Choice(RadioButton):
    """``(x)`` or ``( )``."""

    BUTTON_LEFT = BUTTON_RIGHT = ""
    BUTTON_INNER = "( )"

    def watch_value(self) -> None:
        self.BUTTON_INNER = "(x)" if self.value else "( )"
        super().watch_value()
