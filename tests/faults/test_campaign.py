"""The campaign: hundreds of runs on each commit, and proof that it would see what must never happen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pgbackup_tui.backup import submit as submit_module
from pgbackup_tui.backup.guard import JobsOn
from pgbackup_tui.backup.journal.journal import Known
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.reconcile import Sighting
from pgbackup_tui.commserve.delivery import Delivery
from tests.faults import rig as rig_module
from tests.faults import run as run_module
from tests.faults.campaign import campaign
from tests.faults.run import KILLED_SHARE

RUNS = 500
SEED = 20_261_124


def test_five_hundred_runs_double_nothing_lose_nothing_and_make_nothing_up(tmp_path: Path) -> None:
    result = campaign(range(SEED, SEED + RUNS), tmp_path)
    assert result.broken == ()
    assert result.counts["runs"] == RUNS
    assert result.counts["way: killed"] > RUNS * KILLED_SHARE * 0.7
    for ending in ("accepted", "found", "rejected", "unknown", "not_started"):
        assert result.counts[f"ended {ending}"] > 0, f"no run ended {ending}: the campaign has lost its teeth"


def never_sent(_delivery: Delivery, problem: str, _advice: str) -> Outcome:
    return Outcome(OutcomeKind.NOT_SENT, message=problem)


def nothing_blocks(_known: Known, _where: object, _subclients: object) -> tuple[()]:
    return ()


async def finds_nothing(*_: object) -> Sighting:
    return Sighting(is_clean=True)


async def idle(*_: object) -> JobsOn:
    return JobsOn()


def everything_is_called_not_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(submit_module, "without_answer", never_sent)


def nothing_is_in_the_way(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Known, "blocking", nothing_blocks)
    patch.setattr(submit_module, "require_idle", idle)


def nothing_is_ever_found(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rig_module, "look", finds_nothing)
    patch.setattr(run_module, "waits_for", lambda _: "")


@pytest.mark.parametrize(
    ("words", "spoil"),
    [
        ("false not started", everything_is_called_not_sent),
        ("duplicate", nothing_is_in_the_way),
        ("false not started", nothing_is_ever_found),
    ],
)
def test_a_program_with_such_a_fault_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, spoil: Callable[[pytest.MonkeyPatch], None]
) -> None:
    spoil(monkeypatch)
    result = campaign(range(SEED, SEED + 40), tmp_path)
    assert any(words in found for found in result.broken)


def test_a_seed_draws_the_same_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[object] = []
    spoil = rig_module.Rig.spoil

    def note(rig: rig_module.Rig, *rules: dict[str, object]) -> None:
        drawn.append(rules)
        spoil(rig, *rules)

    monkeypatch.setattr(rig_module.Rig, "spoil", note)
    seeds = list(range(SEED, SEED + 8))
    first = campaign(seeds, tmp_path).counts
    again = campaign(seeds, tmp_path).counts
    assert drawn[: len(seeds)] == drawn[len(seeds) :]
    assert [first[name] for name in first if "way" in name] == [again[name] for name in first if "way" in name]
