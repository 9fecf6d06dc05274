"""Fault plans: what is understood, what is refused and how, and which request a rule takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pgbackup_tui.simulator.faults import Change, Cut, FaultPlan, FaultPlanError, FaultPlayer, Rule

POST, PATH = "POST", "CreateTask"


def one(**members: Any) -> Rule:
    """The rule of a plan with a single one."""
    (rule,) = FaultPlan.parse(json.dumps([members])).rules
    return rule


def player(*rules: Any) -> FaultPlayer:
    return FaultPlayer(FaultPlan.parse(json.dumps(list(rules))))


def test_a_plan_is_read_from_a_file_too(tmp_path: Path) -> None:
    text = '[{"path": "CreateTask", "answer": "403"}]'
    file = tmp_path / "plan.json"
    file.write_text(text, encoding="utf-8")
    assert FaultPlan.parse(str(file)) == FaultPlan.parse(f"  {text}") != FaultPlan()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no-such-file", "can't be read.*no-such-file.*give a file or the JSON itself"),
        ("", "can't be read"),
        ("[", "not JSON"),
        ("{}", "JSON list of rules"),
        ("[7]", "rule 1 is not an object"),
        (
            '[{"path": "*", "answer": "502"}, {"answer": "5o2"}]',
            "rule 2: the answer '5o2' is unknown.*502.*silence",
        ),
        ('[{"answer": "403", "tines": 1}]', "rule 1: tines is unknown; the keys are.*times"),
        ('[{"answer": "403", "times": -1}]', "rule 1: times is a whole number"),
        ('[{"answer": "403", "after": true}]', "rule 1: after is a whole number"),
        ('[{"answer": "403", "method": 7}]', "rule 1: method is a text"),
        ('[{"answer": "403", "carried_out": 1}]', "rule 1: carried_out is true or false"),
        ('[{"answer": "403", "status": 200}]', "rule 1: status goes with redirect"),
        ('[{"answer": 403}]', "rule 1: the answer 403 is unknown"),
        ('[{"path": "*"}]', "rule 1: there is neither an answer nor a latency_ms"),
        ('[{"latency_ms": -5}]', "rule 1: latency_ms is a number"),
        ('[{"latency_ms": "5"}]', "rule 1: latency_ms is a number"),
        ('[{"answer": "reset-before-read", "carried_out": true}]', "rule 1: reset-before-read can't.*reset can"),
        ('[{"answer": "zero-id", "carried_out": false}]', "rule 1: zero-id changes the real answer"),
        ('[{"answer": "token-ends", "carried_out": false}]', "rule 1: token-ends leaves the real answer"),
        ('[{"since": 7, "answer": "403"}]', "rule 1: since is a text"),
        ('[{"answer": "redirect:"}]', "rule 1: the URL of a redirect"),
        ('[{"answer": "redirect:/x", "status": 200}]', "rule 1: the status of a redirect is a number from 300"),
        ('[{"answer": {"status": 99}}]', "rule 1: the status of an answer"),
        ('[{"answer": {"header": {}}}]', "rule 1: header is unknown in an answer"),
        ('[{"answer": {"headers": {"A": "b\\r\\nC: d"}}}]', "rule 1: the headers of an answer"),
        ('[{"answer": {"content_type": 5}}]', "rule 1: the content_type of an answer"),
    ],
)
def test_a_plan_that_can_not_be_played_names_the_rule_and_what_would_be_right(text: str, said: str) -> None:
    with pytest.raises(FaultPlanError, match=said):
        FaultPlan.parse(text)


@pytest.mark.parametrize(
    ("answer", "carried_out"),
    [
        ("403", False),
        ("200-403", False),
        ("502", False),
        ("html", False),
        ("empty", False),
        ({"status": 429}, False),
    ]
    + [(cut.value, cut is not Cut.RESET_BEFORE_READ) for cut in Cut]
    + [(change.value, True) for change in Change],
)
def test_the_default_of_carried_out_depends_on_the_answer(answer: Any, carried_out: bool) -> None:
    assert one(answer=answer).carried_out is carried_out


def test_any_answer_in_place_of_the_real_one_may_be_carried_out_before() -> None:
    assert one(answer="502", carried_out=True).carried_out
    assert not one(answer="reset", carried_out=False).carried_out


def test_paths_are_globs_without_regard_to_case() -> None:
    rule = one(path="/Job/*/action/*", answer="502")
    assert rule.matches("POST", "JOB/7/Action/kill")
    assert not rule.matches("POST", "Jobs")
    assert one(answer="502").matches("GET", "anything")


def test_a_method_is_matched_without_regard_to_case() -> None:
    assert one(method="post", answer="502").matches("POST", "x")
    assert not one(method="post", answer="502").matches("GET", "x")


def test_after_lets_requests_through_and_times_ends_the_rule() -> None:
    playing = player({"path": PATH, "after": 1, "times": 2, "answer": "403"})
    assert [bool(playing.pick(POST, PATH)) for _ in range(5)] == [False, True, True, False, False]


def test_requests_that_do_not_match_are_not_counted() -> None:
    playing = player({"path": PATH, "times": 1, "answer": "403"})
    assert playing.pick(POST, "Jobs") is None
    assert playing.pick(POST, PATH)


def test_when_a_rule_is_used_up_the_next_one_takes_over() -> None:
    playing = player({"path": PATH, "times": 1, "answer": "403"}, {"path": "*", "answer": "502"})
    picked = [playing.pick(POST, PATH) for _ in range(2)]
    assert [rule.instead.status for rule in picked if rule and rule.instead] == [403, 502]


def test_two_servers_with_one_plan_count_for_themselves() -> None:
    plan = FaultPlan.parse('[{"times": 1, "answer": "502"}]')
    assert [bool(FaultPlayer(plan).pick(POST, PATH)) for _ in range(2)] == [True, True]


def test_a_rule_with_since_sleeps_until_that_request_was_read() -> None:
    playing = player({"since": PATH, "path": "*", "after": 1, "times": 1, "answer": "502"})
    assert [playing.pick("GET", "Jobs") for _ in range(3)] == [None, None, None]
    assert playing.pick(POST, PATH) is None, "what wakes it is not spoiled"
    assert [bool(playing.pick("GET", "Jobs")) for _ in range(3)] == [False, True, False]
