"""The lists that go across clients: databases/instances, databases, V4/Instances, V4/Servers.

Shapes: https://github.com/sanderdescamps/commvault-go-exporter client/databaseTypes.go, and Commvault's own
OpenAPI3.yaml (https://github.com/Commvault/CVPowershellSDKV2) for V4.
"""

from __future__ import annotations

from pgbackup_tui.simulator.entities import MYSQL, SQL_SERVER, Instance
from pgbackup_tui.simulator.jobs import LEAVES_A_BACKUP, Job, Status
from pgbackup_tui.simulator.messages import Json, Response, json_response
from pgbackup_tui.simulator.routes.call import Call
from pgbackup_tui.simulator.shapes import COMMCELL_ID, instance_entity, plan

LAST_BACKUP_STATUS = {
    Status.COMPLETED: (1, "COMPLETED"),
    Status.FAILED: (2, "FAILED"),
    Status.WITH_ERRORS: (3, "COMPLETED_WITH_ERRORS"),
    Status.KILLED: (4, "KILLED"),
    Status.FAILED_TO_START: (9, "FAILED_TO_START"),
    Status.WITH_WARNINGS: (14, "COMPLETED_WITH_WARNINGS"),
    Status.COMMITTED: (16, "COMMITTED"),
}
"""Words of V4's lastBackup.status; the number is the word's place in that enumeration, which is a guess."""
ENGINES = {MYSQL.application_id: "MYSQL", SQL_SERVER.application_id: "SQL_SERVER"}
NO_ERROR = {"errorCode": 0, "errorMessage": ""}


def database_instances(call: Call) -> Response:
    """Every instance of every engine; a client for PostgreSQL keeps those with applicationId 125."""
    rows = [_row(call, instance) for instance in call.world.estate.instances.values()]
    return json_response({"error": NO_ERROR, "dbInstance": rows})


def databases(call: Call) -> Response:
    """As database_instances, with a row for each backup set."""
    estate = call.world.estate
    rows = [
        {**row, "backupset": {"backupsetId": backupset.id, "backupsetName": backupset.name}}
        for instance in estate.instances.values()
        for row in [_row(call, instance)]
        for backupset in estate.backupsets_of(instance)
    ]
    return json_response({"error": NO_ERROR, "dbInstance": rows})


def _row(call: Call, instance: Instance) -> Json:
    finished, backup = _last_jobs(call, instance)
    missed = instance.sla_missed_reason
    row = {
        "version": instance.version,
        "status": "Not Ready" if instance.not_ready_reason else "Ready",
        "notReadyReason": instance.not_ready_reason,
        "sla": "Missed" if missed else "Met",
        "slaStatus": 2 if missed else 1,
        "slaCategoryDescription": missed,
        "backupSize": int(backup.size * 0.38) if backup else 0,
        "backupTime": int(backup.submitted) if backup else 0,
        "applicationSize": instance.size,
        "noDBs": len(instance.databases),
        "isCloudDB": False,
        "cloudVendorType": 0,
        "clientType": 0,
        "isSnapEnabled": 0,
        "flags": 0,
        "instance": instance_entity(instance),
        "plan": {**plan(instance.plan), "entityInfo": {}},
    }
    if finished is not None:
        row["lastBackupJobInfo"] = _job_info(call, finished)
    return row


def _job_info(call: Call, job: Job) -> Json:
    where = call.world.jobs.standing(job)
    return {
        "jobID": job.id,
        "status": LAST_BACKUP_STATUS[where.status][0],
        "commCellID": COMMCELL_ID,
        "failureReasonIds": "",
        "failureReasonMessageEnglish": "" if where.status is Status.COMPLETED else where.reason,
        "startTime": {"time": int(job.submitted)},
        "endTime": {"time": int(where.ended or 0)},
    }


def _last_jobs(call: Call, instance: Instance) -> tuple[Job | None, Job | None]:
    """The instance's last job that is over, and the last that left a backup."""
    jobs, subclients = call.world.jobs, call.world.estate.subclients_of_instance(instance)
    finished = jobs.last_finished(subclients)
    if finished is None or jobs.standing(finished).status in LEAVES_A_BACKUP:
        return finished, finished
    backups = [job for job in map(jobs.last_backup, subclients) if job]
    return finished, max(backups, key=lambda job: job.id, default=None)


def v4_instances(call: Call) -> Response:
    return json_response({"instances": [_v4_instance(call, i) for i in call.world.estate.instances.values()]})


def _v4_instance(call: Call, instance: Instance) -> Json:
    client, missed = instance.client, instance.sla_missed_reason
    finished, _ = _last_jobs(call, instance)
    last: Json = {"status": "NEVER_BACKED_UP"}
    if finished is not None:
        where = call.world.jobs.standing(finished)
        last = {
            "jobId": finished.id,
            "status": LAST_BACKUP_STATUS[where.status][1],
            "time": int(finished.submitted),
            "failureReason": "" if where.status is Status.COMPLETED else where.reason,
        }
    return {
        "id": instance.id,
        "name": instance.name,
        "server": client.name,
        "client": {"id": client.id, "name": client.name},
        "vendor": "NOT_APPLICABLE",
        "databaseEngine": ENGINES.get(instance.agent.application_id, "POSTGRESQL"),
        "status": "NOT_READY" if instance.not_ready_reason else "READY",
        "notReadyReason": instance.not_ready_reason,
        "lastBackup": last,
        "applicationSize": instance.size,
        "plan": {"id": instance.plan.id, "name": instance.plan.name},
        "SLA": {"status": "MISSED_SLA" if missed else "MET_SLA", "reasonList": [missed] if missed else []},
        "company": {"id": client.company.id, "name": client.company.name},
        "commcell": {"name": "simulated-commserve"},
    }


def v4_servers(call: Call) -> Response:
    clients = call.world.estate.clients.values()
    rows = [
        {
            "id": client.id,
            "name": client.name,
            "displayName": client.display_name,
            "hostName": client.host_name,
            "agents": [{"id": agent.application_id, "name": agent.app_name} for agent in client.agents],
            "company": {"id": client.company.id, "name": client.company.name},
        }
        for client in clients
    ]
    return json_response({"servers": rows, "totalServers": len(rows)})
