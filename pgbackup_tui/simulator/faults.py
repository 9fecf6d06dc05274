"""Fault plans: which requests go wrong, how, and whether they were carried out all the same.

A plan is a JSON list of rules. The first rule that matches a request, and that is not used up, decides:

    [{"method": "POST", "path": "CreateTask", "after": 0, "times": 1, "answer": "reset", "carried_out": true}]

| key           | meaning                                                                                          |
|---------------|--------------------------------------------------------------------------------------------------|
| `method`      | an HTTP method; any when left out                                                                |
| `path`        | a glob for the path below the base, without regard to case and without the query; default `*`    |
| `since`       | a glob as well: the rule sleeps until a request for such a path was read; it wakes for the next  |
| `after`       | how many matching requests are let through first; default 0                                      |
| `times`       | how many are spoiled then; without limit when left out                                           |
| `answer`      | what goes wrong, see below; may be left out where there is a `latency_ms`                        |
| `carried_out` | whether the world performed the request before the fault; the default depends on the answer      |
| `latency_ms`  | a delay before the request is worked on, besides the server's own                                |
| `interval`    | seconds between two bytes of `trickle`; default 1                                                |
| `status`      | of `redirect:URL`; default 302                                                                   |

Answers that stand in place of the real one (carried_out is false unless said):

| answer                                           | what is sent                                                  |
|--------------------------------------------------|---------------------------------------------------------------|
| `"400"`, `"401"`, `"403"`, `"500"`               | the documented answers of CreateTask                          |
| `"200-400"`, `"200-401"`, `"200-403"`, `"200-500"` | the same bodies with HTTP status 200                        |
| `"502"`, `"503"`, `"504"`                        | a gateway's page in HTML                                      |
| `"html"`                                         | HTTP 200 with a page in HTML, as during maintenance           |
| `"empty"`                                        | HTTP 200 without a body                                       |
| `"bad-gzip"`, `"gzip-bomb"`                      | HTTP 200 that claims gzip: not gzip at all; 100 MB of blanks  |
| `"redirect:URL"`                                 | a redirect to URL                                             |
| an object: `status`, `headers`, `body`, `content_type` | this; a body that is not a text is sent as JSON         |

Answers at the socket (carried_out is true unless said; what is cut or trickles is the real answer, or the gateway's
502 when nothing was carried out):

| answer                | what happens                                                                             |
|-----------------------|------------------------------------------------------------------------------------------|
| `"reset"`             | the request is read, then the connection is reset (RST)                                  |
| `"reset-before-read"` | reset after the head, with the body unread; not recorded, and never carried out          |
| `"close"`             | the request is read, then the connection is closed (FIN) without an answer               |
| `"half-header"`       | half of the head, then FIN                                                               |
| `"half-body"`         | the head and half of the body, then FIN                                                  |
| `"silence"`           | no answer until the client hangs up or the server stops                                  |
| `"trickle"`           | one byte at a time                                                                       |

Changes to a successful answer of CreateTask (always carried out; any other answer passes unchanged):

| answer         | jobIds and the rest                                                              |
|----------------|----------------------------------------------------------------------------------|
| `"fewer-jobs"` | the last id is left out; its job runs                                            |
| `"zero-id"`    | `["0"]`; the jobs run                                                            |
| `"no-ids"`     | the taskId only; the jobs run                                                    |
| `"extra-job"`  | one id more, of a second job that really was started for the same subclient      |
| `"both"`       | jobIds, and errorCode and errorMessage besides                                   |

What happens on the CommServe just before the request is answered, as it is then right (always carried out):

| answer         | what happens                                                                     |
|----------------|----------------------------------------------------------------------------------|
| `"token-ends"` | the API token is void from now on, this request included; the next one counts    |
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

from pgbackup_tui.simulator.canned import NAMED, custom, redirect
from pgbackup_tui.simulator.messages import Json, Response


class FaultPlanError(ValueError):
    """A plan that can't be played; the message names the rule and says what would be right."""


class Cut(StrEnum):
    """Faults at the socket."""

    RESET = "reset"
    RESET_BEFORE_READ = "reset-before-read"
    CLOSE = "close"
    HALF_HEADER = "half-header"
    HALF_BODY = "half-body"
    SILENCE = "silence"
    TRICKLE = "trickle"


class Change(StrEnum):
    """Changes to a successful answer of CreateTask."""

    FEWER_JOBS = "fewer-jobs"
    ZERO_ID = "zero-id"
    NO_IDS = "no-ids"
    EXTRA_JOB = "extra-job"
    BOTH = "both"


