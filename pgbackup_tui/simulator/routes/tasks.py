"""Starting backups: CreateTask, and the short form below a subclient.

https://api.commvault.com/docs/SP38/api/cv/PostgreSQLDatabase/postgre-sql-backup and
https://documentation.commvault.com/v11/software/rest_api_post_subclient_backup.html
"""

from __future__ import annotations

from typing import TypeVar

from pgbackup_tui.simulator.entities import DUMP_BASED, POSTGRESQL, Behaviour, Subclient
from pgbackup_tui.simulator.errors import bad_request, no_capability, no_eligible_subclient
from pgbackup_tui.simulator.jobbook import Wish
from pgbackup_tui.simulator.jobs import Job, Level, level_named
from pgbackup_tui.simulator.messages import Json, Refusal, Response, json_response
from pgbackup_tui.simulator.routes.call import Call

T = TypeVar("T")
IMMEDIATE = 1
BACKUP = (2, "BACKUP")
"""The number, or the name that the general page of Create Task uses."""


def create_task(call: Call) -> Response:
    """POST CreateTask: a job for each subclient that the associations name."""
    task = _object(call.body(), "taskInfo")
    if _object(task, "task").get("taskType") != IMMEDIATE:
        raise Refusal(bad_request())
    associations = _objects(task, "associations")
    sub_task = _objects(task, "subTasks")[0]
    kind = _object(sub_task, "subTask")
    if any(kind.get(name) not in BACKUP for name in ("subTaskType", "operationType")):
        raise Refusal(bad_request())
    wish = _wish(call, _optional(sub_task, "options", dict, {}))
    named = [subclient for association in associations for subclient in _subclients(call, association)]
    return start(call, list(dict.fromkeys(named)), wish)


def backup_subclient(call: Call) -> Response:
    """POST Subclient/{id}/action/backup?backupLevel=: what the SDK sends for every level without data."""
    found = call.world.estate.subclients.get(call.id())
    return start(call, [found] if found else [], _asked_in_query(call))


def backup_subclient_by_name(call: Call) -> Response:
    """POST Subclient/byName(clientName='..',appName='..',backupsetName='..',subclientName='..')/action/backup."""
    pairs = (pair.partition("=") for pair in call.params["names"].split(","))
    names = {key.strip(): value.strip().strip("'") for key, _, value in pairs}
    found = _by_names(call, names)
    return start(call, found, _asked_in_query(call))


def _asked_in_query(call: Call) -> Wish:
    level = level_named(call.text("backupLevel"))
    if level is None:
        raise Refusal(bad_request())
    return Wish(level, call.user)


def start(call: Call, subclients: list[Subclient], wish: Wish) -> Response:
    """Start what can be started, and answer as documented.

    A client without the capability refuses the whole task. Subclients that can't be backed up are passed over,
    and when none is left the answer is 500. Jobs are started in the reverse order of the associations: nothing
    says that jobIds come in their order, and a client has to ask each job what it is of.
    """
    for subclient in subclients:
        if subclient.client.refuses_backup:
            return no_capability(subclient.client.name)
    eligible = [subclient for subclient in subclients if _eligible(subclient, wish.level)]
    if not eligible:
        return no_eligible_subclient()
    startable = [s for s in reversed(eligible) if s.behaviour is not Behaviour.STARTS_NO_JOB]
    task_id, jobs = call.world.jobs.start(startable, wish, call.now)
    return accepted(task_id, jobs)


def accepted(task_id: int, jobs: list[Job]) -> Response:
    return json_response({"taskId": task_id, "jobIds": [str(job.id) for job in jobs]})


def _eligible(subclient: Subclient, level: Level) -> bool:
    if subclient.agent is not POSTGRESQL or subclient.storage_policy is None:
        return False
    return subclient.backupset.name != DUMP_BASED or level is Level.FULL


def _wish(call: Call, options: dict[str, Json]) -> Wish:
    backup = _optional(options, "backupOpts", dict, {})
    common = _optional(options, "commonOpts", dict, {})
    asked = backup.get("backupLevel")
    level = level_named(asked) if asked is None or type(asked) in (str, int) else None
    if level is None:
        raise Refusal(bad_request())
    return Wish(
        level=level,
        user=call.user,
        with_data=_optional(backup, "incrementalDataWithLogs", bool, False),
        description=_optional(common, "jobDescription", str, ""),
        notify=_optional(common, "notifyUserOnJobCompletion", bool, False),
    )


def _subclients(call: Call, association: dict[str, Json]) -> list[Subclient]:
    """What an association stands for: a subclient, or every subclient of a backup set. Ids win over names.

    Ids that contradict each other stand for nothing.
    """
    ids = {key: _optional(association, key, int, 0) for key in IDS}
    estate = call.world.estate
    if ids["subclientId"]:
        found = estate.subclients.get(ids["subclientId"])
        subclients = [found] if found else []
    elif ids["backupsetId"]:
        backupset = estate.backupsets.get(ids["backupsetId"])
        subclients = estate.subclients_of(backupset) if backupset else []
    else:
        subclients = _by_names(call, association)
    return [s for s in subclients if all(ids[key] in (0, value) for key, value in _ids(s).items())]


IDS = ("subclientId", "backupsetId", "instanceId", "clientId", "applicationId")


def _ids(subclient: Subclient) -> dict[str, int]:
    chain = (subclient, subclient.backupset, subclient.instance, subclient.client)
    return dict(zip(IDS, (*(entity.id for entity in chain), subclient.agent.application_id), strict=True))


def _by_names(call: Call, names: dict[str, Json]) -> list[Subclient]:
    """The subclient of these names, or all of the backup set when none is named."""
    estate = call.world.estate
    texts = {key: value for key, value in names.items() if isinstance(value, str)}
    client = estate.client_named(texts.get("clientName", ""))
    if client is None:
        return []
    instance = estate.instance_named(client, texts.get("appName", ""), texts.get("instanceName", ""))
    backupset = instance and estate.backupset_named(instance, texts.get("backupsetName", ""))
    if not backupset:
        return []
    if not (name := texts.get("subclientName", "")):
        return estate.subclients_of(backupset)
    found = estate.subclient_named(backupset, name)
    return [found] if found else []


def _object(data: dict[str, Json], name: str) -> dict[str, Json]:
    value = data.get(name)
    if not isinstance(value, dict):
        raise Refusal(bad_request())
    return value


def _objects(data: dict[str, Json], name: str) -> list[dict[str, Json]]:
    """A list with at least one item, all of them objects."""
    value = data.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        raise Refusal(bad_request())
    return value


def _optional(data: dict[str, Json], name: str, kind: type[T], default: T) -> T:
    """A member that may be left out, but not have another type; True is no number."""
    value = data.get(name, default)
    if type(value) is not kind:
        raise Refusal(bad_request())
    return value
