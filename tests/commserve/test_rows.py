"""Rows of a listing, one by one: what is needed of each, and what is given up before the row is."""

from __future__ import annotations

import json

import msgspec
import pytest

from pgbackup_tui.commserve.errors import ProtocolError
from pgbackup_tui.commserve.rows import read_member, read_rows
from pgbackup_tui.commserve.wire import JobRow, SubclientRow

ENTITY = {
    "clientId": 1,
    "clientName": "c",
    "instanceId": 2,
    "instanceName": "i",
    "backupsetId": 3,
    "backupsetName": "b",
    "subclientId": 4,
    "subclientName": "s",
}


def fields(body: bytes) -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(body, type=dict[str, msgspec.Raw])


def listing(*rows: object) -> dict[str, msgspec.Raw]:
    return fields(json.dumps({"rows": rows}).encode())


def test_good_rows_around_a_damaged_one_are_kept() -> None:
    good = {"subClientEntity": ENTITY}
    read = read_rows(listing(good, {"subClientEntity": {}}, 5, None, good), "rows", SubclientRow)
    assert len(read.rows) == 2
    assert [row.position for row in read.damaged] == [2, 3, 4]


@pytest.mark.parametrize("member", ["clientId", "subclientName", "backupsetId"])
@pytest.mark.parametrize("value", [None, [], {}, 0, -1, 2**63])
def test_a_row_without_a_sound_id_or_name_is_damaged_and_named(member: str, value: object) -> None:
    if member == "subclientName" and isinstance(value, str):
        pytest.skip("a name may be any text")
    read = read_rows(
        listing({"subClientEntity": {**ENTITY, member: value, "applicationId": 125}}), "rows", SubclientRow
    )
    assert read.rows == ()
    assert read.damaged[0].application_id == 125
    assert "row 1 of rows" in str(read.damaged[0])


@pytest.mark.parametrize("value", [None, [], {}, "words", -5, 10**40, True])
@pytest.mark.parametrize("member", ["lastBackupTime", "enableBackup"])
def test_an_odd_member_that_nothing_needs_is_given_up_and_the_row_kept(member: str, value: object) -> None:
    row = {"subClientEntity": ENTITY, "commonProperties": {member: value, "another": value}}
    assert len(read_rows(listing(row), "rows", SubclientRow).rows) == 1


def test_numbers_that_come_as_text_are_taken() -> None:
    row = {"subClientEntity": {**ENTITY, "clientId": "1"}, "commonProperties": {"lastBackupTime": "1700000000"}}
    (read,) = read_rows(listing(row), "rows", SubclientRow).rows
    assert read.entity.client_id == 1
    assert read.common is not None
    assert read.common.last_backup_time == 1700000000


def test_text_that_is_not_utf8_damages_its_row_alone() -> None:
    good = json.dumps({"jobSummary": {"jobId": 1, "status": "Running"}}).encode()
    bad = b'{"jobSummary": {"jobId": 2, "status": "Ger\xe4t"}}'
    read = read_rows(fields(b'{"jobs": [' + bad + b", " + good + b"]}"), "jobs", JobRow)
    assert [row.job_summary.job_id for row in read.rows] == [1]
    assert [row.position for row in read.damaged] == [1]


@pytest.mark.parametrize(
    ("reported", "shown"), [("55.5", 55.5), (-3, 0), (1000, 100), ("nan", 0), ("inf", 0), (None, 0)]
)
def test_a_percentage_is_one_whatever_was_reported(reported: object, shown: float) -> None:
    row = {"jobSummary": {"jobId": 1, "status": "Running", "percentComplete": reported}}
    (read,) = read_rows(listing(row), "rows", JobRow).rows
    assert read.job_summary.percent_complete == shown


@pytest.mark.parametrize("body", [b"{}", b'{"rows": null}', b'{"rows": []}'])
def test_no_list_is_an_empty_one(body: bytes) -> None:
    assert read_rows(fields(body), "rows", JobRow).rows == ()


@pytest.mark.parametrize("body", [b'{"rows": 5}', b'{"rows": {}}', b'{"rows": "x"}'])
def test_something_else_than_a_list_is_said(body: bytes) -> None:
    with pytest.raises(ProtocolError, match="not a list"):
        read_rows(fields(body), "rows", JobRow)


def test_a_member_of_another_kind_is_none() -> None:
    assert read_member(fields(b'{"n": "x"}'), "n", int) is None
    assert read_member(fields(b'{"n": "12"}'), "n", int) == 12
    assert read_member(fields(b"{}"), "n", int) is None
