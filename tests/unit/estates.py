"""Small estates for tests that need no CommServe."""

from __future__ import annotations

from msgspec import structs

from pgbackup_tui.commserve.inventory import FoundClient, FoundInstance, Overview
from pgbackup_tui.commserve.wire import Listing, SubclientEntity, SubclientRow
from pgbackup_tui.estate.cache import FORMAT, Branch, Header, KeptEstate, Owner, Proof
from pgbackup_tui.estate.model import Estate, Subclient
from pgbackup_tui.estate.place import Place
from pgbackup_tui.secret import Secret
from tests.story import NIGHT

TOKEN = Secret("a-token-of-jane")
JANE = Owner("https://commandcenter.example.com", "prod", "jane")
FILES, DUMPS = "FSBasedBackupSet", "DumpBasedBackupSet"


def subclient(
    number: int = 1,
    *,
    client: str = "pg-pay-01",
    instance: str = "main",
    backupset: str = FILES,
    name: str = "default",
    **others: object,
) -> Subclient:
    """A subclient whose ids follow from ``number``."""
    plain = Subclient(
        client_id=1000 + number,
        client=client,
        instance_id=5000 + number,
        instance=instance,
        backupset_id=20000 + number,
        backupset=backupset,
        subclient_id=2000000 + number,
        subclient=name,
        display_name=client,
    )
    return structs.replace(plain, **others)  # replace itself checks the names


def estate_of(*subclients: Subclient) -> Estate:
    """An estate in which exactly these were read."""
    clients = {found.client_id: FoundClient(found.client_id, found.client) for found in subclients}
    instances = {
        found.instance_id: FoundInstance(found.client_id, found.client, found.instance_id, found.instance)
        for found in subclients
    }
    estate = Estate(Overview("a test", tuple(clients.values()), tuple(instances.values())))
    for client_id in clients:
        rows = [_row(found) for found in subclients if found.client_id == client_id]
        estate.add(client_id, Listing(tuple(rows)))
    return estate


def _row(found: Subclient) -> SubclientRow:
    return SubclientRow(
        entity=SubclientEntity(
            client_id=found.client_id,
            client_name=found.client,
            instance_id=found.instance_id,
            instance_name=found.instance,
            backupset_id=found.backupset_id,
            backupset_name=found.backupset,
            subclient_id=found.subclient_id,
            subclient_name=found.subclient,
            display_name=found.display_name,
        )
    )


def kept(owner: Owner = JANE, token: Secret = TOKEN, listed_at: float = NIGHT) -> KeptEstate:
    """Two clients, of one of which the subclients were read."""
    found = subclient(
        1, last_backup=1_795_000_000, status="Ready", name="de/fault \u202e", plan="gold", storage_policy="disk"
    )
    overview = estate_of(found, subclient(2, client="pg-pay-02")).overview
    header = Header(
        FORMAT,
        owner,
        Proof.of(token),
        listed_at,
        overview.source,
        2,
        frozenset({found.client_id}),
        frozenset({("instance", found.instance_id)}),
        Place("client", found.client_id, found.client_id),
    )
    return KeptEstate(header, overview, {found.client_id: Branch(listed_at, (found,))})
