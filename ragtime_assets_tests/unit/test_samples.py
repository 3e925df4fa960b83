"""The bundled show is one that every phase can be shown on."""

from __future__ import annotations

import json
import re
import urllib.request
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from http.client import HTTPResponse
from importlib import resources
from urllib.error import HTTPError

import pytest

from ragtime_assets.samples.server import EPISODES, FEED_PATH, PLACEHOLDER, REFERENCE, sample, serve_samples

PODCAST = "{https://podcastindex.org/namespace/1.0}"


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with serve_samples() as url:
        yield url


def get(url: str, method: str = "GET", **headers: str) -> HTTPResponse:
    request = urllib.request.Request(url, method=method, headers={k.replace("_", "-"): v for k, v in headers.items()})  # noqa: S310 - own server
    return urllib.request.urlopen(request, timeout=5)  # noqa: S310 - own server


def test_the_feed_names_every_episode_at_the_server_s_address(base: str) -> None:
    response = get(base + FEED_PATH)
    items = ElementTree.fromstring(response.read()).findall("channel/item")  # noqa: S314 - own file

    assert response.headers["Content-Type"].startswith("application/rss+xml")
    found = {
        (item.findtext("guid"), item.findtext("title"), item.findtext("link"), item.find("enclosure").get("url"))
        for item in items
    }
    assert found == {(e.guid, e.title, base + e.page, base + e.audio) for e in EPISODES}


def test_the_feed_states_the_true_length_of_each_audio_file(base: str) -> None:
    for item in ElementTree.fromstring(get(base + FEED_PATH).read()).iter("item"):  # noqa: S314 - own file
        enclosure = item.find("enclosure")
        assert int(get(enclosure.get("url"), "HEAD").headers["Content-Length"]) == int(enclosure.get("length"))


def test_one_episode_has_captions_and_chapters_and_the_other_none(base: str) -> None:
    items = {
        item.findtext("guid"): item
        for item in ElementTree.fromstring(get(base + FEED_PATH).read()).iter("item")  # noqa: S314 - own file
    }
    first, second = (items[episode.guid] for episode in EPISODES)

    assert first.find(f"{PODCAST}transcript").get("url") == base + (EPISODES[0].captions or "")
    assert first.find(f"{PODCAST}chapters").get("url") == base + (EPISODES[0].chapters or "")
    assert second.find(f"{PODCAST}transcript") is None
    assert second.find(f"{PODCAST}chapters") is None


@pytest.mark.parametrize("episode", EPISODES, ids=lambda episode: episode.slug)
def test_each_page_describes_its_episode_for_machines(base: str, episode: object) -> None:
    page = get(base + episode.page)
    text = page.read().decode()
    facts = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)[1])

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert (facts["@type"], facts["name"]) == ("PodcastEpisode", episode.title)
    assert facts["associatedMedia"]["contentUrl"] == base + episode.audio
    assert f'href="{base}{FEED_PATH}"' in text
    assert PLACEHOLDER not in text


def test_audio_is_served_in_parts(base: str) -> None:
    url = base + EPISODES[0].audio
    whole = sample(EPISODES[0].audio)

    part = get(url, Range="bytes=100-199")
    assert (part.status, part.headers["Content-Type"]) == (206, "audio/mpeg")
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
    assert part.read() == whole[100:200]
    assert get(url, Range="bytes=-10").read() == whole[-10:]
    assert get(url, Range=f"bytes={len(whole) - 5}-").read() == whole[-5:]


def test_a_part_of_something_that_changed_is_the_whole(base: str) -> None:
    url = base + EPISODES[0].audio
    etag = get(url, "HEAD").headers["ETag"]

    assert get(url, Range="bytes=0-9", If_Range=etag).status == 206
    assert get(url, Range="bytes=0-9", If_Range='"older"').status == 200


def test_a_part_past_the_end_is_refused(base: str) -> None:
    with pytest.raises(HTTPError) as refused:
        get(base + EPISODES[0].audio, Range="bytes=99999999-")
    refused.value.close()

    assert refused.value.code == 416


def test_head_answers_without_a_body(base: str) -> None:
    response = get(base + FEED_PATH, "HEAD")

    assert int(response.headers["Content-Length"]) > 1_000
    assert response.read() == b""


@pytest.mark.parametrize("path", ["/nothing", "/server.py", "/../errors.py", "/%2e%2e/errors.py", "/LICENSE.md"])
def test_nothing_but_the_show_is_served(base: str, path: str) -> None:
    with pytest.raises(HTTPError) as refused:
        get(base + path)
    refused.value.close()

    assert refused.value.code == 404


def test_the_captions_say_what_the_script_says() -> None:
    cues = re.findall(r"<v [^>]+>(.*)", sample(EPISODES[0].captions or "").decode())

    assert " ".join(cues) == REFERENCE[EPISODES[0].slug]


def test_the_show_fits_into_three_megabytes() -> None:
    folder = resources.files("ragtime_assets.samples")

    assert sum(len(file.read_bytes()) for file in folder.iterdir() if file.is_file()) < 3_000_000
