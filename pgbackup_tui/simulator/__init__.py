"""A simulated CommServe for the demo, for rehearsals and for tests. It meets its clients at HTTP only.

| file             | what is in it                                                                       |
|------------------|-------------------------------------------------------------------------------------|
| `world.py`       | state and clock: World.sample(...)                                                  |
| `sample.py`      | the sample estate, with the clients whose backups go wrong in a known way           |
| `entities.py`, `estate.py` | clients, instances, backup sets, subclients, and how they are found       |
| `jobs.py`        | the life of one job as a function of time                                           |
| `jobbook.py`, `history.py` | all jobs: those started here, and those of the nights before              |
| `sessions.py`    | who may ask                                                                         |
| `routes/`        | requests to answers, without a socket: handle(world, request) -> response           |
| `shapes.py`, `jobshapes.py`, `errors.py` | the JSON of entities, jobs and errors                       |
| `server.py`, `connection.py` | the same on a socket                                                    |
| `faults.py`, `canned.py`, `changes.py` | what goes wrong on purpose: the grammar is in faults.py       |
| `scenarios.py`   | faults and worlds under names, for rehearsals                                       |

Where a fact of the API is used, a docstring says where it comes from: a documentation page, or `sdk:` with a file
of cvpysdk 11.44, Commvault's own Python SDK. What none of them says is marked as a guess, or as this simulator's
choice.
"""
