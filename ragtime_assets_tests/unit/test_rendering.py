"""Episodes as notes, lines, chapters and RTTM: what strangers wrote stays words in all of them."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.episode_details import Person
from ragtime_assets.domain.artifacts.summary import KeyMoment, Sentence, Summary
from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.domain.rendering.file_names import LONGEST_BYTES, FileNames, file_name, file_names
from ragtime_assets.domain.rendering.front_matter import front_matter
from ragtime_assets.domain.rendering.markup import plain, wiki_link
from ragtime_assets.domain.rendering.named import named_entities
from ragtime_assets.domain.rendering.note import Links, note
from ragtime_assets.domain.rendering.podcasting import chapters, persons
from ragtime_assets.domain.rendering.records import episode_line, passage_lines
from ragtime_assets.domain.rendering.rttm import has_speakers, rttm
from ragtime_assets.domain.rendering.turns import turns
from ragtime_assets_tests.fakes import details_of
from ragtime_assets_tests.made import KEY
from ragtime_assets_tests.rendered import contents_of

HOSTILE = [
    'Say "yes": no',
    "title\n---\nadmin: true",
    "a: b # c",
    "- [x] *bold* _it_ `code` $math$ ==mark== %%gone%% ~~no~~",
    "[[Other note]] ]] | [[",
    "![picture](https://spy.example/x.png)",
    "<script>alert(1)</script>",
    "#tag ^block",
    "left\u202eright\u2066\u200b\x00\x1b[31m",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 family / C:\\con",
    "\\",
    "{{dynamic}} {% raw %}",
    "---",
    "null",
    "2024-01-01",
    "\ud800 half",
]


def front_of(text: str) -> dict[str, object]:
    """What a reader of YAML makes of the head of a note."""
    assert text.startswith("---\n")
    return yaml.safe_load(text[4:].split("\n---", 1)[0])


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_changes_another_field_of_the_front_matter(title: str) -> None:
    fields = front_of(note(contents_of(title=title)))
    assert set(fields) == set(front_of(note(contents_of()))) - (set() if fields.get("title") else {"title"})
    assert fields["ragtime"] == KEY
    assert isinstance(fields.get("title", ""), str)


@given(st.text(), st.lists(st.text()))
def test_front_matter_reads_back_whatever_it_is_given(text: str, several: list[str]) -> None:
    fields = front_of(front_matter({"a": text, "b": several, "c": 1}) + "\n")
    assert set(fields) <= {"a", "b", "c"}
    assert fields["c"] == 1
    assert all(isinstance(one, str) for one in [fields.get("a", ""), *fields.get("b", [])])  # type: ignore[misc]


@pytest.mark.parametrize("words", HOSTILE)
def test_words_open_no_markup(words: str) -> None:
    shown = plain(words)
    assert "\n" not in shown
    unescaped = re.sub(r"\\.|<https://[^<>\s]*>", "", shown)
    assert not re.search(r"[`*_\[\]<>|$#^]|==|%%|~~", unescaped)


def test_long_words_are_shown_whole() -> None:
    assert plain("word " * 2_000).split() == ["word"] * 2_000


def test_an_address_in_words_stays_a_whole_link() -> None:
    assert plain("see https://a.example/x_y?b=c#d, now") == "see <https://a.example/x_y?b=c#d>, now"
    assert plain("(https://a.example/<b>)") == r"(<https://a.example/>\<b\>)"


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("Django Reinhardt", "[[Django Reinhardt]]"),
        ("AC/DC", "[[AC-DC|AC/DC]]"),
        ("a ]] | [[b", "[[a - b|a b]]"),
        ("<img src=x>", "[[img src=x]]"),
        ("]]", "[[unnamed]]"),
    ],
)
def test_a_link_ends_where_it_should(name: str, link: str) -> None:
    assert wiki_link(name) == link


def test_a_note_has_its_transcript_with_a_link_to_each_second_and_its_entities() -> None:
    text = note(contents_of())
    assert "[0:00](https://show.example/one#t=0) **Clara Wells:** Welcome to the show. Today we play Jango." in text
    assert "[0:09](https://show.example/one#t=9) **Martin Reed:** Thank you." in text
    assert "- [[Django Reinhardt]] (musician) [0:07](https://show.example/one#t=7)" in text
    assert "- [[Clara Wells]] (host)" in text
    assert "## Chapters\n\n- [0:00]" in text


def test_the_head_of_a_note_names_all_whom_the_note_names() -> None:
    mentions = [
        Mention(type="year", name=str(year), surface=str(year), chunk=0, start=year, context="x")
        for year in range(1900, 2000)
    ]
    text = note(replace(contents_of(), entities=Entities(engine="e", language="en", mentions=tuple(mentions))))
    assert front_of(text)["entities"] == [str(year) for year in range(1900, 2000)]


def test_a_note_links_to_what_the_notes_that_it_leads_to_are_called() -> None:
    links = Links(entity=lambda name: f"{name} 1", show=lambda name: f"{name} 2")
    text = note(contents_of(show="The Hour"), links)
    assert "[[The Hour 2|The Hour]]" in text
    assert "- [[Django Reinhardt 1|Django Reinhardt]] (musician)" in text
    assert "- [[Clara Wells 1|Clara Wells]] (host)" in text


def test_a_summary_repeats_neither_its_first_sentence_nor_the_chapters() -> None:
    def summarised(line: str, *moments: tuple[float, str]) -> str:
        said = ((Sentence(text="They meet."), Sentence(text="They play.")),)
        found = tuple(KeyMoment(start=start, title=title) for start, title in moments)
        made = Summary(engine="e", language="en", line=line, paragraphs=said, key_moments=found)
        return note(replace(contents_of(), summary=made))

    bye = "[0:08](https://show.example/one#t=8) Bye"
    assert summarised("They meet.", (8.5, "Bye")).count("They meet.") == 1
    assert summarised("They meet.", (8.5, "Bye")).count(bye) == 1
    assert "**Two players.**\n\nThey meet. They play.\n\n- [0:05]" in summarised("Two players.", (5, "A solo"))


def test_an_episode_without_a_page_shows_its_times_without_links() -> None:
    text = note(contents_of(url="file:///home/me/talk.mp3"))
    assert "`0:09` **Martin Reed:** Thank you." in text
    assert "](file:" not in text


def test_an_address_cannot_leave_its_link() -> None:
    text = note(contents_of(canonical_url="https://show.example/a) [x](https://spy.example"))
    assert "](https://spy" not in text.split("\n---", 1)[1]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("What is AC/DC? <live>", "What is AC-DC - live"),
        ("a: b", "a- b"),
        ("CON", "CON_"),
        ("com1.txt", "com1.txt_"),
        (" .hidden. ", "hidden"),
        ("///", "key"),
        ("", "key"),
        ("\u202e\u200b", "key"),
        ("\U0001f3b7", "\U0001f3b7"),
        ("..", "key"),
        ("e\u0301tude", "\u00e9tude"),
    ],
)
def test_a_title_becomes_a_name_that_every_file_system_takes(title: str, name: str) -> None:
    assert file_name(title, "key") == name


@given(st.text())
def test_a_file_name_is_short_and_in_one_folder(title: str) -> None:
    name = file_name(title, "key")
    assert 0 < len(name.encode()) <= LONGEST_BYTES + 1
    assert not re.search(r'[\\/:*?"<>|#^\[\]\x00-\x1f]', name)
    assert name == name.strip(" .")


def test_a_long_title_is_not_cut_within_an_emoji() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    name = file_name("x" * (LONGEST_BYTES - 6) + family, "key")
    assert name.rstrip("x") in ("", "\U0001f468")


def test_a_letter_is_not_parted_from_its_accent() -> None:
    kept = "x" * (LONGEST_BYTES - 1)
    assert file_name(f"{kept}q\u0301{kept}", "key") == kept


def test_two_episodes_of_one_title_get_two_names_also_where_only_case_differs() -> None:
    names = file_names({"a-0123456789ab": "News", "b-ba9876543210": "NEWS", "c-cccccccccccc": "Nachrichten"})
    assert names == {"a-0123456789ab": "News", "b-ba9876543210": "NEWS ba9876543210", "c-cccccccccccc": "Nachrichten"}
    assert FileNames(["news"]).give("News", "a-0123456789ab") == "News 0123456789ab"


def test_every_line_is_one_record_whatever_is_said() -> None:
    said = Segment(start=0, end=1, text="one\u2028two\x85three\nfour \U0001f600")
    contents = contents_of(said, title="a\nb")
    for written in (passage_lines(contents), episode_line(contents)):
        assert len(written.splitlines()) == 1
    (passage,) = map(json.loads, passage_lines(contents).splitlines())
    assert passage["text"] == said.text
    assert passage["entities"] == ["Django Reinhardt"]
    assert passage["url"] == "https://show.example/one#t=0"


def test_a_line_has_the_fields_that_the_documentation_names() -> None:
    (passage, *_) = map(json.loads, passage_lines(contents_of()).splitlines())
    assert list(passage) == [
        *("episode_key", "index", "digest", "title", "show", "published", "language", "start", "end"),
        *("speakers", "chapter", "entities", "url", "text"),
    ]


def test_the_chapters_are_those_of_podcasting_2() -> None:
    document = chapters(contents_of())
    assert document["version"] == "1.2.0"
    assert document["chapters"] == [
        {"startTime": 0, "endTime": 8.0, "title": "Hello"},
        {"startTime": 8.5, "title": "Bye", "url": "https://show.example/b"},
    ]


def test_persons_have_the_attributes_of_podcast_person() -> None:
    assert persons(contents_of().details) == [{"name": "Clara Wells", "role": "host", "group": "cast"}]
    credited = Person(name="Clara\nWells", role="guest", href="https://clara.example")
    assert persons(details_of(persons=(credited,))) == [
        {"name": "Clara Wells", "role": "guest", "group": "cast", "href": "https://clara.example"}
    ]


def test_rttm_has_a_line_a_turn_of_ten_fields() -> None:
    assert rttm(contents_of()).splitlines() == [
        f"SPEAKER {KEY} 1 0.000 8.000 <NA> <NA> Clara_Wells <NA> <NA>",
        f"SPEAKER {KEY} 1 9.000 3.500 <NA> <NA> Martin_Reed <NA> <NA>",
    ]


def test_rttm_tells_of_nobody_who_is_not_known() -> None:
    contents = contents_of(Segment(start=0, end=1, text="who?"))
    assert not has_speakers(contents)
    assert rttm(contents) == ""


def test_an_entity_stands_once_under_its_name_in_the_registry() -> None:
    (one,) = named_entities(contents_of())
    assert (one.name, one.entity_id, one.moments) == ("Django Reinhardt", "e1", [7.0])


def test_what_is_named_most_stands_first() -> None:
    contents = contents_of()
    assert contents.entities
    (jango,) = contents.entities.mentions
    paris = [jango.model_copy(update={"type": "city", "name": "Paris", "start": second}) for second in (1.0, 2.0)]
    rome = jango.model_copy(update={"type": "city", "name": "Aachen", "start": 3.0})
    named = named_entities(
        replace(contents, entities=Entities(engine="e", language="en", mentions=(rome, jango, *paris)))
    )
    assert [one.name for one in named] == ["Paris", "Aachen", "Django Reinhardt"]


def test_a_turn_opens_where_another_speaks() -> None:
    spoken = (
        Segment(start=0, end=1, text="a", speaker="A"),
        Segment(start=1, end=2, text="b"),
        Segment(start=5, end=6, text="c"),
    )
    assert [(one.text, one.opens) for one in turns(spoken)] == [("a", True), ("b", False), ("c", False)]


def test_who_talks_for_long_has_paragraphs_and_opens_once() -> None:
    long = " ".join(["word"] * 200) + "."
    spoken = (Segment(start=0, end=60, text=long, speaker="A"), Segment(start=60, end=61, text="So.", speaker="A"))
    assert [one.opens for one in turns(spoken)] == [True, False]
