"""The errors that a CommServe answers with, in the documented words, and the envelopes they come in.

Codes and texts of CreateTask: https://api.commvault.com/docs/SP38/api/cv/PostgreSQLDatabase/postgre-sql-backup
"""

from __future__ import annotations

from pgbackup_tui.simulator.messages import Json, Response, html_response, json_response

ACCESS_DENIED = 5
"""Token missing, expired or unknown; with HTTP 401."""
WRONG_PASSWORD = 1116
"""Of Login, with HTTP 200."""
NO_CAPABILITY = 587203022
"""With HTTP 403."""
NO_ELIGIBLE_SUBCLIENT = 587207178
"""With HTTP 500."""
NOT_FOUND = 2
"""An entity or a job that the CommServe doesn't know, with HTTP 200."""
WRONG_STATE = 1
"""A job that can't do what is asked of it. The number is this simulator's choice: none is documented."""

EMPTY_OR_INVALID = "Request body is empty or format is invalid"
NO_ELIGIBLE_TEXT = "Failed to start backups as no eligible subclients were found. "
"""The blank at the end is the CommServe's own."""


def error_object(code: int, message: str, status: int = 200) -> Response:
    """The plain envelope: CreateTask, action/backup, and the bodies of 401, 403 and 500."""
    return json_response({"errorMessage": message, "errorCode": code}, status)


def bad_request() -> Response:
    """The body is a JSON string, not an object."""
    return json_response(EMPTY_OR_INVALID, 400)


def access_denied() -> Response:
    return error_object(ACCESS_DENIED, "Access Denied", 401)


def no_capability(client_name: str) -> Response:
    message = (
        "User [Remote User] does not have required capability [Data Protection/Management Operations]"
        f" for this client [{client_name}] and this operation."
    )
    return error_object(NO_CAPABILITY, message, 403)


def no_eligible_subclient() -> Response:
    return error_object(NO_ELIGIBLE_SUBCLIENT, NO_ELIGIBLE_TEXT, 500)


def logged(code: int, message: str) -> Json:
    """One entry of an errList (Login, JobDetails, job actions)."""
    return {"errorCode": code, "errLogMessage": message}


def action_refused(message: str, code: int = WRONG_STATE) -> Response:
    """A job action that was not done: HTTP 200 with errors[].errList (sdk:job.py kill)."""
    return json_response({"errors": [{"errList": [logged(code, message)]}]})


def page_not_found() -> Response:
    """No such route, or a path outside the bases: the gateway answers, in HTML."""
    return html_response("404 - File or directory not found.", "The resource could not be found.", 404)
