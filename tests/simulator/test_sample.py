"""The sample estate: what comes first, what comes last, and that it is the same every time."""

from __future__ import annotations

from typing import Any

import pytest

from pgbackup_tui.simulator.sample import MINIMUM_CLIENTS
from pgbackup_tui.simulator.world import World
from tests.simulator.asking import Asker, Clock

SPECIAL = [
    "pg-notready-01",
    "pg-sla-missed-01",
    "pgsql_win",
    "pg-nopolicy-01",
    "pg-fail-01",
    "pg-partial-01",
    "pg-waits-01",
    "pg-nojob-01",
]
LISTS = {
    "Client": lambda data: [row["client"]["clientEntity"]["clientName"] for row in data["clientProperties"]],
    "databases/instances": lambda data: [row["instance"]["clientName"] for row in data["dbInstance"]],
    "databases": lambda data: [row["instance"]["clientName"] for row in data["dbInstance"]],
    "V4/Instances": lambda data: [row["client"]["name"] for row in data["instances"]],
    "V4/Servers": lambda data: [row["name"] for row in data["servers"]],
}


def names(ask: Asker, path: str) -> list[str]:
    """The clients of a list in its order, each once."""
    return list(dict.fromkeys(LISTS[path](ask.get(path))))


@pytest.mark.parametrize("path", LISTS)
def test_payments_come_first_and_special_clients_last_in_every_list(ask: Asker, path: str) -> None:
    listed = names(ask, path)
    assert listed[:2] == ["pg-pay-01", "pg-pay-02"]
    assert listed[-len(SPECIAL) :] == SPECIAL


def test_the_payments_clients_have_three_fsbased_subclients(world: World) -> None:
    paths = [
        f"{s.client.name}/{s.instance.name}/{s.name}"
        for s in world.estate.subclients.values()
        if s.client.name in ("pg-pay-01", "pg-pay-02") and s.backupset.name == "FSBasedBackupSet"
    ]
    assert paths == ["pg-pay-01/main/default", "pg-pay-01/archive/default", "pg-pay-02/main/default"]


def test_every_postgresql_instance_has_both_backup_sets_with_a_default(world: World) -> None:
    estate = world.estate
    for instance in estate.instances.values():
        if instance.agent.app_name == "PostgreSQL":
            sets = estate.backupsets_of(instance)
            assert [backupset.name for backupset in sets] == ["FSBasedBackupSet", "DumpBasedBackupSet"]
            assert all(estate.subclients_of(backupset)[0].name == "default" for backupset in sets)


def test_ids_of_different_kinds_never_meet() -> None:
    estate = World.sample(clients=5_000).estate
    kinds: list[Any] = [estate.clients, estate.instances, estate.backupsets, estate.subclients]
    assert len(set().union(*kinds)) == sum(map(len, kinds))
    assert 1 not in estate.instances


def test_the_number_of_clients_is_that_of_the_postgresql_ones(ask: Asker) -> None:
    fq = "Client?start=0&limit=0&fq=client.idaList.idaEntity.appName:contains:PostgreSQL"
    assert ask.get(fq)["filterQueryCount"] == 12
    assert set(names(ask, "Client")) - set(names(ask, "databases/instances")) == {"win-files-01", "vcenter-01"}


def test_too_few_clients_are_refused_with_the_number_that_is_needed() -> None:
    assert len(World.sample(clients=MINIMUM_CLIENTS).estate.clients) == MINIMUM_CLIENTS + 4
    with pytest.raises(ValueError, match=f"at least {MINIMUM_CLIENTS} PostgreSQL clients"):
        World.sample(clients=MINIMUM_CLIENTS - 1)


def everything(ask: Asker) -> list[bytes]:
    ask.backup("pg-pay-01/main", "pg-pay-02/main", "pg-fail-01/main")
    paths = [*LISTS, "Job", "Jobs/active", "Subclient?clientId=1001", "Events?jobId=3587112"]
    return [ask.response("GET", path).body for path in paths]


def test_the_same_seed_and_clock_give_byte_for_byte_the_same_answers() -> None:
    one, other = (everything(Asker(World.sample(clients=40, seed=3, clock=Clock()))) for _ in range(2))
    assert one == other


def test_another_seed_gives_other_sizes_and_ages_but_the_same_names_and_ids() -> None:
    one, other = (Asker(World.sample(seed=seed, clock=Clock())) for seed in (1, 2))
    assert names(one, "Client") == names(other, "Client")
    assert list(one.world.estate.subclients) == list(other.world.estate.subclients)
    assert one.response("GET", "databases/instances") != other.response("GET", "databases/instances")


def test_a_large_estate_is_listed_in_the_same_order() -> None:
    listed = names(Asker(World.sample(clients=5_000)), "databases/instances")
    assert len(listed) == 5_000 + 2
    assert listed[:2] == ["pg-pay-01", "pg-pay-02"]
    assert listed[-len(SPECIAL) :] == SPECIAL
    assert not [name for name in listed[2:] if name.startswith("pg-pay")]


def test_the_readiness_and_the_sla_of_special_instances_are_told(ask: Asker) -> None:
    rows = {
        (r["instance"]["clientName"], r["instance"]["instanceName"]): r
        for r in ask.get("databases/instances")["dbInstance"]
    }
    assert rows["pg-notready-01", "main"]["status"] == "Not Ready"
    assert "refuses connections" in rows["pg-notready-01", "main"]["notReadyReason"]
    assert rows["pg-sla-missed-01", "main"]["sla"] == "Missed"
    assert rows["pg-sla-missed-01", "main"]["lastBackupJobInfo"]["status"] == 2
    assert "lastBackupJobInfo" not in rows["pg-sla-missed-01", "new"]
    assert rows["pg-pay-01", "main"]["status"] == "Ready"
    assert rows["pg-pay-01", "main"]["lastBackupJobInfo"]["status"] == 1


def test_a_subclient_that_never_was_backed_up_says_zero(ask: Asker) -> None:
    times = [
        row["commonProperties"]["lastBackupTime"]
        for row in ask.get("Subclient?clientName=pg-sla-missed-01")["subClientProperties"]
        if row["subClientEntity"]["instanceName"] == "new"
    ]
    assert times == [0, 0]
