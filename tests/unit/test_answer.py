"""Every envelope that a CommServe puts an error into, and answers that are none of a CommServe's."""

from __future__ import annotations

import json

import pytest

from pgbackup_tui.commserve.answer import Answer, ServerError, find_server_error
from pgbackup_tui.commserve.errors import ApiError, AuthError, ProtocolError


def answer(status: int, body: object, content_type: str = "application/json", location: str = "") -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer("GET Client", status, content_type, content, location=location)


ENVELOPES = [
    ({"errorCode": 5, "errorMessage": "Access Denied"}, 5, "Access Denied"),
    ({"error": {"errorCode": 7, "errorMessage": "no such"}}, 7, "no such"),
    ({"error": {"errList": [{"errorCode": 2, "errLogMessage": "not found"}]}}, 2, "not found"),
    ({"errors": [{"errList": [{"errorCode": 3, "errLogMessage": "finished"}]}]}, 3, "finished"),
    ({"errList": [{"errorCode": 1116, "errLogMessage": "wrong password"}]}, 1116, "wrong password"),
    ({"response": [{"errorCode": 4, "errorString": "in use", "entity": {}}]}, 4, "in use"),
    ({"response": {"errorCode": 4, "errorString": "in use"}}, 4, "in use"),
    ({"errors": [{"errorString": "no instance"}]}, None, "no instance"),
    ({"errorCode": "587203022", "errorMessage": "as text"}, 587203022, "as text"),
    ({"errorCode": None, "errorMessage": "null"}, None, "null"),
    ({"errorCode": "0x5", "errorMessage": "odd"}, None, "odd"),
    ({"error": "words alone"}, None, "words alone"),
]


@pytest.mark.parametrize(("body", "code", "words"), ENVELOPES)
@pytest.mark.parametrize("status", [200, 403, 500])
def test_an_error_is_found_in_each_envelope_with_any_status(
    body: object, code: int | None, words: str, status: int
) -> None:
    with pytest.raises(ApiError) as refused:
        answer(status, body).fields()
    assert (refused.value.status, refused.value.code, refused.value.message) == (status, code, words)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"errorCode": 0, "errorMessage": "Success"},
        {"error": {"errorCode": 0, "errorMessage": ""}, "dbInstance": []},
        {"errList": []},
        {"response": [{"errorCode": 0, "errorString": ""}]},
        {"processinginstructioninfo": {"attributes": [{"name": "exitval", "value": "0"}]}},
    ],
)
def test_an_error_code_of_zero_or_none_is_a_success(body: dict[str, object]) -> None:
    assert set(answer(200, body).fields()) == set(body)


def test_status_401_says_that_the_token_was_refused() -> None:
    with pytest.raises(AuthError) as refused:
        answer(401, {"errorMessage": "Access Denied", "errorCode": 5}).fields()
    assert (refused.value.status, refused.value.code, refused.value.message) == (401, 5, "Access Denied")


@pytest.mark.parametrize(
    ("body", "problem", "code"),
    [
        (
            {"errorMessage": "Access Denied", "errorCode": 5},
            "The CommServe refused the Authtoken: Access Denied",
            5,
        ),
        ({}, "The CommServe refused the Authtoken.", None),
    ],
    ids=["with-words", "without-a-word"],
)
def test_a_refused_token_is_told_with_what_to_do(body: dict[str, object], problem: str, code: int | None) -> None:
    with pytest.raises(AuthError) as refused:
        answer(401, body).fields()
    assert (refused.value.problem, refused.value.code) == (problem, code)
    assert refused.value.advice == "Sign in again, or give a token that is still valid."


def test_a_redirect_says_why_it_is_not_followed_and_what_to_do() -> None:
    with pytest.raises(ProtocolError) as refused:
        answer(302, {}, location="https://other.example.com").fields()
    assert refused.value.problem.endswith(
        " was redirected to https://other.example.com; "
        "redirects are not followed, because the Authtoken would go with them."
    )
    assert refused.value.advice == "If that is the right CommServe, give its address."


def test_an_error_of_the_commserve_is_told_in_its_own_words() -> None:
    with pytest.raises(ApiError) as refused:
        answer(200, {"errorMessage": "no such client", "errorCode": 2}).fields()
    assert refused.value.problem == "no such client"


def test_a_json_string_as_error_is_the_servers_own_words() -> None:
    with pytest.raises(ApiError) as refused:
        answer(400, "Request body is empty or format is invalid").fields()
    assert refused.value.message == "Request body is empty or format is invalid"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (
            200,
            b"<html><head><title>Sign in</title></head></html>",
            "text/html, which no CommServe does: “Sign in”$",
        ),
        (502, b"<html><TITLE>Bad Gateway</TITLE>", "“Bad Gateway”$"),
        (503, b"<title lang='en'>\n Two\nlines </title>", "“Two\nlines”$"),
        (200, b"", r"\(nothing\)$"),
        (200, b"[]", r"\[\]"),
        (200, b'{"dbInstance": [', "dbInstance"),
        (200, b"\xff\xfe{}", "HTTP 200"),
        (200, b"[" * 100_000, "HTTP 200"),
    ],
)
def test_an_answer_that_is_no_commserves_is_named_with_what_it_says(status: int, body: bytes, said: str) -> None:
    with pytest.raises(ProtocolError, match=said) as refused:
        answer(status, body, "text/html").fields()
    assert refused.value.advice


def test_an_answer_without_a_kind_is_said_to_have_none() -> None:
    with pytest.raises(ProtocolError, match="HTTP 200 and no content type, which"):
        answer(200, b"", "").fields()
    with pytest.raises(ProtocolError, match="HTTP 200 and text/html, which"):
        answer(200, b"", "text/html; charset=utf-8").fields()


@pytest.mark.parametrize("status", [300, 302, 399])
def test_a_redirect_is_named_and_not_followed(status: int) -> None:
    with pytest.raises(ProtocolError, match=r"redirected to https://other\.example\.com/;") as refused:
        answer(status, {}, location="https://other.example.com/").fields()
    assert refused.value.advice
    with pytest.raises(ProtocolError, match="redirected to an address that it does not name;"):
        answer(status, {}).fields()


@pytest.mark.parametrize("status", [199, 400, 404, 500])
def test_no_other_status_is_a_success_whatever_the_body_says(status: int) -> None:
    with pytest.raises(ProtocolError):
        answer(status, {"dbInstance": []}).fields()


@pytest.mark.parametrize("payload", [None, 5, "x", [], [[]], {"errorCode": True}, {"errors": [None]}])
def test_odd_payloads_hold_no_error(payload: object) -> None:
    assert find_server_error(payload) is None


def test_an_envelope_inside_itself_ends() -> None:
    deep: dict[str, object] = {"errorCode": 1, "errorMessage": "deep"}
    for _ in range(50):
        deep = {"error": deep}
    assert find_server_error(deep) is None
    assert find_server_error({"error": {"errorCode": 1, "errorMessage": "near"}}) == ServerError(1, "near")


def test_a_list_inside_itself_ends() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    assert find_server_error(deep) is None
