"""Episode pages as sites write them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from ragtime_assets.adapters.pages.reader import EpisodePageReader
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets_tests.adapters.episode_pages import EPISODE, URL, details, ld, read


def test_json_ld_is_read_whole() -> None:
    facts = read(ld(EPISODE))
    found = facts.details
    assert found is not None
    assert (found.title, found.show, found.description) == ("Ella & Louis", "Jazz Hour", "Live")
    assert (found.duration, found.season, found.episode, found.language) == (3723.5, 2, 7, "de")
    assert found.published is not None
    assert found.published.utcoffset() == timedelta(hours=2)
    assert [(a.url, a.origin, a.media_type) for a in found.audio] == [
        ("https://www.pod.example/1.mp3", "json_ld", "audio/mpeg")
    ]
    assert found.image == "https://www.pod.example/one.jpg"
    assert (found.outcome, found.engine) == ("ok", "page")
    assert facts.feed_urls == ("https://pod.example/feed",)


@pytest.mark.parametrize(
    "shape",
    [
        [EPISODE],
        {"@graph": [{"@type": "WebPage", "name": "x"}, EPISODE]},
        {"@type": "WebPage", "mainEntity": EPISODE},
        {**EPISODE, "@type": ["CreativeWork", "PodcastEpisode"]},
        {**EPISODE, "@type": "http://schema.org/RadioEpisode"},
        {**EPISODE, "@type": "Episode", "inLanguage": [{"@type": "Language", "name": "de"}]},
        [EPISODE, {**EPISODE, "url": "https://pod.example/other", "name": "Other"}],
        [{**EPISODE, "url": "https://pod.example/other", "name": "Other"}, EPISODE],
    ],
)
def test_the_page_s_episode_is_found_in_every_shape_of_json_ld(shape: object) -> None:
    found = details(ld(shape))
    assert (found.title, found.language) == ("Ella & Louis", "de")


def test_a_list_of_episodes_is_not_an_episode() -> None:
    others = [{**EPISODE, "url": f"https://pod.example/{n}", "name": f"Episode {n}"} for n in range(5)]
    assert read(ld(others)).details is None
    players = "<audio src=/1.mp3></audio><audio src=/2.mp3></audio>"
    assert read("<meta property=og:title content=All>", players).details is None


def test_a_lone_audio_object_is_an_episode_s_mark() -> None:
    found = details(
        ld({"@type": "AudioObject", "name": "One", "contentUrl": "https://cdn.example/1.mp3", "duration": "PT5M"})
    )
    assert (found.title, found.duration, found.audio[0].url) == ("One", 300.0, "https://cdn.example/1.mp3")


@pytest.mark.parametrize(
    "broken", ["{", "[" * 100_000, '{"@type": 5}', "null", '"x"', '{"@type": "PodcastEpisode", "name": {}}']
)
def test_broken_json_ld_does_not_lose_the_rest_of_the_page(broken: str) -> None:
    script = f'<script type="application/ld+json">{broken}</script>'
    found = details(script + "<meta property='og:title' content='One'><meta property='og:audio' content='/1.mp3'>")
    assert (found.title, found.audio[0].origin) == ("One", "open_graph")


def test_json_ld_in_comments_and_with_raw_line_breaks_is_read() -> None:
    text = json.dumps(EPISODE).replace("Ella &amp; Louis", "Ella\n& Louis")
    assert details(f'<script type="application/ld+json">\n<!-- {text} -->\n</script>').title == "Ella & Louis"


def test_open_graph_and_the_player_card_give_audio() -> None:
    found = details(
        "<meta property='og:title' content='One'><meta property='og:audio' content='http://cdn.example/1.mp3'>"
        "<meta property='og:audio:secure_url' content='https://cdn.example/1.mp3'>"
        "<meta property='og:image' content='/i.jpg'>"
        "<meta name='twitter:player:stream' content='https://cdn.example/s.mp3'>"
        "<meta property='article:published_time' content='2025-03-04'>"
    )
    assert [(a.url, a.origin) for a in found.audio] == [
        ("https://cdn.example/1.mp3", "open_graph"),
        ("https://cdn.example/s.mp3", "player"),
    ]
    assert (found.language, found.outcome) == ("en", "partial")
    assert found.published is not None


def test_a_shared_player_page_is_no_audio() -> None:
    head = "<meta property=og:audio content=/embed><meta property=og:audio:type content=text/html>"
    assert read(head + "<meta property=og:title content=One>").details is None


@pytest.mark.parametrize(
    "player", ["<audio src='1.mp3'></audio>", "<audio><source src='1.mp3' type='audio/mpeg'></audio>"]
)
def test_a_player_gives_audio_and_the_heading_the_title(player: str) -> None:
    found = details("<base href='/media/'><title>One | Site</title>", f"<h1>One</h1>{player}")
    assert (found.title, found.audio[0].url) == ("One", "https://www.pod.example/media/1.mp3")
    assert found.audio[0].origin == "media_element"


def test_a_show_is_never_a_host_name() -> None:
    head = "<meta property=og:site_name content=pod.example><meta property=og:title content=One>"
    assert details(head, "<audio src=/1.mp3></audio>").show is None
    assert details(ld({**EPISODE, "partOfSeries": {"name": "www.pod.example"}})).show is None


def test_a_page_without_audio_or_marks_has_no_details() -> None:
    facts = read("<title>About us</title><meta property='og:title' content='About'>", "<h1>About</h1><p>Text</p>")
    assert (facts.details, facts.feed_urls) == (None, ())


@pytest.mark.parametrize("body", [b"", b"\x00\xff" * 1_000, b"plain text", b"<div>" * 1_000_000, b"<p><a>" * 500_000])
def test_any_bytes_can_be_read(body: bytes) -> None:
    assert EpisodePageReader().read(Document(URL, body, "text/html")).details is None


def test_feeds_are_listed_and_those_of_comments_come_last() -> None:
    facts = read(
        "<link rel='alternate' type='application/rss+xml' href='/comments/feed/'>"
        "<link rel='alternate' type='application/atom+xml' href='/atom'>"
        "<link rel='alternate' type='application/rss+xml; charset=utf-8' href='https://pod.example/feed'>"
        "<link rel='alternate' hreflang='de' href='/de'><link rel='alternate' type='application/rss+xml' href='feed:x'>"
    )
    assert facts.feed_urls == (
        "https://www.pod.example/atom",
        "https://pod.example/feed",
        "https://www.pod.example/comments/feed/",
    )


@pytest.mark.parametrize(
    ("href", "canonical"),
    [
        ("/episodes/one", "https://www.pod.example/episodes/one"),
        ("https://pod.example/e/1", "https://pod.example/e/1"),
        ("/", None),
        ("https://other.example/one", None),
        ("javascript:1", None),
    ],
)
def test_a_canonical_link_counts_only_for_the_site_s_own_pages(href: str, canonical: str | None) -> None:
    assert details(f"<link rel=canonical href='{href}'>" + ld(EPISODE)).canonical_url == canonical


def test_a_known_aggregator_is_named() -> None:
    found = details(ld(EPISODE), url="https://podcasts.apple.com/us/podcast/x/id1?i=2")
    assert (found.source.kind, found.source.provider) == ("aggregator", "Apple Podcasts")
    assert details(ld(EPISODE)).source.kind == "unknown"


def test_a_page_in_another_encoding_is_read_by_its_meta_tag() -> None:
    html = "<html><head><meta charset='windows-1251'></head><h1>Джаз</h1><audio src=/1.mp3></audio></html>"
    found = EpisodePageReader().read(Document(URL, html.encode("cp1251"), "text/html")).details
    assert found is not None
    assert found.title == "Джаз"


@pytest.mark.parametrize(
    ("url", "head", "title", "show", "provider"),
    [
        (
            "https://open.spotify.com/episode/4rOoJ6Egrf8K2IrywzwOMk",
            "<meta property=og:title content='Django in Paris'>"
            "<meta name=description content='Listen to this episode from Jazz Hour on Spotify. Swing.'>",
            "Django in Paris",
            "Jazz Hour",
            "Spotify",
        ),
        (
            "https://open.spotify.com/episode/4rOoJ6Egrf8K2IrywzwOMk",
            "<meta property=og:title content='Django in Paris'>"
            "<meta property=og:description content='Jazz Hour · Live · Episode'>"
            "<meta property=og:audio content='https://p.scdn.example/mp3-preview/abc'>",
            "Django in Paris",
            "Jazz Hour · Live",
            "Spotify",
        ),
        (
            "https://open.spotify.com/episode/4rOoJ6Egrf8K2IrywzwOMk",
            "<meta property=og:title content='Django - in Paris'>"
            "<title>Django - in Paris - Jazz Hour | Podcast on Spotify</title>",
            "Django - in Paris",
            "Jazz Hour",
            "Spotify",
        ),
        (
            "https://overcast.fm/+AAb1cD",
            "<meta property=og:title content='Django in Paris — Jazz Hour'><meta name=description content='Podcast'>",
            "Django in Paris",
            "Jazz Hour",
            "Overcast",
        ),
        (
            "https://pca.st/episode/1234",
            "<meta property=og:title content='Django in Paris'><meta name=description content='An episode'>",
            "Django in Paris",
            None,
            "Pocket Casts",
        ),
    ],
)
def test_a_site_that_shows_others_episodes_names_episode_and_show_though_it_gives_no_audio(
    url: str, head: str, title: str, show: str | None, provider: str
) -> None:
    found = details(head, url=url)
    assert (found.title, found.show, found.audio) == (title, show, ())
    assert (found.source.kind, found.source.provider) == ("aggregator", provider)


def test_a_page_whose_player_is_made_by_scripts_is_left_to_whoever_can_run_them() -> None:
    found = details("<title>Folge 7: Django in Paris</title>", "<div class=podcast-player></div>")
    assert (found.title, found.audio, found.outcome) == ("Folge 7: Django in Paris", (), "partial")
    assert found.confidence < 0.5


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<title>Shoes for sale</title>", "<div class=player></div>"),
        ("<title>An article about our podcast</title>", "<p>Read on.</p>"),
    ],
    ids=["no word of a podcast", "nothing to play"],
)
def test_a_page_with_only_a_word_or_only_a_player_is_no_episode(head: str, body: str) -> None:
    assert read(head, body, url="https://www.shop.example/one").details is None


@pytest.mark.parametrize(
    ("head", "body", "url", "guid"),
    [
        ("", "<div class=player data-guid=g1></div>", URL, "g1"),
        ("<meta name='itunes:episodeGuid' content='g1'>", "", URL, "g1"),
        ("", '<script>player = {"itunes:episodeGuid": "g1"}</script>', URL, "g1"),
        ("", "", "https://www.ardaudiothek.example/episode/urn:ard:episode:13e1a2/", "urn:ard:episode:13e1a2"),
        ("", "<p data-guid=g1></p><p data-guid=g1></p>", URL, "g1"),
        ("", "<p data-guid=g1></p><p data-guid=g2></p>", URL, None),
        ("", "<p data-guid=' '></p>", URL, None),
    ],
)
def test_the_guid_that_a_page_names_is_read_if_it_is_one_only(head: str, body: str, url: str, guid: str | None) -> None:
    assert read(head, body, url=url).guid == guid


@pytest.mark.parametrize("url", ["https://pod.example/?p=12", "https://pod.example/#/episode/12"])
def test_a_page_that_calls_itself_the_front_page_has_no_address_by_that(url: str) -> None:
    found = details("<link rel=canonical href='https://pod.example/'>", "<h1>One</h1><audio src=/1.mp3>", url=url)
    assert found.canonical_url is None


@pytest.mark.parametrize(
    ("identifier", "guid"),
    [
        ("https://pod.example/?p=12", "https://pod.example/?p=12"),
        ({"@type": "PropertyValue", "propertyID": "guid", "value": "9b024349-ccf0"}, "9b024349-ccf0"),
        (["urn:one"], "urn:one"),
        (123456789, "123456789"),
        ("12", None),
        ({"@type": "PropertyValue"}, None),
        (None, None),
    ],
)
def test_the_identifier_of_json_ld_is_a_guid_unless_it_is_a_short_number(identifier: object, guid: str | None) -> None:
    assert read(ld({**EPISODE, "identifier": identifier})).guid == guid
    assert read(ld({**EPISODE, "identifier": identifier}), "<p data-guid=g1></p>").guid == "g1"


def test_a_page_is_called_by_its_head_its_heading_and_the_parts_of_its_window_s_title() -> None:
    facts = read(
        "<meta property=og:title content='Django &amp; Paris'><meta property=og:site_name content='Jazz Hour'>"
        "<meta property=article:published_time content=2025-03-04><title>Django in Paris | Jazz – The Hour</title>",
        "<h1>No. 7: <em>Django</em></h1>",
    )
    assert facts.titles[:3] == ("Django & Paris", "No. 7: Django", "Django in Paris | Jazz – The Hour")
    assert facts.titles[3:] == ("Django in Paris", "The Hour")
    assert (facts.site, facts.published is not None) == ("Jazz Hour", True)


@pytest.mark.parametrize(
    ("content", "there"),
    [
        ("0; url=/two", "https://www.pod.example/two"),
        ("0;URL='https://other.example/two?a=b;c'", "https://other.example/two?a=b;c"),
        (" 5.0 , url = two ", "https://www.pod.example/episodes/two"),
        ("0", None),
        ("300; url=/two", None),
        ("0; url=/episodes/one", None),
        ("0; url=javascript:alert(1)", None),
        ("0; url=file:///etc/passwd", None),
    ],
)
def test_a_page_sends_on_by_a_tag_within_seconds_to_another_page_of_the_web(content: str, there: str | None) -> None:
    tag = f'<meta http-equiv="Refresh" content="{content}">'
    assert read(tag).sends_to == there
    assert read(f"<noscript>{tag}</noscript>").sends_to is None
