"""Rows 14 to 28 of the fault matrix: what an answer says of whether backups were started, and what it doesn't."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import replace

import pytest

from pgbackup_tui.backup.guard import UnsettledError
from pgbackup_tui.backup.journal.attempts import Standing
from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.backup.progress import progress
from pgbackup_tui.backup.verdict import Verdict
from tests.faults.rig import QUICK, TOKEN, Engineer, Rig, files_in
from tests.unit.test_text import DOCUMENTED_403

ACCEPTED, REJECTED, NOT_SENT, UNKNOWN = OutcomeKind


def answered(body: object, status: int = 200, **others: object) -> dict[str, object]:
    """An answer that stands in place of the CommServe's."""
    return {"status": status, "body": body, **others}


async def test_row_14_an_answer_that_trickles_ends_at_the_total_limit(rig: Rig) -> None:
    engineer = rig.engineer(limits=replace(QUICK, read=5.0, total=0.3))
    rig.spoil_task("trickle", interval=0.05)
    assert (await engineer.press(rig.task())).kind is UNKNOWN
    await engineer.look()
    assert engineer.known().standing is Standing.FOUND


@pytest.mark.parametrize(
    "body",
    ["", "<html>maintenance</html>", None, [], 5, {}, {"errorCode": 0}, {"taskId": 71945}],
    ids=["empty", "html", "null", "list", "number", "object", "no-error", "task-only"],
)
async def test_row_15_an_answer_without_a_job_is_unknown(rig: Rig, engineer: Engineer, body: object) -> None:
    rig.spoil_task(answered(body))
    assert (await engineer.press(rig.task())).kind is UNKNOWN
    assert engineer.known().job_ids == ()


@pytest.mark.parametrize(
    "ids", [["0"], [], [None], ["-5"], [2**63], [True], "7", ["9" * 5000], [1.5], [{}]], ids=repr
)
async def test_row_16_ids_that_are_none_are_unknown(rig: Rig, engineer: Engineer, ids: object) -> None:
    rig.spoil_task(answered({"taskId": 7, "jobIds": ids}))
    assert (await engineer.press(rig.task())).kind is UNKNOWN


REFUSALS = [
    ("400", 400, None),
    ("403", 403, 587203022),
    ("500", 500, 587207178),
    ("200-403", 200, 587203022),
    ("200-500", 200, 587207178),
    ("401", 401, 5),
]


@pytest.mark.parametrize(
    ("answer", "status", "code"), REFUSALS, ids=[f"row{'21' if a == '401' else '17'}-{a}" for a, *_ in REFUSALS]
)
async def test_the_commserves_own_refusal_is_rejected_and_never_sent_again_by_itself(
    rig: Rig, engineer: Engineer, answer: str, status: int, code: int | None
) -> None:
    rig.spoil_task(answer)
    outcome = await engineer.press(rig.task())
    assert (outcome.kind, outcome.http_status, outcome.code) == (REJECTED, status, code)
    assert engineer.known().standing is Standing.REJECTED
    assert len(rig.server.posted) == 1
    assert (await engineer.press(rig.task())).kind is ACCEPTED  # a person presses again
    assert len(rig.server.posted) == 2


async def test_row_22_the_403_is_kept_in_the_commserves_words_and_cleaned(rig: Rig, engineer: Engineer) -> None:
    words = DOCUMENTED_403 + "\x1b[2J\u202e"
    rig.spoil_task(answered({"errorMessage": words, "errorCode": 587203022}, 403))
    await engineer.press(rig.task())
    ending = engineer.known().ending
    assert ending is not None
    assert ending.message == DOCUMENTED_403 + "␛[2J\N{REPLACEMENT CHARACTER}"


async def test_row_18_ids_and_an_error_at_once_are_unknown_and_both_are_kept(rig: Rig, engineer: Engineer) -> None:
    rig.spoil_task("both")
    outcome = await engineer.press(rig.task())
    (job,) = rig.jobs_of(engineer.known().attempt_id)
    assert (outcome.kind, outcome.job_ids, bool(outcome.code)) == (UNKNOWN, (job.id,), True)
    await engineer.look()
    assert engineer.known().standing is Standing.FOUND


async def test_row_19_more_ids_than_subclients_are_an_alarm_and_all_are_kept(rig: Rig, engineer: Engineer) -> None:
    rig.spoil_task("extra-job")
    task = rig.task()
    outcome = await engineer.press(task)
    assert (outcome.kind, len(outcome.job_ids)) == (ACCEPTED, 2)
    assert engineer.known().job_ids == outcome.job_ids
    assert "2 jobs for 1 subclients" in progress(task, outcome.job_ids, {}).warnings()[0]


