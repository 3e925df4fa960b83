"""What an episode says for and against an entity that a name may mean: pure, each piece with the words that show it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import chain

from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.linking.clue import Clue, Evidence
from ragtime_assets.domain.linking.connections import company, described_by, is_near, own_keys, related, through
from ragtime_assets.domain.linking.everyday import everyday, unsure
from ragtime_assets.domain.linking.keys import key, untitled
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.lifetimes import credited, dead_today, years
from ragtime_assets.domain.linking.nations import nations
from ragtime_assets.domain.linking.places import is_of
from ragtime_assets.domain.linking.roles import kinds, kinsfolk, roles, topics, words_of
from ragtime_assets.domain.linking.talk import Beside, Said, Talk

_SAY_NOTHING = frozenset(
    {"the", "and", "for", "from", "with", "der", "die", "das", "und", "von", "aus", "für", "mit", "born"}
    | {"american", "english", "german", "british", "french", "band", "album", "group", "jazz", "rock", "pop", "music"}
    | {"musician", "artist", "person", "city", "town", "label", "club", "song", "live", "record", "former", "new"}
)
_SAYING_WHAT_IT_IS = frozenset({"is", "was", "are", "were", "ist", "war", "sind", "waren"})
_APPOSED = 3
_ANYBODY = frozenset({"everyday"})
_DENIED_WITHIN = 5


def weigh(
    said: Said, entity: KnownEntity, talk: Talk, subjects: Set[str] = frozenset(), *, is_person: bool
) -> Iterator[Evidence]:
    """Everything that the episode says of whether `said` means `entity`, which is of these subjects."""
    found = chain(
        related(said, entity, talk),
        through(entity, subjects, talk),
        _roles(said, entity, talk) if is_person else _kinds(said, entity),
        _topics(said, subjects, talk),
        _nations(said, entity),
        _described(said, entity, talk),
        years(said, entity, is_person=is_person),
        credited(said, entity, talk) if is_person else (),
        dead_today(said, entity, talk) if is_person else (),
        everyday(said, entity, talk) if is_person else (),
        unsure(said),
        company(said, entity, subjects, talk),
    )
    # What is said elsewhere may be said of the other one.
    yield from (one for one in found if one.is_near) if talk.is_contested(said) else found


def _roles(said: Said, entity: KnownEntity, talk: Talk) -> Iterator[Evidence]:
    own = roles(folded_words(entity.disambiguation))
    beside, denied = _roles_beside(said)
    if key(said.name.name) not in own_keys(entity):
        beside |= roles(_title(said))
    if own and own & _roles_denied(said):
        yield Evidence(Clue.ROLE_DENIED, f"is no {_listed(own & _roles_denied(said))}, as is said", is_near=True)
    elif own & denied:
        yield Evidence(Clue.OTHER_ROLE, f"is no {_listed(own & denied)}, as is said", is_near=True)
    elif shared := own & beside:
        yield Evidence(Clue.ROLE_BESIDE, f"is called {_listed(shared)}", is_near=True)
    elif own and (said_to_be := frozenset(role for one in said.beside for role in roles(_said_to_be(one))) - _ANYBODY):
        yield Evidence(Clue.OTHER_ROLE, f"is {_listed(own)}, and the talk is of a {_listed(said_to_be)}", is_near=True)
    elif shared := own & roles(said.around):
        says = f"the talk is of a {_listed(shared)} where it is said"
        yield Evidence(Clue.ROLE_NEAR, says, is_near=True)
    elif shared := own & roles(talk.words):
        yield Evidence(Clue.ROLE_SOMEWHERE, f"the talk is of a {_listed(shared)} too")


def _title(said: Said) -> list[str]:
    """The words in front of a name that are no part of it: "Minister Gerd Müller"."""
    words, plain = key(said.name.name).split(), untitled(said.name.name).split()
    return words[: len(words) - len(plain)]


def _roles_beside(said: Said) -> tuple[frozenset[str], frozenset[str]]:
    """What those who have the name are said to do, and what not to do."""
    there, denied = set[str](), set[str]()
    for before, after, _ in said.beside:
        for words in (before, after):
            for at, word in enumerate(words):
                _ = (denied if words_of("not") & set(words[max(at - 2, 0) : at]) else there).update(roles([word]))
    return frozenset(there) - _ANYBODY, frozenset(denied)


def _roles_denied(said: Said) -> frozenset[str]:
    """What is said with the name that nobody, or somebody else, does: "not the one with the saxophone"."""
    no = words_of("not")
    return frozenset(
        role
        for words in said.clauses
        for at, word in enumerate(words)
        if no & set(words[max(at - _DENIED_WITHIN, 0) : at])
        for role in roles([word])
    )


def _kinds(said: Said, entity: KnownEntity) -> Iterator[Evidence]:
    """What it is said to be: an album, a novel, a ship."""
    own = kinds([*folded_words(entity.disambiguation), *entity.type.split("_")])
    beside = frozenset(kind for one in said.beside for kind in kinds(_apposed(one)))
    said_to_be = frozenset(kind for one in said.beside for kind in kinds(_said_to_be(one)[: _APPOSED + 1]))
    if shared := own & beside:
        yield Evidence(Clue.KIND_BESIDE, f"is called {_listed(shared)}", is_near=True)
    elif own and said_to_be:
        yield Evidence(Clue.OTHER_KIND, f"is {_listed(own)}, and the talk is of a {_listed(said_to_be)}", is_near=True)
    elif shared := own & kinds(said.around):
        yield Evidence(Clue.KIND_NEAR, f"the talk is of a {_listed(shared)} where it is said", is_near=True)


def _said_to_be(beside: Beside) -> tuple[str, ...]:
    """The words that say what somebody is, and not whom or what the sentence goes on to."""
    goes_on = beside.is_apposed or bool(_SAYING_WHAT_IT_IS & set(beside.after[:1]))
    return (*beside.before[-1:], *(beside.after if goes_on else ()))


def _apposed(beside: Beside) -> tuple[str, ...]:
    """The words that say what has the name: "the club Birdland", "Birdland, the club", "Birdland was a club"."""
    goes_on = beside.is_apposed or bool(_SAYING_WHAT_IT_IS & set(beside.after[:1]))
    return (*beside.before, *(beside.after[:_APPOSED] if goes_on else ()))


def _topics(said: Said, subjects: Set[str], talk: Talk) -> Iterator[Evidence]:
    """What is talked about where the name is said, and in the whole episode."""
    if shared := subjects & topics(said.around):
        yield Evidence(Clue.TOPIC_NEAR, f"the talk is of {_listed(shared)} where it is said", is_near=True)
    if talk.topic and subjects:
        is_of_it = talk.topic in subjects
        yield Evidence(
            Clue.TALK_TOPIC if is_of_it else Clue.OTHER_TALK_TOPIC, f"most of this episode is of {talk.topic}"
        )


def _nations(said: Said, entity: KnownEntity) -> Iterator[Evidence]:
    """Where it is from."""
    own = nations(folded_words(f"{entity.disambiguation} {entity.area or ''}"))
    there = nations(said.around)
    if shared := own & there:
        yield Evidence(Clue.NATION_NEAR, f"is {_listed(shared)}, as is said with it", is_near=True)
    elif own and (others := nations(word for before, after, _ in said.beside for word in (*before, *after))):
        yield Evidence(Clue.OTHER_NATION, f"is {_listed(own)}, and {_listed(others)} is said beside it", is_near=True)


def _described(said: Said, entity: KnownEntity, talk: Talk) -> Iterator[Evidence]:
    """Words of the disambiguation, such as a town or an age, and the place that it belongs to."""
    told = {key(name) for name in (*described_by(entity, talk), *entity.related)}
    names = {word for one in {key(entity.name)} | told for word in one.split()}
    words = {
        word
        for word in folded_words(entity.disambiguation)
        if len(word) > 2
        and not word.isdecimal()
        and word not in _SAY_NOTHING | names
        and not roles([word])
        and not kinsfolk([word])
    }
    if near := sorted(words & said.around):
        yield Evidence(Clue.WORD_NEAR, f"described by “{near[0]}”, which is said with it", is_near=True)
    elif somewhere := sorted(words & talk.words):
        yield Evidence(Clue.WORD_SOMEWHERE, f"described by “{somewhere[0]}”, which is said in this episode")
    kin = kinsfolk(folded_words(entity.disambiguation))
    if shared := kin & kinsfolk(word for one in said.beside for word in _apposed(one)):
        yield Evidence(Clue.KIN_BESIDE, f"is called {_listed(shared)}", is_near=True)
    elif shared := kin & kinsfolk(said.around):
        yield Evidence(Clue.KIN_NEAR, f"is somebody’s {_listed(shared)}, which is said with it", is_near=True)
    if entity.area and (is_near(entity.area, said) or is_of(entity.area, said.around)):
        yield Evidence(Clue.AREA_NEAR, f"belongs to {entity.area}, which is said with it", is_near=True)
    elif entity.area and talk.names(entity.area, own_keys(entity)):
        yield Evidence(Clue.AREA, f"belongs to {entity.area}, which is named")


def _listed(words: Set[str]) -> str:
    return ", ".join(sorted(words))
