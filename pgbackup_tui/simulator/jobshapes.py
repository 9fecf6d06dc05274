"""Jobs as the API writes them: summaries, details, task details, events.

Field names: sdk:job.py, https://documentation.commvault.com/v11/software/rest_api_get_job_details.html and
https://api-next.commvault.com/docs/SP38/api/cv/JobOperations/get-job-details
"""

from __future__ import annotations

from pgbackup_tui.simulator import shapes
from pgbackup_tui.simulator.entities import Named
from pgbackup_tui.simulator.jobs import Job, Standing, Status
from pgbackup_tui.simulator.messages import Json

BACKUP_OPERATION = 4
"""opType; a guess."""
INFORMATION, MINOR, MAJOR = 3, 6, 9
"""Severities of events; a guess, as are the event codes below but for 19:1781."""
COLOURS = {Status.COMPLETED: "green", Status.FAILED: "red", Status.FAILED_TO_START: "red", Status.KILLED: "red"}


def percent(where: Standing) -> int:
    return int(where.done * 100)


def user(of: Named) -> Json:
    return {"userName": of.name, "userId": of.id}


def summary(job: Job, where: Standing, now: float) -> Json:
    """One jobSummary. The description is not in it: that a listing returns one is not known of a CommServe."""
    subclient = job.subclient
    client = {"clientId": subclient.client.id, "clientName": subclient.client.name}
    size = int(job.size * where.done)
    policy = subclient.storage_policy
    row = {
        "jobId": job.id,
        "status": where.status,
        "localizedStatus": where.status,
        "statusColor": COLOURS.get(where.status, "black"),
        "jobType": "Backup",
        "opType": BACKUP_OPERATION,
        "localizedOperationName": "Backup",
        "appTypeName": subclient.agent.app_name,
        "backupLevel": job.level.code,
        "backupLevelName": job.level.label,
        "localizedBackupLevelName": job.level.label,
        "percentComplete": percent(where),
        "currentPhaseName": where.phase,
        "pendingReason": where.reason,
        "isVisible": True,
        "isAged": False,
        "jobStartTime": int(job.submitted),
        "jobElapsedTime": int((where.ended or now) - job.submitted),
        "lastUpdateTime": int(where.ended or now),
        "sizeOfApplication": size,
        "sizeOfMediaOnDisk": int(size * 0.38),
        "percentSavings": 62.0 if size else 0.0,
        "totalNumOfFiles": size // 8_000_000,
        "totalFailedFiles": job.script.failed_files if where.ended else 0,
        "totalFailedFolders": 0,
        "jobSubmitErrorCode": 0,
        "subclient": shapes.subclient_entity(subclient),
        "subclientName": subclient.name,
        "backupSetName": subclient.backupset.name,
        "destClientName": subclient.client.name,
        "destinationClient": client,
        "userName": user(job.user),
        "storagePolicy": {"storagePolicyName": policy.name} if policy else {},
    }
    if where.ended is not None:
        row["jobEndTime"] = int(where.ended)
    return row


def page(jobs: list[Json], total: int) -> Json:
    return {"totalRecordsWithoutPaging": total, "jobs": [{"jobSummary": job} for job in jobs]}


def details(job: Job, where: Standing, now: float) -> Json:
    """The reply to JobDetails; that some numbers are strings is the API's own way."""
    size = int(job.size * where.done)
    seconds = max(1, int((where.ended or now) - job.submitted))
    general = {
        "jobId": job.id,
        "backupType": job.level.label,
        "operationType": "Backup",
        "jobStartedFrom": "Scheduled" if job.scheduled else "Interactive",
        "jobStartedBy": job.user.name,
        "startTime": int(job.submitted),
        "jobDescription": job.description,
        "totalNumOfFiles": size // 8_000_000,
        "subclient": shapes.subclient_entity(job.subclient),
        "destinationClient": {"clientId": job.subclient.client.id, "clientName": job.subclient.client.name},
    }
    detail = {
        "sizeOfApplication": str(size),
        "unCompressedBytes": size,
        "compressedBytes": int(size * 0.38),
        "sizeOfMediaOnDisk": int(size * 0.38),
        "dataWritten": str(int(size * 0.38)),
        "transferTime": str(seconds),
        "throughPut": f"{size / seconds * 3600 / 1_000_000_000:.2f}",
        "savingsPercent": "62.00",
        "numOfObjects": size // 8_000_000,
        "skippedItems": job.script.failed_files if where.ended else 0,
        "startTime": int(job.submitted),
        "endTime": int(where.ended or 0),
    }
    progress = {
        "state": where.status,
        "reasonForJobDelay": where.reason,
        "numOfFilesTransferred": size // 8_000_000,
        "percentComplete": percent(where),
    }
    phases = [{"phaseName": name} for _, name in where.phases]
    info = {"detailInfo": detail, "generalInfo": general, "progressInfo": progress, "attemptsInfo": phases}
    return {"job": {"jobDetail": info}}


def task_details(job: Job) -> Json:
    """What the task asked for (GET Job/{id}/TaskDetails, sdk:job.py task_details)."""
    options = {
        "backupOpts": {"backupLevel": job.level.code, "incrementalDataWithLogs": job.with_data},
        "commonOpts": {"jobDescription": job.description, "notifyUserOnJobCompletion": job.notify},
    }
    return {
        "taskInfo": {
            "task": {"taskId": job.task_id, "taskType": 2 if job.scheduled else 1, "ownerName": job.user.name},
            "associations": [shapes.subclient_entity(job.subclient)],
            "subTasks": [{"subTask": {"subTaskType": 2, "operationType": 2}, "options": options}],
        }
    }


def events(job: Job, where: Standing, begun: float) -> Json:
    """The job's events, oldest first."""
    rows = [
        _event(job, 0, INFORMATION, "19:1780", f"{job.level.label} backup job [{job.id}] started.", job.submitted)
    ]
    for seconds, phase in where.phases:
        number = len(rows)
        text = f"Phase [{phase}] of job [{job.id}] started."
        rows.append(_event(job, number, INFORMATION, "19:1782", text, begun + seconds))
    if where.ended is not None:
        severity, code = _ending(where.status)
        text = " ".join(filter(None, [f"Job [{job.id}] ended: {where.status}.", where.reason]))
        rows.append(_event(job, len(rows), severity, code, text, where.ended))
    elif where.reason:
        rows.append(_event(job, len(rows), MINOR, "19:1783", where.reason, begun))
    return {"commservEvents": rows}


def _ending(status: Status) -> tuple[int, str]:
    if status is Status.COMPLETED:
        return INFORMATION, "19:1781"
    if status in (Status.FAILED, Status.FAILED_TO_START, Status.KILLED):
        return MAJOR, "19:1785"
    return MINOR, "19:1784"


def _event(job: Job, number: int, severity: int, code: str, text: str, at: float) -> Json:
    client = job.subclient.client
    return {
        "id": job.id * 10 + number,
        "severity": severity,
        "eventCode": str(0x13000000 + int(code.partition(":")[2])),
        "eventCodeString": code,
        "jobId": job.id,
        "subsystem": "JobManager",
        "description": text,
        "timeSource": int(at),
        "clientEntity": {"clientId": client.id, "clientName": client.name, "displayName": client.display_name},
    }
