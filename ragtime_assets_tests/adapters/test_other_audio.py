"""Audio on a page that is not its episode is left alone, and an episode is found in whatever way its player is told."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import pytest

from ragtime_assets.adapters.pages.not_episodes import is_at_another_kind_of_address, is_foreign
from ragtime_assets_tests.adapters.episode_pages import details, read

WHOLE = "https://cdn.example/whole.mp3"
OTHER = "https://cdn.example/other.mp3"
HEAD, HEADING = "<title>The Lock Keeper | Canal Days</title>", "<h1>The Lock Keeper</h1>"


def data(value: object) -> str:
    return f'<script type="application/json">{json.dumps(value)}</script>'


def audio(body: str, head: str = HEAD) -> list[str]:
    found = read(head, HEADING + body).details
    return [one.url for one in found.audio] if found else []


@pytest.mark.parametrize(
    "name",
    ["Sting", "bumperUrl", "soundLogo", "erkennungsmelodie", "sintonia", "generique", "themeMusic", "abspann"]
    + ["advert", "adUrl", "preroll", "publicidad", "werbung", "pub", "pubblicita", "apercu", "hoerprobe"],
)
def test_a_tune_an_advertisement_or_a_piece_beside_the_episode_is_not_taken(name: str) -> None:
    beside = {"title": "The Lock Keeper", "audioUrl": WHOLE, name: OTHER, "extra": {name: {"url": OTHER}}}
    assert audio(data({"item": beside})) == [WHOLE]
    assert audio(data({"show": {"title": "Canal Days", name: OTHER}})) == []


@pytest.mark.parametrize(
    ("url", "is_another"),
    [
        ("https://ads.cdn.example/9.mp3", True),
        ("https://cdn.example/jingles/9.mp3", True),
        ("https://cdn.example/a/sting.mp3", True),
        ("https://live.cdn.example/mount.mp3", True),
        ("https://cdn.example/live/2024/9.mp3", False),
        ("https://cdn.example/leads/9.mp3", False),
        ("https://cdn.example/a/stinging-nettles.mp3", False),
    ],
)
def test_an_address_tells_an_advertisement_a_tune_or_a_stream(url: str, is_another: bool) -> None:
    assert is_at_another_kind_of_address(url) is is_another


@pytest.mark.parametrize(
    "stream",
    [
        {"title": "The Lock Keeper", "url": OTHER, "isLive": True},
        {"title": "The Lock Keeper", "src": "https://cdn.example/a.m3u8", "type": "livestream"},
        {"title": "Canal Radio en direct", "stream": OTHER},
        {"title": "Webradio: The Lock Keeper", "stream": OTHER, "duration": 0},
    ],
)
def test_a_stream_that_never_ends_is_no_episode(stream: dict[str, Any]) -> None:
    assert audio(data({"player": stream})) == []


def test_an_episode_that_tells_its_length_may_be_called_live() -> None:
    assert audio(data({"item": {"title": "The Lock Keeper, on air", "url": WHOLE, "duration": 1800}})) == [WHOLE]


def test_sounds_of_words_are_no_episode_whether_one_or_many() -> None:
    one = f'<span data-word="lock" data-audio="{OTHER}">lock</span>'
    several = "".join(f'<i data-audio="https://cdn.example/{word}.mp3">{word}</i>' for word in ("lock", "weir"))
    assert audio(one) == []
    assert audio(several) == []
    assert audio(data({"title": "The Lock Keeper", "url": OTHER, "duration": 2})) == []


def test_what_an_article_promotes_is_not_its_episode() -> None:
    promoted = {"title": "Hear our morning programme", "url": OTHER}
    assert audio(data({"widget": promoted})) == []
    held = f"<div data-title='The Lock Keeper' data-audio='{OTHER}'></div>"
    assert audio(f"<aside class=promotion>{held}</aside>") == [OTHER], "it may be the page's by its title"
    assert audio(f"<div class=promo-box>{held.replace('The Lock Keeper', 'The Weir')}</div>") == []


@pytest.mark.parametrize(
    ("title", "is_another"),
    [
        ("Hear our morning programme", True),
        ("A keeper of locks", False),
        ("episode_12_final", False),
        ("", False),
    ],
)
def test_a_title_without_a_word_of_the_page_is_another_s(title: str, is_another: bool) -> None:
    assert is_foreign(title, ["The Lock Keeper", "Canal Days"]) is is_another


PROPERTIES = {"name": [0, "The Lock Keeper"], "files": [1, [[0, {"src": [0, WHOLE]}]]], "seconds": [0, 900]}
SNAPSHOT = {"data": {"item": [{"titel": "The Lock Keeper", "datei": WHOLE}, {"s": "arr"}]}, "memo": {"id": "a"}}


@pytest.mark.parametrize(
    "body",
    [
        f'<canal-player track-title="The Lock Keeper" audio-url="{WHOLE}"></canal-player>',
        f'<astro-island props="{escape(json.dumps(PROPERTIES))}"></astro-island>',
        f'<div wire:snapshot="{escape(json.dumps(SNAPSHOT))}"></div>',
        f'<div x-data="{escape(json.dumps({"naam": "The Lock Keeper", "bestand": WHOLE}))}"></div>',
        data({"item": {"title": "The Lock Keeper", "files": {"opus": WHOLE}}}).replace(".mp3", ".opus"),
        data({"episodePreview": {"title": "The Lock Keeper", "episodeEnclosureUrl": WHOLE, "duration": 3600000}}),
        data({"clip": {"Title": "The Lock Keeper", "AudioUrl": WHOLE}}),
        f"<script>$(p).jPlayer({{ready: function() {{ set('media', {{title: 'The Lock Keeper', mp3: '{WHOLE}'}}) }},"
        " supplied: 'mp3'})</script>",
        data({"emission": {"nom": "The Lock Keeper", "fichier": WHOLE, "duree": 900}}),
    ],
    ids=["own element", "astro", "livewire", "alpine", "codec", "preview", "clip", "jplayer", "french"],
)
def test_an_episode_is_found_however_its_player_is_told_of_it(body: str) -> None:
    assert [url.rpartition(".")[0] for url in audio(body)] == [WHOLE.removesuffix(".mp3")]


def test_of_elements_with_audio_the_one_with_the_page_s_title_is_taken() -> None:
    elements = (("The Lock Keeper", WHOLE), ("The Weir", OTHER))
    body = "".join(f'<canal-player track-title="{title}" audio-url="{url}"></canal-player>' for title, url in elements)
    assert audio(body) == [WHOLE]


def test_a_length_in_milliseconds_is_read_as_such() -> None:
    found = details(HEAD, data({"item": {"title": "The Lock Keeper", "audioUrl": WHOLE, "duration": 3_600_000}}))
    assert found.duration == 3600


@pytest.mark.parametrize(
    ("window", "first", "second", "title"),
    [
        ("Canal Days | 12: The Weir", "Canal Days", "Episode 12: The Weir", "Episode 12: The Weir"),
        ("The Weir | Canal Days", "The Weir", "Canal Days", "The Weir"),
        ("The Weir | Canal Days", "The Weir", "Show notes", "The Weir"),
    ],
)
def test_the_second_heading_is_the_title_where_the_first_is_the_show(
    window: str, first: str, second: str, title: str
) -> None:
    body = f"<h1>{first}</h1><h2>{second}</h2><audio src='{WHOLE}'></audio>"
    assert details(f"<title>{window}</title>", body).title == title
