"""Entities as the API writes them.

Members that the SDK reads without a default (sdk:client.py, agent.py, instance.py, backupset.py, subclient.py) are
all there; the rest is what other public clients of the API read.
"""

from __future__ import annotations

from pgbackup_tui.simulator.entities import (
    DUMP_BASED,
    FS_BASED,
    Agent,
    BackupSet,
    Client,
    Instance,
    Named,
    Subclient,
)
from pgbackup_tui.simulator.messages import Json

COMMCELL_ID = 2
"""Of a stand-alone CommCell."""
RELEASE = "11.40.2"
PROCESSING = {"attributes": [{"name": "exitval", "value": "0"}]}
"""Comes with many lists, and says nothing."""
CLIENT_TYPE, SUBCLIENT_TYPE = 3, 7
BACKUP, RESTORE, DATA_AGING = 1, 2, 16


def listing(key: str, rows: list[Json]) -> Json:
    return {key: rows, "processinginstructioninfo": PROCESSING}


def activity(*types: int) -> list[Json]:
    return [{"activityType": t, "enableAfterADelay": False, "enableActivityType": True} for t in types]


def company(of: Named) -> Json:
    return {"companyId": of.id, "companyName": of.name, "multiCommcellId": 0}


def client_entity(client: Client) -> Json:
    return {
        "hostName": client.host_name,
        "clientId": client.id,
        "clientName": client.name,
        "displayName": client.display_name,
        "clientGUID": client.guid,
        "_type_": CLIENT_TYPE,
        "entityInfo": company(client.company),
    }


def client_row(client: Client) -> Json:
    """A row of the list of clients."""
    return {
        "client": {"clientEntity": client_entity(client), "cvdPort": 8400, "evmgrcPort": 8402},
        "clientProps": {"clusterType": 0, "iSCSIPort": 0},
    }


def cached_client_row(client: Client) -> Json:
    """A row of the list that fl, fq, start and limit ask for (sdk:client.py get_clients_cache)."""
    return {
        "client": {
            "clientEntity": client_entity(client),
            "idaList": [{"idaEntity": _ida(agent)} for agent in client.agents],
            "osInfo": {"OsDisplayInfo": {"OSName": client.os_name}},
            "versionInfo": {"version": RELEASE, "UpdateStatus": 0},
        },
        "clientProps": {"networkReadiness": {"status": "ONLINE"}, "isInfrastructure": False},
        "isServerClient": True,
    }


def client_detail(client: Client) -> Json:
    """Everything of one client that the SDK indexes without a default (sdk:client.py _get_client_properties)."""
    return {
        "client": {
            "clientEntity": client_entity(client),
            "cvdPort": 8400,
            "evmgrcPort": 8402,
            "osInfo": {
                "Type": "Windows" if client.windows else "Unix",
                "SubType": "Server" if client.windows else "Linux",
                "OsDisplayInfo": {"ProcessorType": "X64", "OSName": client.os_name},
            },
            "TimeZone": {"TimeZoneName": "(UTC) Coordinated Universal Time"},
            "versionInfo": {"version": "FeatureRelease:11.40.2", "GalaxyRelease": {"ReleaseString": "11.0"}},
            "idaList": [{"idaEntity": _ida(agent)} for agent in client.agents],
            "jobResulsDir": {"path": "/opt/commvault/iDataAgent/jobResults"},
        },
        "clientProps": {
            "activityControl": {
                "EnableDataRecovery": True,
                "EnableDataManagement": True,
                "EnableOnlineContentIndex": True,
            },
            "clientActivityControl": {"activityControlOptions": activity(BACKUP, RESTORE, DATA_AGING)},
            "EnableSnapBackups": False,
        },
    }


def _ida(agent: Agent) -> Json:
    return {"appName": agent.app_name, "applicationId": agent.application_id}


def agent_row(client: Client, agent: Agent) -> Json:
    ida = {"clientId": client.id, "clientName": client.name, "commCellId": COMMCELL_ID, **_ida(agent)}
    return {
        "idaEntity": ida,
        "AgentProperties": {"installDate": 0, "agentVersion": RELEASE, "isMarkedDeleted": False},
        "idaActivityControl": {"activityControlOptions": activity(BACKUP, RESTORE)},
    }


