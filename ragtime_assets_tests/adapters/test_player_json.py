"""Pages that hand their episode to a player as JSON."""

from __future__ import annotations

import json
import time

import pytest

from ragtime_assets.domain.episode.fetched import PageFacts
from ragtime_assets_tests.adapters.episode_pages import EPISODE, details, ld, read

PODLOVE = {
    "title": "Django in Paris",
    "show": {"title": "Jazz Hour", "url": "https://pod.example/"},
    "duration": "01:31:18.611",
    "publicationDate": "2024-05-01T10:00:00+00:00",
    "audio": [
        {"url": "https://cdn.example/1.m4a", "mimeType": "audio/mp4", "size": 1},
        {"url": "https://cdn.example/1.mp3", "mimeType": "audio/mpeg"},
    ],
}
PODIGEE = {
    "podcast": {"title": "Jazz Hour", "feed": "https://pod.example/feed"},
    "episode": {"title": "Django in Paris", "media": {"mp3": "https://cdn.example/1.mp3", "m4a": None}},
}


def script(text: str, kind: str = "") -> str:
    return f'<script type="{kind}">{text}</script>' if kind else f"<script>{text}</script>"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f'podlovePlayer("#player", {json.dumps(PODLOVE)}, "/config.json");', ""),
        (f'podlovePlayerCache.add([{{"url": "/x", "data": {json.dumps(PODLOVE)}}}]);', "text/javascript"),
        (f"window.playerConfiguration = {json.dumps(PODIGEE)}", ""),
        (
            json.dumps(
                {
                    "props": {
                        "pageProps": {"episode": {"title": "Django in Paris", "audioUrl": "https://cdn.example/1.mp3"}}
                    }
                }
            ),
            "application/json",
        ),
        (f"var a = {{b: 1}}; function f() {{ return 2 }}; self.__data = {json.dumps(PODLOVE)}", ""),
    ],
    ids=["podlove", "podlove cache", "podigee", "next", "between other scripts"],
)
def test_the_audio_of_a_player_is_read_without_running_it(text: str, kind: str) -> None:
    found = details("<title>Django in Paris</title>", script(text, kind))
    assert found.title == "Django in Paris"
    assert "https://cdn.example/1.mp3" in [audio.url for audio in found.audio]
    assert {audio.origin for audio in found.audio} == {"player"}


EPISODE_ONE = {"title": "Django in Paris", "media": {"sources": [{"src": "https://cdn.example/1.mp3"}]}}
NUXT_3 = [
    ["ShallowReactive", 1],
    {"data": 2},
    {"episode": 3},
    {"title": 4, "audio": 5},
    "Django in Paris",
    {"url": 6, "mimeType": 7},
    "https://cdn.example/1.mp3",
    "audio/mpeg",
]
FLIGHT = json.dumps(f'5:["$","$L7",null,{{"episode":{json.dumps(EPISODE_ONE)}}}]\n6:"x"\n')

AT = FLIGHT.index("Paris")


@pytest.mark.parametrize(
    "markup",
    [
        script("var p = {title: 'Django in Paris', audio: {file: \"https://cdn.example/1.mp3\", n: 1,},};"),
        script("load({title: `Django in Paris`, /* a, {b */ play: function () { go() }, src: '//cdn.example/1.mp3'})"),
        script(
            'window.s = JSON.parse("{\\"title\\":\\"Django in Paris\\",\\"file\\":\\"https://cdn.example/1.mp3\\"}")'
        ),
        script(
            "window.__NUXT__=(function(a,b,c){return {data:[{episode:{title:a,url:b,live:c}}],error:null}}"
            '("Django in Paris","https://cdn.example/1.mp3",false))'
        ),
        script(json.dumps(NUXT_3), "application/json"),
        script(f'self.__next_f.push([1,{FLIGHT[:AT]}"])') + script(f'self.__next_f.push([1,"{FLIGHT[AT:]}])'),
        script(f"window.__INITIAL_STATE__ = {json.dumps({'site': {'name': 'Pod'}, 'page': EPISODE_ONE})};"),
        script(
            json.dumps({"name": "Django in Paris", "stream": {"type": "audio/mpeg", "url": "//cdn.example/1.mp3"}}),
            "application/json",
        ),
        script(
            json.dumps({"tracks": [{"title": "Django in Paris", "type": "audio/mpeg", "src": "//cdn.example/1.mp3"}]}),
            "application/json",
        ),
        "<div data-title='Django in Paris' data-audio='https://cdn.example/1.mp3'></div>",
        "<button data-src='https://cdn.example/1.mp3'>Play</button>",
        f"<x-player data-episode='{json.dumps(EPISODE_ONE)}'></x-player>",
        "<script>jwplayer('p').setup({file: 'https://cdn.example/1.mp3', image: '/1.jpg'})</script>",
    ],
    ids=[
        "object literal",
        "call with a literal",
        "JSON.parse",
        "Nuxt 2",
        "Nuxt 3",
        "Next's stream in pieces",
        "state",
        "media type without ending",
        "playlist",
        "data attributes",
        "data attribute without a title",
        "JSON in a data attribute",
        "settings of a player",
    ],
)
def test_audio_is_known_by_what_it_is_whatever_the_site_calls_it(markup: str) -> None:
    found = details("<title>Django in Paris</title>", markup)
    assert (found.title, [audio.url for audio in found.audio]) == ("Django in Paris", ["https://cdn.example/1.mp3"])


