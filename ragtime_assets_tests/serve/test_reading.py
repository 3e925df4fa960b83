"""The pages that people read: first page, results, an episode."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from ragtime_assets.domain.artifacts.transcript import Segment, Transcript, Word
from ragtime_assets.domain.rendering.contents import Contents
from ragtime_assets.domain.searching.found import NOTHING_FOUND, Found, RankedPassage
from ragtime_assets.domain.searching.narrowing import NARROWINGS
from ragtime_assets.serve.parameters import number_in, word_in
from ragtime_assets.serve.rendering import rendered
from ragtime_assets.serve.shelf import Shelf
from ragtime_assets.serve.shortly import Shortly
from ragtime_assets.serve.views.episode import OpenEpisode
from ragtime_assets.serve.views.results import MOST_HITS, results_view
from ragtime_assets.serve.views.spoken import InParts, Spoken
from ragtime_assets.serve.wording import wording
from ragtime_assets.studio import Studio
from ragtime_assets_tests.fakes import details_of
from ragtime_assets_tests.rendered import unheard
from ragtime_assets_tests.serve.conftest import client_of, html_of_view
from ragtime_assets_tests.serve.talks import heard, talk

LARGEST_PAGE = 150_000


def test_the_first_page_has_one_field_what_is_new_and_the_shows(face: TestClient, key: str) -> None:
    html = face.get("/").text
    assert html.count('name="q"') == 1
    assert f'href="/episodes/{key}"' in html
    assert "The Long Chorus" in html


def test_a_search_shows_the_words_that_were_asked_for_and_plays_that_second(face: TestClient, key: str) -> None:
    html = face.get("/search", params={"q": "caravan fire"}).text
    assert re.search(r"<mark>caravan</mark>", html)
    assert re.search(rf'data-audio="/episodes/{key}/audio" data-at="[\d.]+"', html)


def test_what_narrows_a_search_stays_in_its_address(face: TestClient) -> None:
    found = face.get("/search.json", params={"q": "guitar", "show": "long chorus", "language": "en", "n": "1"}).json()
    assert found["filters"] == {"show": "long chorus", "language": "en"}
    assert "show=long+chorus" in found["more"]
    assert "n=2" in found["more"]


def test_a_page_that_is_what_it_was_is_not_sent_again(face: TestClient) -> None:
    first = face.get("/shows")
    again = face.get("/shows", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Vary"] == "Accept, Accept-Language, Cookie"
    german = face.get("/shows", headers={"If-None-Match": first.headers["ETag"], "Accept-Language": "de"})
    assert german.status_code == 200
    assert "ETag" not in face.get("/search", params={"q": "x", "since": "yesterday"}).headers


def test_style_and_scripts_are_asked_for_once_and_anew_when_they_change(face: TestClient) -> None:
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', face.get("/shows").text):
        assert "immutable" in face.get(address).headers["Cache-Control"], address
        for other in (address.partition("?")[0], f"{address}0"):
            assert face.get(other).headers["Cache-Control"] == "private, no-cache"


def test_nonsense_in_a_search_is_told_and_no_traceback_is_shown(face: TestClient) -> None:
    for query in ({"q": "x", "since": "yesterday"}, {"q": "x", "show": "no such show"}):
        answer = face.get("/search", params=query)
        assert answer.status_code == 400
        assert "What to do:" in answer.text
    assert face.get("/search", params={"q": "jazz " * 2_000, "n": "zero"}).status_code == 200


def test_signs_that_no_database_takes_are_as_good_as_nothing() -> None:
    assert word_in({"q": " a\x00b\ud800 "}, "q") == "ab"
    assert word_in({"q": "\x00"}, "q") is None
    assert word_in({}, "q") is None


def test_an_episode_has_its_player_chapters_transcript_and_names(face: TestClient, key: str) -> None:
    html = face.get(f"/episodes/{key}").text
    assert 'data-audio="/blobs/' in html
    for told in ("Two players backstage", "Clara Wells", "Transcript", "Django Reinhardt", 'class="moment"'):
        assert told in html


@pytest.mark.parametrize("key_of_nobody", ["nobody", "..%2f..", "%3Cscript%3E", "a" * 300])
def test_an_episode_that_is_not_there_is_said_not_to_be(face: TestClient, key_of_nobody: str) -> None:
    assert face.get(f"/episodes/{key_of_nobody}").status_code == 404


def test_every_word_of_the_transcript_has_its_place_in_the_text_and_in_the_audio() -> None:
    words = [
        Word(start=0, end=1, text=" 🎷Ann’s"),
        Word(start=1, end=2, text=" band\u200b"),
        Word(start=2, end=3, text="plays"),
    ]
    segment = Segment(start=0, end=3, text="🎷Ann’s band\u200b plays", words=tuple(words))
    part = InParts(heard(segment)).spoken(1).part
    assert part is not None
    (one,) = part.paragraphs
    assert one.text == "🎷Ann’s band plays"
    as_a_browser_counts = one.text.encode("utf-16-le")
    assert [(as_a_browser_counts[2 * word.at :].decode("utf-16-le")[:4], word.second) for word in one.words] == [
        ("🎷Ann", 0),
        ("band", 1),
        ("play", 2),
    ]


def test_a_transcript_of_three_hours_comes_in_parts_that_stay_small_and_lose_nothing() -> None:
    transcript = talk(3 * 3600)
    parts = [InParts(transcript).spoken(number) for number in range(1, len(InParts(transcript).spoken(1).parts) + 1)]
    texts = [one.text for part in parts for one in part.part.paragraphs if part.part]
    assert " ".join(texts) == transcript.text
    assert len(parts) > 3
    contents = Contents(key="a", details=details_of(), transcript=transcript)
    assert len(html_of_view("episode.html", OpenEpisode(contents).view(1, None, has_report=True))) < LARGEST_PAGE


def test_a_part_is_laid_out_once_however_many_read_it() -> None:
    parts = InParts(talk(3_600))
    assert parts.spoken(2).part is parts.spoken(1, 3_000.0).part


def test_an_episode_in_which_nobody_speaks_has_no_part() -> None:
    silent = talk(60).model_copy(update={"segments": ()})
    assert InParts(silent).spoken(1) == Spoken(parts=(), part=None)


@pytest.mark.parametrize(("second", "number"), [(0.0, 1), (7_000.0, 5), (10**9, 7)])
def test_the_part_in_which_a_second_is_said_is_found(second: float, number: int) -> None:
    part = InParts(talk(3 * 3600)).spoken(1, second).part
    assert part is not None
    assert part.number == number


def test_an_episode_of_which_nothing_but_words_is_there_is_shown_all_the_same() -> None:
    contents = Contents(key="a", details=details_of(), transcript=talk(60))
    view = OpenEpisode(contents).view(1, None, has_report=False)
    assert (view.audio, view.summary, view.entities, view.chapters) == (None, None, (), ())
    assert "Transcript" in html_of_view("episode.html", view)


def test_what_strangers_wrote_is_shown_as_they_wrote_it_and_never_as_markup() -> None:
    evil = "<script>alert(1)</script>\"'\u202e\u200b"
    transcript = heard(Segment(start=0, end=1, text=evil, speaker=evil))
    details = details_of().model_copy(update={"title": evil, "show": evil, "description": evil})
    html = html_of_view("episode.html", OpenEpisode(Contents("a", details, transcript)).view(1, None, has_report=False))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert not {"\u202e", "\u200b"} & set(html)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_pages_speak_the_language_that_is_asked_for(library: Studio, language: str) -> None:
    said = wording(language)("home.title")
    with client_of(library) as face:
        asked = face.get("/", params={"lang": language})
        preferring = {"Accept-Language": f"fr, {language};q=0.9, en;q=0.5"}
        face.cookies.clear()
        preferred = face.get("/", headers=preferring)
    assert said in asked.text
    assert f'<html lang="{language}">' in asked.text
    assert f"lang={language}" in asked.headers["set-cookie"]
    assert said in preferred.text


def test_what_strangers_wrote_into_a_passage_stands_apart_in_the_results(ranked: RankedPassage) -> None:
    evil = "<img src=x onerror=alert(1)>\u202e\u200b\u05d0"
    told = {
        "episode_title": evil,
        "show": evil,
        "text": evil,
        "speakers": (evil,),
        "chapter": evil,
        "entities": (evil,),
    }
    passage = ranked.passage.model_copy(update=told)
    found = Found((replace(ranked, passage=passage),), NOTHING_FOUND)
    html = html_of_view("results.html", results_view(evil, {}, found, unheard, 10))
    body = html.partition("<section aria-labelledby")[2]
    assert "<img" not in html
    assert not {"\u202e", "\u200b"} & set(body.partition("<ol")[2])
    assert "<bdi>&lt;img src=x onerror=alert(1)&gt;\u05d0</bdi>" in body


def test_results_that_go_by_words_alone_say_so_with_the_remedy(ranked: RankedPassage) -> None:
    view = results_view("x", {}, Found((ranked,), NOTHING_FOUND), unheard, 10, by_words_alone=True)
    assert "ragtime reindex --vectors" in html_of_view("results.html", view)


def test_what_narrows_a_search_is_all_that_narrows_one_anywhere(face: TestClient, key: str) -> None:
    assert {f"filter.{name}" for name in NARROWINGS} <= wording("de").names
    given = {"q": "guitar", "entity_type": "musician", "episode": key}
    for path in ("/search.json", "/ask.json"):
        assert face.get(path, params=given).json()["filters"] == {"entity_type": "musician", "episode": key}
    html = face.get("/search", params=given, headers={"Accept-Language": "de"}).text
    assert '<option value="musician" selected>Musiker</option>' in html


def test_words_asked_for_stand_apart_and_nothing_is_lost(ranked: RankedPassage) -> None:
    text = "Guitars and a guitarist; the guitar."
    passage = ranked.passage.model_copy(update={"text": text, "language": "en"})
    (hit,) = results_view("guitar", {}, Found((replace(ranked, passage=passage),), NOTHING_FOUND), unheard, 10).hits
    assert "".join(one.text for one in hit.text) == text
    assert [one.text for one in hit.text if one.asked] == ["Guitars", "guitar"]


def test_a_hit_leads_to_the_second_at_which_its_first_word_is_said(face: TestClient, library: Studio, key: str) -> None:
    hit = face.get("/search.json", params={"q": "caravan fire", "episode": key}).json()["hits"][0]
    word = next(one["text"] for one in hit["text"] if one["asked"])
    transcript, _ = library.store.load(Transcript, key)
    said = [one.start for segment in transcript.segments for one in segment.words if word in one.text]
    assert hit["second"] == pytest.approx(min(said, key=lambda second: abs(second - hit["second"])), abs=0.1)
    html = face.get("/search", params={"q": "caravan fire", "episode": key}).text
    assert f'href="/episodes/{key}#t={int(hit["second"])}"' in html
    assert f'data-at="{hit["second"]}"' in html


def test_ten_thousand_results_are_never_on_one_page(ranked: RankedPassage) -> None:
    hits = tuple(ranked for _ in range(10_000))
    wanted = number_in({"n": "10000"}, "n", 10, MOST_HITS)
    assert wanted == MOST_HITS
    assert results_view("x", {}, Found(hits[:wanted], NOTHING_FOUND), unheard, wanted).more is None
    assert results_view("x", {}, Found(hits[:10], NOTHING_FOUND), unheard, 10).more == "/search?q=x&n=20"


def test_every_template_can_be_read() -> None:
    assert rendered("_parts.html").strip() == ""


def test_the_pages_have_the_same_words_in_every_language() -> None:
    english, german = wording("en"), wording("de")
    assert english.names == german.names
    for name in english.names:
        blanks = [set(re.findall(r"{\w+}", said.phrase(name))) for said in (english, german)]
        assert blanks[0] == blanks[1], name


def test_what_is_read_is_opened_once_until_it_is_made_anew() -> None:
    opened: list[str] = []
    shelf: Shelf[str] = Shelf(2)

    def get(name: str, stamp: int) -> str:
        return shelf.get(name, stamp, lambda: opened.append(f"{name}{stamp}") or f"{name}{stamp}")

    assert [get("a", 1), get("a", 1), get("a", 2), get("b", 1), get("c", 1), get("c", 1), get("a", 2)] == [
        "a1",
        "a1",
        "a2",
        "b1",
        "c1",
        "c1",
        "a2",
    ]
    assert opened == ["a1", "a2", "b1", "c1", "a2"]


def test_what_every_page_shows_is_asked_for_once_in_half_a_minute() -> None:
    now = [0.0]
    asked: list[float] = []
    shortly = Shortly(30, lambda: now[0])

    def get() -> float:
        return shortly.get("shows", lambda: asked.append(now[0]) or now[0])

    assert get() == get() == 0.0
    now[0] = 31.0
    assert get() == 31.0
    shortly.forget("shows")
    now[0] = 32.0
    assert get() == 32.0
    assert asked == [0.0, 31.0, 32.0]


def test_while_one_makes_anew_what_is_too_old_the_others_get_the_one_before() -> None:
    now = [0.0]
    shortly = Shortly(30, lambda: now[0])
    assert shortly.get("shows", lambda: "old") == "old"
    now[0] = 31.0
    meanwhile: list[str] = []

    def make() -> str:
        meanwhile.append(shortly.get("shows", lambda: "made twice"))
        return "new"

    assert shortly.get("shows", make) == "new"
    assert meanwhile == ["old"]
    now[0] = 62.0
    with pytest.raises(ZeroDivisionError):
        shortly.get("shows", lambda: str(1 / 0))
    assert shortly.get("shows", lambda: "newer") == "newer"
