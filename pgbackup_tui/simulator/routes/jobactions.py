"""Acting on jobs: pause, resume, kill, resubmit. What can't be done is said in errors[].errList, with HTTP 200
(sdk:job.py pause, resume, kill, resubmit)."""

from __future__ import annotations

from pgbackup_tui.simulator.errors import NOT_FOUND, action_refused, bad_request, logged
from pgbackup_tui.simulator.jobbook import Wish
from pgbackup_tui.simulator.jobs import Action, Job, Status
from pgbackup_tui.simulator.messages import Json, Refusal, Response, json_response
from pgbackup_tui.simulator.routes.call import Call
from pgbackup_tui.simulator.routes.tasks import start

ACTIONS = {"pause": Action.SUSPEND, "suspend": Action.SUSPEND, "resume": Action.RESUME, "kill": Action.KILL}
OPERATIONS = {0: Action.SUSPEND, 1: Action.RESUME, 2: Action.KILL}
"""operationType of MultiJobOperation; only 0 is known from a client, the others are guesses."""


def act(call: Call) -> Response:
    """POST Job/{id}/action/pause, resume or kill, with an empty body."""
    job = _job(call, call.id())
    problem = _problem(call, job, ACTIONS[call.params["action"].lower()])
    return action_refused(problem) if problem else json_response({"errorCode": 0})


def act_on_several(call: Call) -> Response:
    """POST Jobs/MultiJobOperation (https://github.com/Commvault/commvault-mcp-server job_tools.py)."""
    request = call.body().get("jobOpReq")
    if not isinstance(request, dict) or not isinstance(request.get("jobs"), list):
        raise Refusal(bad_request())
    operation, entries = request.get("operationType"), request["jobs"]
    numbers = [entry.get("jobId") for entry in entries if isinstance(entry, dict)]
    jobs = [_job(call, number) for number in numbers if isinstance(number, int)]
    action = OPERATIONS.get(operation) if isinstance(operation, int) else None
    if action is None or not jobs:
        raise Refusal(bad_request())
    problems: list[Json] = [logged(1, text) for job in jobs if (text := _problem(call, job, action))]
    return json_response({"errors": [{"errList": problems}]} if problems else {"errorCode": 0})


def _job(call: Call, job_id: int) -> Job:
    job = call.world.jobs.job(job_id)
    if job is None:
        raise Refusal(action_refused(f"Job [{job_id}] does not exist.", NOT_FOUND))
    return job


def _problem(call: Call, job: Job, action: Action) -> str:
    """Do it, or say why it can't be done."""
    book = call.world.jobs
    where = book.standing(job)
    if where.ended is not None:
        return f"Job [{job.id}] is not active: {where.status}."
    suspended = where.status is Status.SUSPENDED
    if action is Action.SUSPEND and suspended:
        return f"Job [{job.id}] is already suspended."
    if action is Action.RESUME and not suspended:
        # To resume a job that pends means to try again now, which it does by itself here.
        return "" if where.status is Status.PENDING else f"Job [{job.id}] is not suspended."
    book.act(job, action, call.now)
    return ""


def resubmit(call: Call) -> Response:
    """POST Job/{id}/action/Resubmit: a new job of the same subclient and level, whatever the old one came to."""
    job = _job(call, call.id())
    if call.world.jobs.standing(job).ended is None:
        return action_refused(f"Job [{job.id}] is still active.")
    suspended = call.text("startInSuspendedState").lower() == "true"
    wish = Wish(job.level, call.user, job.with_data, job.description, job.notify, suspended)
    return start(call, [job.subclient], wish)
