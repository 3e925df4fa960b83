"""The vocabulary: what comes with the package, and what a wrong file is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ragtime_assets.domain.vocabulary.vocabulary import (
    KnownName,
    MusicBrainzTable,
    WikidataClass,
    country_names,
    load_vocabulary,
)
from ragtime_assets.errors import ConfigurationError
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio

CLASSES = {
    "person": "Q5",
    "organisation": "Q43229",
    "place": "Q2221906",
    "work": "Q386724",
    "event": "Q1656682",
    "musician": "Q5",
    "musical_group": "Q215380",
    "album": "Q482994",
    "musical_work": "Q207628",
    "recording_session": "Q98216532",
    "record_label": "Q18127",
    "music_venue": "Q8719053",
    "music_festival": "Q868557",
    "music_genre": "Q188451",
    "musical_instrument": "Q34379",
    "city": "Q515",
    "country": "Q6256",
    "year": "Q577",
    "historical_period": "Q11514315",
    "role": "Q12737077",
}


def _write(folder: Path, text: str) -> Path:
    path = folder / "vocabulary.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _complete(folder: Path, text: str) -> Path:
    return _write(folder, f"complete = true\n{text}")


def _type(key: str = "river", more: str = "") -> str:
    return f'[[type]]\nkey = "{key}"\nname = "River"\ndescription = "Water that flows."\n{more}\n'


def test_every_bundled_type_names_its_class_in_wikidata() -> None:
    types = load_vocabulary().types
    assert {type_.key: type_.wikidata.instance_of for type_ in types if type_.wikidata} == CLASSES
    assert all(type_.active and type_.description and type_.examples for type_ in types)


def test_a_musician_is_a_human_with_an_occupation_and_a_person_in_musicbrainz() -> None:
    musician = load_vocabulary().of("musician")
    assert musician.wikidata
    assert (musician.wikidata.instance_of, musician.wikidata.occupation) == ("Q5", "Q639669")
    assert musician.musicbrainz
    assert (musician.musicbrainz.table, musician.musicbrainz.types) == ("artist", ("Person",))


def test_the_gazetteer_knows_hundreds_of_names_each_once_per_type() -> None:
    vocabulary = load_vocabulary()
    names = [(known.type, known.name) for known in vocabulary.known]
    assert len(names) > 1_000
    assert len(set(names)) == len(names)


def test_a_type_can_be_switched_off(tmp_path: Path) -> None:
    vocabulary = load_vocabulary(_complete(tmp_path, _type() + _type("lake", "active = false")))
    assert list(vocabulary.active) == ["river"]
    assert not vocabulary.of("lake").active


def test_names_come_from_the_files_beside_the_vocabulary(tmp_path: Path) -> None:
    (tmp_path / "names.toml").write_text('river = """\n~Main | Moenus\nRhine\n"""', encoding="utf-8")
    vocabulary = load_vocabulary(_complete(tmp_path, 'gazetteers = ["names.toml"]\n' + _type()))
    assert [(known.name, known.spellings) for known in vocabulary.known] == [
        ("Main", ("~Main", "Moenus")),
        ("Rhine", ("Rhine",)),
    ]


def test_a_file_of_ones_own_adds_a_type_with_names_and_rules_to_those_of_the_package(tmp_path: Path) -> None:
    more = """examples = ["Rhine"]
