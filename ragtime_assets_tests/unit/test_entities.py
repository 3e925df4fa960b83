"""Entities: what is found, under which name, at which second."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.entities import Candidate, Entities, Mention
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript
from ragtime_assets.domain.reading.standing import ChunkText
from ragtime_assets.domain.vocabulary.vocabulary import KnownName, Vocabulary, load_vocabulary
from ragtime_assets.phases.checking.warnings import grounding_warnings, silence_warnings
from ragtime_assets.phases.chunks import make_chunks
from ragtime_assets.phases.entities import make_entities
from ragtime_assets.phases.reading.names.grounding import LONGEST_CONTEXT, ChunkClock, context, grounded
from ragtime_assets.phases.reading.names.people import in_full
from ragtime_assets_tests.transcripts import spoken

BUNDLED = load_vocabulary()
VOCABULARY = BUNDLED.model_copy(
    update={"types": tuple(type_.model_copy(update={"subject": None}) for type_ in BUNDLED.types)}
)
"""The bundled vocabulary as it counts in an episode about jazz, however short the text."""
JAZZ = (
    "In 1959 Miles Davis made Kind of Blue for Columbia Records. Davis had Bill Evans on piano. "
    "The saxophonist Ingrid Laubrock heard it in Münster. "
)


def _transcript(text: str, language: str = "en", *, words: bool = True) -> Transcript:
    return spoken(*re.split(r"(?<=[.!?])\s+", text.strip()), language=language, words=words)


def _entities(text: str, language: str = "en", vocabulary: Vocabulary = VOCABULARY) -> Entities:
    transcript = _transcript(text, language)
    return make_entities(transcript, make_chunks(transcript), vocabulary)


def _found(text: str, language: str = "en") -> set[tuple[str, str]]:
    return {(mention.type, mention.name) for mention in _entities(text, language).mentions}


def test_known_names_are_found_with_their_types_and_seconds() -> None:
    mentions = [(m.start, m.type, m.name, m.surface) for m in _entities(JAZZ).mentions]
    assert mentions == [
        (1, "year", "1959", "1959"),
        (2, "musician", "Miles Davis", "Miles Davis"),
        (5, "album", "Kind of Blue", "Kind of Blue"),
        (9, "record_label", "Columbia Records", "Columbia Records"),
        (11, "musician", "Miles Davis", "Davis"),
        (13, "musician", "Bill Evans", "Bill Evans"),
        (16, "musical_instrument", "piano", "piano"),
        (19, "musician", "Ingrid Laubrock", "Ingrid Laubrock"),
        (24, "city", "Münster", "Münster"),
    ]


def test_another_spelling_leads_to_the_same_name() -> None:
    assert ("musician", "Stéphane Grappelli") in _found("We heard Stephane Grapelli play.")
    assert ("city", "Cologne") in _found("Er spielt heute in Köln.", "de")
    assert ("country", "France") in _found("Sie lebt in Frankreich.", "de")
    assert ("country", "Germany") in _found("Il habite en Allemagne.", "fr")


def test_a_surname_means_whoever_was_named_last() -> None:
    text = "We met Gil Evans there. Then Evans left. Later Bill Evans came. So Evans played."
    assert [m.name for m in _entities(text).mentions] == ["Gil Evans", "Gil Evans", "Bill Evans", "Bill Evans"]


def test_a_surname_said_first_waits_for_the_full_name() -> None:
    text = "We talk about Laubrock today. Our guest is the saxophonist Ingrid Laubrock."
    assert [m.name for m in _entities(text).mentions] == ["Ingrid Laubrock"] * 2


@pytest.mark.parametrize(
    ("text", "language", "entity"),
    [
        ("Tonight the drummer Tomeka Weatherspoon plays.", "en", ("musician", "Tomeka Weatherspoon")),
        ("He studied with Reggie Dunmore for years.", "en", ("musician", "Reggie Dunmore")),
        ("We heard Ludwig van Santen and Pete McDowd.", "en", ("musician", "Ludwig van Santen")),
        ("We heard Ludwig van Santen and Pete McDowd.", "en", ("musician", "Pete McDowd")),
        ("The Altena Quartet played.", "en", ("musical_group", "Altena Quartet")),
        ("It came out on Firehouse Records.", "en", ("record_label", "Firehouse Records")),
        ("They met at the Ljungby Jazz Festival.", "en", ("music_festival", "Ljungby Jazz Festival")),
        ("On the album Songs of the Marsh she sings.", "en", ("album", "Songs of the Marsh")),
        ("The Kind of Blue sessions took two days.", "en", ("recording_session", "Kind of Blue sessions")),
        ("a tune called Marsh Lights.", "en", ("musical_work", "Marsh Lights")),
        ("Der Jazzgitarrist Xaver Lohse spielt.", "de", ("musician", "Xaver Lohse")),
        ("Dann kam Ylva Brand am Schlagzeug dazu.", "de", ("musician", "Ylva Brand")),
        ("Das Album Nachtfahrt ins Blaue erschien.", "de", ("album", "Nachtfahrt ins Blaue")),
        ("Das Duke-Ellington-Orchester war da.", "de", ("musical_group", "Duke Ellington Orchestra")),
    ],
)
def test_unknown_names_are_told_by_the_words_around_them(text: str, language: str, entity: tuple[str, str]) -> None:
    assert entity in _found(f"So it was in those days. {text}", language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("When The House was full on Monday, Nobody came.", "en"),
        ("They won a Grammy Award and a Nobel Prize.", "en"),
        ("We ate a Caesar Salad, learned about Machine Learning and opened Docker Hub.", "en"),
        ("This is The Lost Lantern, a podcast.", "en"),
        ("Der Abend im Garten war schön, und die Leute tranken Wein.", "de"),
        ("So what did he do? Four birds sat there.", "en"),
    ],
)
def test_capitals_alone_make_no_name(text: str, language: str) -> None:
    assert _found(text, language) == set()


COOKING = (
    "Today we fry sea bass in butter. I learned it from Julia Child, and I wrote it down in Visual Studio. "
    "My friend Louis Armstrong ate it at Wembley Stadium, by the Hudson Bridge. A prelude, as they say. "
)


def test_an_episode_about_anything_else_has_no_instruments_venues_or_new_musicians() -> None:
    found = {(mention.type, mention.name) for mention in _entities(COOKING * 5, vocabulary=BUNDLED).mentions}
    assert found == {
        ("person", "Julia Child"),
        ("musician", "Louis Armstrong"),
        ("place", "Wembley Stadium"),
        ("place", "Hudson Bridge"),
    }


def test_a_person_is_a_musician_where_the_talk_is_about_music_and_a_person_elsewhere() -> None:
    music, other = JAZZ + "They asked Reggie Dunmore.", "They asked Reggie Dunmore. " + COOKING
    assert ("musician", "Reggie Dunmore") in {(m.type, m.name) for m in _entities(music, vocabulary=BUNDLED).mentions}
    assert ("person", "Reggie Dunmore") in {(m.type, m.name) for m in _entities(other, vocabulary=BUNDLED).mentions}


def test_a_few_names_of_music_do_not_make_a_long_talk_one_about_music() -> None:
    long = JAZZ + COOKING * 30
    assert "musical_instrument" not in {mention.type for mention in _entities(long, vocabulary=BUNDLED).mentions}


def test_a_word_for_a_musician_makes_one_in_any_talk() -> None:
    found = {
        (m.type, m.name) for m in _entities(COOKING + "The saxophonist Tove Lind came.", vocabulary=BUNDLED).mentions
    }
    assert ("musician", "Tove Lind") in found


@pytest.mark.parametrize(
    ("more", "person"),
    [
        ("", False),
        ("Later Rypdalen left.", False),
        ("We liked what the chemist Zorka Rypdal did.", True),
        ("We liked Rypdal a lot.", True),
        ("We liked the Rypdal a lot.", False),
        ("Then Zorka Rypdal said so.", True),
    ],
)
def test_a_name_of_which_only_capitals_speak_wants_support_from_elsewhere(more: str, person: bool) -> None:
    mentions = _entities(f"So they met Zorka Rypdal there. {more}").mentions
    assert any(mention.start == 3 for mention in mentions) == person


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("渡辺貞夫", "今日は渡辺貞夫の話をします。", "ja"),
        ("マイルス・デイヴィス", "マイルスデイヴィスと会いました。", "ja"),
        ("周杰伦", "今天我们采访周杰伦先生。", "zh"),
        ("เบนนี กูดแมน", "เล่นกับวงของเบนนี กูดแมนในกรุงเทพ", "th"),
        ("渡辺貞夫", "Then we met 渡辺貞夫 in Tokyo.", "en"),
    ],
)
def test_a_credited_person_is_found_where_no_space_and_no_capital_marks_a_name(
    name: str, text: str, language: str
) -> None:
    transcript = _transcript(text, language)
    found = make_entities(transcript, make_chunks(transcript), BUNDLED, persons=[name])
    assert [one.name for one in found.mentions if one.type == "person"] == [name]


@pytest.mark.parametrize("person", ["夫", "Akio Tanabe"])
def test_one_sign_and_a_name_that_has_capitals_are_no_credited_person_of_themselves(person: str) -> None:
    transcript = _transcript("夫は akio tanabe と来ました。", "ja")
    assert make_entities(transcript, make_chunks(transcript), BUNDLED, persons=[person]).mentions == ()


def test_one_sign_of_a_name_is_no_surname() -> None:
    transcript = _transcript("渡辺貞夫は夫婦で来ました。夫は元気です。", "ja")
    found = make_entities(transcript, make_chunks(transcript), BUNDLED, persons=["渡辺貞夫"])
    assert [(one.surface, one.name) for one in found.mentions] == [("渡辺貞夫", "渡辺貞夫")]


def test_a_name_of_the_vocabulary_is_found_inside_japanese_and_thai() -> None:
    known = KnownName(type="city", name="京都", spellings=("京都",))
    vocabulary = BUNDLED.model_copy(update={"known": (*BUNDLED.known, known)})
    assert [one.name for one in _entities("昨日は京都で演奏しました。", "ja", vocabulary).mentions] == ["京都"]
    assert [one.name for one in _entities("ตอนแรกไม่มีใครรู้จักกันเลย", "th").mentions] == []


def test_the_persons_of_the_feed_are_people_without_more_support() -> None:
    transcript = _transcript("So they met Zorka Rypdal there.")
    found = make_entities(transcript, make_chunks(transcript), BUNDLED, persons=["Zorka Rypdal"])
    assert [(mention.type, mention.name) for mention in found.mentions] == [("person", "Zorka Rypdal")]


def test_a_german_verb_that_is_spelled_like_an_event_ends_no_name() -> None:
    assert _found("Da kam er, und Helmut Kohl war in Bonn.", "de") == {("musician", "Helmut Kohl"), ("city", "Bonn")}


def test_the_longest_name_wins() -> None:
    assert _found("They call it the Miles Davis Quintet.") == {("musical_group", "Miles Davis Quintet")}
    assert _found("She sang at the Newport Jazz Festival.") == {("music_festival", "Newport Jazz Festival")}


def test_a_known_surname_inside_an_unknown_name_is_not_the_famous_one() -> None:
    names = {name for _, name in _found("We asked Ravi Coltrane about it.")}
    assert names == {"Ravi Coltrane"}


@pytest.mark.parametrize(
    ("text", "language", "entities"),
    [
        ("We asked Kenny Washington and he left.", "en", {("musician", "Kenny Washington")}),
        ("We met Monk Higgins there.", "en", set()),
        ("She went to Berkeley High School.", "en", {("organisation", "Berkeley High School")}),
        ("Later Bobby Rimes came.", "en", {("musician", "Bobby Rimes")}),
        ("Seltsam: Geigenbauer Anton Karl Weidinger Konzerte.", "de", {("musician", "Anton Karl Weidinger")}),
        ("Foreman Hank Dolan came.", "en", {("musician", "Hank Dolan")}),
        ("We met Hank Dolan Frank Bob Carl there.", "en", set()),
        ("They met Frank Hill 3000 there, and QRS XYZ too.", "en", {("musician", "Frank Hill")}),
        ("We heard Miles Davis van Santen.", "en", {("musician", "Miles Davis")}),
        ("We heard Hank van Miles Davis.", "en", {("musician", "Miles Davis")}),
    ],
)
def test_a_run_of_capitals_is_cut_to_the_name_in_it(text: str, language: str, entities: set[tuple[str, str]]) -> None:
    assert _found(text, language) == entities


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("They hung out at Ronnie Scott's.", {("music_venue", "Ronnie Scott's Jazz Club")}),
        ("It was an act of love on ACT.", {("record_label", "ACT Music")}),
        ("A bird sang. Bird smiled. Then Bird sang.", {("musician", "Charlie Parker")}),
        ("Milestones are rare. We like Milestones.", {("album", "Milestones")}),
        ("For a small label called Ultraphone.", {("record_label", "Ultraphone")}),
        ("We heard the Dunmore quintet.", {("musical_group", "Dunmore quintet")}),
        ("The album Night Tide by Miles Davis.", {("album", "Night Tide"), ("musician", "Miles Davis")}),
        ("The album Night Tide Miles Davis made.", {("album", "Night Tide"), ("musician", "Miles Davis")}),
        ("The tune Nora's won.", {("musical_work", "Nora")}),
        ("Alice Coltrane came. We love Coltrane.", {("musician", "Alice Coltrane")}),
        (
            "John Coltrane met Alice Coltrane. Coltrane smiled.",
            {("musician", "John Coltrane"), ("musician", "Alice Coltrane")},
        ),
        ("We love Coltrane.", {("musician", "John Coltrane")}),
        (
            "Grover Washington Jr. plays. So Washington plays.",
            {("musician", "Grover Washington Jr."), ("city", "Washington, D.C.")},
        ),
    ],
)
def test_everyday_words_and_shared_names_are_told_apart(text: str, entities: set[tuple[str, str]]) -> None:
    assert _found(text) == entities


def test_the_word_before_decides_between_a_tune_and_an_album() -> None:
    assert _found("He wrote the tune Maiden Voyage.") == {("musical_work", "Maiden Voyage")}
    assert _found("He made the album Maiden Voyage.") == {("album", "Maiden Voyage")}


def test_a_transcript_without_capitals_still_names_people() -> None:
    text = (
        "and miles davis played with the pianist wynton kelly and the drummer reggie dunmore in paris and new york " * 2
    )
    known = {("musician", "Miles Davis"), ("musician", "Wynton Kelly"), ("city", "New York City"), ("city", "Paris")}
    assert known <= _found(text)
    assert ("musician", "reggie dunmore") in _found(text)


def test_a_type_that_is_switched_off_is_not_looked_for() -> None:
    types = tuple(t.model_copy(update={"active": t.key not in {"musician", "year"}}) for t in VOCABULARY.types)
    found = _entities(JAZZ, vocabulary=VOCABULARY.model_copy(update={"types": types}))
    assert {mention.type for mention in found.mentions} == {"album", "record_label", "musical_instrument", "city"}


def test_a_known_name_without_letters_is_found_nowhere() -> None:
    known = (KnownName(type="musical_group", name="!!!", spellings=("!!!",)),)
    assert _entities("We heard !!! there.", vocabulary=VOCABULARY.model_copy(update={"known": known})).mentions == ()


def test_a_name_in_the_overlap_is_reported_for_both_chunks_at_the_same_second() -> None:
    transcript = _transcript(
        (("word " * 59 + "word. ") * 2) + "We heard Miles Davis there. " + ("word " * 59 + "word. ") * 3
    )
    chunks = make_chunks(transcript)
    both = [m for m in make_entities(transcript, chunks, VOCABULARY).mentions if m.name == "Miles Davis"]
    shared = [c.index for c in chunks.chunks if "Miles Davis" in c.text]
    assert [mention.chunk for mention in both] == shared
    assert len({mention.start for mention in both}) == 1


def test_each_of_two_mentions_has_its_own_second() -> None:
    starts = [m.start for m in _entities("We heard Miles Davis. People say Miles Davis was late.").mentions]
    assert starts == [2, 6]


def test_a_segment_without_words_gives_its_own_start() -> None:
    transcript = _transcript("So it began here. We heard Miles Davis there.", words=False)
    found = make_entities(transcript, make_chunks(transcript), VOCABULARY)
    assert [mention.start for mention in found.mentions] == [4]


def test_a_mention_that_is_not_in_the_text_is_dropped_and_counted() -> None:
    transcript = _transcript(JAZZ)
    made_up = [
        Candidate("musician", "John Coltrane", "Coltrane", 0, 0.9),
        Candidate("musician", "Miles Davis", "Miles Davis", 7, 0.9),
        Candidate("musician", "Nobody", " ", 0, 0.9),
        Candidate("musician", "Miles", "Mile", 0, 0.9),
        Candidate("planet", "Miles Davis", "Miles Davis", 0, 0.9),
        Candidate("musician", "Miles Davis", "Miles Davis", 0, 0.9),
    ]
    found = grounded(made_up, transcript, make_chunks(transcript), VOCABULARY.active, "fake")
    assert (found.dropped, [mention.name for mention in found.mentions]) == (5, ["Miles Davis"])


@pytest.mark.parametrize(
    ("surface", "stands"),
    [
        ("münster", "Münster"),
        ("Munster", "Münster"),
        ("kind of blue", "Kind of Blue"),
        ("Miles Davis's", "Miles Davis"),
        ("Mile", None),
        ("iles", None),
        ("195", None),
        ("!!!", None),
        ("", None),
    ],
)
def test_a_surface_is_looked_for_as_whole_words_whatever_its_case(surface: str, stands: str | None) -> None:
    found = ChunkText(JAZZ).standing(surface)
    assert (found[0] if found else None) == stands
    assert found is None or JAZZ[found[1] :].startswith(found[0])


def test_a_surface_in_a_script_without_spaces_is_found_inside_a_run_of_letters() -> None:
    assert ChunkText("昨日マイルスを聴いた").standing("マイルス") == ("マイルス", 2)


def test_a_name_is_timed_by_all_its_words_else_by_the_first_else_by_the_chunk() -> None:
    transcript = _transcript("Miles away Miles Davis's band plays.")
    clock = ChunkClock(make_chunks(transcript).chunks[0], transcript.segments)
    assert clock.start_of("miles davis") == 2
    assert clock.start_of("Miles Smiles") == 0
    assert clock.start_of("Mile") == 0


@given(st.text(alphabet="aB cd.Éß–'", max_size=400), st.integers(0, 400))
def test_a_context_is_a_short_piece_of_the_text_around_the_name(text: str, place: int) -> None:
    around = text[:place] + " Miles Davis " + text[place:]
    piece = context(around, "Miles Davis", min(place, len(text)))
    assert piece in around
    assert "Miles Davis" in piece
    assert len(piece) <= LONGEST_CONTEXT


@settings(max_examples=30)
@given(st.text(max_size=300), st.sampled_from(["en", "de", "fr", "xx"]))
def test_whatever_is_said_every_mention_stands_in_its_chunk(text: str, language: str) -> None:
    segment = Segment(start=0, end=9, text=f"Album {text} Quartet")
    transcript = Transcript(engine="x", language=language, duration=9, timing_source="audio", segments=(segment,))
    chunks = make_chunks(transcript)
    found = make_entities(transcript, chunks, VOCABULARY)
    assert found.dropped == 0
    for mention in found.mentions:
        assert mention.surface in chunks.chunks[mention.chunk].text
        assert len(mention.context) <= LONGEST_CONTEXT


def test_an_empty_transcript_has_no_entities() -> None:
    transcript = Transcript(engine="x", language="en", duration=0, timing_source="audio", segments=())
    assert make_entities(transcript, make_chunks(transcript), VOCABULARY).mentions == ()


def test_59_names_are_timed_in_less_time_than_it_takes_to_read_the_words_of_an_hour_once() -> None:
    transcript = _transcript(JAZZ * 350)
    chunks = make_chunks(transcript).chunks
    clocks = [ChunkClock(chunk, transcript.segments) for chunk in chunks]
    reading = fastest(lambda: [ChunkClock(chunk, transcript.segments) for chunk in chunks])
    finding = fastest(lambda: [clocks[n % len(clocks)].start_of("Ingrid Laubrock") for n in range(59)])
    assert finding < reading


def test_twice_the_words_take_about_twice_as_long() -> None:
    short, long = _transcript(JAZZ * 100), _transcript(JAZZ * 200)
    once, twice = (
        fastest(lambda read=read: make_entities(read, make_chunks(read), VOCABULARY)) for read in (short, long)
    )
    assert twice < 3.5 * once


def fastest(work: Callable[[], object]) -> float:
    """Seconds of the processor for the fastest of a few runs."""
    taken: list[float] = []
    for _ in range(5):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


class Reads:
    """A reader that says the same of every chunk."""

    engine = "reader"

    def __init__(self, *named: tuple[str, str]) -> None:
        self.named = named

    def read(self, chunks: Chunks, vocabulary: Vocabulary) -> Iterator[Candidate]:
        for chunk in chunks.chunks:
            yield from (Candidate(type_, name, name, chunk.index) for type_, name in self.named)


def test_a_reader_reads_and_what_it_makes_up_is_dropped_and_counted() -> None:
    transcript = _transcript(JAZZ)
    reader = Reads(("musician", "Miles Davis"), ("musician", "John Coltrane"), ("planet", "Münster"))
    found = make_entities(transcript, make_chunks(transcript), VOCABULARY, reader)
    assert (found.engine, found.dropped) == ("reader", 2)
    assert [(m.name, m.start, m.confidence) for m in found.mentions] == [("Miles Davis", 2, None)]


def test_a_surname_that_a_reader_leaves_as_it_is_gets_the_full_name_said_nearby() -> None:
    names = ("Alice Coltrane", "John Coltrane Jr.", "Coltrane", "Monk", "Miles")
    mentions = [
        Mention(type="musician", name=name, surface=name, chunk=0, start=start, context="")
        for start, name in enumerate(("Coltrane", *names))
    ]
    place = Mention(type="city", name="Coltrane", surface="Coltrane", chunk=0, start=9, context="")
    found = [mention.name for mention in in_full([*mentions, place], {"musician"})]
    assert found == ["Alice Coltrane", *names[:2], "John Coltrane Jr.", "Monk", "Miles", "Coltrane"]
    assert in_full(mentions, frozenset()) == tuple(mentions)


def test_a_type_of_ones_own_is_found_by_its_names_and_by_the_words_around_them(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[[type]]\nkey = "instrument_maker"\nname = "Instrument maker"\ndescription = "Who builds instruments."\n'
        'names = "Adolphe Sax"\ncues = { en = "workshop" }\nlast_words = "Guitars"\n',
        encoding="utf-8",
    )
    text = "So it was. They met Adolphe Sax there. They heard of the workshop Selmer Freres. They like Marlow Guitars."
    mentions = _entities(text, vocabulary=load_vocabulary(own)).mentions
    maker = [mention.name for mention in mentions if mention.type == "instrument_maker"]
    assert maker == ["Adolphe Sax", "Selmer Freres", "Marlow Guitars"]


@pytest.mark.parametrize(("dropped", "warned"), [(0, False), (2, False), (3, True)])
def test_many_dropped_mentions_are_warned_about(dropped: int, warned: bool) -> None:
    nine = _entities(JAZZ)
    assert len(nine.mentions) == 9
    assert bool(list(grounding_warnings(nine.model_copy(update={"dropped": dropped})))) == warned


def test_a_long_episode_in_which_nothing_is_named_is_warned_about() -> None:
    long, short = _transcript("Nobody came. " * 250), _transcript("Nobody came. " * 249)
    nothing = Entities(engine="e", language="en", mentions=())
    assert list(silence_warnings(nothing, long)) == ["nobody and nothing is named in 500 words"]
    assert list(silence_warnings(nothing, short)) == []
    assert list(silence_warnings(_entities(JAZZ), long)) == []
    assert list(grounding_warnings(nothing)) == []