@pytest.mark.parametrize(
    "state",
    [
        {"title": "Django in Paris", "image": "https://cdn.example/1.jpg", "mediaUrl": "/listen.html"},
        {"title": "Django in Paris", "audioTranscript": {"url": "/1.vtt", "type": "text/vtt"}},
        {"title": "Django in Paris", "audio_preview_url": "https://cdn.example/1.mp3"},
        {"title": "Django in Paris", "audioUrl": "https://p.scdn.example/mp3-preview/abc"},
        {"enclosure": "none", "audio": "yes", "mp3": "of course"},
        {"sounds": {"click": "/click.mp3"}},
    ],
    ids=["picture and page", "captions", "preview", "preview by its path", "words", "sounds of the site"],
)
def test_what_is_no_whole_episode_is_not_taken_for_one(state: object) -> None:
    assert read("<title>Django in Paris</title>", script(json.dumps(state), "application/json")).details is None


def test_audio_belongs_to_the_nearest_object_with_a_title_and_a_format_is_none() -> None:
    nested = {
        "name": "My site",
        "page": {
            "episode": {
                "title": "Django",
                "files": [{"title": "MP3 (128 kbps)", "url": "/1.mp3"}, {"title": "Audio AAC", "url": "/1.m4a"}],
            }
        },
    }
    found = details("", script(json.dumps(nested), "application/json"))
    assert (found.title, len(found.audio)) == ("Django", 2)


@pytest.mark.parametrize(
    "state",
    [
        {"item": {"title": "One", "audios": [{"url": "/1.mp3"}], "programSet": {"title": "Jazz Hour"}}},
        {"item": {"title": "One", "file": "/1.mp3", "showTitle": "Jazz Hour"}},
        {"podcast": {"name": "Jazz Hour"}, "episode": {"name": "One", "src": "/1.mp3"}},
    ],
)
def test_the_show_stands_in_the_episode_or_beside_it(state: object) -> None:
    found = details("", script(json.dumps(state), "application/json"))
    assert (found.title, found.show) == ("One", "Jazz Hour")


def test_of_a_list_of_episodes_the_one_with_the_page_s_address_is_taken() -> None:
    listed = [
        {"title": f"No. {n}", "link": f"/episodes/{name}", "mp3": f"/{n}.mp3"} for n, name in enumerate(("x", "one"))
    ]
    assert details("", script(json.dumps(listed), "application/json")).title == "No. 1"


def test_what_else_the_player_knows_is_kept() -> None:
    found = details(body=script(f'podlovePlayer("#p", {json.dumps(PODLOVE)})'))
    assert (found.show, found.duration) == ("Jazz Hour", 5478.611)
    assert found.published is not None
    facts = read(body=script(f"window.playerConfiguration = {json.dumps(PODIGEE)}"))
    assert facts.feed_urls == ("https://pod.example/feed",)


def test_json_ld_without_audio_is_completed_from_the_player_and_stays_the_authority() -> None:
    bare = {name: value for name, value in EPISODE.items() if name != "associatedMedia"}
    found = details(ld(bare), script(f'podlovePlayer("#p", {json.dumps(PODLOVE)})'))
    assert (found.title, found.audio[0].origin) == ("Ella & Louis", "player")


