"""What is looked for: entity types, the names that are known beforehand, the rules that tell unknown ones.

All of it is data (a folder of `data` for each pack); here are its shape and its loader. How names are found in text is
the business of `phases/reading/names/`.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from contextlib import suppress
from functools import cache, cached_property, lru_cache, reduce
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal, TypeVar, cast

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError

from ragtime_assets.domain.artifact import Record
from ragtime_assets.errors import ConfigurationError

_DATA = Path(__file__).parent / "data"
PACKS = ("core", "jazz")
"""What comes with the package, each laid over those before it."""
CORE = PACKS[0]
EVERYDAY = "~"

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Qid = Annotated[str, Field(pattern=r"^Q[1-9][0-9]*$")]
Spelling = Literal["name", "title", "word"]
MusicBrainzName = Literal[
    "artist", "release_group", "work", "label", "place", "area", "event", "series", "instrument", "genre"
]


def _split(value: object) -> object:
    return frozenset(value.split()) if isinstance(value, str) else value


def _lines(value: object) -> object:
    return tuple(line.strip() for line in value.splitlines() if line.strip()) if isinstance(value, str) else value


Words = Annotated[frozenset[str], BeforeValidator(_split)]
Lines = Annotated[tuple[str, ...], BeforeValidator(_lines)]


class WikidataClass(Record):
    """What an item of Wikidata has to be to stand for an entity of a type."""

    instance_of: Qid
    occupation: Qid | None = None


class MusicBrainzTable(Record):
    """Where MusicBrainz keeps a type, and which of its own types count; none named = all."""

    table: MusicBrainzName
    types: tuple[str, ...] = ()
    untyped: bool = False
    """Whether what MusicBrainz has without a type may be one too, beside those of `types`."""

    def takes(self, type_: str | None) -> bool:
        """Whether an entry of this type of MusicBrainz's counts."""
        return not self.types or (self.untyped if type_ is None else type_ in self.types)


class EntityType(Record):
    """One kind of entity; an inactive one is neither looked for nor linked."""

    key: Key
    name: str
    description: str
    examples: tuple[str, ...] = ()
    spelling: Spelling = "name"
    wikidata: WikidataClass | None = None
    musicbrainz: MusicBrainzTable | None = None
    kind_of: Key | None = None
    """The wider type."""
    subject: Key | None = None
    """What the talk has to be about for this type to count in full."""
    active: bool = True


class KnownName(Record):
    """A name that is known beforehand, with every way to spell it; `~` marks an everyday word."""

    type: Key
    name: str
    spellings: tuple[str, ...]


_R = TypeVar("_R", bound=Record)


def _joined(below: _R, above: _R) -> _R:
    """Both rules in one: lists are joined, of single values the one of `above` counts."""
    told = above.model_fields_set
    return below.model_copy(update={name: _together(getattr(below, name), getattr(above, name)) for name in told})


def _together(below: object, above: object) -> object:
    match below, above:
        case Record(), Record():
            return _joined(below, above)
        case (frozenset(), frozenset()):
            return cast("frozenset[str]", below) | cast("frozenset[str]", above)
        case (tuple(), tuple()):
            return (*cast("tuple[str, ...]", below), *cast("tuple[str, ...]", above))
        case (Mapping(), Mapping()):
            lower, upper = cast("Mapping[str, object]", below), cast("Mapping[str, object]", above)
            # What lies on top comes last: of two types that share a word, the last one counts.
            return {**lower, **{key: _together(lower.get(key), value) for key, value in upper.items()}}
        case _:
            return above


class LanguageRules(Record):
    """What the words of one language say of the capitals around them."""

    nouns_have_capitals: bool = False
    compounds: bool = False
    articles: Words = frozenset()
    endings: Words = frozenset()
    stop: Words = frozenset()
    not_last: Words = frozenset()
    plays: Words = frozenset()
    acts: Words = frozenset()
    before: Mapping[Key, Words] = {}


class NameRules(Record):
    """How unknown names are told from other words; which types mean a person, an instrument and so on."""

    person: Key | None = None
    instrument: Key | None = None
    year: Key | None = None
    country: Key | None = None
    particles: Words = frozenset()
    joints: Words = frozenset()
    called: Words = frozenset()
    first_names: Words = frozenset()
    ignored: Lines = ()
    after: Mapping[Key, Words] = {}
    languages: Mapping[str, LanguageRules] = {}

    def of(self, language: str) -> LanguageRules:
        """The rules of `language`; the empty ones when it has none."""
        return self.languages.get(language, LanguageRules())


