"""The tree as data: where a row is, which it does not know itself, and what a new listing takes over."""

from __future__ import annotations

import pytest

from pgbackup_tui.estate.model import Estate, Subclient
from pgbackup_tui.tui.nodes import Kind, Node, client_nodes
from pgbackup_tui.tui.outline import Outline
from tests.unit.estates import estate_of, subclient

FOUND = (
    subclient(1, instance="main", client_id=1001, backupset_id=7),
    subclient(2, instance="archive", client_id=1001, backupset_id=7),
)


@pytest.fixture
def outline() -> Outline:
    return outline_with(*FOUND)


def outline_with(*found: Subclient) -> Outline:
    estate = estate_of(*found)
    outline = Outline()
    outline.load(Estate(estate.overview))
    outline.fill(1001, found)
    outline.clients[0].is_open = True
    return outline


def names(path: list[Node]) -> list[str]:
    return [node.name for node in path]


def test_a_row_is_found_in_its_own_instance_where_a_backup_set_id_is_there_twice(outline: Outline) -> None:
    in_main, in_archive = (node for node in outline.rows() if node.kind is Kind.BACKUPSET)
    assert names(outline.path_to(in_main)) == ["pg-pay-01", "main", "FSBasedBackupSet"]
    assert names(outline.path_to(in_archive)) == ["pg-pay-01", "archive", "FSBasedBackupSet"]


def test_a_mark_under_a_filter_is_of_the_row_itself_where_a_backup_set_id_is_there_twice(outline: Outline) -> None:
    outline.filter = "main"
    in_main, in_archive = (node for node in outline.clients[0].below() if node.kind is Kind.BACKUPSET)
    assert [found.instance for found in outline.in_sight(in_main)] == ["main"]
    assert outline.in_sight(in_archive) == []


def test_a_row_that_was_read_again_is_where_the_one_in_its_place_is(outline: Outline) -> None:
    before = outline.rows()[-1]
    outline.fill(1001, FOUND)
    assert before not in outline.rows()
    assert names(outline.path_to(before)) == ["pg-pay-01", "archive", "FSBasedBackupSet", "default"]
    assert outline.path_to(before)[-1] is outline.rows()[-1]


def test_a_row_that_is_gone_is_under_its_client(outline: Outline) -> None:
    before = outline.rows()[-1]
    outline.fill(1001, FOUND[:1])
    assert outline.path_to(before) == [outline.clients[0], before]


def test_a_row_of_a_client_that_is_gone_is_alone(outline: Outline) -> None:
    before = outline.rows()[-1]
    outline.load(Estate(estate_of(subclient(2)).overview))
    assert outline.path_to(before) == [before]


SEEN = 1_700_000_000.0
OTHER = subclient(3, client_id=1001, instance_id=5001, instance="main", backupset_id=7, name="new")


def kept_outline() -> tuple[Outline, Estate]:
    """The tree of an earlier run, which read one subclient, and what this run has listed."""
    estate = estate_of(*FOUND)
    outline = Outline()
    outline.recall(list(client_nodes(estate.overview)), estate.overview.source, SEEN)
    outline.grow(1001, FOUND[:1], SEEN)
    return outline, Estate(estate.overview)


def shown(outline: Outline) -> list[tuple[str, str]]:
    return [(found.instance, found.subclient) for found in outline.clients[0].subclients()]


def test_what_an_earlier_run_read_is_taken_over() -> None:
    outline, listed = kept_outline()
    outline.load(listed, list(outline.rows_of(listed.overview)))
    assert shown(outline) == [("main", "default")]
    assert outline.kept == {1001: SEEN}


def test_what_is_read_while_the_rows_are_made_is_what_is_taken_over() -> None:
    outline, listed = kept_outline()
    rows = list(outline.rows_of(listed.overview))
    outline.fill(1001, [OTHER])
    outline.load(listed, rows)
    assert shown(outline) == [("main", "new")]
    assert outline.kept == {}


def test_what_is_recalled_while_the_rows_are_made_is_taken_over() -> None:
    outline, listed = kept_outline()
    rows = list(outline.rows_of(listed.overview))
    outline.grow(1001, FOUND, SEEN)
    outline.load(listed, rows)
    assert shown(outline) == [("main", "default"), ("archive", "default")]


def test_what_is_opened_and_closed_while_the_rows_are_made_is_so_afterwards() -> None:
    outline, listed = kept_outline()
    rows = list(outline.rows_of(listed.overview))
    client = outline.clients[0]
    client.is_open, client.children[0].is_open = True, False
    outline.load(listed, rows)
    assert outline.clients[0].is_open
    assert [instance.is_open for instance in outline.clients[0].children] == [False, True]
