"""An app for terminals of very different sizes: stylesheets ask for the class of a width and of a height."""

from __future__ import annotations

from textual.app import App
from textual.screen import Screen


class SizedApp(App[None]):
    """An app that is in the classes of its size from the first frame on."""

    HORIZONTAL_BREAKPOINTS = [(0, "-tight"), (78, "-narrow"), (110, "-wide")]  # noqa: RUF012  # Textual's own type
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (22, "-low"), (34, "-high")]  # noqa: RUF012

    def get_default_screen(self) -> Screen[object]:
        """Textual's own, in the classes that Textual sets only after the first frame, which would move then."""
        screen: Screen[object] = super().get_default_screen()
        for breakpoints, length in zip(
            (self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS), self.size, strict=True
        ):
            screen.add_class(max(step for step in breakpoints if step[0] <= length)[1])
        return screen
