"""Paths, lists, filters and paging."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pgbackup_tui.simulator.messages import Request
from pgbackup_tui.simulator.routes import handle
from pgbackup_tui.simulator.world import World
from tests.simulator.asking import Asker, subclient_at

MAIN = "pg-pay-01/main"


def rows(answer: Any, key: str, entity: str, name: str) -> list[Any]:
    return [row[entity][name] for row in answer[key]]


@pytest.mark.parametrize(
    "base", ["/commandcenter/api", "/webconsole/api", "/SearchSvc/CVWebService.svc", "/COMMANDCENTER/API"]
)
@pytest.mark.parametrize("path", ["CommServ", "commserv", "/CommServ", "//COMMSERV/"])
def test_every_base_in_any_case_with_doubled_slashes_leads_to_the_same(ask: Asker, base: str, path: str) -> None:
    assert ask.get(path, base=base)["commcell"]["commCellId"] == 2


@pytest.mark.parametrize(
    "target", ["/", "/CommServ", "/commandcenter", "/commandcenter/apis/CommServ", "/webconsole/CommServ"]
)
def test_outside_the_bases_the_gateway_answers_404_in_html(world: World, target: str) -> None:
    answer = handle(world, Request("GET", target))
    assert (answer.status, answer.content_type[:9]) == (404, "text/html")


def test_an_unknown_path_is_the_gateways_404(ask: Asker) -> None:
    answer = ask.response("GET", "NoSuchThing")
    assert answer.status == 404
    assert b"<title>404" in answer.body


def test_a_known_path_with_another_method_is_405(ask: Asker) -> None:
    assert ask.response("DELETE", "CreateTask").status == 405


def test_a_post_without_a_body_is_accepted_as_xml(ask: Asker) -> None:
    assert ask.response("POST", "WhoAmI", headers={"content-type": "application/xml"}).status == 200


def test_one_client_is_found_by_id_and_by_name(ask: Asker) -> None:
    by_id, by_name = ask.get("Client/1001"), ask.get("client/byname(clientName='PG-PAY-01')")
    assert by_id == by_name
    assert by_id["clientProperties"][0]["client"]["osInfo"]["OsDisplayInfo"]["OSName"]


def test_the_display_name_of_a_client_is_not_its_name(ask: Asker) -> None:
    entity = ask.get("Client/1001")["clientProperties"][0]["client"]["clientEntity"]
    assert (entity["clientName"], entity["displayName"]) == ("pg-pay-01", "pg-pay-01 (payments)")


@pytest.mark.parametrize("path", ["Client/9", "Backupset/9", "Subclient/9"])
def test_an_unknown_id_is_a_200_with_an_error_object(ask: Asker, path: str) -> None:
    assert ask.get(path)["errorCode"] == 2


def test_an_unknown_instance_has_an_envelope_of_its_own(ask: Asker) -> None:
    assert ask.get("Instance/9")["errors"][0]["errorString"]


def test_the_lists_that_the_sdk_asks_for_besides_are_empty(ask: Asker) -> None:
    assert ask.get("Client?PseudoClientType=VSPseudo") == {"VSPseudoClientsList": []}
    assert ask.get("VSAClientAndClientGroupList") == {"clients": []}
    assert ask.get("Schedules?clientId=1001&apptypeId=125") == {"taskDetail": []}
    assert ask.get("Client?hiddenclients=true")["clientProperties"]


@pytest.mark.parametrize("path", ["Agent", "Instance", "Backupset", "Subclient?applicationId=125"])
def test_a_list_below_a_client_needs_the_client(ask: Asker, path: str) -> None:
    answer = ask.response("GET", path)
    assert answer.status == 400
    assert "clientId" in json.loads(answer.body)["errorMessage"]


def test_a_list_below_an_unknown_client_is_empty(ask: Asker) -> None:
    assert ask.get("Subclient?clientId=9")["subClientProperties"] == []


def test_agents_are_filtered_by_application(ask: Asker) -> None:
    sql = "Agent?clientId=" + str(ask.world.estate.client_named("sql-erp-01").id)  # type: ignore[union-attr]
    assert rows(ask.get(sql), "agentProperties", "idaEntity", "applicationId") == [33, 81]
    assert rows(ask.get(f"{sql}&applicationId=81"), "agentProperties", "idaEntity", "appName") == ["SQL Server"]


def test_subclients_are_filtered_by_instance_and_backup_set(ask: Asker, world: World) -> None:
    chosen = subclient_at(world, MAIN)
    everything = ask.get("Subclient?clientId=1001&applicationId=125&propertyLevel=20")
    assert everything["filterQueryCount"] == len(everything["subClientProperties"]) == 6
    path = f"Subclient?clientName=pg-pay-01&instanceId={chosen.instance.id}&backupsetId={chosen.backupset.id}"
    assert rows(ask.get(path), "subClientProperties", "subClientEntity", "subclientId") == [chosen.id]
    assert ask.get("Subclient?clientId=1001&applicationId=29")["subClientProperties"] == []


def test_the_detail_of_an_instance_has_what_the_sdk_needs(ask: Asker, world: World) -> None:
    number = subclient_at(world, MAIN).instance.id
    path = f"Instance/{number}?association/entity/clientId=1001&association/entity/applicationId=125"
    (row,) = ask.get(path)["instanceProperties"]
    assert row["postGreSQLInstance"]["port"] == "5432"
    assert row["instanceActivityControl"]


def test_a_parameter_that_is_no_number_is_refused(ask: Asker) -> None:
    assert ask.response("GET", "Subclient?clientId=abc").status == 400


def cached(ask: Asker, query: str) -> tuple[int, list[str]]:
    answer = ask.get(f"Client?{query}")
    names = [row["client"]["clientEntity"]["clientName"] for row in answer["clientProperties"]]
    return answer["filterQueryCount"], names


def test_the_cached_list_is_paged_and_counts_what_it_filtered(ask: Asker) -> None:
    count, names = cached(ask, "start=1&limit=2&fq=client.idaList.idaEntity.appName:contains:PostgreSQL")
    assert (count, names) == (12, ["pg-pay-02", "pg-orders-01"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("fq=clientProperties.client.clientEntity.clientName:eq:PGSQL_WIN", ["pgsql_win"]),
        ("fq=clientProperties.client.clientEntity.clientId:lt:1003", ["pg-pay-01", "pg-pay-02"]),
        ("fq=client.idaList.idaEntity.appName:in:MySQL,Virtual Server", ["mysql-web-01", "vcenter-01"]),
        ("fq=client.clientEntity.clientName:notContains:0", ["pgsql_win"]),
        ("search=client.clientEntity.clientName,client.clientEntity.hostName:contains:vcenter", ["vcenter-01"]),
    ],
)
def test_the_cached_list_is_filtered(ask: Asker, query: str, found: list[str]) -> None:
    assert cached(ask, query)[1] == found


def test_the_cached_list_is_sorted(ask: Asker) -> None:
    names = cached(ask, "sort=clientProperties.client.clientEntity.clientName:-1&limit=2")[1]
    assert names == ["win-files-01", "vcenter-01"]


@pytest.mark.parametrize("query", ["fq=clientName", "fq=clientName:like:x"])
def test_a_filter_that_is_not_understood_is_refused(ask: Asker, query: str) -> None:
    assert ask.response("GET", f"Client?{query}").status == 400


def test_ids_are_got_by_names_in_one_hop(ask: Asker, world: World) -> None:
    chosen = subclient_at(world, MAIN)
    found = ask.get(
        "GetId?clientname=pg-pay-01&agent=PostgreSQL&instanceName=main&backupset=FSBasedBackupSet&subclient=default"
    )
    assert found["subclientId"] == chosen.id
    assert found["instanceId"] == chosen.instance.id
    assert ask.get("getid?clientname=pg-pay-01") == {"clientId": 1001}


def test_a_name_that_is_unknown_gives_404_with_the_ids_before_it(ask: Asker) -> None:
    answer = ask.response("GET", "GetId?clientName=pg-pay-01&agent=PostgreSQL&instanceName=none")
    assert (answer.status, json.loads(answer.body)) == (404, {"clientId": 1001})