async def test_row_19_fewer_ids_than_subclients_are_no_go_and_the_rest_is_missing(
    rig: Rig, engineer: Engineer
) -> None:
    rig.spoil_task("fewer-jobs")
    task = rig.task(*rig.subclients[:2])
    outcome = await engineer.press(task)
    assert outcome.kind is ACCEPTED
    async with engineer.commserve() as commserve:
        seen = progress(task, outcome.job_ids, (await commserve.jobs.by_id(outcome.job_ids)).jobs)
    assert seen.verdict is Verdict.NO_GO
    engineer.journal.judge(engineer.known().attempt_id, seen)
    standings = [found.standing for found in engineer.known().associations]
    assert sorted(standings) == [Standing.ACCEPTED, Standing.MISSING]
    assert engineer.known().unsettled == ()


@pytest.mark.parametrize("carried_out", [True, False], ids=["job-made", "no-job"])
@pytest.mark.parametrize("answer", ["502", "503", "504", "html"])
async def test_row_20_a_gateways_page_says_nothing_of_the_job(
    rig: Rig, engineer: Engineer, answer: str, carried_out: bool
) -> None:
    rig.spoil_task(answer, carried_out=carried_out)
    assert (await engineer.press(rig.task())).kind is UNKNOWN
    await engineer.look()
    assert engineer.known().standing is (Standing.FOUND if carried_out else Standing.UNKNOWN)
    if not carried_out:
        with pytest.raises(UnsettledError):
            await engineer.press(rig.task())
    assert len(rig.server.posted) == 1


@pytest.mark.parametrize("after", ["5", "Tue, 24 Nov 2026 03:00:00 GMT", "soon", "1000000000"])
@pytest.mark.parametrize("status", [429, 503])
async def test_row_23_retry_after_never_repeats_the_post(
    rig: Rig, engineer: Engineer, status: int, after: str
) -> None:
    rig.spoil_task(answered("<html>later</html>", status, headers={"Retry-After": after}))
    assert (await engineer.press(rig.task())).kind is UNKNOWN
    assert len(rig.server.posted) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("elsewhere", [True, False], ids=["cross-origin", "same-origin"])
async def test_row_24_a_redirect_is_not_followed_and_the_token_stays(
    rig: Rig, engineer: Engineer, status: int, elsewhere: bool
) -> None:
    came: list[bytes] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    async with await asyncio.start_server(note, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        where = f"http://localhost:{port}/" if elsewhere else f"{rig.server.url}/Other"
        rig.spoil_task(f"redirect:{where}", status=status)
        assert (await engineer.press(rig.task())).kind is UNKNOWN
    assert came == []
    assert not [found for found in rig.server.received if found.path.endswith("/Other")]


@pytest.mark.parametrize("answer", ["bad-gzip", "gzip-bomb"])
async def test_row_26_an_answer_that_can_not_be_decompressed_is_unknown(
    rig: Rig, engineer: Engineer, answer: str
) -> None:
    rig.spoil_task(answer)
    assert (await engineer.press(rig.task())).kind is UNKNOWN


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig", "latin-1"])
async def test_row_26_another_charset_is_no_success_unless_it_is_read_whole(engineer: Engineer, codec: str) -> None:
    body = '{"taskId": 7, "jobIds": ["11"], "note": "größe"}'.encode(codec)
    assert (
        await kind_of(engineer, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)) is UNKNOWN
    )


async def kind_of(engineer: Engineer, answer: bytes) -> OutcomeKind:
    """What becomes of a task that is answered with exactly these bytes."""
    from tests.faults.test_sending import listening, press_towards

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with listening(say) as port:
        return await press_towards(engineer, f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "head",
    [b"X-Long: " + b"x" * 200_000 + b"\r\n", b"".join(b"X-%d: y\r\n" % number for number in range(50_000))],
    ids=["200-kB", "50000-headers"],
)
async def test_row_27_a_head_without_measure_is_unknown(engineer: Engineer, head: bytes) -> None:
    body = b'{"jobIds": ["11"]}'
    whole = b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body)
    assert await kind_of(engineer, whole) is UNKNOWN


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"jobIds": [1e400]}',
        b'{"jobIds": [NaN]}',
        b'{"jobIds": [' + b"9" * 10_000 + b"]}",
        b'{"jobIds": ["11"], "errorCode": 5, "errorCode": 5}',
        b"\xff\xfe",
        gzip.compress(b'{"jobIds": ["11"]}'),
    ],
    ids=["deep", "1e400", "nan", "10000-digits", "duplicate-keys", "no-utf8", "gzip-unasked"],
)
async def test_row_28_json_that_no_commserve_writes_is_unknown(engineer: Engineer, body: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    assert await kind_of(engineer, answer) is UNKNOWN


async def test_a_gateway_that_echoes_the_token_writes_it_into_no_file(rig: Rig, engineer: Engineer) -> None:
    rig.spoil_task(answered(f"<pre>Authtoken={TOKEN}</pre>", 502, content_type="text/html"))
    await engineer.press(rig.task())
    assert not [content for content in files_in(engineer.state) if TOKEN.encode() in content]
    ending = engineer.known().ending
    assert ending is not None
    assert "Authtoken=***" in ending.message