def test_of_a_list_of_episodes_only_the_one_that_the_page_is_called_after_is_taken() -> None:
    other = PODLOVE | {"title": "Another", "audio": [{"url": "https://cdn.example/2.mp3"}]}
    listed = script(f"window.__list = {json.dumps({'items': [PODLOVE, other]})}")
    assert details("<meta property=og:title content='Another'>", listed).audio[0].url == "https://cdn.example/2.mp3"
    assert read("<title>All episodes</title>", listed).details is None


@pytest.mark.parametrize(
    "text",
    [
        "window.x = {" * 5_000,
        "window.x = " + '{"a":' * 50_000,
        "x = {}; " * 100_000,
        "x = {a: '.mp3', b: [" * 20_000,
        "x = " + "{a:" * 50_000 + "'1.mp3'" + "}" * 50_000,
        "JSON.parse('.mp3" * 50_000,
        'x = {a: ".mp3' + '\\"' * 300_000,
        "x = {a: '.mp3', " + "/*" * 300_000,
        "x = {a: '.mp3', " + "`" * 100_001 + ": " * 100_000,
        json.dumps([{"a": 1, "b": 1}, {"a": 1, "b": 1}, ".mp3"]),
        'y = {"audio": [{"url": "javascript:alert(1)"}, {"url": 7}, null], "media": {"mp3": {}}, "audioUrl": []}',
    ],
    ids=[
        "never closed",
        "nested without end",
        "very many",
        "literals never closed",
        "literals nested",
        "text never closed",
        "quotes never closed",
        "comments never closed",
        "templates never closed",
        "entries that hold themselves",
        "no addresses",
    ],
)
def test_hostile_scripts_are_passed_over_quickly(text: str) -> None:
    started = time.process_time()
    assert read("<title>One</title>", script(text)).details is None
    assert time.process_time() - started < 10, "of the processor: other work does not count"


def test_a_title_of_many_digits_is_a_title_and_is_read_at_once() -> None:
    title = "9" * 400 + "T"
    data = {"episode": {"title": title, "audioUrl": "https://cdn.example/a.mp3"}}
    found = read("<title>One</title>", script(f"window.state = {json.dumps(data)}")).details
    assert found is not None
    assert [one.url for one in found.audio] == ["https://cdn.example/a.mp3"]


def test_pieces_advertisements_and_streams_under_the_episode_s_title_are_not_its_audio() -> None:
    data = {
        "episode": {
            "title": "Django in Paris",
            "audio": {"url": "https://cdn.example/whole.mp3"},
            "teaser": {"url": "https://cdn.example/short.mp3"},
            "preRoll": {"url": "https://cdn.example/car.mp3"},
            "spot": {"type": "ad", "url": "https://cdn.example/bed.mp3"},
            "liveStream": {"url": "https://cdn.example/radio.mp3"},
            "ads": [{"url": "https://cdn.example/shoes.mp3"}],
        }
    }
    found = details(body=f"<h1>Django in Paris</h1><script type='application/json'>{json.dumps(data)}</script>")
    assert [one.url for one in found.audio] == ["https://cdn.example/whole.mp3"]


def test_a_single_episode_that_is_listed_as_the_next_is_the_page_s_only_by_its_title() -> None:
    def told(title: str) -> PageFacts:
        data = {"upNext": {"title": title, "audio": "https://cdn.example/next.mp3"}}
        body = f"<h1>Django in Paris</h1><script type='application/json'>{json.dumps(data)}</script>"
        return read("<title>Django in Paris</title>", body)

    assert told("Ella in Berlin").details is None
    assert told("Django in Paris").details is not None


def test_the_episode_of_the_page_is_found_though_its_player_writes_the_title_another_way() -> None:
    items = [{"name": f"#{n} {title}", "src": [f"/{n}.mp3"]} for n, title in enumerate(("Ella", "Django in Paris"))]
    body = f"<h1>Django in Paris, with Ann Lee</h1><script type='application/json'>{json.dumps(items)}</script>"
    found = details("<title>Django in Paris, with Ann Lee</title>", body)
    assert [one.url for one in found.audio] == ["https://www.pod.example/1.mp3"]
