"""Starting backups: every documented answer of CreateTask, reached through what the estate holds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pgbackup_tui.simulator.world import World
from tests.simulator.asking import Asker, Clock, subclient_at, task

MAIN, ARCHIVE, SECOND = "pg-pay-01/main", "pg-pay-01/archive", "pg-pay-02/main"
DUMP = "pg-pay-02/main/DumpBasedBackupSet"


def ids(ask: Asker, path: str) -> dict[str, int]:
    chosen = subclient_at(ask.world, path)
    return {"subclientId": chosen.id, "clientId": chosen.client.id}


def answer(ask: Asker, body: Any) -> tuple[int, Any]:
    response = ask.response("POST", "Createtask", body)
    return response.status, json.loads(response.body)


def test_the_documented_answer_of_an_accepted_task(ask: Asker) -> None:
    assert answer(ask, task([ids(ask, MAIN)])) == (200, {"taskId": 71945, "jobIds": ["3587112"]})


def test_every_association_gets_a_job_in_an_order_of_its_own(ask: Asker) -> None:
    paths = [MAIN, ARCHIVE, SECOND]
    started = ask.backup(*paths)
    wanted = [subclient_at(ask.world, path).id for path in paths]
    of_job = [ask.job(number)["subclient"]["subclientId"] for number in started]
    assert sorted(of_job) == sorted(wanted)
    assert of_job != wanted


def test_a_subclient_that_is_named_twice_gets_one_job(ask: Asker) -> None:
    assert len(ask.backup(MAIN, MAIN)) == 1


def test_a_whole_backup_set_is_every_subclient_of_it(ask: Asker) -> None:
    dumps = subclient_at(ask.world, "pg-pay-01/main/DumpBasedBackupSet").backupset
    _, accepted = answer(ask, task([{"backupsetId": dumps.id, "_type_": "BACKUPSET_ENTITY"}]))
    names = {ask.job(int(number))["subclientName"] for number in accepted["jobIds"]}
    assert names == {"default", "payments", "refunds"}


def test_an_association_by_names_only_is_understood(ask: Asker) -> None:
    names = {
        "clientName": "pg-pay-01",
        "appName": "PostgreSQL",
        "instanceName": "main",
        "backupsetName": "FSBasedBackupSet",
        "subclientName": "default",
    }
    _, accepted = answer(ask, task([names]))
    assert len(accepted["jobIds"]) == 1


GOOD = task([{"subclientId": 2000001}])


def changed(path: str, value: Any) -> Any:
    """A good body with one member changed, or left out for the value `...`."""
    body = json.loads(json.dumps(GOOD))
    *way, last = path.split(".")
    place = body
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
        {},
        {"taskInfo": None},
        changed("taskInfo.associations", ...),
        changed("taskInfo.associations", []),
        changed("taskInfo.associations", [7]),
        changed("taskInfo.associations", {"subclientId": 2000001}),
        changed("taskInfo.associations", [{"subclientId": "2000001"}]),
        changed("taskInfo.associations", [{"subclientId": True}]),
        changed("taskInfo.task", ...),
        changed("taskInfo.task.taskType", 2),
        changed("taskInfo.subTasks", []),
        changed("taskInfo.subTasks.0.subTask", ...),
        changed("taskInfo.subTasks.0.subTask.operationType", 3),
        changed("taskInfo.subTasks.0.options", "FULL"),
        changed("taskInfo.subTasks.0.options.backupOpts.backupLevel", "FULLEST"),
        changed("taskInfo.subTasks.0.options.backupOpts.backupLevel", 3),
        changed("taskInfo.subTasks.0.options.backupOpts.backupLevel", ["FULL"]),
        changed("taskInfo.subTasks.0.options.backupOpts.incrementalDataWithLogs", "true"),
        changed("taskInfo.subTasks.0.options.commonOpts.jobDescription", 7),
    ],
)
def test_a_body_that_is_empty_or_of_the_wrong_shape_is_a_400_with_a_json_string(ask: Asker, body: Any) -> None:
    assert answer(ask, body) == (400, "Request body is empty or format is invalid")


def test_without_a_token_nothing_is_started(ask: Asker) -> None:
    denied = {"errorMessage": "Access Denied", "errorCode": 5}
    assert answer(Asker(ask.world, "wrong"), GOOD) == (401, denied)
    assert ask.get("Jobs/active")["jobs"] == []


def test_one_forbidden_client_refuses_the_whole_task(ask: Asker) -> None:
    status, error = answer(ask, task([ids(ask, MAIN), ids(ask, "pgsql_win/main")]))
    assert status == 403
    assert error == {
        "errorMessage": "User [Remote User] does not have required capability"
        " [Data Protection/Management Operations] for this client [pgsql_win] and this operation.",
        "errorCode": 587203022,
    }
    assert ask.get("Jobs/active")["jobs"] == []


@pytest.mark.parametrize(
    ("path", "level"),
    [("pg-nopolicy-01/main", "FULL"), (DUMP, "INCREMENTAL"), (DUMP, "DIFFERENTIAL"), (DUMP, "SYNTHETIC_FULL")],
)
def test_what_can_not_be_backed_up_is_a_500(ask: Asker, path: str, level: str) -> None:
    error = {
        "errorMessage": "Failed to start backups as no eligible subclients were found. ",
        "errorCode": 587207178,
    }
    assert answer(ask, task([ids(ask, path)], level)) == (500, error)


@pytest.mark.parametrize(
    "association",
    [
        {"subclientId": 9},
        {"backupsetId": 9},
        {},
        {"subclientId": 2000001, "clientId": 1002},
        {"subclientId": 2000001, "applicationId": 104},
        {"clientName": "nobody"},
    ],
)
def test_ids_that_are_unknown_or_contradict_each_other_stand_for_nothing(
    ask: Asker, association: dict[str, Any]
) -> None:
    assert answer(ask, task([association]))[0] == 500


def test_a_subclient_of_another_engine_is_not_eligible(ask: Asker) -> None:
    assert answer(ask, task([ids(ask, "mysql-web-01/web/defaultDummyBackupSet")]))[0] == 500


def test_what_can_be_backed_up_is_and_the_rest_is_passed_over(ask: Asker) -> None:
    (started,) = ask.backup(MAIN, "pg-nopolicy-01/main")
    assert ask.job(started)["subclient"]["clientName"] == "pg-pay-01"


def test_an_association_may_be_accepted_without_a_job(ask: Asker) -> None:
    (started,) = ask.backup("pg-nojob-01/main", MAIN)
    assert ask.job(started)["subclient"]["clientName"] == "pg-pay-01"
    assert ask.backup("pg-nojob-01/main") == []


@pytest.mark.parametrize(
    ("asked", "code", "name"),
    [
        ("FULL", 1, "Full"),
        ("full", 1, "Full"),
        (1, 1, "Full"),
        ("INCREMENTAL", 2, "Incremental"),
        ("incremental", 2, "Incremental"),
        (2, 2, "Incremental"),
        ("Differential", 4, "Differential"),
        (4, 4, "Differential"),
        ("SYNTHETIC_FULL", 64, "Synthetic Full"),
        (64, 64, "Synthetic Full"),
    ],
)
def test_a_level_is_a_name_in_any_case_or_a_number(ask: Asker, asked: str | int, code: int, name: str) -> None:
    (started,) = ask.backup(MAIN, level=asked)
    job = ask.job(started)
    assert (job["backupLevel"], job["backupLevelName"]) == (code, name)


def test_the_level_is_incremental_when_none_is_given(ask: Asker) -> None:
    body = changed("taskInfo.subTasks.0.options.backupOpts.backupLevel", ...)
    _, accepted = answer(ask, body)
    assert ask.job(int(accepted["jobIds"][0]))["backupLevelName"] == "Incremental"


def test_the_first_backup_of_a_subclient_is_full_whatever_was_asked(ask: Asker, clock: Clock) -> None:
    path = "pg-sla-missed-01/new"
    (first,) = ask.backup(path, level="INCREMENTAL")
    assert ask.job(first)["backupLevelName"] == "Full"
    clock.forward(100)
    (second,) = ask.backup(path, level="INCREMENTAL")
    assert ask.job(second)["backupLevelName"] == "Incremental"


def test_an_incremental_with_data_is_larger_than_one_without(ask: Asker, clock: Clock) -> None:
    (logs,), (data,) = (ask.backup(MAIN, level="INCREMENTAL", with_data=flag) for flag in (False, True))
    clock.forward(1_000)
    assert ask.job(data)["sizeOfApplication"] > 2 * ask.job(logs)["sizeOfApplication"] > 0


def test_the_description_is_in_the_details_and_not_in_the_summary(ask: Asker) -> None:
    (started,) = ask.backup(MAIN, text="CHG-4711 marker")
    details = ask.post("JobDetails", {"jobId": started})["job"]["jobDetail"]
    assert details["generalInfo"]["jobDescription"] == "CHG-4711 marker"
    options = ask.get(f"Job/{started}/TaskDetails")["taskInfo"]["subTasks"][0]["options"]
    assert options["commonOpts"]["jobDescription"] == "CHG-4711 marker"
    assert "CHG-4711" not in json.dumps(ask.job(started))


@pytest.mark.parametrize("query", ["backupLevel=Full&collectMetaInfo=False", "backupLevel=FULL"])
def test_the_short_form_starts_a_backup_without_a_body(ask: Asker, query: str) -> None:
    number = subclient_at(ask.world, MAIN).id
    assert ask.post(f"Subclient/{number}/action/backup?{query}") == {"taskId": 71945, "jobIds": ["3587112"]}


def test_the_short_form_takes_names_too(ask: Asker) -> None:
    names = "clientName='pg-pay-02',appName='PostgreSQL',backupsetName='FSBasedBackupSet',subclientName='default'"
    answered = ask.post(f"Subclient/byName({names})/action/backup?backupLevel=Full")
    assert ask.job(int(answered["jobIds"][0]))["subclient"]["clientName"] == "pg-pay-02"


def test_the_short_form_is_refused_as_the_long_one_is(ask: Asker, world: World) -> None:
    dump, forbidden = subclient_at(world, DUMP).id, subclient_at(world, "pgsql_win/main").id
    assert ask.response("POST", f"Subclient/{dump}/action/backup?backupLevel=incremental").status == 500
    assert ask.response("POST", f"Subclient/{forbidden}/action/backup?backupLevel=Full").status == 403
    assert ask.response("POST", "Subclient/9/action/backup?backupLevel=Full").status == 500
    assert ask.response("POST", f"Subclient/{dump}/action/backup?backupLevel=most").status == 400
