"""entities -> entity links: what each name means, decided by rules that say why.

What belongs here: the order of the steps. What does not: the rules (`domain/linking/`), who else is asked
(`phases/linking/`), and SQL (`corpus/registry/`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.entity_links import EntityLink, EntityLinks, LinkDecision
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.linking.deciding import decide_all
from ragtime_assets.domain.linking.decision import RULES, Decision, Name, described
from ragtime_assets.domain.linking.judging import Rules
from ragtime_assets.domain.linking.kinds import kin_of, lines_of
from ragtime_assets.domain.linking.talk import Said, Talk
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary
from ragtime_assets.phases.linking.choosing import chosen
from ragtime_assets.phases.linking.musicbrainz import SECONDS, looked_up
from ragtime_assets.phases.linking.registered import decide_from_registry
from ragtime_assets.ports import EntityRegistry, LinkChooser, MusicDatabase


@dataclass(frozen=True)
class Linking:
    """What names are linked with."""

    registry: EntityRegistry
    vocabulary: Vocabulary
    music: MusicDatabase | None = None
    chooser: LinkChooser | None = None
    music_seconds: float = SECONDS


def make_entity_links(key: str, details: EpisodeDetails, entities: Entities, tools: Linking) -> EntityLinks:
    """One link per (type, name) that episode `key` mentions; nothing is written before all is decided."""
    talk, rules = talk_of(details, entities), rules_of(tools.vocabulary)
    found, decided = decide_from_registry(tools.registry, key, talk, rules)
    lookups = 0
    if tools.music is not None:
        asked = looked_up(tools.music, decided, found, tools.vocabulary, rules, tools.music_seconds)
        found, lookups = asked.found, asked.asked
        decided = {
            name: one.model_copy(update={"later": name in asked.later})
            for name, one in decide_all(talk, found, rules).items()
        }
    decided = chosen(decided, found, talk, tools.chooser)
    committed = tools.registry.commit(key, entities.mentions, list(decided.values()))
    counts = Counter(Name(mention.type, mention.name) for mention in entities.mentions)
    return EntityLinks(
        engine=tools.chooser.engine if tools.chooser else RULES,
        links=tuple(_link(one, counts[one.said]) for one in committed),
        decisions=tuple(map(_decision, committed)),
        lookups=lookups,
        vocabulary=tools.vocabulary.version,
    )


def talk_of(details: EpisodeDetails, entities: Entities) -> Talk:
    """What the episode says, as far as it tells who is meant."""
    return Talk(
        said=_said(entities.mentions),
        language=entities.language,
        year=details.published.year if details.published else None,
        persons=tuple(person.name for person in details.persons),
        about=tuple(filter(None, (details.title, details.show))),
    )


def rules_of(vocabulary: Vocabulary) -> Rules:
    """What this vocabulary says of types."""
    year, people = vocabulary.rules.year, vocabulary.people
    anybody = next((one.key for one in vocabulary.types if one.key in people and one.kind_of not in people), None)
    subjects = {one.key: one.subject for one in vocabulary.types if one.subject}
    not_linked = frozenset({year} if year else ())
    return Rules(kin_of(vocabulary), people, anybody, not_linked, wider=lines_of(vocabulary), subjects=subjects)


def _said(mentions: Iterable[Mention]) -> dict[Name, Said]:
    by_name: defaultdict[Name, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_name[Name(mention.type, mention.name)].append(mention)
    return {name: _said_by(name, some) for name, some in sorted(by_name.items())}


def _said_by(name: Name, mentions: Sequence[Mention]) -> Said:
    surfaces = dict.fromkeys(mention.surface for mention in mentions)
    contexts = dict.fromkeys(mention.context for mention in mentions)
    return Said(name, tuple(surfaces), tuple(contexts), tuple(mention.start for mention in mentions))


def _link(one: Decision, mentions: int) -> EntityLink:
    entity = one.entity
    return EntityLink(
        type=one.type,
        name=one.name,
        entity_id=entity.entity_id if entity else None,
        canonical_name=entity.name if entity else one.name,
        mentions=mentions,
    )


def _decision(one: Decision) -> LinkDecision:
    return LinkDecision(
        type=one.type,
        name=one.name,
        outcome=one.outcome,
        reason=one.reason,
        sentence=one.sentence,
        by=one.by,
        confidence=one.confidence,
        mbid=one.entity.mbid if one.entity else None,
        qid=one.entity.qid if one.entity else None,
        candidates=tuple(described(judged.entity) for judged in one.candidates) if one.outcome == "ambiguous" else (),
        later=one.later,
    )
