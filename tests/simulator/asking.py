"""What the tests of the simulator share: a clock to turn, questions to the routes, tasks, names of subclients."""

from __future__ import annotations

import json
from typing import Any

from pgbackup_tui.simulator.entities import Subclient
from pgbackup_tui.simulator.messages import Request, Response
from pgbackup_tui.simulator.routes import handle
from pgbackup_tui.simulator.world import World

BASE = "/commandcenter/api"
NOW = 1_760_000_000.0


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


class Asker:
    """Requests to the routes of a world."""

    def __init__(self, world: World, token: str | None = None) -> None:
        self.world = world
        self.token = world.sessions.token if token is None else token

    def response(
        self, method: str, path: str, body: Any = None, *, base: str = BASE, headers: dict[str, str] | None = None
    ) -> Response:
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        given = {"authtoken": self.token} if self.token else {}
        return handle(self.world, Request(method, f"{base}/{path}", {**given, **(headers or {})}, sent))

    def get(self, path: str, **more: Any) -> Any:
        """The JSON of a GET that has to succeed."""
        return self._json(self.response("GET", path, **more))

    def post(self, path: str, body: Any = None) -> Any:
        """The JSON of a POST that has to succeed."""
        return self._json(self.response("POST", path, body))

    @staticmethod
    def _json(response: Response) -> Any:
        assert response.status == 200, response
        return json.loads(response.body)

    def backup(self, *paths: str, level: str | int = "FULL", **options: Any) -> list[int]:
        """Start backups of these subclients; the ids of their jobs, as they were answered."""
        associations = [{"subclientId": subclient_at(self.world, path).id} for path in paths]
        return [int(number) for number in self.post("CreateTask", task(associations, level, **options))["jobIds"]]

    def job(self, job_id: int) -> Any:
        """The summary of a job."""
        (row,) = self.get(f"Job/{job_id}")["jobs"]
        return row["jobSummary"]

    def status(self, job_id: int) -> str:
        return str(self.job(job_id)["status"])


def task(associations: list[Any], level: str | int = "FULL", *, with_data: bool = False, text: str = "") -> Any:
    """The body of a CreateTask."""
    options = {
        "backupOpts": {"backupLevel": level, "incrementalDataWithLogs": with_data},
        "commonOpts": {"notifyUserOnJobCompletion": False, "jobDescription": text},
    }
    sub_task = {"subTask": {"subTaskType": 2, "operationType": 2}, "options": options}
    return {"taskInfo": {"associations": associations, "task": {"taskType": 1}, "subTasks": [sub_task]}}


def subclient_at(world: World, path: str) -> Subclient:
    """client/instance/backupset/subclient; what is left out is FSBasedBackupSet and default."""
    client, instance, *rest = path.split("/")
    backupset, subclient = [*rest, *("FSBasedBackupSet", "default")[len(rest) :]]
    for found in world.estate.subclients.values():
        names = (found.client.name, found.instance.name, found.backupset.name, found.name)
        if names == (client, instance, backupset, subclient):
            return found
    raise LookupError(path)