class Vocabulary(Record):
    """Everything that is looked for."""

    types: tuple[EntityType, ...]
    known: tuple[KnownName, ...] = ()
    rules: NameRules = NameRules()

    @cached_property
    def version(self) -> str:
        """What changes when a type, a name or a rule does."""
        told = json.dumps(self.model_dump(), sort_keys=True, default=sorted)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def active(self) -> dict[str, EntityType]:
        """The types that are switched on, by key."""
        return {type_.key: type_ for type_ in self.types if type_.active}

    @property
    def people(self) -> frozenset[str]:
        """The types that mean a person: the one of the rules, what it is a kind of, and the kinds of those."""
        kinds = {type_.key: type_.kind_of for type_ in self.types}
        person = self.rules.person
        people = {person, kinds.get(person)} - {None} if person else set[str | None]()
        return frozenset(key for key, kind in kinds.items() if key in people or kind in people)

    @property
    def subjects(self) -> frozenset[str]:
        """What the talk may be about."""
        return frozenset(type_.subject for type_ in self.types if type_.subject)

    def beside(self, subject: str) -> Vocabulary:
        """What is looked for where the talk is not about `subject`: of its own, names of several words and its people.

        A known saxophonist is one in a talk about cooking too, but there a bass is a fish and a studio a program.
        """
        own = {type_.key: type_ for type_ in self.types if type_.subject == subject}
        known = (name if name.type not in own else _unmistakable(name, own[name.type]) for name in self.known)
        rules = self.rules
        person = own[rules.person].kind_of if rules.person in own else rules.person
        languages = {code: _without(words, own.keys() - self.people) for code, words in rules.languages.items()}
        changed = {
            "person": person,
            "instrument": None if rules.instrument in own else rules.instrument,
            "after": {key: words for key, words in rules.after.items() if key not in own},
            "languages": languages,
        }
        return self.model_copy(update={"known": tuple(filter(None, known)), "rules": rules.model_copy(update=changed)})

    def of(self, key: str) -> EntityType:
        """The type with this key, active or not."""
        for type_ in self.types:
            if type_.key == key:
                return type_
        raise ConfigurationError(f"the vocabulary has no type {key!r}; it has {_listed(self.types)}")


NOTHING = Vocabulary(types=())


def _unmistakable(known: KnownName, type_: EntityType) -> KnownName | None:
    spellings = tuple(s for s in known.spellings if " " in s and not s.startswith(EVERYDAY))
    return known.model_copy(update={"spellings": spellings}) if spellings and type_.spelling == "name" else None


def _without(words: LanguageRules, keys: Set[str]) -> LanguageRules:
    return words.model_copy(update={"before": {key: cues for key, cues in words.before.items() if key not in keys}})


class _Entry(Record):
    """A [[type]] as a file has it: a new one, or what is to be changed of one that is there."""

    model_config = ConfigDict(extra="allow")

    key: Key
    names: str = ""
    """Known names, written like a gazetteer."""
    cues: Mapping[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], Words] = {}
    """By language, the words that stand before a name of this type ("saxophonist X")."""
    last_words: Words = frozenset()
    """The words that end a name of this type ("X Quartet")."""

    def over(self, base: EntityType | None, subject: str | None) -> EntityType:
        """The type as it is from now on; raises ValueError when that is none."""
        told = {"key": self.key, **({"subject": subject} if subject else {}), **(self.model_extra or {})}
        if base is None and not {"name", "description"} <= set(told):
            raise ValueError(
                f"{self.key} is no type that comes with the package; a new one has a name and a description"
            )
        return EntityType.model_validate({**(base.model_dump() if base else {}), **told})

    def ruled(self, rules: NameRules) -> NameRules:
        """The rules with this type's words among them."""
        after = {**rules.after, self.key: rules.after.get(self.key, frozenset()) | self.last_words}
        languages = dict(rules.languages)
        for language, words in self.cues.items():
            own = rules.of(language)
            before = {**own.before, self.key: own.before.get(self.key, frozenset()) | words}
            languages[language] = own.model_copy(update={"before": before})
        changed = {"languages": languages} | ({"after": after} if self.last_words else {})
        return rules.model_copy(update=changed)


class _File(Record):
    """A vocabulary as a file has it."""

    complete: bool = False
    subject: Key | None = None
    """What its types are about."""
    type: tuple[_Entry, ...] = ()
    gazetteers: tuple[str, ...] = ()
    rules: str | None = None


