"""What is kept of an estate: whole or not used, and for nobody but its owner."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from pgbackup_tui.commserve.inventory import FoundInstance, Overview
from pgbackup_tui.estate.cache import (
    LARGEST,
    KeptEstate,
    NotUsedError,
    Proof,
    _Instance,
    _Subclient,
    decode,
    encode,
)
from pgbackup_tui.estate.cache_files import KEPT_SECONDS, EstateFiles, read_header
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.secret import Secret
from tests.story import NIGHT
from tests.unit.estates import JANE, TOKEN, kept


def lines(estate: KeptEstate) -> list[bytes]:
    return encode(estate).split(b"\n")


@pytest.fixture
def files(tmp_path: Path) -> EstateFiles:
    return EstateFiles(tmp_path / "state")


def test_what_was_kept_comes_back_whole() -> None:
    before = kept()
    after = decode(encode(before))
    assert (after.header, after.overview) == (before.header, before.overview)
    assert {found: branch.subclients() for found, branch in after.branches.items()} == {
        found: branch.subclients() for found, branch in before.branches.items()
    }


def test_a_branch_that_nobody_looked_at_is_written_again_as_it_was() -> None:
    content = encode(kept())
    assert encode(decode(content)) == content


def test_a_line_has_every_member_in_the_models_order() -> None:
    assert _Subclient.__struct_fields__ == Subclient.__struct_fields__[2:]
    assert _Instance.__struct_fields__ == FoundInstance.__struct_fields__[2:]


def test_neither_the_token_nor_a_part_of_it_is_in_the_bytes() -> None:
    content = encode(kept(token=Secret("QSDK 0123456789abcdef")))
    assert b"0123456789abcdef" not in content
    assert b"QSDK" not in content


def test_a_proof_holds_for_its_token_with_or_without_the_prefix_and_for_no_other() -> None:
    proof = Proof.of(Secret("QSDK abc"))
    assert proof.holds_for(Secret("abc"))
    assert not proof.holds_for(Secret("abd"))
    assert Proof.of(Secret("abc")) != Proof.of(Secret("abc"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda found: found[:-1],
        lambda found: [*found, b"[]"],
        lambda found: [found[0], found[1], found[1], *found[3:]],
        lambda found: [found[0], b"\xff", *found[2:]],
        lambda found: [b'{"format":1}', *found[1:]],
        lambda found: [b"", *found[1:]],
        lambda found: [found[0], b"[" * 100_000, *found[2:]],
        lambda found: [found[0].replace(b'"clients":2', b'"clients":-1'), *found[1:]],
        lambda found: [found[0], found[1].replace(b"1001", b"-1"), *found[2:]],
    ],
    ids=["a line less", "a line more", "a client twice", "no text", "no owner", "empty", "deep", "minus", "no id"],
)
def test_damage_is_found(damage: object) -> None:
    with pytest.raises(NotUsedError, match="damaged"):
        decode(b"\n".join(damage(lines(kept()))))  # type: ignore[operator]


def test_damage_in_a_branch_is_found_when_somebody_wants_to_see_it() -> None:
    *others, branch = lines(kept())
    after = decode(b"\n".join([*others, branch[:-2]]))
    with pytest.raises(NotUsedError, match="damaged"):
        next(iter(after.branches.values())).subclients()


def test_what_a_newer_version_wrote_is_left_alone() -> None:
    first, *others = lines(kept())
    newer = first.replace(b'"format":1', b'"format":2,"unheard":true')
    with pytest.raises(NotUsedError, match="newer"):
        decode(b"\n".join([newer, *others]))


def test_it_is_read_again_for_the_same_token_and_for_the_same_user(files: EstateFiles) -> None:
    files.keep(kept())
    assert files.recall_by_token(JANE.origin, JANE.profile, TOKEN) is not None
    assert files.recall(JANE) is not None


def test_nobody_else_is_shown_it(files: EstateFiles) -> None:
    files.keep(kept())
    assert files.recall_by_token(JANE.origin, JANE.profile, Secret("a-token-of-john")) is None
    assert files.recall_by_token("https://other.example.com", JANE.profile, TOKEN) is None
    assert files.recall_by_token(JANE.origin, "test", TOKEN) is None
    assert files.recall(JANE._replace(user="john")) is None


def test_two_users_of_a_profile_have_a_file_each(files: EstateFiles) -> None:
    john = JANE._replace(user="john")
    files.keep(kept())
    files.keep(kept(john, Secret("a-token-of-john")))
    found = files.recall_by_token(JANE.origin, JANE.profile, Secret("a-token-of-john"))
    assert found is not None
    assert found.header.owner == john
    assert len(files.paths_of(JANE.origin, JANE.profile)) == 2


def test_a_file_in_anothers_place_is_foreign(files: EstateFiles) -> None:
    files.keep(kept())
    files.path_of(JANE).rename(files.path_of(JANE._replace(user="john")))
    with pytest.raises(NotUsedError, match="foreign"):
        files.recall(JANE._replace(user="john"))


def test_a_file_that_others_may_write_to_is_foreign(files: EstateFiles) -> None:
    files.keep(kept())
    files.path_of(JANE).chmod(0o666)
    with pytest.raises(NotUsedError, match="foreign"):
        files.recall(JANE)


def test_a_file_that_is_too_large_is_not_read(files: EstateFiles) -> None:
    files.keep(kept())
    os.truncate(files.path_of(JANE), LARGEST + 1)
    with pytest.raises(NotUsedError, match="too large"):
        files.recall(JANE)


def test_file_and_folder_are_the_users_alone(files: EstateFiles) -> None:
    files.keep(kept())
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (files.state, files.folder, files.path_of(JANE))]
    assert modes == [0o700, 0o700, 0o600]


def test_a_header_tells_whose_and_how_old_it_is(files: EstateFiles) -> None:
    files.keep(kept())
    header = read_header(files.path_of(JANE))
    assert (header.owner, header.listed_at) == (JANE, NIGHT)


def test_forgetting_a_commserve_removes_every_users_file_of_it_alone(files: EstateFiles) -> None:
    files.keep(kept())
    files.keep(kept(JANE._replace(user="john")))
    other = JANE._replace(profile="test")
    files.keep(kept(other))
    assert files.forget(JANE.origin, JANE.profile) == 2
    assert list(files.folder.iterdir()) == [files.path_of(other)]


def test_what_nobody_has_opened_for_long_goes(files: EstateFiles) -> None:
    files.keep(kept(JANE._replace(profile="old")))
    old = files.path_of(JANE._replace(profile="old"))
    os.utime(old, (NIGHT - KEPT_SECONDS - 1,) * 2)
    files.keep(kept())
    assert list(files.folder.iterdir()) == [files.path_of(JANE)]


def test_too_much_is_not_written(files: EstateFiles) -> None:
    estate = kept()
    long_name = structs.replace(estate.overview.instances[0], version="x" * LARGEST)
    overview = Overview(estate.overview.source, estate.overview.clients, (long_name,))
    with pytest.raises(NotUsedError, match="too large"):
        files.keep(KeptEstate(estate.header, overview, {}))


def test_a_header_is_one_line_of_json() -> None:
    assert msgspec.json.decode(lines(kept())[0])["owner"] == list(JANE)
