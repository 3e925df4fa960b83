"""Pages that hand their episode to a player as JSON."""

from __future__ import annotations

import json
import time

import pytest

from ragtime_assets_tests.adapters.test_pages import EPISODE, details, ld, read

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
        'y = {"audio": [{"url": "javascript:alert(1)"}, {"url": 7}, null], "media": {"mp3": {}}, "audioUrl": []}',
    ],
    ids=["never closed", "nested without end", "very many", "no addresses"],
)
def test_hostile_scripts_are_passed_over_quickly(text: str) -> None:
    started = time.monotonic()
    assert read("<title>One</title>", script(text)).details is None
    assert time.monotonic() - started < 2
