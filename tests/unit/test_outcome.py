"""What an answer to a CreateTask says of whether backups were started: never more than it really says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection
from pathlib import Path

import httpcore
import pytest

from pgbackup_tui.backup.attempt import new_attempt
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind, classify
from pgbackup_tui.backup.submit import Listener, Submission, submit
from pgbackup_tui.backup.task import BackupOptions, Level, compose
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commserve.answer import Answer
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import TransportError
from pgbackup_tui.commserve.jobs import JobsRead
from pgbackup_tui.commserve.wire import JobSummary, Listing
from tests.unit.estates import subclient
from tests.unit.test_text import DOCUMENTED_403

ACCEPTED, REJECTED, NOT_SENT, UNKNOWN = OutcomeKind


def classified(status: int, body: object, content_type: str = "application/json") -> Outcome:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return classify(Answer("POST CreateTask", status, content_type, content))


def test_the_documented_success_is_accepted_with_its_ids() -> None:
    outcome = classified(200, {"taskId": 71945, "jobIds": ["3587112"]})
    assert (outcome.kind, outcome.task_id, outcome.job_ids) == (ACCEPTED, 71945, (3587112,))
    assert outcome.http_status == 200


@pytest.mark.parametrize(
    ("given", "job_ids"),
    [([1], (1,)), ([0], ()), ([2**63 - 1], (2**63 - 1,)), (["1234567890123456789"], (1234567890123456789,))],
)
def test_a_job_id_is_any_positive_number_that_has_room(given: list[object], job_ids: tuple[int, ...]) -> None:
    assert classified(200, {"taskId": 1, "jobIds": given}).job_ids == job_ids


@pytest.mark.parametrize(
    ("status", "body", "code", "words"),
    [
        (400, "Request body is empty or format is invalid", None, "Request body is empty or format is invalid"),
        (401, {"errorMessage": "Access Denied", "errorCode": 5}, 5, "Access Denied"),
        (403, {"errorMessage": DOCUMENTED_403, "errorCode": 587203022}, 587203022, DOCUMENTED_403),
        (
            500,
            {
                "errorMessage": "Failed to start backups as no eligible subclients were found. ",
                "errorCode": 587207178,
            },
            587207178,
            "Failed to start backups as no eligible subclients were found. ",
        ),
        (200, {"errorMessage": DOCUMENTED_403, "errorCode": 587203022}, 587203022, DOCUMENTED_403),
        (429, {"errorMessage": "too many", "errorCode": 9}, 9, "too many"),
        (400, {"errorMessage": "bad", "errorCode": 2}, 2, "bad"),
    ],
)
def test_the_commserves_own_refusal_is_rejected_in_its_own_words(
    status: int, body: object, code: int | None, words: str
) -> None:
    outcome = classified(status, body)
    assert (outcome.kind, outcome.http_status, outcome.code, outcome.message) == (REJECTED, status, code, words)
    assert outcome.advice.startswith("Nothing was started. ")


@pytest.mark.parametrize(
    ("status", "what_to_do"),
    [
        (401, "Sign in again"),
        (403, "have the right granted"),
        (500, "have a plan"),
        (404, "Correct what the CommServe"),
    ],
)
def test_each_refusal_says_what_to_do_about_it(status: int, what_to_do: str) -> None:
    assert what_to_do in classified(status, {"errorMessage": "no", "errorCode": 7}).advice


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html><title>Sign in</title></html>"),
        (200, None),
        (200, []),
        (200, "x"),
        (200, {}),
        (200, {"taskId": 71945}),
        (200, {"taskId": 71945, "jobIds": []}),
        (200, {"jobIds": ["0"]}),
        (200, {"jobIds": [None]}),
        (200, {"jobIds": ["-5"]}),
        (200, {"jobIds": [2**63]}),
        (200, {"jobIds": ["9" * 5000]}),
        (200, {"jobIds": [True]}),
        (200, {"jobIds": "3587112"}),
        (200, {"jobIds": ["1"], "errorCode": 5, "errorMessage": "both"}),
        (200, b'{"taskId": 71945, "jobIds": ["3587112"'),
        (200, b"[" * 100_000),
        (201, {"taskId": 71945, "jobIds": ["3587112"]}),
        (302, b""),
        (307, {"errorMessage": "moved", "errorCode": 1}),
        (400, b"<html>Bad Request</html>"),
        (401, b"<html>401</html>"),
        (403, b"forbidden by proxy"),
        (408, {"errorMessage": "late", "errorCode": 1}),
        (500, b"<html>500</html>"),
        (500, "a string"),
        (502, b"<html>Bad Gateway</html>"),
        (502, {"errorMessage": "upstream", "errorCode": 1}),
        (500, {"error": "Internal Server Error"}),
        (403, {"errorMessage": "a gateway's own words"}),
        (503, {"errorMessage": "busy", "errorCode": 1}),
        (504, b""),
    ],
)
def test_everything_else_is_unknown_and_says_to_look_first(status: int, body: object) -> None:
    outcome = classified(status, body)
    assert outcome.kind is UNKNOWN
    assert outcome.http_status == status
    assert outcome.message
    assert "before asking again" in outcome.advice


@pytest.mark.parametrize("status", [300, 302, 399])
def test_a_redirect_says_whither_and_nothing_of_what_was_started(status: int) -> None:
    there = classify(Answer("POST CreateTask", status, "text/html", b"", location="https://other.example.com/"))
    assert there.message == "The request was redirected to https://other.example.com/; redirects are not followed."
    nowhere = classified(status, b"")
    assert "redirected to an address that it does not name;" in nowhere.message
    assert (there.kind, nowhere.kind) == (UNKNOWN, UNKNOWN)


def test_an_answer_that_names_no_job_says_so() -> None:
    assert classified(200, {"taskId": 71945}).message == "The answer names no job."
    assert "redirect" not in classified(400, b"<html>Bad Request</html>").message


def test_ids_beside_an_error_are_kept_for_looking() -> None:
    outcome = classified(200, {"taskId": 7, "jobIds": ["11"], "errorCode": 5, "errorMessage": "both"})
    assert (outcome.task_id, outcome.job_ids, outcome.code) == (7, (11,), 5)


def test_the_same_id_twice_is_one_job() -> None:
    assert classified(200, {"jobIds": ["11", 11, "12"]}).job_ids == (11, 12)


TASK = compose([subclient()], BackupOptions(Level.FULL), max_subclients=1)


class NoJobs:
    """A CommServe on which nothing runs."""

    async def listing(self, *, look_back: int = 0, active_only: bool = False) -> Listing[JobSummary]:
        return Listing(())

    async def by_id(self, job_ids: Collection[int], *, look_back: int = 0) -> JobsRead:
        return JobsRead()

    async def resubmit(self, job_id: int, delivery: Delivery) -> Answer:
        raise AssertionError("nothing is resubmitted here")


class Door:
    """A CommServe that lets the request come as far as it is told."""

    jobs = NoJobs()
    patience = 120.0

    def server_time(self) -> float | None:
        return None

    def __init__(self, *events: str, ending: BaseException) -> None:
        self.events, self.ending, self.bodies = events, ending, 0

    async def create_task(self, body: bytes, delivery: Delivery) -> Answer:
        self.bodies += 1
        delivery.begin()
        for event in self.events:
            method = b"CONNECT" if event.startswith("proxy:") else b"POST"
            request = httpcore.Request(method, "https://cs.example.com/")
            await delivery(event.removeprefix("proxy:"), {"request": request, "exception": self.ending})
        raise self.ending


def asked(state: Path, recorded: list[Outcome]) -> Submission:
    """The decision to start TASK, with a journal in ``state``."""
    where = Where("https://cs.example.com", "oncall")
    return Submission(TASK, new_attempt(), where, Journal(state), listener=Listener(concluded=recorded.append))


CONNECTED = "connection.connect_tcp.complete"
HEADERS = "http11.send_request_headers.started"


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        (["connection.connect_tcp.started", "connection.connect_tcp.failed"], NOT_SENT),
        ([CONNECTED, "connection.start_tls.failed"], NOT_SENT),
        ([CONNECTED, f"proxy:{HEADERS}", "proxy:http11.send_request_headers.complete"], NOT_SENT),
        ([CONNECTED, HEADERS], UNKNOWN),
        ([CONNECTED, HEADERS, "http11.send_request_headers.failed"], UNKNOWN),
        ([CONNECTED, HEADERS, "http11.send_request_headers.complete", "http11.send_request_body.failed"], UNKNOWN),
        ([CONNECTED, f"proxy:{HEADERS}", "http11.receive_response_headers.complete", HEADERS], UNKNOWN),
        ([], UNKNOWN),
    ],
)
async def test_without_an_answer_the_transports_events_decide_not_the_exception(
    events: list[str], kind: OutcomeKind, tmp_path: Path
) -> None:
    recorded: list[Outcome] = []
    door = Door(*events, ending=TransportError("cut", "look"))
    outcome = await submit(door, asked(tmp_path, recorded))
    assert outcome.kind is kind
    assert recorded == [outcome]
    assert door.bodies == 1


async def test_headers_that_the_library_refused_to_write_were_never_sent() -> None:
    delivery = Delivery()
    delivery.begin()
    await delivery(HEADERS, {"request": httpcore.Request(b"POST", "https://cs.example.com/")})
    refusal = httpcore.LocalProtocolError("Illegal header value")
    await delivery("http11.send_request_headers.failed", {"exception": refusal})
    assert delivery.never_sent


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit(143), RuntimeError("fault")])
def test_being_stopped_in_flight_is_recorded_as_unknown_and_goes_on(stop: BaseException, tmp_path: Path) -> None:
    recorded: list[Outcome] = []
    with pytest.raises(type(stop)):
        asyncio.run(submit(Door(CONNECTED, HEADERS, ending=stop), asked(tmp_path, recorded)))
    assert [outcome.kind for outcome in recorded] == [UNKNOWN]
