"""The official Python SDK, unmodified, does everything that it can do for PostgreSQL on the simulated CommServe."""

from __future__ import annotations

import time
from typing import Any

import pytest
from cvpysdk.commcell import Commcell
from cvpysdk.exception import SDKException
from cvpysdk.job import Job

from tests.simulator.conftest import Address

FIRST, SECOND = "pg-pay-01", "pg-pay-02"


class BriskTime:
    """The time module with short sleeps: the SDK polls a job every 30 s."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    @staticmethod
    def sleep(_: float) -> None:
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _brisk_polling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cvpysdk.job.time", BriskTime())


@pytest.fixture(scope="module")
def commcell(commserve_address: Address) -> Any:
    """Signed in by user and password."""
    return by_password(commserve_address)


def by_password(address: Address, password: str | None = None) -> Any:
    return Commcell(
        web_service_url=f"{address.url}/",
        webconsole_hostname=None,
        commcell_username=address.user,
        commcell_password=password or address.password,
    )


def by_token(address: Address, token: str) -> Any:
    return Commcell(web_service_url=f"{address.url}/", webconsole_hostname=None, authtoken=token)


def subclient(commcell: Any, path: str) -> Any:
    """Down the tree, one level after the other, as a script with the SDK has to."""
    client, instance, backupset, name = path.split("/")
    agent = commcell.clients.get(client).agents.get("PostgreSQL")
    return agent.instances.get(instance).backupsets.get(backupset).subclients.get(name)


def finished(started: Any) -> Any:
    """The job, once it is over."""
    started.wait_for_completion()
    assert started.is_finished
    return started


def test_a_wrong_password_is_refused(commserve_address: Address) -> None:
    with pytest.raises(SDKException, match="not correct"):
        by_password(commserve_address, "wrong")


def test_a_wrong_token_is_refused(commserve_address: Address) -> None:
    with pytest.raises(SDKException):
        by_token(commserve_address, "QSDK wrong")


def test_an_api_token_signs_in_and_backs_up(commserve_address: Address) -> None:
    signed_in = by_token(commserve_address, commserve_address.token)
    job = subclient(signed_in, f"{SECOND}/main/FSBasedBackupSet/default").backup("FULL")
    assert finished(job).status == "Completed"


def test_who_logs_out_is_out(commserve_address: Address) -> None:
    signed_in = by_password(commserve_address)
    login_token = signed_in.auth_token
    by_token(commserve_address, login_token)
    assert signed_in.logout() == "User logged out"
    with pytest.raises(SDKException):
        by_token(commserve_address, login_token)


def test_the_commserve_says_its_name_and_version(commcell: Any) -> None:
    assert commcell.commserv_name == "simulated-commserve"
    assert commcell.version == "11.40.2"


def test_clients_are_listed_and_the_tree_is_walked(commcell: Any) -> None:
    assert {FIRST, SECOND, "pgsql_win", "sql-erp-01"} <= set(commcell.clients.all_clients)
    client = commcell.clients.get(FIRST)
    assert client.agents.has_agent("PostgreSQL")
    instances = client.agents.get("PostgreSQL").instances
    assert set(instances.all_instances) == {"main", "archive"}
    instance = instances.get("main")
    assert instance.postgres_server_port_number == "5432"
    assert set(instance.backupsets.all_backupsets) == {"fsbasedbackupset", "dumpbasedbackupset"}
    dumps = instance.backupsets.get("DumpBasedBackupSet")
    assert set(dumps.subclients.all_subclients) == {"default", "payments", "refunds"}
    assert dumps.subclients.get("payments").content == ["payments"]


def test_the_cached_list_of_clients_is_filtered(commcell: Any) -> None:
    found = commcell.clients.get_clients_cache(
        fl=["clientId", "idaList"], fq=[["idaList", "contains", "PostgreSQL"]], limit=["0", "5"]
    )
    assert list(found)[:2] == [FIRST, SECOND]
    assert len(found) == 5
    assert commcell.clients.filter_query_count == 12


def test_a_full_backup_runs_to_completion(commcell: Any) -> None:
    job = subclient(commcell, f"{FIRST}/main/FSBasedBackupSet/default").backup("FULL")
    assert (job.client_name, job.instance_name) == (FIRST, "main")
    assert (job.backupset_name, job.subclient_name) == ("FSBasedBackupSet", "default")
    assert (job.job_type, job.backup_level) == ("Backup", "Full")
    assert job.wait_for_completion()
    assert job.status == "Completed"


@pytest.mark.parametrize("instance", [f"{FIRST}/archive", f"{SECOND}/main"])
def test_an_incremental_with_data_runs_on_any_fsbased_backup_set(commcell: Any, instance: str) -> None:
    job = subclient(commcell, f"{instance}/FSBasedBackupSet/default").backup("INCREMENTAL", inc_with_data=True)
    assert job.backup_level == "Incremental"
    assert finished(job).status == "Completed"


def test_every_level_is_accepted_for_an_fsbased_backup_set(commcell: Any) -> None:
    chosen = subclient(commcell, "pg-orders-01/main/FSBasedBackupSet/default")
    levels = {}
    for level in ("full", "incremental", "differential", "synthetic_full"):
        job = chosen.backup(level)
        levels[level] = job.backup_level
        job.kill()
    assert levels == {
        "full": "Full",
        "incremental": "Incremental",
        "differential": "Differential",
        "synthetic_full": "Synthetic Full",
    }


def test_a_dump_takes_full_only(commcell: Any) -> None:
    chosen = subclient(commcell, f"{SECOND}/main/DumpBasedBackupSet/default")
    with pytest.raises(SDKException, match="no eligible subclients were found"):
        chosen.backup("INCREMENTAL")
    assert finished(chosen.backup("FULL")).status == "Completed"


def test_a_job_is_paused_and_resumed(commcell: Any) -> None:
    job = subclient(commcell, f"{FIRST}/main/FSBasedBackupSet/default").backup("FULL")
    job.pause(wait_for_job_to_pause=True)
    assert job.status == "Suspended"
    job.resume(wait_for_job_to_resume=True)
    assert finished(job).status == "Completed"


def test_a_job_is_killed_and_a_finished_one_can_not_be(commcell: Any) -> None:
    job = subclient(commcell, f"{FIRST}/main/FSBasedBackupSet/default").backup("FULL")
    job.kill(wait_for_job_to_kill=True)
    assert job.status == "Killed"
    with pytest.raises(SDKException, match="Job kill failed"):
        job.kill()


@pytest.mark.parametrize(
    ("path", "ending"),
    [
        (f"{SECOND}/main/FSBasedBackupSet/default", "Completed"),
        ("pg-fail-01/main/FSBasedBackupSet/default", "Failed"),
        ("pg-notready-01/main/FSBasedBackupSet/default", "Failed to Start"),
        ("pg-partial-01/errors/FSBasedBackupSet/default", "Completed w/ one or more errors"),
    ],
)
def test_a_job_is_resubmitted_whatever_it_came_to(commcell: Any, path: str, ending: str) -> None:
    job = finished(subclient(commcell, path).backup("FULL"))
    assert job.status == ending
    again = job.resubmit()
    assert int(again.job_id) > int(job.job_id)
    assert (again.client_name, again.backup_level) == (job.client_name, job.backup_level)
    again.kill()


def test_a_killed_job_is_resubmitted_suspended(commcell: Any) -> None:
    job = subclient(commcell, f"{SECOND}/main/FSBasedBackupSet/default").backup("FULL")
    with pytest.raises(SDKException, match="still running"):
        job.resubmit()
    job.kill()
    again = job.resubmit(start_suspended=True)
    assert again.status == "Suspended"
    again.resume()
    assert finished(again).status == "Completed"


def test_the_events_and_the_task_of_a_job_are_read(commcell: Any) -> None:
    job = finished(subclient(commcell, "pg-fail-01/main/FSBasedBackupSet/default").backup("FULL"))
    events = job.get_events()
    assert events[0]["description"].endswith("started.")
    assert "Failed" in events[-1]["description"]
    assert events[-1]["clientEntity"]["clientName"] == "pg-fail-01"
    assert "archive directory" in job.pending_reason
    assert job.task_details["associations"][0]["subclientName"] == "default"


def test_active_and_finished_jobs_are_listed(commcell: Any) -> None:
    chosen = subclient(commcell, f"{FIRST}/archive/FSBasedBackupSet/default")
    over = finished(chosen.backup("FULL"))
    running = chosen.backup("FULL")
    running.pause()
    controller = commcell.job_controller
    active = controller.active_jobs(client_name=FIRST)
    assert active[int(running.job_id)]["status"] == "Suspended"
    assert int(over.job_id) not in active
    assert controller.finished_jobs(client_name=FIRST)[int(over.job_id)]["status"] == "Completed"
    cached = controller.get_active_jobs_cache(fq=[["clientName", "eq", FIRST]], sort=["jobId", "-1"])
    assert running.job_id in cached
    assert controller.get_active_job_summary()["suspendedJobs"] >= 1
    running.kill()


def test_a_job_that_is_unknown_is_said_to_be_so(commcell: Any) -> None:
    with pytest.raises(SDKException, match="No job exists"):
        Job(commcell, 99)
