"""Whatever a client sends, a route answers: junk in bodies and in queries ends in an answer, never in a defect."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.simulator.asking import Asker, task

JUNK: list[Any] = [
    *(None, True, 0, -1, 2**70, 10**400, 1.5, float("inf"), float("nan")),
    *("", "x", "2000001", "\ud800", "\x00", "FULL"),
    *([], [[]], {}, [None], {"clientId": "x"}, [{"clientId": 1e300}]),
]
FILTER = {
    "completedJobLookupTime": 18000,
    "clientList": [{"clientId": 1001}],
    "statusList": ["Failed"],
    "entity": {"subclientId": 2000001},
    "jobTypeList": ["Backup"],
}
BODIES: dict[str, Any] = {
    "CreateTask": task([{"subclientId": 2000001, "clientId": 1001}], text="x"),
    "Jobs": {"category": 0, "pagingConfig": {"sortDirection": 1, "offset": 0, "limit": 20}, "jobFilter": FILTER},
    "JobDetails": {"jobId": 3587112},
    "Login": {"username": "oncall", "password": "YQ==", "deviceId": "x", "timeout": 30},
    "RenewLoginToken": {"sessionId": "x", "deviceId": "y"},
    "Jobs/MultiJobOperation": {"jobOpReq": {"operationType": 0, "jobs": [{"jobId": 3587112}]}},
}
PATHS = [
    "Client",
    "Agent",
    "Instance",
    "Subclient",
    "Job",
    "Jobs/active",
    "Events",
    "GetId",
    "databases",
    "V4/Servers",
]
NAMES = ["clientId", "applicationId", "instanceId", "fq", "sort", "search", "start", "limit", "offset", "jobFilter"]
NAMES += ["jobCategory", "completedJobLookupTime", "jobId", "clientName", "instanceName", "backupset"]
VALUES = ["", "0", "-1", "9" * 30, "x", "a:b", "a:eq:b", ":::", "%00", "%ff", "1001", "pg-pay-01", "null", "1e400"]
VALUES += ["client.idaList.idaEntity.appName:contains:x", "jobs.jobSummary.jobId:gt:x", ","]


def spoiled(value: Any, chance: random.Random) -> Any:
    """A copy of a JSON value with some of its parts exchanged for junk."""
    if chance.random() < 0.15:
        return chance.choice(JUNK)
    if isinstance(value, dict):
        return {key: spoiled(part, chance) for key, part in value.items() if chance.random() < 0.97}
    return [spoiled(part, chance) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", BODIES)
def test_junk_in_a_body_gets_an_answer_in_json(ask: Asker, path: str) -> None:
    chance = random.Random(path)
    for _ in range(300):
        answer = ask.response("POST", path, spoiled(BODIES[path], chance))
        json.loads(answer.body)
        assert answer.status in (200, 400, 500)


@pytest.mark.parametrize("path", PATHS)
def test_junk_in_a_query_gets_an_answer_in_json(ask: Asker, path: str) -> None:
    chance = random.Random(path)
    for _ in range(300):
        query = "&".join(f"{chance.choice(NAMES)}={chance.choice(VALUES)}" for _ in range(3))
        answer = ask.response("GET", f"{path}?{query}", headers={"limit": chance.choice(VALUES)})
        json.loads(answer.body)
        assert answer.status in (200, 400, 404)
