"""The jobs that this console started, as rows that are painted again only where they changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.events import Resize

from pgbackup_tui.backup.progress import TaskJob
from pgbackup_tui.tui.present.jobs import elapsed_seconds, row, verdict_line
from pgbackup_tui.tui.present.pieces import BOXES, Line, Signs
from pgbackup_tui.tui.watch import FollowedTask
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
        self._entries: list[tuple[FollowedTask, TaskJob | None]] = []
        self._shown_width = 0

    @property
    def followed(self) -> FollowedTask | None:
        """The task that the cursor is on, or on a job of."""
        return self._entries[self.cursor][0] if self.cursor < len(self._entries) else None

    @property
    def job(self) -> TaskJob | None:
        """The job that the cursor is on; None on a task's own line."""
        return self._entries[self.cursor][1] if self.cursor < len(self._entries) else None

    def count(self) -> int:
        return len(self._shown)

    def line(self, index: int, width: int) -> Line:
        if width != self._shown_width:
            self._shown_width = width
            self._shown = self._lines(width)
        return self._shown[index]

    def on_resize(self, _event: Resize) -> None:
        self.show()

    def show(self) -> None:
        """Shows the tasks as they are now; paints the columns that differ, and nothing else."""
        width = max(1, self.scrollable_content_region.width - 1)
        at_cursor = self._sent_since() or (self.followed, self.job)
        self._entries = list(self._all_entries())
        before, now = self._shown, self._lines(width)
        self._shown = now
        if len(before) != len(now) or width != self._shown_width:
            self._shown_width = width
            self.cursor = self._place_of(*at_cursor)
            self.lines_changed()
            self._bring_into_sight()
            return
        for index, (old, new) in enumerate(zip(before, now, strict=True)):
            self._paint_difference(index, old, new)

    def _sent_since(self) -> tuple[FollowedTask, TaskJob | None] | None:
        """The newest task that was sent from here since the last look, with its first job."""
        seen = [task for task, _ in self._entries]
        sent = (task for task in self._tasks if task.was_sent_now and task not in seen)
        return next(((task, next(iter(task.progress.jobs), None)) for task in sent), None)

    def _place_of(self, task: FollowedTask | None, job: TaskJob | None) -> int:
        """Where a job is now: a task that was taken up may have come before it. Else the first job."""
        for index, (its_task, its_job) in enumerate(self._entries):
            if its_task is task and (its_job.job_id if its_job else None) == (job.job_id if job else None):
                return index
        return 1

    def _paint_difference(self, index: int, old: Line, new: Line) -> None:
        if len(old) != len(new):
            self.line_changed(index)
            return
        column = 1  # after the pointer
        for was, piece in zip(old, new, strict=True):
            width = cell_len(piece.text)
            if was != piece:
                if cell_len(was.text) != width:
                    self.line_changed(index)
                    return
                self.part_changed(index, column, width)
            column += width

    def _lines(self, width: int) -> list[Line]:
        return [self._line_of(task, job, width) for task, job in self._entries]

    def _all_entries(self) -> Iterator[tuple[FollowedTask, TaskJob | None]]:
        for task in self._tasks:
            yield task, None
            yield from ((task, job) for job in task.progress.jobs)

    def _line_of(self, task: FollowedTask, job: TaskJob | None, width: int) -> Line:
        if job is not None:
            return row(job, width, elapsed=elapsed_seconds(job, self._clock()), signs=self.signs)
        return verdict_line(task.progress, task.name, width, is_followed=not task.given_up, signs=self.signs)
