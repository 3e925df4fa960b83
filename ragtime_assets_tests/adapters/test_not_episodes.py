"""Audio that a page has beside its episode, or in the place of one: what the station sends now, a voice that reads."""

from __future__ import annotations

import json

import pytest

from ragtime_assets_tests.adapters.episode_pages import URL, ld, read

TITLE = "<title>Harbour lights</title><meta property=og:title content='Harbour lights'>"
EPISODE = {"title": "Harbour lights", "audio": {"url": "https://cdn.example/harbour.mp3"}}


def data(value: object) -> str:
    return f"<script type='application/json'>{json.dumps(value)}</script>"


def audio(body: str, url: str = URL) -> list[str]:
    found = read(TITLE, f"<h1>Harbour lights</h1>{body}", url).details
    return [one.url for one in found.audio] if found else []


LIVE = (
    data({"bar": {"onAir": "Up All Night", "src": "https://cdn.example/a/one.mp3"}}),
    data({"bar": {"nowOnAir": {"name": "Nachtprogramm"}, "audioUrl": "https://cdn.example/a/two"}}),
    data({"sender": "Nordfunk", "streamUrl": "https://cdn.example/a/nord.mp3"}),
    data({"player": {"src": "https://cdn.example/livestream/nord.mp3"}}),
    data({"player": {"src": "https://streams.nord.example/nord/live-128.mp3"}}),
    data({"player": {"src": "https://radio.example/;stream.mp3"}}),
    ld({"@type": "AudioObject", "isLiveBroadcast": True, "contentUrl": "https://cdn.example/a/six.mp3"}),
    "<audio src='https://radio.example/webradio_hq.mp3'></audio>",
    "<div class='live-bar'><audio src='https://cdn.example/a/three.mp3'></audio></div>",
    "<button aria-label='Play' id='on-air' data-audio='https://cdn.example/a/four.mp3'></button>",
)


@pytest.mark.parametrize("markup", LIVE, ids=range(len(LIVE)))
def test_what_a_station_sends_now_is_the_audio_of_no_page(markup: str) -> None:
    assert audio(markup) == []
    assert audio(markup + data(EPISODE)) == ["https://cdn.example/harbour.mp3"]


@pytest.mark.parametrize(
    "told",
    [
        "This programme is no longer available to hear.",
        "Sorry, the episode has expired.",
        "Die Sendung ist leider nicht mehr abrufbar.",
        "Cet épisode n’est plus disponible.",
        "Este episodio ya no está disponible.",
        "Questo episodio non è più disponibile.",
        "Deze aflevering is niet langer beschikbaar.",
    ],
)
def test_where_a_page_says_that_its_audio_is_gone_only_what_bears_its_title_is_its_audio(told: str) -> None:
    nameless = data({"player": {"src": "https://cdn.example/any.mp3"}})
    assert audio(nameless) == ["https://cdn.example/any.mp3"]
    assert audio(f"<p>{told}</p>{nameless}") == []
    assert audio(f"<p>{told}</p><audio src='https://cdn.example/any.mp3'></audio>") == []
    assert audio(f"<p>{told}</p>{data({'title': 'Evening', 'src': 'https://cdn.example/any.mp3'})}") == []
    assert audio(f"<p>{told}</p>{data(EPISODE)}") == ["https://cdn.example/harbour.mp3"]


@pytest.mark.parametrize(
    "markup",
    [
        "<p>The show no longer has a sponsor.</p>",
        "<p>Tickets are no longer available.</p>",
        "<p hidden>This episode is no longer available.</p>",
        "<script>const messages = {gone: 'This episode is no longer available'}</script>",
    ],
)
def test_what_is_said_of_something_else_or_not_shown_takes_no_audio_away(markup: str) -> None:
    assert audio(markup + data({"player": {"src": "https://cdn.example/any.mp3"}})) == ["https://cdn.example/any.mp3"]


READ_ALOUD = (
    data({"textToSpeech": {"url": "https://cdn.example/v/1.mp3"}}),
    data({"articleAudio": {"src": "https://cdn.example/v/2.mp3"}}),
    data({"player": {"provider": "BeyondWords", "src": "https://cdn.example/v/3.mp3"}}),
    data({"player": {"synthetic": True, "src": "https://cdn.example/v/4.mp3"}}),
    data({"player": {"src": "https://tts.paper.example/v/5.mp3"}}),
    data({"player": {"src": "https://cdn.example/read-aloud/6.mp3"}}),
    data({"player": {"button": "Artikel anhören (5 Min.)", "file": "https://cdn.example/v/7.mp3"}}),
    ld({"@type": "Article", "audio": {"@type": "AudioObject", "name": "Text vorlesen", "contentUrl": "/v/12.mp3"}}),
    ld({"@type": "AudioObject", "contentUrl": "https://cdn.example/text-to-speech/13.mp3"}),
    "<div class='vorlesefunktion' data-mp3='https://cdn.example/v/8.mp3'></div>",
    "<figure><figcaption>Listen to this article</figcaption><audio src='https://cdn.example/v/9.mp3'></audio></figure>",
    "<audio aria-label='Écouter cet article' src='https://cdn.example/v/10.mp3'></audio>",
    "<div class='text-to-speech'><audio src='https://cdn.example/v/11.mp3'></audio></div>",
)