wikidata = { instance_of = "Q4022" }
musicbrainz = { table = "area", types = ["River"] }
names = \"\"\"
Rhine | Rhein
~Main
\"\"\"
cues = { en = "river stream", fr = "fleuve" }
last_words = "River"
"""
    bundled, own = load_vocabulary(), load_vocabulary(_write(tmp_path, _type(more=more)))
    river = own.of("river")
    assert list(own.active) == [*bundled.active, "river"]
    assert river.wikidata == WikidataClass(instance_of="Q4022")
    assert river.musicbrainz == MusicBrainzTable(table="area", types=("River",))
    assert own.known[2:] == bundled.known
    assert own.known[0] == KnownName(type="river", name="Rhine", spellings=("Rhine", "Rhein"))
    assert own.rules.after == {**bundled.rules.after, "river": {"River"}}
    assert own.rules.of("en").before == {**bundled.rules.of("en").before, "river": {"river", "stream"}}
    assert own.rules.of("fr").before == {"river": {"fleuve"}}
    assert own.rules.of("en").stop == bundled.rules.of("en").stop


def test_the_setting_names_the_file_of_ones_own(tmp_path: Path) -> None:
    path = _write(tmp_path, _type())
    assert Studio(Settings(home=tmp_path, vocabulary=(str(path),))).reading.vocabulary == load_vocabulary(path)
    assert Studio(Settings(home=tmp_path)).reading.vocabulary == load_vocabulary()


def test_the_setting_names_packs_and_files_in_one_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = _write(tmp_path, _type())
    monkeypatch.setenv("RAGTIME_VOCABULARY", f"core, {path}")
    assert "musician" not in Studio(Settings(home=tmp_path)).reading.vocabulary.active
    assert {"person", "river"} <= Studio(Settings(home=tmp_path)).reading.vocabulary.active.keys()


def test_an_unknown_pack_is_told_with_those_there_are() -> None:
    with pytest.raises(ValidationError, match="no pack 'jaz'; packs are core, jazz"):
        Settings(vocabulary=("jaz",))


def test_the_core_is_under_every_pack_and_knows_no_music() -> None:
    core = load_vocabulary("core")
    assert {"person", "organisation", "place", "work", "event", "city", "country", "year"} <= core.active.keys()
    assert not {"musician", "musical_instrument"} & core.active.keys()
    assert load_vocabulary("jazz") == load_vocabulary("core", "jazz") == load_vocabulary()


def test_a_complete_file_stands_without_any_pack(tmp_path: Path) -> None:
    assert list(load_vocabulary(_complete(tmp_path, _type())).active) == ["river"]


def test_every_type_of_the_jazz_pack_but_those_of_music_alone_is_a_kind_of_the_core() -> None:
    core = load_vocabulary("core").active
    kinds = {type_.key: type_.kind_of for type_ in load_vocabulary().types if type_.subject == "jazz"}
    assert {key for key, kind in kinds.items() if kind is None} == {"music_genre", "musical_instrument", "role"}
    assert {kind for kind in kinds.values() if kind} <= core.keys()


def test_beside_its_subject_a_pack_keeps_names_of_several_words_and_cues_of_its_people() -> None:
    beside = load_vocabulary().beside("jazz")
    names = {known.name: known.spellings for known in beside.known if beside.of(known.type).subject}
    assert names["Louis Armstrong"] == ("Louis Armstrong",)
    assert not {"Kind of Blue", "double bass"} & names.keys()
    assert "musician" in beside.rules.of("en").before
    assert not {"album", "record_label"} & beside.rules.of("en").before.keys()
    assert (beside.rules.person, beside.rules.instrument) == ("person", None)
    assert "music_venue" not in beside.rules.after


def test_beside_a_subject_that_it_knows_nothing_of_a_vocabulary_stays_what_it_is() -> None:
    assert load_vocabulary().beside("cooking") == load_vocabulary()


def test_a_file_of_ones_own_changes_only_what_it_names_of_a_type_of_the_package(tmp_path: Path) -> None:
    text = '[[type]]\nkey = "year"\nactive = false\n'
    text += '[[type]]\nkey = "city"\ndescription = "Any town."\nnames = "Ghent"\n'
    bundled, own = load_vocabulary(), load_vocabulary(_write(tmp_path, text))
    assert set(bundled.active) - set(own.active) == {"year"}
    assert own.of("city") == bundled.of("city").model_copy(update={"description": "Any town."})
    assert own.known[0].name == "Ghent"


def test_words_of_ones_own_that_end_a_name_stand_beside_those_of_the_package(tmp_path: Path) -> None:
    text = '[[type]]\nkey = "musical_group"\nlast_words = "Gamelan"\n'
    bundled, own = (
        one.rules.after["musical_group"] for one in (load_vocabulary(), load_vocabulary(_write(tmp_path, text)))
    )
    assert own == bundled | {"Gamelan"}
    assert "Gamelan" not in bundled


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_type(more='wikidata = { instance_of = "Q172}]}" }'), "instance_of"),
        (_type(more='wikidata = { instance_of = "galaxy" }'), "galaxy"),
        (_type(more='musicbrainz = { table = "galaxies" }'), "table"),
        (_type(more='colour = "blue"'), "colour"),
        (_type("Big River"), "not as it should be: 0.key: "),
        (_type() + _type(), "more than one type river"),
        ("complete = true", "no [[type]]"),
        ('type = "river"', "not 'river'"),
        ('[[type]]\nkey = "yaer"\nactive = false', "yaer is no type"),
        ('[[type]]\nname = "River"', "key"),
        (_type(more="active = 7"), "active"),
        (_type(more='cues = { english = "river" }'), "english"),
        (_type(more="names = 7"), "names"),
        ("colours = 7", "colours"),
        ("not toml", "not TOML"),
        ('gazetteers = ["gone.toml"]\n' + _type(), "gone.toml"),
    ],
)
def test_a_wrong_vocabulary_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load_vocabulary(_write(tmp_path, text))
    assert said in raised.value.message


def test_a_gazetteer_of_an_unknown_type_is_refused(tmp_path: Path) -> None:
    (tmp_path / "names.toml").write_text('lake = "Como"', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="lake"):
        load_vocabulary(_complete(tmp_path, 'gazetteers = ["names.toml"]\n' + _type()))


def test_a_missing_type_is_named_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="musician"):
        load_vocabulary().of("galaxy")


@pytest.mark.parametrize(
    ("language", "spelling"), [("en", "Germany"), ("de", "Deutschland"), ("fr", "Allemagne"), ("xx", "Germany")]
)
def test_countries_are_known_in_english_german_and_the_language_of_the_episode(language: str, spelling: str) -> None:
    names = dict(country_names(language))
    assert spelling in names["Germany"]
    assert not {"Antarctica", "Jersey", "Eurozone"} & set(names)
