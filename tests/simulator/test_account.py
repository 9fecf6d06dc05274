"""Signing in: by password and by token, and when it ends."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from pgbackup_tui.simulator.world import World
from tests.simulator.asking import Asker, Clock

MINUTE = 60.0


def log_in(ask: Asker, name: str = "oncall", password: str = "correct horse", **more: Any) -> Any:
    encoded = base64.b64encode(password.encode()).decode()
    return Asker(ask.world, "").post("Login", {"username": name, "password": encoded, "deviceId": "host", **more})


@pytest.fixture
def signed_in(ask: Asker) -> Asker:
    """Asks with the token of a login instead of the API token."""
    return Asker(ask.world, log_in(ask)["token"])


def who(ask: Asker) -> int:
    return ask.response("POST", "WhoAmI").status


def test_a_login_gives_a_token_that_says_who_one_is(signed_in: Asker) -> None:
    assert signed_in.token.startswith("QSDK ")
    assert signed_in.post("WhoAmI") == {"user": {"userName": "oncall", "userId": 3}, "errorCode": 0}


@pytest.mark.parametrize(("name", "password"), [("oncall", "wrong"), ("nobody", "correct horse"), ("", "")])
def test_a_wrong_login_is_a_200_without_a_token(ask: Asker, name: str, password: str) -> None:
    answer = log_in(ask, name, password)
    assert answer["errList"][0]["errorCode"] == 1116
    assert "token" not in answer
    assert "userName" not in answer


@pytest.mark.parametrize("password", ["not base64!", None, 7])
def test_a_password_that_is_not_base64_is_a_wrong_one(ask: Asker, password: object) -> None:
    answer = ask.post("Login", {"username": "oncall", "password": password})
    assert answer["errList"][0]["errorCode"] == 1116


def test_nobody_can_log_in_to_a_world_without_users() -> None:
    assert "token" not in log_in(Asker(World.sample()))


@pytest.mark.parametrize("prefix", ["", "QSDK ", "SAML ", "Bearer "])
def test_every_spelling_of_the_api_token_is_accepted(world: World, prefix: str) -> None:
    assert Asker(world, f"{prefix}the-api-token").post("WhoAmI")["user"]["userName"] == "oncall"


def test_a_bearer_token_is_accepted_too(world: World) -> None:
    anonymous = Asker(world, "")
    answer = anonymous.response("POST", "WhoAmI", headers={"authorization": "Bearer the-api-token"})
    assert answer.status == 200


@pytest.mark.parametrize("token", ["", "QSDK ", "wrong", "QSDK wrong", "the-api-token "])
def test_without_a_known_token_access_is_denied(world: World, token: str) -> None:
    answer = Asker(world, token).response("GET", "CommServ")
    assert answer.status == 401
    assert json.loads(answer.body) == {"errorMessage": "Access Denied", "errorCode": 5}


def test_a_world_with_an_empty_token_lets_nobody_in() -> None:
    assert who(Asker(World.sample(token=""), "")) == 401


def test_a_login_ends_after_thirty_minutes_without_a_request(signed_in: Asker, clock: Clock) -> None:
    for _ in range(3):
        clock.forward(29 * MINUTE)
        assert who(signed_in) == 200
    clock.forward(30 * MINUTE)
    assert who(signed_in) == 401


def test_a_login_may_ask_for_another_timeout(ask: Asker, clock: Clock) -> None:
    short = Asker(ask.world, log_in(ask, timeout=5)["token"])
    clock.forward(5 * MINUTE)
    assert who(short) == 401


def test_the_api_token_does_not_end(ask: Asker, clock: Clock) -> None:
    clock.forward(90 * 24 * 60 * MINUTE)
    assert who(ask) == 200


def test_an_expired_login_is_renewed_for_the_same_device(signed_in: Asker, clock: Clock) -> None:
    clock.forward(31 * MINUTE)
    renewed = signed_in.post("RenewLoginToken", {"sessionId": signed_in.token, "deviceId": "host"})["token"]
    assert who(Asker(signed_in.world, renewed)) == 200
    assert who(signed_in) == 401


@pytest.mark.parametrize(("session", "device"), [("QSDK unknown", "host"), ("", "another")])
def test_a_login_is_not_renewed_for_anybody_else(signed_in: Asker, session: str, device: str) -> None:
    answer = signed_in.post("RenewLoginToken", {"sessionId": session or signed_in.token, "deviceId": device})
    assert "token" not in answer
    assert answer["error"]["errLogMessage"]


def test_a_logout_ends_the_login_and_spares_the_api_token(signed_in: Asker, ask: Asker) -> None:
    assert signed_in.response("POST", "Logout").body == b"User logged out"
    assert who(signed_in) == 401
    assert ask.response("POST", "Logout").status == 200
    assert who(ask) == 200


def test_the_base_answers_without_a_token(world: World) -> None:
    answer = Asker(world, "").response("GET", "")
    assert answer.status == 200
    assert answer.content_type.startswith("text/html")
