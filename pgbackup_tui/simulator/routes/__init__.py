"""Every route of the simulated CommServe, and the one way in: handle(world, request) -> response.

Paths are matched without regard to case, doubled slashes count as one, and three bases lead to the same routes:
https://documentation.commvault.com/2024e/software/available_web_services_for_rest_api.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from pgbackup_tui.simulator.errors import access_denied, page_not_found
from pgbackup_tui.simulator.messages import Refusal, Request, Response, html_response
from pgbackup_tui.simulator.routes import account, databases, inventory, jobactions, joblists, tasks
from pgbackup_tui.simulator.routes.call import Call, authtoken_of
from pgbackup_tui.simulator.world import World

BASES = ("/commandcenter/api", "/webconsole/api", "/searchsvc/cvwebservice.svc")

Handler = Callable[[Call], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """A method, the pattern of a path below the base, and who answers."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    needs_token: bool = True


def _route(method: str, template: str, handler: Handler, *, needs_token: bool = True) -> Route:
    """{id} stands for digits, {name} and {names} for what is in a byName(...)."""
    pattern = re.escape(template).replace(r"\{id\}", r"(?P<id>[0-9]{1,18})")
    pattern = pattern.replace(r"\{name\}", "(?P<name>[^']+)").replace(r"\{names\}", r"(?P<names>.+)")
    pattern = pattern.replace(r"\{action\}", "(?P<action>pause|suspend|resume|kill)")
    return Route(method, re.compile(f"{pattern}/?", re.IGNORECASE), handler, needs_token)


ROUTES = (
    _route("GET", "", account.front_page, needs_token=False),
    _route("POST", "Login", account.log_in, needs_token=False),
    _route("POST", "RenewLoginToken", account.renew, needs_token=False),
    _route("POST", "Logout", account.log_out),
    _route("POST", "WhoAmI", account.who_am_i),
    _route("GET", "WhoAmI", account.who_am_i),
    _route("GET", "CommServ", account.commserv),
    _route("GET", "Client", inventory.clients),
    _route("GET", "Client/{id}", inventory.client),
    _route("GET", "Client/byName(clientName='{name}')", inventory.client_by_name),
    _route("GET", "VSAClientAndClientGroupList", inventory.access_nodes),
    _route("GET", "Agent", inventory.agents),
    _route("GET", "Instance", inventory.instances),
    _route("GET", "Instance/{id}", inventory.instance),
    _route("GET", "Backupset", inventory.backupsets),
    _route("GET", "Backupset/{id}", inventory.backupset),
    _route("GET", "Subclient", inventory.subclients),
    _route("GET", "Subclient/{id}", inventory.subclient),
    _route("GET", "Schedules", inventory.schedules),
    _route("GET", "GetId", inventory.get_id),
    _route("GET", "databases", databases.databases),
    _route("GET", "databases/instances", databases.database_instances),
    _route("GET", "V4/Instances", databases.v4_instances),
    _route("GET", "V4/Servers", databases.v4_servers),
    _route("POST", "CreateTask", tasks.create_task),
    _route("POST", "Subclient/{id}/action/backup", tasks.backup_subclient),
    _route("POST", "Subclient/byName({names})/action/backup", tasks.backup_subclient_by_name),
    _route("GET", "Job", joblists.list_jobs),
    _route("GET", "Job/{id}", joblists.job),
    _route("GET", "Job/{id}/TaskDetails", joblists.job_task_details),
    _route("POST", "Jobs", joblists.search_jobs),
    _route("GET", "Jobs/active", joblists.active_jobs),
    _route("POST", "Jobs/aggregations/summary", joblists.count_jobs),
    _route("POST", "Jobs/MultiJobOperation", jobactions.act_on_several),
    _route("POST", "JobDetails", joblists.job_details),
    _route("GET", "Events", joblists.job_events),
    _route("GET", "Stream/Job/{id}/Logs", joblists.job_logs),
    _route("POST", "Job/{id}/action/{action}", jobactions.act),
    _route("POST", "Job/{id}/action/Resubmit", jobactions.resubmit),
)


def path_below_base(path: str) -> str | None:
    """The path below whichever base it is under, without slashes around it; None when it is under none."""
    clean = re.sub("/{2,}", "/", unquote(path))
    for base in BASES:
        if clean.lower() == base or clean.lower().startswith(f"{base}/"):
            return clean[len(base) :].strip("/")
    return None


def handle(world: World, request: Request) -> Response:
    """Answer one request. The world stands still meanwhile: its lock is held, and every job is at the same now."""
    path = path_below_base(request.path)
    if path is None:
        return page_not_found()
    matches = [(route, match) for route in ROUTES if (match := route.pattern.fullmatch(path))]
    if not matches:
        return page_not_found()
    for route, match in matches:
        if route.method == request.method:
            with world.lock:
                return _answer(world, request, route, match.groupdict())
    return html_response("405 - Method not allowed.", "The method is not allowed here.", 405)


def _answer(world: World, request: Request, route: Route, params: dict[str, str]) -> Response:
    now = world.advance()
    user = world.sessions.user_of(authtoken_of(request), now)
    if route.needs_token and user is None:
        return access_denied()
    try:
        return route.handler(Call(world, request, now, params, user))
    except Refusal as refusal:
        return refusal.response
