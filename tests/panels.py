"""The places of the console, driven in words of the field: a part of the driver."""

from __future__ import annotations

import asyncio

from textual.widgets import Input

from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.outline import Reading
from pgbackup_tui.tui.panels.browse import BrowsePanel
from pgbackup_tui.tui.panels.compose import ComposePanel
from pgbackup_tui.tui.panels.confirm import ConfirmPanel
from pgbackup_tui.tui.panels.jobs import JobsPanel
from tests.steps import Steps, step


class TreeDriver(Steps):
    """The tree of Browse."""

    @property
    def panel(self) -> BrowsePanel:
        return self.console.app.query_one(BrowsePanel)

    @step
    async def go_to(self, *names: str) -> None:
        """Puts the cursor on the row of this path."""
        tree = self.panel.tree_view
        await self.console.until(lambda: tree.find(*names) is not None)
        found = tree.find(*names)
        assert found is not None
        self.panel.tree_view.go_to(found)
        await self.console.pilot.pause()

    @step
    async def open(self, client: str) -> None:
        """Opens a client and waits until its subclients are there."""
        await self.go_to(client)
        node = self.panel.tree_view.node
        assert node is not None
        await self.console.press("right")
        await self.console.until(lambda: self.console.desk.outline.reading[node.client_id] is not Reading.NOW)

    @step
    async def mark(self, *names: str) -> None:
        """Marks a row, and waits until the basket shows it."""
        before = len(self.console.desk.outline.marked)
        await self.go_to(*names)
        await self.console.press("space")
        await self.console.until(lambda: len(self.console.desk.outline.marked) != before)

    @step
    async def filter(self, text: str) -> None:
        """Types a filter."""
        await self.console.press("slash")
        self.console.app.query_one("#filter", Input).value = ""
        await self.console.press(*text)


class ComposeDriver(Steps):
    """The form."""

    @property
    def panel(self) -> ComposePanel:
        return self.console.app.query_one(ComposePanel)

    @step
    async def open(self) -> None:
        """From the tree, and waits until it was told what is running."""
        await self.console.press("c")
        await self.console.until(lambda: self.console.place is Place.COMPOSE)
        await self.console.until(lambda: " now" in self.console.words("#running"))

    @step
    async def level(self, name: str) -> None:
        """Chooses a level by keys."""
        self.console.app.query_one("#level").focus()
        for _ in range(4):
            if self.panel.draft.level is not None and self.panel.draft.level.value == name:
                return
            await self.console.press("right" if self.panel.draft.level else "space", "space")
        assert self.panel.draft.level is not None
        assert self.panel.draft.level.value == name

    @step
    async def type(self, field: str, text: str) -> None:
        """Types into a field."""
        self.console.app.query_one(f"#{field}", Input).focus()
        await self.console.press(*text)

    @step
    async def start(self) -> None:
        """Asks for the start."""
        await self.console.press("ctrl+s")


class ConfirmDriver(Steps):
    """The question."""

    @property
    def panel(self) -> ConfirmPanel:
        return self.console.app.query_one(ConfirmPanel)

    @step
    async def yes(self) -> None:
        """Confirms, and waits for the outcome in the log."""
        await self.console.press("y")
        await self.console.until(lambda: self.console.place is not Place.CONFIRM)
        await self.console.until(self._is_carried_out)

    def _is_carried_out(self) -> bool:
        return all(worker.is_finished for worker in self.console.app.workers if worker.name == "carry out")


class JobsDriver(Steps):
    """The jobs."""

    @property
    def panel(self) -> JobsPanel:
        return self.console.app.query_one(JobsPanel)

    @step
    async def next_look(self) -> None:
        """Time goes on to the next look at the jobs."""
        looks = self.console.looks
        self.console.clock.pass_to_next()
        await self.console.until(lambda: self.console.looks > looks)

    @step
    async def until_ended(self) -> None:
        """Time goes on until every job has ended."""
        for _ in range(200):
            if all(task.ended for task in self.console.desk.tasks):
                return
            self.console.clock.pass_to_next()
            await self.console.pilot.pause()
            await asyncio.sleep(0.01)  # the simulated CommServe answers in a thread of its own
        raise AssertionError("the jobs did not end")
