"""What an episode says for and against an entity that a name may mean: pure, each piece with the words that show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import chain

from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.linking.connections import company, described_by, is_near, own_keys, related, through
from ragtime_assets.domain.linking.keys import is_one_word, key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.lifetimes import credited, years
from ragtime_assets.domain.linking.roles import kinds, roles, topics, words_of
from ragtime_assets.domain.linking.talk import Beside, Said, Talk
from ragtime_assets.domain.linking.weight import Weight

ROLE_BESIDE, ROLE_NEAR, ROLE_SOMEWHERE, OTHER_ROLE = 0.20, 0.10, 0.04, -0.30
KIND_BESIDE, KIND_NEAR, OTHER_KIND = 0.15, 0.05, -0.15
TOPIC_NEAR = 0.08
WORD_NEAR, WORD_SOMEWHERE = 0.12, 0.04
AREA_NEAR, AREA = 0.08, 0.04
SOMEBODY, CALLED_SO, ADDRESSED, OURS, EVERYDAY = -0.35, -0.30, -0.20, -0.25, -0.12
_SAY_NOTHING = frozenset(
    {"the", "and", "for", "from", "with", "der", "die", "das", "und", "von", "aus", "für", "mit", "born"}
    | {"american", "english", "german", "british", "french", "band", "album", "group", "jazz", "rock", "pop", "music"}
    | {"musician", "artist", "person", "city", "town", "label", "club", "song", "live", "record", "former", "new"}
)
_INDEFINITE = frozenset({"a", "an", "ein", "einen", "einem", "einer", "eine", "irgendein"})
_ADDRESS = frozenset({"mr", "mrs", "ms", "herr", "herrn", "frau"})
_SAYING_WHAT_IT_IS = frozenset({"is", "was", "are", "were", "ist", "war", "sind", "waren"})
_CALLED_WITHIN = 2
_APPOSED = 3


def weigh(
    said: Said, entity: KnownEntity, talk: Talk, subjects: Set[str] = frozenset(), *, is_person: bool
) -> Iterator[Weight]:
    """Everything that the episode says of whether `said` means `entity`, which is of these subjects."""
    found = chain(
        related(said, entity, talk),
        through(entity, subjects, talk),
        _roles(said, entity, talk) if is_person else _kinds(said, entity),
        _topics(said, subjects),
        _described(said, entity, talk),
        years(said, entity, is_person=is_person),
        credited(said, entity, talk) if is_person else (),
        _introduced(said) if is_person else (),
        company(entity, subjects, talk),
    )
    # What is said elsewhere may be said of the other one.
    yield from (one for one in found if one.is_near) if talk.is_contested(said) else found


def _roles(said: Said, entity: KnownEntity, talk: Talk) -> Iterator[Weight]:
    own = roles(folded_words(entity.disambiguation))
    beside, denied = _roles_beside(said)
    if own & denied:
        yield Weight(OTHER_ROLE, f"is no {_listed(own & denied)}, as is said", is_near=True)
    elif shared := own & beside:
        yield Weight(ROLE_BESIDE, f"is called {_listed(shared)}", is_near=True)
    elif own and beside:
        yield Weight(OTHER_ROLE, f"is {_listed(own)}, and the talk is of a {_listed(beside)}", is_near=True)
    elif shared := own & roles(said.around):
        says = f"the talk is of a {_listed(shared)} where it is said"
        yield Weight(ROLE_NEAR, says, is_near=True, is_of_topic=True)
    elif shared := own & roles(talk.words):
        yield Weight(ROLE_SOMEWHERE, f"the talk is of a {_listed(shared)} too", is_of_topic=True)


def _roles_beside(said: Said) -> tuple[frozenset[str], frozenset[str]]:
    """What those who have the name are said to do, and what not to do."""
    there, denied = set[str](), set[str]()
    for before, after, _ in said.beside:
        for words in (before, after):
            for at, word in enumerate(words):
                _ = (denied if words_of("not") & set(words[max(at - 2, 0) : at]) else there).update(roles([word]))
    return frozenset(there), frozenset(denied)


def _kinds(said: Said, entity: KnownEntity) -> Iterator[Weight]:
    """What it is said to be: an album, a novel, a ship."""
    own = kinds([*folded_words(entity.disambiguation), *entity.type.split("_")])
    beside = frozenset(kind for one in said.beside for kind in kinds(_apposed(one)))
    if shared := own & beside:
        yield Weight(KIND_BESIDE, f"is called {_listed(shared)}", is_near=True)
    elif own and beside:
        yield Weight(OTHER_KIND, f"is {_listed(own)}, and the talk is of a {_listed(beside)}", is_near=True)
    elif shared := own & kinds(said.around):
        yield Weight(KIND_NEAR, f"the talk is of a {_listed(shared)} where it is said", is_near=True)


def _apposed(beside: Beside) -> tuple[str, ...]:
    """The words that say what has the name: "the club Birdland", "Birdland, the club", "Birdland was a club"."""
    goes_on = beside.is_apposed or bool(_SAYING_WHAT_IT_IS & set(beside.after[:1]))
    return (*beside.before, *(beside.after[:_APPOSED] if goes_on else ()))


def _topics(said: Said, subjects: Set[str]) -> Iterator[Weight]:
    """What is talked about where the name is said."""
    if shared := subjects & topics(said.around):
        yield Weight(TOPIC_NEAR, f"the talk is of {_listed(shared)} where it is said", is_near=True, is_of_topic=True)


def _described(said: Said, entity: KnownEntity, talk: Talk) -> Iterator[Weight]:
    """Words of the disambiguation, such as a town or an age, and the place that it belongs to."""
    told = {key(name) for name in described_by(entity, talk)}
    names = {word for one in own_keys(entity) | told for word in one.split()}
    words = {
        word
        for word in folded_words(entity.disambiguation)
        if len(word) > 2 and not word.isdecimal() and word not in _SAY_NOTHING | names and not roles([word])
    }
    if near := sorted(words & said.around):
        yield Weight(WORD_NEAR, f"described by “{near[0]}”, which is said with it", is_near=True)
    elif somewhere := sorted(words & talk.words):
        yield Weight(WORD_SOMEWHERE, f"described by “{somewhere[0]}”, which is said in this episode")
    if entity.area and is_near(entity.area, said):
        yield Weight(AREA_NEAR, f"belongs to {entity.area}, which is said with it", is_near=True)
    elif entity.area and talk.names(entity.area, own_keys(entity)):
        yield Weight(AREA, f"belongs to {entity.area}, which is named")


def _introduced(said: Said) -> Iterator[Weight]:
    """Who is introduced by the name alone is mostly somebody else: "a Roger Waters", "the dog is called Loriot"."""
    whole = not is_one_word(said.name.name)
    for before, after, is_apposed in said.beside:
        if before and _is_somebody(before[-1]) and (is_apposed or not _are_things(after[:1])):
            yield Weight(SOMEBODY, f"is said to be “{before[-1]} {said.name.name}”", is_near=True)
        elif words_of("called") & {*before[-_CALLED_WITHIN:], *after[:1]}:
            yield Weight(CALLED_SO, "somebody is said to be called so", is_near=True)
        elif words_of("ours") & set(before) and not words_of("guest") & set(before):
            yield Weight(OURS, f"is said to be “{' '.join(before)} {said.name.name}”", is_near=True)
        elif whole and {*before[-1:], key(said.name.name).split()[0]} & _ADDRESS:
            yield Weight(ADDRESSED, "is addressed as people in the street are", is_near=True)
        else:
            continue
        return
    if "everyday" in roles(said.around):
        yield Weight(EVERYDAY, "the talk is of everyday people where it is said", is_near=True)


def _is_somebody(word: str) -> bool:
    return word in _INDEFINITE or word in words_of("somebody")


def _are_things(words: Sequence[str]) -> bool:
    """What comes after a name that only says whose it is: "a Coltrane solo"."""
    return bool(kinds(words) or topics(words))


def _listed(words: Set[str]) -> str:
    return ", ".join(sorted(words))
