"""The jobs that this console started, as rows that are painted again only where they changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from pgbackup_tui.backup.progress import TaskJob
from pgbackup_tui.tui.desk import FollowedTask
from pgbackup_tui.tui.present.jobs import elapsed_seconds, row, verdict_line
from pgbackup_tui.tui.present.pieces import BOXES, Line, Signs
from pgbackup_tui.tui.widgets.line_view import LineView


class JobTable(LineView):
    """A line for each task with its verdict, and under it a line for each of its jobs."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "Detail", show=False)]

    def __init__(
        self,
        tasks: list[FollowedTask],
        *,
        id: str | None = None,  # noqa: A002  # as every widget calls it
        signs: Signs = BOXES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(id=id, signs=signs)
        self._tasks = tasks
        self._clock = clock
        self._shown: list[Line] = []
        self._shown_width = 0

    @property
    def job(self) -> TaskJob | None:
        """The job that the cursor is on; None on a task's own line."""
        entries = self._entries()
        found = entries[self.cursor] if self.cursor < len(entries) else None
        return found if isinstance(found, TaskJob) else None

    def count(self) -> int:
        return len(self._shown)

    def line(self, index: int, width: int) -> Line:
        if width != self._shown_width:
            self._shown_width = width
            self._shown = self._lines(width)
        return self._shown[index]

    def show(self) -> None:
        """Shows the tasks as they are now; paints the columns that differ, and nothing else."""
        width = max(1, self.scrollable_content_region.width - 1)
        before, now = self._shown, self._lines(width)
        self._shown = now
        if len(before) != len(now) or width != self._shown_width:
            self._shown_width = width
            if len(now) > len(before) and self.cursor == 0:
                self.cursor = 1  # a new task's first job, rather than its heading
            self.lines_changed()
            return
        for index, (old, new) in enumerate(zip(before, now, strict=True)):
            self._paint_difference(index, old, new)

    def _paint_difference(self, index: int, old: Line, new: Line) -> None:
        if len(old) != len(new):
            self.line_changed(index)
            return
        column = 1  # after the pointer
        for was, piece in zip(old, new, strict=True):
            width = len(piece.text)
            if was != piece:
                if len(was.text) != width:
                    self.line_changed(index)
                    return
                self.part_changed(index, column, width)
            column += width

    def _lines(self, width: int) -> list[Line]:
        return [self._line_of(entry, width) for entry in self._entries()]

    def _entries(self) -> list[FollowedTask | TaskJob]:
        entries: list[FollowedTask | TaskJob] = []
        for task in self._tasks:
            entries += [task, *task.progress.jobs]
        return entries

    def _line_of(self, entry: FollowedTask | TaskJob, width: int) -> Line:
        if isinstance(entry, TaskJob):
            return row(entry, width, elapsed=elapsed_seconds(entry, self._clock()), signs=self.signs)
        return verdict_line(entry.progress, entry.outcome.task_id)
