"""Where a row of the tree is: rows do not know that themselves."""

from __future__ import annotations

import pytest

from pgbackup_tui.estate.model import Estate, Subclient
from pgbackup_tui.tui.nodes import Kind, Node
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