@pytest.mark.parametrize("markup", READ_ALOUD, ids=range(len(READ_ALOUD)))
def test_a_voice_that_reads_the_page_is_no_episode(markup: str) -> None:
    assert audio(markup) == []
    assert audio(markup + data(EPISODE)) == ["https://cdn.example/harbour.mp3"]


@pytest.mark.parametrize(
    "state",
    [
        {"player": {"src": "https://cdn.example/0a1b2c3d/stream.mp3"}},
        {"player": {"station": "Nordfunk", "src": "https://cdn.example/a/five.mp3"}},
        {"player": {"onAir": "2024-05-01T20:00", "src": "https://cdn.example/a/six.mp3"}},
        {"player": {"onAir": False, "src": "https://cdn.example/a/seven.mp3"}},
        {"player": {"summary": "Hear the story of a lighthouse.", "src": "https://cdn.example/a/eight.mp3"}},
        {"player": {"src": "https://live-from-oslo.example/a/nine.mp3"}},
    ],
)
def test_an_episode_is_kept_though_its_data_has_words_of_stations_and_readers(state: object) -> None:
    assert len(audio(data(state))) == 1


AT_ID = "https://www.pod.example/listen/harbour-lights-48213"
KEPT, OTHER = "https://cdn.example/48213.mp3", "https://cdn.example/48214.mp3"
STORES: dict[str, object] = {
    "a cache of references": {
        "Episode:48214": {"title": "Fog", "files": [{"__ref": "Media:m2"}]},
        "Episode:48213": {"title": "Harbour lights", "files": [{"__ref": "Media:m1"}]},
        "Media:m2": {"url": OTHER},
        "Media:m1": {"url": KEPT},
    },
    "a normalised state": {
        "entities": {
            "episodes": {"48214": {"name": "Fog", "audioId": "s-2"}, "48213": {"name": "Lights", "audioId": "s-1"}},
            "sounds": [{"id": "s-2", "mp3": OTHER}, {"id": "s-1", "mp3": KEPT}],
        }
    },
    "resources that are included": {
        "data": [
            {
                "type": "episode",
                "id": number,
                "attributes": {"title": title},
                "relationships": {"sound": {"data": {"type": "audio", "id": sound}}},
            }
            for number, title, sound in (("48214", "Fog", "2"), ("48213", "Lights", "1"))
        ],
        "included": [
            {"type": "person", "id": "1", "attributes": {"bio": "..."}},
            {"type": "audio", "id": "2", "attributes": {"url": OTHER}},
            {"type": "audio", "id": "1", "attributes": {"url": KEPT}},
        ],
    },
    "entries without titles": {"byId": {"48214": {"audio": {"src": OTHER}}, "48213": {"audio": {"src": KEPT}}}},
    "titles that do not decide": [
        {"id": 48214, "title": "Lights, two", "mp3": OTHER},
        {"id": 48213, "title": "Lights, one", "mp3": KEPT},
    ],
}


@pytest.mark.parametrize("store", STORES.values(), ids=STORES)
def test_of_a_store_the_entry_that_the_page_s_address_names_is_its_episode(store: object) -> None:
    assert audio(data(store), AT_ID) == [KEPT]


def test_a_neighbour_in_a_store_is_not_taken_where_the_page_s_own_entry_has_no_audio() -> None:
    store = {"Episode:48213": {"title": "Harbour lights"}, "Episode:48214": {"title": "Fog", "mp3": OTHER}}
    assert audio(data(store), AT_ID) == []


def test_entries_without_titles_of_which_the_page_names_none_are_a_list() -> None:
    assert audio(data(STORES["entries without titles"])) == []


def test_several_files_of_one_episode_stay_together_though_each_has_an_id() -> None:
    files = [{"id": number, "src": f"https://cdn.example/{number}.{kind}"} for number, kind in ((1, "mp3"), (2, "ogg"))]
    assert len(audio(data({"player": {"files": files}}))) == 2


def test_references_that_name_each_other_end_whatever_their_kind_is() -> None:
    state = {
        f"Node:{n}": {"type": [n], "media": [f"Node:{m}" for m in range(300)], "audioUrl": f"/{n}.mp3"}
        for n in range(300)
    }
    assert audio(data(state)) == []


@pytest.mark.parametrize(
    "markup",
    [
        "<div itemscope itemtype='https://schema.org/AudioObject'><link itemprop='contentUrl' href='/a/1.mp3'></div>",
        "<iframe src='https://play.example/?theme=light&file=https%3A%2F%2Fwww.pod.example%2Fa%2F1.mp3'></iframe>",
        "<div data-setup='eyJzb3VyY2VzIjpbeyJzcmMiOiIvYS8xLm1wMyIsInR5cGUiOiJhdWRpby9tcGVnIn1dfQ'></div>",
    ],
    ids=["microdata", "query of a frame", "base64"],
)
def test_audio_is_read_where_elements_carry_it(markup: str) -> None:
    assert audio(markup) == ["https://www.pod.example/a/1.mp3"]
