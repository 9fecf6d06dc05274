"""What is kept of an estate until the next start of the console, as bytes: names and times, never a token.

A file is a line of JSON that says whose it is, a line for each client, and a line for each branch: the subclients
of a client that were read. A branch stays as it is until somebody wants to see it, and is written again unchanged.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from sys import intern
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from pgbackup_tui.commserve.answer import UNREADABLE
from pgbackup_tui.commserve.auth import LOGIN_PREFIX
from pgbackup_tui.commserve.inventory import FoundClient, FoundInstance, Overview
from pgbackup_tui.commserve.wire import Id, Seconds
from pgbackup_tui.errors import PgBackupError
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.estate.place import Place
from pgbackup_tui.secret import Secret

FORMAT = 1
LARGEST = 64 * 2**20
"""Bytes. 50,000 subclients take 7 MiB; what is larger by far is nothing that this program wrote."""


class NotUsedError(PgBackupError):
    """A kept estate that is not shown; ``problem`` is one word for why."""


class Owner(NamedTuple):
    """Whose estate it is: nobody else is shown it."""

    origin: str
    profile: str
    """Empty where an address was given without one."""
    user: str
    """Who the CommServe said the Authtoken is."""


class Proof(NamedTuple):
    """Recognizes an Authtoken again without telling it, before the CommServe has said whose it is."""

    salt: str
    digest: str

    @classmethod
    def of(cls, token: Secret) -> Proof:
        """A proof that holds for this token alone."""
        salt = secrets.token_hex(16)
        return cls(salt, _digest(token, salt))

    def holds_for(self, token: Secret) -> bool:
        """Whether it was made of this token, with or without the prefix that some CommServes want."""
        return hmac.compare_digest(self.digest.encode(), _digest(token, self.salt).encode())


def _digest(token: Secret, salt: str) -> str:
    bare = token.reveal().removeprefix(LOGIN_PREFIX)
    return hmac.new(salt.encode(), bare.encode(), hashlib.sha256).hexdigest()


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """The first line: what can be told of a file without reading all of it."""

    format: int
    owner: Owner
    proof: Proof
    listed_at: float
    """UNIX seconds."""
    source: str
    """The listing that told the clients; another one may tell others."""
    clients: int
    opened: frozenset[int] = frozenset()
    """The clients that were open."""
    closed: frozenset[tuple[str, int]] = frozenset()
    """Branches below a client that were closed by hand, by kind and id."""
    cursor: Place | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """The subclients of one client, as they were read or as the line of a file.

    A line is a view into the file's content: that is freed in one piece when nothing of it is left to be shown,
    where thousands of lines of their own would leave holes in the memory that nothing else fits into.
    """

    read_at: float
    """UNIX seconds."""
    content: tuple[Subclient, ...] | memoryview

    def subclients(self) -> tuple[Subclient, ...]:
        """The subclients. Raises NotUsedError for a line that is not whole."""
        if not isinstance(self.content, memoryview):
            return self.content
        try:
            line = _BRANCH.decode(self.content)
        except UNREADABLE as error:
            raise NotUsedError("damaged") from error
        numbers: dict[int, int] = {}
        return tuple(
            Subclient(*_once((line.client_id, line.client, *msgspec.structs.astuple(row)), numbers))
            for row in line.subclients
        )

    def line(self) -> bytes | memoryview:
        """As a line of a file."""
        if isinstance(self.content, memoryview):
            return self.content
        who = (self.content[0].client_id, self.content[0].client) if self.content else (_NOBODY, "")
        return _ENCODER.encode((*who, list(map(_of_subclient, self.content))))


@dataclass(frozen=True, slots=True)
class KeptEstate:
    """An estate as far as it was read in an earlier run."""

    header: Header
    overview: Overview
    branches: Mapping[int, Branch] = field(default_factory=dict)
    """By client id."""


class _Instance(Struct, frozen=True, array_like=True):
    """A FoundInstance, its client aside."""

    instance_id: Id
    instance: str
    display_name: str
    version: str
    status: str
    not_ready_reason: str
    sla: str
    last_job_ended: Seconds | None
    last_job_succeeded: bool


class _Subclient(Struct, frozen=True, array_like=True):
    """A Subclient, its client aside."""

    instance_id: Id
    instance: str
    backupset_id: Id
    backupset: str
    subclient_id: Id
    subclient: str
    display_name: str
    status: str
    not_ready_reason: str
    last_backup: Seconds | None
    next_backup: Seconds | None
    backup_enabled: bool
    block_level: bool
    storage_policy: str
    plan: str


class _Client(Struct, frozen=True, array_like=True):
    client_id: Id
    client: str
    instances: list[_Instance]
    read_at: float | None
    """None: its subclients were not read, and there is no line for its branch."""


class _Branch(Struct, frozen=True, array_like=True):
    client_id: Id
    client: str
    subclients: list[_Subclient]


_CLIENT_MEMBERS = 2
"""``client_id`` and ``client``, with which FoundInstance and Subclient begin; a line has them once."""
_of_instance = attrgetter(*FoundInstance.__struct_fields__[_CLIENT_MEMBERS:])
_of_subclient = attrgetter(*Subclient.__struct_fields__[_CLIENT_MEMBERS:])
_NOBODY = 1
"""The client of a branch without subclients, which is asked for none."""
_ENCODER = msgspec.json.Encoder()
_CLIENT = msgspec.json.Decoder(_Client)
_BRANCH = msgspec.json.Decoder(_Branch)


def encode(kept: KeptEstate) -> bytes:
    """The bytes of a file. Raises NotUsedError where they would be too many to be read again."""
    content = b"\n".join(_lines(kept))
    if len(content) > LARGEST:
        raise NotUsedError("too large")
    return content


def _lines(kept: KeptEstate) -> Iterator[bytes | memoryview]:
    instances: dict[int, list[FoundInstance]] = {}
    for found in kept.overview.instances:
        instances.setdefault(found.client_id, []).append(found)
    yield _ENCODER.encode(kept.header)
    for client in kept.overview.clients:
        told = list(map(_of_instance, instances.get(client.client_id, ())))
        branch = kept.branches.get(client.client_id)
        yield _ENCODER.encode((client.client_id, client.client, told, branch.read_at if branch else None))
    for client in kept.overview.clients:
        if client.client_id in kept.branches:
            yield kept.branches[client.client_id].line()


def decode_header(line: bytes | memoryview) -> Header:
    """The first line of a file. Raises NotUsedError."""
    try:
        version = msgspec.json.decode(line, type=_Version).format
        if version > FORMAT:
            raise NotUsedError("newer")
        header = msgspec.json.decode(line, type=Header)
    except UNREADABLE as error:
        raise NotUsedError("damaged") from error
    if not math.isfinite(header.listed_at):
        raise NotUsedError("damaged")
    return header


def decode(content: bytes) -> KeptEstate:
    """The estate that a file has. Raises NotUsedError where it is not whole."""
    first, *lines = _views(content)
    header = decode_header(first)
    clients: dict[int, FoundClient] = {}
    instances: list[FoundInstance] = []
    read_at: dict[int, float] = {}
    try:
        for row in map(_CLIENT.decode, lines[: header.clients]):
            numbers: dict[int, int] = {}
            who = tuple(_once((row.client_id, row.client), numbers))
            clients[row.client_id] = FoundClient(*who)
            for found in row.instances:
                instances.append(FoundInstance(*_once((*who, *msgspec.structs.astuple(found)), numbers)))
            if row.read_at is not None:
                read_at[row.client_id] = row.read_at
    except UNREADABLE as error:
        raise NotUsedError("damaged") from error
    below = lines[header.clients :]
    if len(clients) != header.clients or len(below) != len(read_at):
        raise NotUsedError("damaged")
    branches = {found: Branch(moment, line) for (found, moment), line in zip(read_at.items(), below, strict=True)}
    return KeptEstate(header, Overview(header.source, tuple(clients.values()), tuple(instances)), branches)


def _views(content: bytes) -> Iterator[memoryview]:
    """The lines, without copies of them."""
    whole, begin = memoryview(content), 0
    while (end := content.find(b"\n", begin)) >= 0:
        yield whole[begin:end]
        begin = end + 1
    yield whole[begin:]


def _once(values: Iterable[Any], numbers: dict[int, int]) -> Iterator[Any]:
    """A row's values as they are kept: names once in all (interned), numbers once among the rows of a client."""
    for value in values:
        if isinstance(value, str):
            yield intern(value)
        elif type(value) is int:  # and no bool
            yield numbers.setdefault(value, value)
        else:
            yield value


class _Version(Struct):
    format: int
