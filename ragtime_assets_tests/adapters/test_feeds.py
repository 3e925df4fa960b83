"""Feeds as publishers write them, and as attackers would."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import pytest

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.identity import podcast_guid
from ragtime_assets.errors import ExtractionFailed, InvalidFeed, NotAnEpisode
from ragtime_assets_tests.adapters.feed_files import (
    FEED_URL,
    PODCAST,
    PODCAST_BY_GITHUB,
    READER,
    document,
    item,
    page,
    rss,
)


def read(more: str = "", channel: str = "<title>Jazz Hour</title>", podcast: str = PODCAST) -> EpisodeDetails:
    return READER.item(rss(item(more=more), channel=channel, podcast=podcast), "g1")


def test_an_item_is_read_whole() -> None:
    found = read(
        "<link>https://pod.example/one</link><pubDate>Tue, 04 Mar 2025 20:15:00 +0530</pubDate>"
        "<itunes:duration>1:02:03</itunes:duration><itunes:season>2</itunes:season><itunes:episode>7</itunes:episode>"
        "<itunes:image href='/one.jpg'/>"
        "<description><![CDATA[<p>With <b>Ella</b> &amp; Louis</p><p>Live</p>]]></description>",
        channel="<title>Jazz Hour</title><language>en-US</language>",
    )
    assert (found.title, found.show, found.guid, found.engine) == ("One", "Jazz Hour", "g1", "rss")
    assert (found.duration, found.season, found.episode, found.language) == (3723.0, 2, 7, "en")
    assert found.published is not None
    assert found.published.utcoffset() == timedelta(hours=5, minutes=30)
    assert found.description == "With Ella & Louis\n\nLive"
    assert (found.canonical_url, found.feed_url) == ("https://pod.example/one", FEED_URL)
    assert (found.image, found.podcast_guid) == ("https://pod.example/one.jpg", podcast_guid(FEED_URL))
    assert [(a.url, a.origin, a.media_type, a.length) for a in found.audio] == [
        ("https://cdn.example/1.mp3", "enclosure", "audio/mpeg", 123)
    ]
    assert (found.outcome, found.confidence) == ("ok", 1.0)


@pytest.mark.parametrize("podcast", [PODCAST, PODCAST_BY_GITHUB])
def test_every_podcast_tag_is_read_in_both_forms_of_the_namespace(podcast: str) -> None:
    found = read(
        "<podcast:transcript url='/t.vtt' type='text/vtt' language='en-GB' rel='captions'/>"
        "<podcast:transcript url='/t.srt'/><podcast:chapters url='/c.json' type='application/json+chapters'/>"
        "<podcast:person role='Guest' href='https://e.example'>Ella</podcast:person>"
        "<podcast:season>3</podcast:season><podcast:episode>9</podcast:episode>"
        "<podcast:alternateEnclosure type='audio/opus' length='9'><podcast:source uri='https://cdn.example/1.opus'/>"
        "<podcast:source uri='ipfs://x'/></podcast:alternateEnclosure>",
        channel="<title>J</title><podcast:guid>abc</podcast:guid><podcast:person>Norman</podcast:person>",
        podcast=podcast,
    )
    assert [(t.url, t.media_type, t.language, t.rel) for t in found.transcripts] == [
        ("https://pod.example/t.vtt", "text/vtt", "en", "captions"),
        ("https://pod.example/t.srt", "application/x-subrip", None, None),
    ]
    assert found.chapters_url == "https://pod.example/c.json"
    assert [(p.name, p.role, p.group) for p in found.persons] == [("Ella", "guest", "cast")]
    assert (found.season, found.episode, found.podcast_guid) == (3, 9, "abc")
    assert [(a.url, a.origin) for a in found.audio][1:] == [("https://cdn.example/1.opus", "alternate")]


def test_persons_of_the_channel_stand_in_when_the_item_names_none() -> None:
    found = read(channel="<title>J</title><podcast:person>Norman</podcast:person>")
    assert [(p.name, p.role) for p in found.persons] == [("Norman", "host")]


def test_inline_chapters_are_read() -> None:
    found = read(
        "<psc:chapters><psc:chapter start='00:10:00.5' title='Two'/>"
        "<psc:chapter start='00:00:00' title='One'/></psc:chapters>"
    )
    assert [(c.start, c.title) for c in found.chapters] == [(0.0, "One"), (600.5, "Two")]


def test_an_atom_entry_is_read() -> None:
    feed = document(
        b"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='de'><title>Show</title>"
        b"<entry><id>urn:1</id><title>Eins</title><updated>2025-03-04T05:06:07Z</updated>"
        b"<link href='/eins'/><link rel='enclosure' href='/1.mp3' type='audio/mpeg'/>"
        b"<summary>Kurz</summary></entry></feed>"
    )
    found = READER.item(feed, "urn:1")
    assert (found.title, found.show, found.language, found.description) == ("Eins", "Show", "de", "Kurz")
    assert (found.canonical_url, found.audio[0].url) == ("https://pod.example/eins", "https://pod.example/1.mp3")
    assert found.published is not None


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("utf-16", "utf-16"), ("windows-1252", "windows-1252"), ("shift_jis", "Shift_JIS"), ("latin-1", "iso-8859-1")],
)
def test_a_declared_encoding_is_honoured(charset: str, declared: str) -> None:
    title = "東京" if charset == "shift_jis" else "Café"
    body = (
        f'<?xml version="1.0" encoding="{declared}"?><rss><channel><title>S</title>{item(title=title)}</channel></rss>'
    )
    assert READER.item(document(body.encode(charset)), "g1").title == title


def test_faults_of_feeds_in_the_wild_are_mended() -> None:
    body = b"<rss><channel><title>R&B &nbsp; Caf\xc3\xa9 &eacute;\x08</title>" + item().encode() + b"</channel></rss>"
    assert READER.item(document(body), "g1").show == "R&B Café é"


def test_a_guid_is_opaque_and_a_path_in_it_is_only_text() -> None:
    guid = "../../etc/passwd"
    assert READER.item(rss(item("other"), item(guid)), f" {guid} ").guid == guid
    with pytest.raises(NotAnEpisode):
        READER.item(rss(item("Case")), "case")


def test_an_item_without_guid_is_known_by_its_audio() -> None:
    feed = rss("<item><title>T</title><enclosure url='https://cdn.example/1.mp3' type='audio/mpeg'/></item>")
    assert READER.item(feed, "https://cdn.example/1.mp3").title == "T"


def test_a_guid_that_is_not_there_names_how_many_items_are() -> None:
    with pytest.raises(NotAnEpisode, match="holds 2 items, and none has the guid 'g9'"):
        READER.item(rss(item("g1"), item("g2")), "g9")


def test_the_only_item_is_taken_and_a_choice_is_refused() -> None:
    assert READER.item(rss(item())).guid == "g1"
    with pytest.raises(NotAnEpisode, match="a feed of 2 items") as caught:
        READER.item(rss(item("g1"), item("g2")))
    assert f"--feed {FEED_URL} --guid" in caught.value.remedy
    with pytest.raises(NotAnEpisode, match="a feed of 0 items"):
        READER.item(rss())


def test_a_title_of_ten_thousand_characters_is_cut() -> None:
    assert len(READER.item(rss(item(title="x" * 10_000)), "g1").title) == 500


def test_control_characters_and_markup_leave_a_title() -> None:
    title = escape("A\u202e<b>bold</b>\n\ttitle &amp; more\u0007\x9b\u2028end")
    assert READER.item(rss(item(title=title.replace("\u0007", "&#x85;"))), "g1").title == "Abold title & more end"


@pytest.mark.parametrize("title", ["<![CDATA[Kind of Blue]]>", "<Kind of Blue>", "Kind <i>of</i> Blue"])
def test_a_title_that_is_wrapped_twice_or_stands_in_brackets_is_not_lost(title: str) -> None:
    assert READER.item(rss(item(title=escape(title))), "g1").title.strip("<>") == "Kind of Blue"


def test_an_item_without_any_title_is_not_given_one() -> None:
    with pytest.raises(ExtractionFailed, match="no title"):
        READER.item(rss(item(title=" ")), "g1")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3723", 3723.0),
        ("62:03", 3723.0),
        ("1:02:03", 3723.0),
        ("0", None),
        ("-5", None),
        ("1e9", None),
        ("99999999999", None),
    ],
)
def test_a_duration_is_read_in_every_form_and_nonsense_is_none(text: str, seconds: float | None) -> None:
    assert read(f"<itunes:duration>{text}</itunes:duration>").duration == seconds


NO_DAYS = ("Mon, 01 Jan 0001 00:00:00 GMT", "0001-01-01", "9999-12-31T23:59:59Z")
"""What programs write who know no date."""


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2025", "9999-99-99", *NO_DAYS])
def test_a_date_that_is_none_is_none(date: str) -> None:
    assert read(f"<pubDate>{date}</pubDate>").published is None


@pytest.mark.parametrize("number", ["x", "1.5", "-1", "9" * 40])
def test_a_number_that_is_none_is_none(number: str) -> None:
    assert read(f"<itunes:episode>{number}</itunes:episode>").episode is None


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "ftp://a/b.mp3", "https://[::1", "http://a:99999/"]
)
def test_an_address_that_is_not_http_is_no_audio(url: str) -> None:
    found = READER.item(rss(item(audio=url)), "g1")
    assert (found.audio, found.outcome) == ((), "partial")


def test_an_address_is_relative_to_the_base_that_its_element_or_one_around_it_names() -> None:
    more = (
        "<podcast:transcript url='one.vtt' type='text/vtt'/><podcast:chapters url='/one.json' xml:base='https://c.example/x/'/>"
        "<link>one.html</link>"
    )
    based = item(audio="one.mp3", more=more).replace("<item>", "<item xml:base='shows/'>")
    whole = rss(based, item("g2", audio="two.mp3")).body.replace(
        b"<channel>", b"<channel xml:base='https://b.example/a/'>"
    )
    one = READER.item(document(whole), "g1")
    assert [audio.url for audio in one.audio] == ["https://b.example/a/shows/one.mp3"]
    assert [transcript.url for transcript in one.transcripts] == ["https://b.example/a/shows/one.vtt"]
    assert (one.chapters_url, one.canonical_url) == ("https://c.example/one.json", "https://b.example/a/shows/one.html")
    assert READER.item(document(whole), "g2").audio[0].url == "https://b.example/a/two.mp3"


@pytest.mark.parametrize("base", ["", "javascript:alert(1)", "file:///etc/", "https://[::1"])
def test_a_base_that_is_no_address_of_the_web_changes_nothing(base: str) -> None:
    feed = rss(item(audio="/one.mp3")).body.replace(b"<channel>", f"<channel xml:base='{base}'>".encode())
    assert READER.item(document(feed), "g1").audio[0].url == "https://pod.example/one.mp3"


def test_pictures_and_documents_are_no_audio() -> None:
    more = "<enclosure url='/a.jpg' type='image/jpeg'/><enclosure url='/b.pdf' type='application/pdf'/>"
    more += "<enclosure url='/c.m4a'/>"
    assert [a.url[-5:] for a in read(more).audio] == ["1.mp3", "c.m4a"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not well-formed"),
        (b"just text", "not well-formed"),
        (b"{}", "not well-formed"),
        (b"<rss><channel><item>", "not well-formed"),
        (b"<!DOCTYPE html><html><body><p>Hi</body></html>", "web page"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "neither RSS nor Atom"),
        (b"<opml/>", "neither RSS nor Atom"),
        (b"\x00\xff\xfe\x00" * 100, "not well-formed"),
    ],
)
def test_what_is_no_feed_is_refused_in_words(body: bytes, words: str) -> None:
    with pytest.raises(InvalidFeed, match=words):
        READER.item(document(body), "g1")


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "dtd",
    [
        f'<!ENTITY l0 "lol">{BOMB}',
        '<!ENTITY l11 SYSTEM "file:///etc/passwd">',
        '<!ENTITY l11 SYSTEM "http://169.254.169.254/">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;',
    ],
    ids=["bomb", "file", "metadata", "parameter"],
)
@pytest.mark.parametrize("broken", ["", "&"], ids=["well-formed", "to be mended"])
def test_entities_are_refused_before_they_are_read(dtd: str, broken: str) -> None:
    body = f"<!DOCTYPE rss [{dtd}]><rss><channel><title>&l11; {broken}</title>{item()}</channel></rss>"
    with pytest.raises(InvalidFeed, match="declares entities"):
        READER.item(document(body.encode()), "g1")


def test_markup_nested_without_end_is_survived() -> None:
    started = time.process_time()
    deep = escape("<p>Notes</p>" + "<div>" * 100_000)
    assert read(f"<description>{deep}</description>").description == "Notes"
    assert time.process_time() - started < 10, "of the processor: other work does not count"


# -- what is an item called, and which page is its own?


def linked(number: int, link: str, guid: str = "", query: str = "") -> str:
    date = f"<pubDate>Tue, {number:02} Mar 2025 20:15:00 +0000</pubDate>"
    guid = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    audio = f"<enclosure url='https://cdn.example/{number}.mp3{query}' type='audio/mpeg'/>"
    return f"<item><title>No. {number}</title><link>{link}</link>{guid}{date}{audio}</item>"


def names(*items: str, channel: str = "<title>J</title>") -> list[str]:
    return [one.guid for one in READER.listing(rss(*items, channel=channel)).items]


def test_a_link_that_several_items_share_is_no_page_of_theirs() -> None:
    feed = rss(linked(2, "https://pod.example/show", "g2"), linked(1, "http://www.pod.example/show/", "g1"))
    assert [READER.item(feed, guid).canonical_url for guid in ("g1", "g2")] == [None, None]
    assert READER.matching(feed, page(url="https://pod.example/show")) is None


@pytest.mark.parametrize(
    "channel",
    [
        "<title>J</title><link>https://pod.example/show</link>",
        "<title>J</title><atom:link href='https://pod.example/show'/>",
    ],
)
def test_the_home_of_a_feed_is_no_page_of_an_episode(channel: str) -> None:
    found = READER.item(rss(linked(1, "https://pod.example/show", "g1"), channel=channel), "g1")
    assert (found.canonical_url, found.show_url, found.url) == (None, "https://pod.example/show", FEED_URL)


def test_routes_that_a_script_shows_are_pages_of_their_own() -> None:
    feed = rss(*(linked(number, f"https://pod.example/#/episode/{number}", f"g{number}") for number in (2, 1)))
    found = READER.matching(feed, page(url="https://pod.example/#/episode/2"))
    assert found is not None
    assert (found.guid, found.canonical_url) == ("g2", "https://pod.example/#/episode/2")


def test_places_on_one_page_are_no_pages_of_their_own() -> None:
    feed = rss(*(linked(number, f"https://pod.example/all#{number}", f"g{number}") for number in (2, 1)))
    assert READER.item(feed, "g2").canonical_url is None


def test_an_item_listed_twice_keeps_its_page() -> None:
    one = linked(1, "https://pod.example/one", "g1")
    assert READER.item(rss(one, one), "g1").canonical_url == "https://pod.example/one"
    assert names(one, one) == ["g1"]


def test_without_a_guid_an_item_is_known_by_its_page_else_by_title_and_date_whatever_the_query_of_its_audio() -> None:
    for query in ("?token=1", "?token=2"):
        own = [linked(number, f"https://pod.example/{number}", query=query) for number in (2, 1)]
        assert names(*own) == ["pod.example/2", "pod.example/1"]
        shared = [linked(number, "https://pod.example/show", query=query) for number in (2, 1)]
        assert names(*shared) == ["No. 2 (2025-03-02 20:15)", "No. 1 (2025-03-01 20:15)"]
        bare = f"<item><title>T</title><enclosure url='https://cdn.example/1.mp3{query}' type='audio/mpeg'/></item>"
        assert names(bare) == ["cdn.example/1.mp3"]


def test_audio_that_only_its_query_tells_apart_stays_apart() -> None:
    bare = "<item><title>T</title><enclosure url='https://cdn.example/play?id={}' type='audio/mpeg'/></item>"
    assert len(set(names(bare.format(1), bare.format(2)))) == 2


def test_items_that_share_a_guid_are_told_apart_and_the_oldest_keeps_it() -> None:
    items = [linked(number, f"https://pod.example/{number}", "same") for number in (3, 2, 1)]
    assert names(*items) == ["pod.example/3", "pod.example/2", "same"]
    assert names(*items[1:]) == ["pod.example/2", "same"]
    feed = rss(*items)
    assert READER.listing(feed).doubled == 2
    assert [READER.item(feed, name).title for name in names(*items)] == ["No. 3", "No. 2", "No. 1"]


def test_an_item_is_found_by_the_address_of_its_audio_as_it_once_was() -> None:
    feed = rss(*(linked(number, "https://pod.example/show", query="?token=now") for number in (2, 1)))
    assert READER.item(feed, "https://cdn.example/1.mp3?token=then").title == "No. 1"
    with pytest.raises(NotAnEpisode):
        READER.item(feed, "https://cdn.example/3.mp3?token=then")


# -- which item is a page about?


LINKED = "<link>http://pod.example/one</link>"


def test_the_item_that_links_to_the_page_is_the_page_s() -> None:
    feed = rss(item("g1", "Same"), item("g2", "Same", LINKED))
    found = READER.matching(feed, page(), ["Same"])
    assert found is not None
    assert found.guid == "g2"


@pytest.mark.parametrize(
    "body",
    ['<audio src="https://cdn.example/2.mp3?a=1&amp;b=2">', r'{"src":"https:\/\/cdn.example\/2.mp3?a=1\u0026b=2"}'],
)
def test_the_item_whose_audio_the_page_names_is_the_page_s(body: str) -> None:
    feed = rss(item("g1"), item("g2", audio="https://cdn.example/2.mp3?a=1&amp;b=2"))
    found = READER.matching(feed, page(body))
    assert found is not None
    assert found.guid == "g2"


def test_the_item_with_the_page_s_title_is_the_page_s() -> None:
    found = READER.matching(
        rss(item("g1", "One"), item("g2", "Ella &amp; Louis: Live!")), page(), ["ELLA & Louis – live"]
    )
    assert found is not None
    assert found.guid == "g2"
    assert found.confidence < 0.9


def test_any_of_the_page_s_titles_will_do_but_not_on_the_show_s_own_page() -> None:
    feed = rss(item("g1", "One"), item("g2", "Two"), channel="<title>J</title><link>https://pod.example</link>")
    found = READER.matching(feed, page(), ["Two | Jazz Hour", "Two"])
    assert found is not None
    assert found.guid == "g2"
    assert READER.matching(feed, page(url="https://www.pod.example/"), ["Two"]) is None
    assert READER.matching(feed, page(), ["One", "Two"]) is None


@pytest.mark.parametrize(
    ("item_title", "page_title"),
    [("#12 – Two", "Two"), ("Two", "Folge 12: Two"), ("Käse und Öl", "Kaese & Oel"), ("Encore: Two", "Two (Encore)")],
)
def test_an_item_is_found_though_the_page_writes_its_title_another_way(item_title: str, page_title: str) -> None:
    found = READER.matching(rss(item("g1", "One"), item("g2", item_title)), page(), [page_title])
    assert found is not None
    assert found.guid == "g2"


def test_a_rerun_or_another_part_is_not_the_item_of_the_page() -> None:
    feed = rss(item("g1", "Two (Rebroadcast)"), item("g2", "Three, part 2"))
    assert READER.matching(feed, page(), ["Two"]) is None
    assert READER.matching(feed, page(), ["Three, part 1"]) is None
    assert READER.matching(feed, page(), ["Three"]) is None


def test_of_several_items_with_the_page_s_title_the_one_of_its_day_is_the_page_s() -> None:
    days = [item(f"g{day}", "News", f"<pubDate>{day} Mar 2024 06:00:00 GMT</pubDate>") for day in (4, 5, 6)]
    found = READER.matching(rss(*days), page(), ["News"], datetime(2024, 3, 5, tzinfo=UTC))
    assert found is not None
    assert found.guid == "g5"
    assert READER.matching(rss(*days), page(), ["News"], datetime(2024, 3, 9, tzinfo=UTC)) is None
    assert READER.matching(rss(*days), page(), ["News"]) is None


def test_a_title_that_the_feed_cuts_off_is_the_page_s_if_one_item_s_is() -> None:
    whole, cut = "A long story of a pier that was sold twice", "A long story of a pier that…"
    found = READER.matching(rss(item("g1", "One"), item("g2", cut)), page(), [whole])
    assert found is not None
    assert found.guid == "g2"
    assert READER.matching(rss(item("g1", cut), item("g2", cut)), page(), [whole]) is None


def test_no_item_is_chosen_when_several_fit_or_none() -> None:
    assert READER.matching(rss(item("g1", "One", LINKED), item("g2", "One", LINKED)), page(), ["One"]) is None
    assert READER.matching(rss(item("g1", "One")), page(), ["Two"]) is None
    assert READER.matching(rss(item("g1", "One")), page()) is None
