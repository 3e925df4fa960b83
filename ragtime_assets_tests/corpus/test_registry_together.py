"""Many processes link at the same moment: nobody waits for ever, nothing is there twice, nothing is missing."""

from __future__ import annotations

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import entities, entity_decisions, entity_mentions, entity_names
from ragtime_assets_tests.processes import together

PROCESSES = 16
EPISODES = 2
NAMES = 20
LINK = f"""
import random, sys
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets_tests.corpus.names import PEOPLE, known, learned, linked
database, number = Database(sys.argv[1]), int(sys.argv[2])
registry = SqlEntityRegistry(database, PEOPLE)
names = [f"Player{{at}} Smith" for at in range({NAMES})]
spelled = [(str.lower, str.upper, str.title)[(number + at) % 3](name) for at, name in enumerate(names)]
random.Random(number).shuffle(spelled)
artists = [known(f"Artist {{at}}", at, qid=f"Q{{at + 1}}") for at in range({NAMES})]
random.Random(-number).shuffle(artists)
assert database.engine
print("ready", flush=True)
sys.stdin.readline()
for episode in range({EPISODES}):
    linked(registry, *(spelled if episode % 2 else spelled[::-1]), key=f"episode-{{number}}-{{episode}}")
    learned(registry, *artists, key=f"artists-{{number}}-{{episode}}")
print("done")
database.close()
"""


def test_sixteen_processes_that_link_crossing_names_make_each_entity_once_and_lose_no_mention(
    database: Database,
) -> None:
    url = database.url.render_as_string(hide_password=False)
    assert database.engine
    assert together(LINK, [(url, str(number)) for number in range(PROCESSES)]) == ["done"] * PROCESSES
    with database.reading() as connection:
        count = {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (entities, entity_mentions, entity_decisions)
        }
        doubled = connection.execute(
            sa.select(entity_names.c.key)
            .where(entity_names.c.kind != "short")
            .group_by(entity_names.c.key)
            .having(sa.func.count(entity_names.c.entity_id.distinct()) > 1)
        ).all()
        qids = connection.execute(sa.select(sa.func.count(entities.c.qid))).scalar_one()
    assert count["entities"] == 2 * NAMES
    assert count["entity_mentions"] == count["entity_decisions"] == 2 * PROCESSES * EPISODES * NAMES
    assert doubled == []
    assert qids == NAMES
