"""Clients, agents, instances, backup sets and subclients, level by level."""

from __future__ import annotations

from pgbackup_tui.simulator.entities import BackupSet, Client, Instance, Subclient
from pgbackup_tui.simulator.errors import NOT_FOUND, error_object
from pgbackup_tui.simulator.messages import Json, Refusal, Response, json_response
from pgbackup_tui.simulator.routes.call import BAD_PARAMETER, Call
from pgbackup_tui.simulator.routes.query import select
from pgbackup_tui.simulator.shapes import (
    agent_row,
    backupset_row,
    cached_client_row,
    client_detail,
    client_row,
    instance_detail,
    instance_row,
    listing,
    subclient_detail,
    subclient_row,
)

DAY = 86_400
CACHE_PARAMETERS = ("fl", "fq", "start", "limit", "sort", "search")


def clients(call: Call) -> Response:
    """GET Client, in its plain form and in the one that is served from a cache (fl, fq, start, limit ...)."""
    if call.text("PseudoClientType"):
        return json_response({"VSPseudoClientsList": []})
    everyone = call.world.estate.clients.values()
    if any(call.text(name) for name in CACHE_PARAMETERS):
        count, page = select(call, [cached_client_row(client) for client in everyone])
        return json_response({"filterQueryCount": count, "clientProperties": page})
    return json_response(listing("clientProperties", [client_row(client) for client in everyone]))


def client(call: Call) -> Response:
    found = call.world.estate.clients.get(call.id())
    return _client(found)


def client_by_name(call: Call) -> Response:
    return _client(call.world.estate.client_named(call.params["name"]))


def _client(found: Client | None) -> Response:
    if found is None:
        return error_object(NOT_FOUND, "The client does not exist.")
    return json_response(listing("clientProperties", [client_detail(found)]))


def access_nodes(_: Call) -> Response:
    """GET VSAClientAndClientGroupList, which the SDK asks for on the way to the list of clients."""
    return json_response({"clients": []})


def agents(call: Call) -> Response:
    found, wanted = _client_asked_for(call), call.number("applicationId")
    rows = [
        agent_row(found, agent)
        for agent in (found.agents if found else ())
        if found and wanted in (None, agent.application_id)
    ]
    return json_response(listing("agentProperties", rows))


def _client_asked_for(call: Call) -> Client | None:
    """Of a list below a client; clientId or clientName is required there
    (https://documentation.commvault.com/11.38/expert/rest_api_get_instance.html)."""
    estate = call.world.estate
    if (number := call.number("clientId")) is not None:
        return estate.clients.get(number)
    if name := call.text("clientName"):
        return estate.client_named(name)
    raise Refusal(error_object(BAD_PARAMETER, "clientId or clientName is required.", 400))


def _instances(call: Call) -> list[Instance]:
    found = _client_asked_for(call)
    listed = call.world.estate.instances_of(found) if found else []
    application, app_name = call.number("applicationId"), call.text("appName")
    instance_id = call.number("instanceId")
    return [
        instance
        for instance in listed
        if application in (None, 0, instance.agent.application_id)
        and app_name.casefold() in ("", instance.agent.app_name.casefold())
        and instance_id in (None, 0, instance.id)
    ]


def instances(call: Call) -> Response:
    return json_response(listing("instanceProperties", [instance_row(i) for i in _instances(call)]))


def instance(call: Call) -> Response:
    """GET Instance/{id}; what the SDK adds in the query (association/entity/clientId) is not needed."""
    found = call.world.estate.instances.get(call.id())
    if found is None:
        return json_response({"errors": [{"errorString": "The instance does not exist."}]})
    return json_response(listing("instanceProperties", [instance_detail(found)]))


def _backupsets(call: Call) -> list[BackupSet]:
    estate = call.world.estate
    backupset_id = call.number("backupsetId")
    return [
        backupset
        for instance in _instances(call)
        for backupset in estate.backupsets_of(instance)
        if backupset_id in (None, 0, backupset.id)
    ]


def backupsets(call: Call) -> Response:
    return json_response(listing("backupsetProperties", [backupset_row(b) for b in _backupsets(call)]))


def backupset(call: Call) -> Response:
    found = call.world.estate.backupsets.get(call.id())
    if found is None:
        return error_object(NOT_FOUND, "The backup set does not exist.")
    return json_response(listing("backupsetProperties", [backupset_row(found)]))


def subclients(call: Call) -> Response:
    estate = call.world.estate
    rows = [
        subclient_row(subclient, *_backup_times(call, subclient))
        for backupset in _backupsets(call)
        for subclient in estate.subclients_of(backupset)
    ]
    return json_response({"filterQueryCount": len(rows), **listing("subClientProperties", rows)})


def subclient(call: Call) -> Response:
    found = call.world.estate.subclients.get(call.id())
    if found is None:
        return error_object(NOT_FOUND, "The subclient does not exist.")
    row = subclient_detail(found, *_backup_times(call, found))
    return json_response(listing("subClientProperties", [row]))


def _backup_times(call: Call, subclient: Subclient) -> tuple[int, int]:
    """Start of the last backup, 0 when there is none, and of the next one, at the same time of a coming day."""
    last = call.world.jobs.last_backup(subclient)
    if last is None:
        return 0, 0
    start = int(last.submitted)
    days = int(call.now - start) // DAY + 1
    return start, start + days * DAY


def schedules(_: Call) -> Response:
    """The SDK asks for the schedules of what it opens; none are needed (sdk:schedules.py)."""
    return json_response({"taskDetail": []})


def get_id(call: Call) -> Response:
    """Ids by names, in one request; 404 with the ids that were found before the first unknown name
    (https://github.com/Commvault/terraform-provider-commvault OracleHandler.go)."""
    estate = call.world.estate
    ids: dict[str, Json] = {}
    found = estate.client_named(call.text("clientName"))
    if found is None:
        return json_response(ids, 404)
    ids["clientId"] = found.id
    names = [call.text("instanceName", "instance"), call.text("backupset", "backupsetName")]
    if not any([call.text("agent"), *names, call.text("subclient", "subclientName")]):
        return json_response(ids)
    instance = estate.instance_named(found, call.text("agent", "appName"), names[0])
    if instance is None:
        return json_response(ids, 404)
    ids |= {"applicationId": instance.agent.application_id, "instanceId": instance.id}
    if not names[1]:
        return json_response(ids)
    backupset = estate.backupset_named(instance, names[1])
    if backupset is None:
        return json_response(ids, 404)
    ids["backupsetId"] = backupset.id
    name = call.text("subclient", "subclientName")
    if not name:
        return json_response(ids)
    subclient = estate.subclient_named(backupset, name)
    if subclient is None:
        return json_response(ids, 404)
    return json_response({**ids, "subclientId": subclient.id})
