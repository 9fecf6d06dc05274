"""From chosen subclients and options to exactly the request that the contract describes."""

from __future__ import annotations

import json

import pytest

from pgbackup_tui.backup.attempt import Attempt, new_attempt
from pgbackup_tui.backup.task import (
    BackupOptions,
    Field,
    InstallerUser,
    Level,
    TaskError,
    cautions,
    compose,
    encode,
    request_body,
)
from tests.unit.estates import DUMPS, subclient

FULL = BackupOptions(Level.FULL)


def test_the_smallest_task_is_the_documented_request() -> None:
    task = compose([subclient(1, client="pgprod01", display_name="PG Prod 01")], FULL, max_subclients=50)
    assert json.loads(encode(request_body(task, "a marker"))) == {
        "taskInfo": {
            "associations": [
                {
                    "subclientId": 2000001,
                    "displayName": "PG Prod 01",
                    "clientId": 1001,
                    "clientName": "pgprod01",
                    "instanceName": "main",
                    "instanceId": 5001,
                    "appName": "PostgreSQL",
                    "applicationId": 125,
                    "backupsetId": 20001,
                    "backupsetName": "FSBasedBackupSet",
                    "subclientName": "default",
                }
            ],
            "task": {"taskType": 1},
            "subTasks": [
                {
                    "subTask": {"subTaskType": 2, "operationType": 2},
                    "options": {
                        "backupOpts": {"backupLevel": "FULL", "incrementalDataWithLogs": False},
                        "commonOpts": {"notifyUserOnJobCompletion": False, "jobDescription": "a marker"},
                    },
                }
            ],
        }
    }


def test_every_optional_field_of_the_contract_can_be_set() -> None:
    options = BackupOptions(
        Level.INCREMENTAL, with_data=True, notify=True, installer_user=InstallerUser(12, "backup-operator")
    )
    body = request_body(compose([subclient()], options, max_subclients=50), "x")
    (subtask,) = body["taskInfo"]["subTasks"]  # type: ignore[index]
    assert subtask["options"] == {
        "backupOpts": {"backupLevel": "INCREMENTAL", "incrementalDataWithLogs": True},
        "commonOpts": {"notifyUserOnJobCompletion": True, "jobDescription": "x"},
        "adminOpts": {
            "clientInstallOption": {"installerOption": {"User": {"userId": 12, "userName": "backup-operator"}}}
        },
    }


@pytest.mark.parametrize("level", list(Level))
def test_every_level_is_sent_by_its_documented_name(level: Level) -> None:
    body = json.dumps(request_body(compose([subclient()], BackupOptions(level), max_subclients=1), "x"))
    assert f'"backupLevel": "{level.name}"' in body


def test_names_are_sent_raw() -> None:
    odd = subclient(client="pg\x1b[31m\n", instance="größe[/]")
    (sent,) = json.loads(encode(request_body(compose([odd], FULL, max_subclients=1), "x")))["taskInfo"][
        "associations"
    ]
    assert (sent["clientName"], sent["instanceName"]) == ("pg\x1b[31m\n", "größe[/]")


@pytest.mark.parametrize(
    ("subclients", "options", "field", "words"),
    [
        ([], FULL, Field.ASSOCIATIONS, "No subclient is chosen"),
        ([subclient(1), subclient(1)], FULL, Field.ASSOCIATIONS, "more than once"),
        ([subclient(1), subclient(2), subclient(3)], FULL, Field.ASSOCIATIONS, "3 subclients .* at most 2"),
        ([subclient(1, backupset=DUMPS)], BackupOptions(Level.INCREMENTAL), Field.LEVEL, "takes FULL only"),
        ([subclient(1, backupset="dumpbasedbackupset")], BackupOptions(Level.SYNTHETIC_FULL), Field.LEVEL, "FULL"),
        ([subclient(1)], BackupOptions(Level.FULL, with_data=True), Field.WITH_DATA, "INCREMENTAL only"),
        (
            [subclient(1)],
            BackupOptions(Level.FULL, installer_user=InstallerUser(0, "x")),
            Field.INSTALLER_USER,
            "no user",
        ),
        ([subclient(1)], BackupOptions(Level.FULL, ticket="CHG\n1"), Field.TICKET, "line break"),
    ],
)
def test_what_can_not_be_asked_is_said_at_its_field(
    subclients: list[object], options: BackupOptions, field: Field, words: str
) -> None:
    with pytest.raises(TaskError, match=words) as refused:
        compose(subclients, options, max_subclients=2)  # type: ignore[arg-type]
    assert [found.field for found in refused.value.problems] == [field]
    assert refused.value.advice


def test_all_problems_are_said_at_once() -> None:
    dumps = [subclient(1, backupset=DUMPS), subclient(1, backupset=DUMPS)]
    with pytest.raises(TaskError) as refused:
        compose(dumps, BackupOptions(Level.DIFFERENTIAL, with_data=True), max_subclients=1)
    assert [found.field for found in refused.value.problems] == [
        Field.ASSOCIATIONS,
        Field.ASSOCIATIONS,
        Field.LEVEL,
        Field.WITH_DATA,
    ]


def test_files_and_dump_of_one_instance_are_a_caution() -> None:
    both = [subclient(1), subclient(2, backupset=DUMPS, instance_id=5001)]
    assert [words for words in cautions(compose(both, FULL, max_subclients=9)) if "twice" in words]
    apart = [subclient(1), subclient(2, backupset=DUMPS)]
    assert not [words for words in cautions(compose(apart, FULL, max_subclients=9)) if "twice" in words]


def test_an_instance_that_is_not_ready_and_a_disabled_backup_are_cautions() -> None:
    task = compose(
        [subclient(1, status="Not Ready", not_ready_reason="agent down"), subclient(2, backup_enabled=False)],
        FULL,
        max_subclients=9,
    )
    assert [words for words in cautions(task) if "agent down" in words]
    assert [words for words in cautions(task) if "disabled" in words]


def test_an_ordinary_task_has_no_caution() -> None:
    assert cautions(compose([subclient(1, status="Ready")], FULL, max_subclients=9)) == ()


def test_an_attempt_marks_its_jobs_with_who_where_and_why() -> None:
    attempt = Attempt("20261123T031502-7f3a9c12", "jane", "jump-01")
    assert attempt.description() == "pgbackup-tui 20261123T031502-7f3a9c12 by jane@jump-01"
    assert attempt.description("CHG1").endswith(" for CHG1")


def test_attempts_of_the_same_second_differ() -> None:
    assert len({new_attempt(0.0).attempt_id for _ in range(100)}) == 100
    assert new_attempt(0.0).attempt_id.startswith("19700101T000000-")