def load_vocabulary(*parts: str | Path) -> Vocabulary:
    """The packs and files named, each laid over those before; without a pack among them, over all packs.

    The core is under every pack. A file that says `complete = true` is laid over nothing.
    """
    chosen = [part for part in parts if part in PACKS] or PACKS
    vocabulary = _packed(tuple(pack for pack in PACKS if pack == CORE or pack in chosen))
    for file in (part for part in parts if part not in PACKS):
        vocabulary = _laid_over(vocabulary, Path(file))
    return vocabulary


@cache
def _packed(packs: tuple[str, ...]) -> Vocabulary:
    """These packs, each laid over those before; no one changes them while a process lives."""
    return reduce(_laid_over, (_DATA / pack / "pack.toml" for pack in packs), NOTHING)


@lru_cache(maxsize=16)
def country_names(language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each country's English name, and its names in English, German and `language`, as Unicode lists them."""
    from babel import Locale, UnknownLocaleError

    names = [cast("dict[str, str]", Locale(code).territories) for code in ("en", "de")]
    # A language without a list of its own still has the English and the German one.
    with suppress(UnknownLocaleError, ValueError):
        names.append(cast("dict[str, str]", Locale.parse(language).territories))
    english = names[0]
    codes = [code for code in english if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES]
    return tuple((english[code], tuple({some.get(code, english[code]): None for some in names})) for code in codes)


# Antarctica, islands of others (Jersey would be found in New Jersey), unions, and codes that stand for nothing.
_NO_COUNTRIES = frozenset(
    {"AC", "AQ", "BV", "CP", "CQ", "DG", "EA", "EU", "EZ", "GG", "HM", "IC", "IM", "JE", "QO", "TA", "UM", "UN", "XA"}
    | {"XB", "ZZ"}
)


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"the vocabulary file {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the vocabulary file {path} is not TOML: {error}") from error


def _laid_over(base: Vocabulary, path: Path) -> Vocabulary:
    try:
        file = _File.model_validate(_read(path))
        base = NOTHING if file.complete else base
        rules = _joined(base.rules, _rules(_read(path.parent / file.rules))) if file.rules else base.rules
        lists = [_gazetteer(_read(path.parent / name)) for name in file.gazetteers]
        types = {type_.key: type_ for type_ in base.types}
        if twice := [key for key, count in Counter(entry.key for entry in file.type).items() if count > 1]:
            raise ValueError(f"there is more than one type {', '.join(twice)}")
        for entry in file.type:
            types[entry.key] = entry.over(types.get(entry.key), file.subject)
            rules = entry.ruled(rules)
            lists.append(_gazetteer({entry.key: entry.names}))
    except ValidationError as error:
        raise ConfigurationError(f"the vocabulary {path} is not as it should be: {_first(error)}") from error
    except ValueError as error:
        raise ConfigurationError(f"the vocabulary {path} is not as it should be: {error}") from error
    # Names of one's own come before those of the package, which may know the same words for something else.
    vocabulary = Vocabulary(types=tuple(types.values()), known=(*chain(*lists), *base.known), rules=rules)
    _check(vocabulary, path)
    return vocabulary


def _gazetteer(content: Mapping[str, object]) -> Iterator[KnownName]:
    for key, lines in content.items():
        for line in str(lines).splitlines():
            spellings = tuple(part.strip() for part in line.split("|") if part.strip())
            if spellings:
                yield KnownName(type=key, name=spellings[0].removeprefix(EVERYDAY), spellings=spellings)


def _rules(content: dict[str, object]) -> NameRules:
    own = {name: value for name, value in content.items() if name in NameRules.model_fields}
    languages = {name: value for name, value in content.items() if name not in own}
    return NameRules.model_validate({**own, "languages": languages})


def _check(vocabulary: Vocabulary, path: Path) -> None:
    if not vocabulary.types:
        raise ConfigurationError(f"the vocabulary {path} has no [[type]]")
    keys = {type_.key for type_ in vocabulary.types}
    rules = vocabulary.rules
    used = {known.type for known in vocabulary.known} | set(rules.after)
    used.update(key for language in rules.languages.values() for key in language.before)
    used.update(key for key in (rules.person, rules.instrument, rules.year, rules.country) if key)
    if unknown := sorted(used - keys):
        raise ConfigurationError(
            f"the files of the vocabulary {path} name the types {', '.join(unknown)}; "
            f"it has {_listed(vocabulary.types)}"
        )


def _listed(types: tuple[EntityType, ...]) -> str:
    return ", ".join(type_.key for type_ in types)


def _first(error: ValidationError) -> str:
    detail = error.errors()[0]
    where = ".".join(str(part) for part in detail["loc"]).removeprefix("type.")
    return f"{where}: {detail['msg']}, not {detail['input']!r}"
