"""The entities of a CommServe with the ways to find them: by id, by parent, by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pgbackup_tui.simulator.entities import BackupSet, Client, Instance, Subclient


class Estate:
    """Everything that can be listed, in the order in which every list shows it. It never changes."""

    def __init__(
        self,
        clients: Iterable[Client],
        instances: Iterable[Instance],
        backupsets: Iterable[BackupSet],
        subclients: Iterable[Subclient],
    ) -> None:
        self.clients = {client.id: client for client in clients}
        self.instances = {instance.id: instance for instance in instances}
        self.backupsets = {backupset.id: backupset for backupset in backupsets}
        self.subclients = {subclient.id: subclient for subclient in subclients}
        self._client_by_name = {client.name.casefold(): client for client in self.clients.values()}
        self._instances_of: defaultdict[int, list[Instance]] = defaultdict(list)
        self._backupsets_of: defaultdict[int, list[BackupSet]] = defaultdict(list)
        self._subclients_of: defaultdict[int, list[Subclient]] = defaultdict(list)
        for instance in self.instances.values():
            self._instances_of[instance.client.id].append(instance)
        for backupset in self.backupsets.values():
            self._backupsets_of[backupset.instance.id].append(backupset)
        for subclient in self.subclients.values():
            self._subclients_of[subclient.backupset.id].append(subclient)

    def client_named(self, name: str) -> Client | None:
        """Names of clients are unique without regard to case."""
        return self._client_by_name.get(name.casefold())

    def instances_of(self, client: Client) -> list[Instance]:
        return self._instances_of.get(client.id, [])

    def backupsets_of(self, instance: Instance) -> list[BackupSet]:
        return self._backupsets_of.get(instance.id, [])

    def subclients_of(self, backupset: BackupSet) -> list[Subclient]:
        return self._subclients_of.get(backupset.id, [])

    def subclients_of_instance(self, instance: Instance) -> list[Subclient]:
        return [s for backupset in self.backupsets_of(instance) for s in self.subclients_of(backupset)]

    def subclients_of_client(self, client: Client) -> list[Subclient]:
        return [s for instance in self.instances_of(client) for s in self.subclients_of_instance(instance)]

    def instance_named(self, client: Client, app_name: str, name: str) -> Instance | None:
        """An empty `app_name` matches any application, an empty `name` the only instance there is."""
        found = [i for i in self.instances_of(client) if not app_name or _same(i.agent.app_name, app_name)]
        found = [i for i in found if not name or _same(i.name, name)]
        return found[0] if len(found) == 1 else None

    def backupset_named(self, instance: Instance, name: str) -> BackupSet | None:
        return next((b for b in self.backupsets_of(instance) if _same(b.name, name)), None)

    def subclient_named(self, backupset: BackupSet, name: str) -> Subclient | None:
        return next((s for s in self.subclients_of(backupset) if _same(s.name, name)), None)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
