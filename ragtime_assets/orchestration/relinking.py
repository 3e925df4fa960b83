"""Episodes with names that MusicBrainz was not asked about are linked again by themselves, once it has answered."""

import dagster as dg

from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.graph import again_from
from ragtime_assets.errors import TransientError
from ragtime_assets.phases.entity_links import rules_of
from ragtime_assets.phases.linking.late_lookups import look_up_late
from ragtime_assets.studio import Kept, Knowledge

BY = "lookups"
MOST_EPISODES = 200


def link_late_names(
    context: dg.AssetExecutionContext, kept: Kept, knowledge: Knowledge, deadline: Deadline
) -> tuple[int, TransientError | None]:
    """Look the names up, and ask for the episodes that have all their answers; how many, and what ended it early."""
    music = knowledge.music(deadline, deadline.left())
    if music is None:
        return 0, None
    began = kept.database.clock()
    waiting = kept.late_names.waiting(MOST_EPISODES)
    answered: list[str] = []
    down: TransientError | None = None
    try:
        answered.extend(look_up_late(waiting, music, knowledge.vocabulary, rules_of(knowledge.vocabulary), deadline))
    except TransientError as error:
        down = error
    asked = kept.late_names.link_again(answered, began, BY, again_from(EntityLinks.asset)) if answered else []
    if waiting:
        context.log.info(f"{plural(len(asked), 'episode')} of {len(waiting)} with late names asked for")
    return len(asked), down
