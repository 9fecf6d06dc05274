"""``pgbackup-tui inventory``: what can be backed up, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.commands.conftest import Site

KEYS = [
    "path",
    "client_id",
    "client",
    "instance_id",
    "instance",
    "backupset_id",
    "backupset",
    "subclient_id",
    "subclient",
    "status",
    "last_backup",
]


def rows(finished: object) -> list[dict[str, object]]:
    assert isinstance(finished, list)
    return finished


def test_json_is_one_object_a_subclient_with_exactly_these_members(site: Site) -> None:
    done = site.run("inventory", "--json")
    assert done.status == 0
    listed = rows(done.json)
    assert {tuple(row) for row in listed} == {tuple(KEYS)}
    assert listed[0]["path"] == "pg-pay-01/main/FSBasedBackupSet/default"
    assert {row["status"] for row in listed} == {"Ready", "Not Ready"}
    assert {str(row["last_backup"])[-1] for row in listed if row["last_backup"]} == {"Z"}
    assert None in {row["last_backup"] for row in listed}


def test_special_clients_come_last_and_other_agents_not_at_all(site: Site) -> None:
    clients = list(dict.fromkeys(str(row["client"]) for row in rows(site.run("inventory", "--json").json)))
    assert clients[:2] == ["pg-pay-01", "pg-pay-02"]
    assert clients[-1] == "pg-nojob-01"
    assert len(clients) == 12


def test_patterns_narrow_what_is_listed_and_what_is_asked(site: Site) -> None:
    done = site.run("inventory", "pg-pay-*/main", "--json")
    assert {row["client"] for row in rows(done.json)} == {"pg-pay-01", "pg-pay-02"}
    asked = [request.path for request in site.server.received if "/Subclient?" in request.path]
    assert len(asked) == 2


def test_an_id_is_found_by_asking_for_it_and_its_client_alone(site: Site) -> None:
    done = site.run("inventory", "id:2000005", "--json")
    assert [row["subclient_id"] for row in rows(done.json)] == [2000005]
    assert len([request for request in site.server.received if "/Subclient" in request.path]) == 2


def test_the_table_is_aligned_and_names_its_columns(site: Site) -> None:
    lines = site.run("inventory", "pg-pay-*").out.splitlines()
    assert lines[0].split() == [
        "CLIENT",
        "INSTANCE",
        "BACKUP",
        "SET",
        "SUBCLIENT",
        "ID",
        "STATUS",
        "LAST",
        "BACKUP",
    ]
    column = lines[0].index("INSTANCE")
    assert {line[column - 1] for line in lines} == {" "}
    assert {line[column] for line in lines[1:]} <= {"m", "a"}


@pytest.mark.parametrize("pattern", ["no-such-client", "pg-pay-01/none", "id:7"])
def test_a_pattern_that_matches_nothing_ends_with_usage(site: Site, pattern: str) -> None:
    done = site.run("inventory", pattern, "--json")
    assert (done.status, done.out) == (2, "")
    assert pattern in done.err


def test_a_client_that_can_not_be_read_is_named_and_the_others_are_shown(site_with: Callable[..., Site]) -> None:
    site = site_with('[{"path": "Subclient", "after": 1, "times": 1, "answer": "403"}]')
    done = site.run("inventory", "--json")
    assert done.status == 5
    assert len({row["client"] for row in rows(done.json)}) == 11
    assert "can't be read" in done.err
    assert "[Data Protection/Management Operations]" in done.err


def test_a_damaged_row_is_named_and_loses_nothing_else(site_with: Callable[..., Site]) -> None:
    damaged = (
        '{"subClientProperties": [{"subClientEntity": {"clientId": "x"}}, {"subClientEntity": {"clientId": 1001,'
        ' "clientName": "pg-pay-01", "instanceId": 5, "instanceName": "main", "backupsetId": 6,'
        ' "backupsetName": "FSBasedBackupSet", "subclientId": 7, "subclientName": "kept"}}]}'
    )
    site = site_with('[{"path": "Subclient", "answer": {"status": 200, "body": ' + damaged + "}}]")
    done = site.run("inventory", "pg-pay-01", "--json")
    assert [row["subclient"] for row in rows(done.json)] == ["kept"]
    assert "row 1 of subClientProperties can't be read" in done.err
    assert done.status == 0


def test_names_with_control_characters_reach_the_terminal_as_marks_and_json_escaped(
    site_with: Callable[..., Site],
) -> None:
    entity = (
        '{"clientId": 1001, "clientName": "pg\\u001b[31m\\u202e", "instanceId": 5, "instanceName": "a/b",'
        ' "backupsetId": 6, "backupsetName": "FSBasedBackupSet", "subclientId": 7, "subclientName": "two\\nlines"}'
    )
    body = '{"subClientProperties": [{"subClientEntity": ' + entity + "}]}"
    site = site_with('[{"path": "Subclient", "answer": {"status": 200, "body": ' + body + "}}]")
    shown = site.run("inventory")
    assert "\x1b" not in shown.out + shown.err
    assert "pg␛[31m�" in shown.out
    assert "two⏎lines" in shown.out
    printed = site.run("inventory", "--json").out
    assert printed.isascii()
    assert "\\u001b[31m\\u202e" in printed
    assert "a%2Fb" in printed


def test_an_empty_estate_says_whose_rights_to_check(site_with: Callable[..., Site]) -> None:
    site = site_with('[{"path": "databases/instances", "answer": {"status": 200, "body": {"dbInstance": []}}}]')
    done = site.run("inventory", "--json")
    assert (done.status, done.json) == (0, [])
    assert "no PostgreSQL client to oncall" in done.err


@pytest.mark.parametrize(
    ("refused", "source"),
    [
        ([], "databases/instances"),
        (["databases/instances"], "V4/Instances"),
        (["databases/instances", "V4/*"], "Client?"),
    ],
)
def test_an_older_commserve_is_listed_another_way_with_the_same_result(
    site_with: Callable[..., Site], refused: list[str], source: str
) -> None:
    rules = ", ".join(f'{{"path": "{path}", "answer": {{"status": 404, "body": "no"}}}}' for path in refused)
    site = site_with(f"[{rules}]")
    listed = rows(site.run("inventory", "--json").json)
    assert len({row["client"] for row in listed}) == 12
    assert [request for request in site.server.received if source in request.path]


def test_a_commserve_that_filters_nothing_is_asked_client_by_client(site_with: Callable[..., Site]) -> None:
    site = site_with(
        '[{"path": "databases/instances", "answer": "500"}, {"path": "V4/*", "answer": "html"},'
        ' {"path": "Client", "times": 1, "answer": {"status": 200, "body": {}}}]'
    )
    listed = rows(site.run("inventory", "--json").json)
    assert len({row["client"] for row in listed}) == 12
