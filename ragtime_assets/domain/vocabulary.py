"""What is looked for: entity types, the names that are known beforehand, the rules that tell unknown ones.

All of it is data (`data/*.toml`); here are its shape and its loader. How names are found in text is the
business of `phases/names/`.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field, ValidationError

from ragtime_assets.domain.artifact import Record
from ragtime_assets.errors import ConfigurationError

DEFAULT = Path(__file__).parent / "data" / "vocabulary.toml"
EVERYDAY = "~"

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Qid = Annotated[str, Field(pattern=r"^Q[1-9][0-9]*$")]
Spelling = Literal["name", "title", "word"]
MusicBrainzName = Literal["artist", "release_group", "work", "label", "place", "area", "instrument", "genre", "series"]


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


class EntityType(Record):
    """One kind of entity; an inactive one is neither looked for nor linked."""

    key: Key
    name: str
    description: str
    examples: tuple[str, ...] = ()
    spelling: Spelling = "name"
    wikidata: WikidataClass | None = None
    musicbrainz: MusicBrainzTable | None = None
    active: bool = True


class KnownName(Record):
    """A name that is known beforehand, with every way to spell it; `~` marks an everyday word."""

    type: Key
    name: str
    spellings: tuple[str, ...]


class LanguageRules(Record):
    """What the words of one language say of the capitals around them."""

    nouns_have_capitals: bool = False
    compounds: bool = False
    endings: Words = frozenset()
    stop: Words = frozenset()
    not_last: Words = frozenset()
    plays: Words = frozenset()
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

    @property
    def active(self) -> dict[str, EntityType]:
        """The types that are switched on, by key."""
        return {type_.key: type_ for type_ in self.types if type_.active}

    def of(self, key: str) -> EntityType:
        """The type with this key, active or not."""
        for type_ in self.types:
            if type_.key == key:
                return type_
        raise ConfigurationError(f"the vocabulary has no type {key!r}; it has {_listed(self.types)}")


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """The vocabulary in the file at `path`, or the one that comes with the package."""
    path = path or DEFAULT
    content = _read(path)
    try:
        vocabulary = Vocabulary(
            types=tuple(EntityType.model_validate(entry) for entry in _tables(content.get("type", []))),
            known=tuple(
                known
                for name in cast("list[str]", content.get("gazetteers", []))
                for known in _gazetteer(_read(path.parent / name))
            ),
            rules=_rules(_read(path.parent / str(content["rules"])) if "rules" in content else {}),
        )
    except (ValidationError, TypeError) as error:
        raise ConfigurationError(f"the vocabulary {path} is not as it should be: {_first(error)}") from error
    _check(vocabulary, path)
    return vocabulary


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


def _tables(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("`type` has to be a list of tables, each under [[type]]")
    return cast("list[object]", value)


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
    keys = Counter(type_.key for type_ in vocabulary.types)
    if not keys:
        raise ConfigurationError(f"the vocabulary {path} has no [[type]]")
    if twice := [key for key, count in keys.items() if count > 1]:
        raise ConfigurationError(f"the vocabulary {path} has more than one type {', '.join(twice)}")
    rules = vocabulary.rules
    used = {known.type for known in vocabulary.known} | set(rules.after)
    used.update(key for language in rules.languages.values() for key in language.before)
    used.update(key for key in (rules.person, rules.instrument, rules.year, rules.country) if key)
    if unknown := sorted(used - set(keys)):
        raise ConfigurationError(
            f"the files of the vocabulary {path} name the types {', '.join(unknown)}; "
            f"it has {_listed(vocabulary.types)}"
        )


def _listed(types: tuple[EntityType, ...]) -> str:
    return ", ".join(type_.key for type_ in types)


def _first(error: ValidationError | TypeError) -> str:
    if isinstance(error, TypeError):
        return str(error)
    detail = error.errors()[0]
    return f"{error.title} {'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}, not {detail['input']!r}"
