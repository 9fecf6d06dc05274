"""Signing in and out, and what the CommServe says of itself."""

from __future__ import annotations

import base64

from pgbackup_tui.simulator.errors import WRONG_PASSWORD, logged
from pgbackup_tui.simulator.messages import Json, Response, html_response, json_response, text_response
from pgbackup_tui.simulator.routes.call import Call
from pgbackup_tui.simulator.sessions import DEFAULT_TIMEOUT
from pgbackup_tui.simulator.shapes import COMMCELL_ID

LONGEST_TIMEOUT = 7 * 24 * 60
"""Minutes; a longer one, or none that is a number, gives the default."""


def front_page(_: Call) -> Response:
    """The base itself. The SDK asks for it first, without a token, and wants a 200 (sdk:commcell.py)."""
    return html_response("Command Center", "This is a simulated CommServe.", 200)


def log_in(call: Call) -> Response:
    """A wrong password is a 200 too, and has no `token`: the SDK takes a token, even an empty one, for success."""
    data = call.body()
    name, device = data.get("username"), data.get("deviceId", "")
    minutes = data.get("timeout", DEFAULT_TIMEOUT)
    password = _decoded(data.get("password"))
    if not isinstance(name, str) or not isinstance(device, str) or password is None:
        return _login_failed()
    if type(minutes) is not int or not 0 < minutes <= LONGEST_TIMEOUT:
        minutes = DEFAULT_TIMEOUT
    opened = call.world.sessions.log_in(name, password, device, minutes, call.now)
    if opened is None:
        return _login_failed()
    user, token = opened
    commcell = {"GUID": "", "providerId": 0, "providerDomainName": "Commcell"}
    return json_response(
        {
            "aliasName": str(user.id),
            "userGUID": "",
            "loginAttempts": 0,
            "remainingLockTime": 0,
            "smtpAddress": "",
            "userName": user.name,
            "providerType": 1,
            "ccn": 0,
            "token": token,
            "capability": 0,
            "forcePasswordChange": False,
            "isAccountLocked": False,
            "additionalResp": {"nameValues": [{"name": "USERNAME", "value": user.name}]},
            "ownerOrganization": commcell,
            "providerOrganization": commcell,
            "errList": [],
        }
    )


def _decoded(password: Json) -> str | None:
    """A password comes in Base64."""
    if not isinstance(password, str):
        return None
    try:
        return base64.b64decode(password, validate=True).decode()
    except ValueError:  # not Base64, or not UTF-8 inside
        return None


def _login_failed() -> Response:
    failure = logged(WRONG_PASSWORD, "The username or the password is not correct.")
    return json_response(
        {"loginAttempts": 0, "remainingLockTime": 0, "isAccountLocked": False, "errList": [failure]}
    )


def log_out(call: Call) -> Response:
    call.world.sessions.log_out(call.authtoken)
    return text_response("User logged out")


def renew(call: Call) -> Response:
    """A new token for an expired one (sdk:cvpysdk.py _renew_login_token)."""
    data = call.body()
    session, device = data.get("sessionId"), data.get("deviceId", "")
    token = None
    if isinstance(session, str) and isinstance(device, str):
        token = call.world.sessions.renew(session, device, call.now)
    if token is None:
        return json_response({"error": {"errLogMessage": "The session is unknown; please log in again."}})
    return json_response({"token": token})


def who_am_i(call: Call) -> Response:
    return json_response({"user": {"userName": call.user.name, "userId": call.user.id}, "errorCode": 0})


def commserv(_: Call) -> Response:
    """Every member here is required by the SDK (sdk:commcell.py)."""
    zone = "(UTC) Coordinated Universal Time"
    return json_response(
        {
            "hostName": "commserve.corp.example",
            "currentSPVersion": 40,
            "csVersionInfo": "11 SP40.2",
            "releaseName": "11",
            "timeZone": f"0:0:{zone}",
            "csTimeZone": {"TimeZoneName": zone},
            "commcell": {
                "commCellName": "simulated-commserve",
                "commCellId": COMMCELL_ID,
                "csGUID": "51D0C0DE-0000-4000-8000-000000000002",
            },
        }
    )