def instance_entity(instance: Instance) -> Json:
    client = instance.client
    return {
        "clientId": client.id,
        "clientName": client.name,
        "displayName": client.display_name,
        "instanceId": instance.id,
        "instanceName": instance.name,
        "appName": instance.agent.app_name,
        "applicationId": instance.agent.application_id,
        "entityInfo": company(client.company),
    }


def instance_row(instance: Instance) -> Json:
    return {
        "isDeleted": False,
        "version": instance.version,
        "applicationSize": instance.size,
        "instance": instance_entity(instance),
        "instanceActivityControl": {"activityControlOptions": activity(BACKUP, RESTORE)},
    }


def instance_detail(instance: Instance) -> Json:
    """With `postGreSQLInstance`, without which the SDK fails (sdk:instances/postgresinstance.py)."""
    major = instance.version.partition(".")[0]
    prefix = "C:\\PostgreSQL" if instance.client.windows else "/usr/pgsql"
    return {
        **instance_row(instance),
        "planEntity": plan(instance.plan),
        "postGreSQLInstance": {
            "BinaryDirectory": f"{prefix}-{major}/bin",
            "LibDirectory": f"{prefix}-{major}/lib",
            "ArchiveLogDirectory": "/var/lib/pgsql/archive",
            "port": str(instance.port),
            "MaintainenceDB": "postgres",
            "SAUser": {"userName": "postgres"},
            "ArchiveDelete": True,
            "logStoragePolicy": {"storagePolicyName": "DB-Primary", "storagePolicyId": 21},
            "standbyOptions": {
                "isStandbyEnabled": False,
                "standbyInstance": {},
                "useMasterForLogBkp": False,
                "useMasterForDataBkp": False,
            },
            "sslOpt": {"sslEnabled": False, "sslCa": "", "sslKey": "", "sslCert": ""},
            "credentialEntity": {"credentialName": f"postgres-{instance.client.name}"},
        },
    }


def plan(of: Named) -> Json:
    return {"planName": of.name, "planId": of.id}


def backupset_row(backupset: BackupSet) -> Json:
    return {
        "backupSetEntity": {
            **instance_entity(backupset.instance),
            "backupsetId": backupset.id,
            "backupsetName": backupset.name,
        },
        "commonBackupSet": {
            "isDefaultBackupSet": backupset.name != DUMP_BASED,
            "onDemandBackupset": False,
            "userDescription": "",
        },
        "planEntity": plan(backupset.instance.plan),
    }


def subclient_entity(subclient: Subclient) -> Json:
    """What an association of a task repeats (sdk:subclient.py _backup_json)."""
    return {
        **instance_entity(subclient.instance),
        "backupsetId": subclient.backupset.id,
        "backupsetName": subclient.backupset.name,
        "subclientId": subclient.id,
        "subclientName": subclient.name,
        "_type_": SUBCLIENT_TYPE,
    }


def subclient_row(subclient: Subclient, last_backup: int, next_backup: int) -> Json:
    """A row of the list; `last_backup` is 0 for a subclient that never was backed up."""
    policy = subclient.storage_policy
    device = {"dataBackupStoragePolicy": _policy(policy), "logBackupStoragePolicy": _policy(policy)}
    return {
        "subClientEntity": subclient_entity(subclient),
        "commonProperties": {
            "isDefaultSubclient": subclient.name == "default",
            "enableBackup": True,
            "lastBackupTime": last_backup,
            "nextBackupTime": next_backup,
            "description": "",
            "onDemandSubClient": False,
            "storageDevice": device if policy else {},
        },
    }


def subclient_detail(subclient: Subclient, last_backup: int, next_backup: int) -> Json:
    return {
        **subclient_row(subclient, last_backup, next_backup),
        "planEntity": plan(subclient.instance.plan),
        "proxyClient": {},
        "content": [{"postgreSQLContent": {"databaseName": f"/{name}"}} for name in subclient.databases],
        "postgreSQLSubclientProp": {
            "numberOfBackupStreams": subclient.streams,
            "collectObjectListDuringBackup": False,
            "isUseBlockLevelBackup": subclient.block_level and subclient.backupset.name == FS_BASED,
        },
    }


def _policy(policy: Named | None) -> Json:
    return {"storagePolicyName": policy.name, "storagePolicyId": policy.id} if policy else {}