class Turn(StrEnum):
    """What happens on the CommServe in the middle of it all."""

    TOKEN_ENDS = "token-ends"  # noqa: S105  # a name


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, checked. At most one of `instead`, `cut`, `change` and `turn` is set."""

    method: str = "*"
    path: str = "*"
    since: str = ""
    """Empty for a rule that is awake from the beginning."""
    after: int = 0
    times: int | None = None
    latency: float = 0.0
    interval: float = 1.0
    instead: Response | None = None
    cut: Cut | None = None
    change: Change | None = None
    turn: Turn | None = None
    carried_out: bool = True

    def matches(self, method: str, path: str) -> bool:
        return self.method in ("*", method.upper()) and fnmatchcase(path.lower(), self.path)

    def is_woken_by(self, path: str) -> bool:
        return fnmatchcase(path.lower(), self.since)


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """Rules in order. It has no state, so that one plan serves several servers."""

    rules: tuple[Rule, ...] = ()

    @classmethod
    def parse(cls, text: str) -> FaultPlan:
        """`text` is the JSON itself, or the path of a file that holds it."""
        source = text if text.lstrip()[:1] in ("[", "{") else _file(text)
        try:
            data = json.loads(source)
        except ValueError as error:
            raise FaultPlanError(f"the fault plan is not JSON: {error}") from None
        if not isinstance(data, list):
            raise FaultPlanError('a fault plan is a JSON list of rules, such as [{"path": "*", "answer": "502"}]')
        return cls.of(data)

    @classmethod
    def of(cls, rules: Sequence[Json]) -> FaultPlan:
        """The plan of rules that are no text any more. Raises FaultPlanError."""
        return cls(tuple(_rule(f"rule {number}", item) for number, item in enumerate(rules, 1)))


class FaultPlayer:
    """A plan at work on one server: it counts."""

    def __init__(self, plan: FaultPlan) -> None:
        self._plan = plan
        self._seen = [0] * len(plan.rules)
        self._awake = [not rule.since for rule in plan.rules]
        self._lock = threading.Lock()

    def pick(self, method: str, path: str) -> Rule | None:
        """The rule for this request, if any. `path` is the one below the base."""
        with self._lock:
            found = self._first(method, path)
            for number, rule in enumerate(self._plan.rules):
                self._awake[number] = self._awake[number] or rule.is_woken_by(path)
        return found

    def _first(self, method: str, path: str) -> Rule | None:
        for number, rule in enumerate(self._plan.rules):
            if not (self._awake[number] and rule.matches(method, path)):
                continue
            self._seen[number] += 1
            used = self._seen[number] - rule.after
            if used > 0 and (rule.times is None or used <= rule.times):
                return rule
        return None


def _file(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise FaultPlanError(
            f"the fault plan can't be read: {error}; give a file or the JSON itself, beginning with ["
        ) from None


KEYS = ("method", "path", "since", "after", "times", "answer", "carried_out", "latency_ms", "interval", "status")


def _rule(name: str, item: Json) -> Rule:
    if not isinstance(item, dict):
        raise FaultPlanError(f'{name} is not an object, such as {{"path": "CreateTask", "answer": "403"}}')
    if unknown := sorted(item.keys() - set(KEYS)):
        raise FaultPlanError(f"{name}: {', '.join(unknown)} is unknown; the keys are {', '.join(KEYS)}")
    rule = Rule(
        method=_text(name, item, "method", "*").upper(),
        path=_text(name, item, "path", "*").strip("/").lower() or "*",
        since=_text(name, item, "since", "").strip("/").lower(),
        after=_count(name, item, "after", 0) or 0,
        times=_count(name, item, "times", None),
        latency=_number(name, item, "latency_ms", 0.0) / 1000,
        interval=_number(name, item, "interval", 1.0),
    )
    if "answer" not in item:
        if not rule.latency:
            raise FaultPlanError(f"{name}: there is neither an answer nor a latency_ms")
        return rule
    return _carried_out(name, item, _with_answer(name, item, rule))


def _with_answer(name: str, item: dict[str, Json], rule: Rule) -> Rule:
    answer = item["answer"]
    redirects = isinstance(answer, str) and answer.startswith("redirect:")
    if "status" in item and not redirects:
        raise FaultPlanError(f"{name}: status goes with redirect:URL; another answer has it inside an object")
    try:
        if isinstance(answer, dict):
            return replace(rule, instead=custom(answer), carried_out=False)
        if redirects:
            status = _count(name, item, "status", 302) or 0
            return replace(rule, instead=redirect(answer.removeprefix("redirect:"), status), carried_out=False)
    except ValueError as error:
        raise FaultPlanError(f"{name}: {error}") from None
    if isinstance(answer, str):
        if answer in set(Cut):
            return replace(rule, cut=Cut(answer), carried_out=answer != Cut.RESET_BEFORE_READ)
        if answer in set(Change):
            return replace(rule, change=Change(answer))
        if answer in set(Turn):
            return replace(rule, turn=Turn(answer))
        if answer in NAMED:
            return replace(rule, instead=NAMED[answer](), carried_out=False)
    names = ", ".join([*NAMED, "redirect:URL", *Cut, *Change, *Turn])
    raise FaultPlanError(f"{name}: the answer {answer!r} is unknown; it is an object or one of {names}")


def _carried_out(name: str, item: dict[str, Json], rule: Rule) -> Rule:
    said = item.get("carried_out", rule.carried_out)
    if not isinstance(said, bool):
        raise FaultPlanError(f"{name}: carried_out is true or false")
    if rule.cut is Cut.RESET_BEFORE_READ and said:
        raise FaultPlanError(f"{name}: reset-before-read can't have carried_out true; reset can")
    if rule.change and not said:
        raise FaultPlanError(f"{name}: {rule.change} changes the real answer, so that carried_out can't be false")
    if rule.turn and not said:
        raise FaultPlanError(f"{name}: {rule.turn} leaves the real answer, so that carried_out can't be false")
    return replace(rule, carried_out=said)


def _text(name: str, item: dict[str, Json], key: str, default: str) -> str:
    value = item.get(key, default)
    if not isinstance(value, str):
        raise FaultPlanError(f"{name}: {key} is a text")
    return value


def _count(name: str, item: dict[str, Json], key: str, default: int | None) -> int | None:
    value = item.get(key, default)
    if value is not None and (type(value) is not int or value < 0):
        raise FaultPlanError(f"{name}: {key} is a whole number, 0 or more")
    return value


def _number(name: str, item: dict[str, Json], key: str, default: float) -> float:
    value = item.get(key, default)
    if type(value) not in (int, float) or not 0 <= value < 86_400:
        raise FaultPlanError(f"{name}: {key} is a number from 0 to below 86400")
    return float(value)
