"""A scroll bar that is painted when it looks different, and only then."""

from __future__ import annotations

from typing import Any, Self

from rich.segment import Segment
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender


class CalmScrollBar(ScrollBar):
    """Textual's own, without repaints that change nothing.

    Textual paints the bar at every line that is added, twice: 700 bytes, where a line more among thousands moves
    nothing that can be seen.
    """

    _painted: tuple[list[Segment], Any] | None = None

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Asks to be painted, if it would look different."""
        if self.is_attached and not layout and not recompose:
            look = self._look()
            if look == self._painted:
                return self
            self._painted = look
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _look(self) -> tuple[list[Segment], Any]:
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)  # noqa: S101  # what a ScrollBar renders
        painted = bar.render_bar(
            size=self.size.height,
            virtual_size=bar.virtual_size,
            window_size=bar.window_size,
            position=bar.position,
            thickness=bar.thickness,
        )
        return list(painted.segments), bar.style
