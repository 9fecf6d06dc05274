"""Changes to a successful answer of CreateTask: what a client must not take for success, or for failure."""

from __future__ import annotations

import json

from pgbackup_tui.simulator.errors import NO_ELIGIBLE_SUBCLIENT, NO_ELIGIBLE_TEXT
from pgbackup_tui.simulator.faults import Change
from pgbackup_tui.simulator.jobbook import Wish
from pgbackup_tui.simulator.messages import Json, Response, json_response
from pgbackup_tui.simulator.world import World


def changed(world: World, change: Change, response: Response) -> Response:
    """The answer as the fault wants it; as it is when it is not one that lists jobs."""
    data = json.loads(response.body) if response.status == 200 and response.body[:1] == b"{" else {}
    ids = data.get("jobIds")
    if not ids:
        return response
    return json_response(_change(world, change, data, ids))


def _change(world: World, change: Change, data: dict[str, Json], ids: list[str]) -> Json:
    match change:
        case Change.FEWER_JOBS:
            return {**data, "jobIds": ids[:-1]}
        case Change.ZERO_ID:
            return {**data, "jobIds": ["0"]}
        case Change.NO_IDS:
            return {"taskId": data["taskId"]}
        case Change.EXTRA_JOB:
            return {**data, "jobIds": [*ids, _second_job(world, int(ids[0]))]}
        case Change.BOTH:
            return {**data, "errorCode": NO_ELIGIBLE_SUBCLIENT, "errorMessage": NO_ELIGIBLE_TEXT}


def _second_job(world: World, job_id: int) -> str:
    """A job just like the first, of the same subclient."""
    with world.lock:
        now = world.advance()
        first = world.jobs.job(job_id)
        assert first is not None  # noqa: S101 - the world has just said that it started it
        wish = Wish(first.level, first.user, first.with_data, first.description, first.notify)
        _, jobs = world.jobs.start([first.subclient], wish, now)
    return str(jobs[0].id)
