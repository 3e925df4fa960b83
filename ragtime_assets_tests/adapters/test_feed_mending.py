"""Feeds that are nearly what the standards ask for, as publishers serve them."""

from __future__ import annotations

import pytest

from ragtime_assets.adapters.feeds.mending import mended, recovered
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.errors import InvalidFeed, NotAnEpisode
from ragtime_assets_tests.adapters.feed_files import READER, document, item, page, rss


def feed(channel: str, head: str = "") -> bytes:
    return f"{head}<rss><channel><title>Jazz Hour</title>{channel}</channel></rss>".encode()


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        ("1 < 2", "1 < 2"),
        ("Ella <3 Louis", "Ella <3 Louis"),
        ("Ella<br>live", "Ella live"),
        ("Rock & <b>Roll", "Rock & Roll"),
        ("<![CDATA[AC&DC <i>live</i>]]> &nbsp;", "AC&DC live"),
    ],
)
def test_markup_where_only_text_may_be_spoils_neither_its_item_nor_the_next(title: str, meant: str) -> None:
    body = feed(item("g1", title, "<itunes:duration>90</itunes:duration>") + item("g2", "Two"))
    first, second = (READER.item(document(body), guid) for guid in ("g1", "g2"))
    assert (first.title, first.duration, second.title) == (meant, 90.0, "Two")
    assert [audio.origin for audio in (*first.audio, *second.audio)] == ["enclosure", "enclosure"]


def test_prefixes_that_nobody_declared_mean_what_everybody_means_by_them() -> None:
    more = (
        "<itunes:duration>1:00</itunes:duration><podcast:transcript url='/t.vtt' type='text/vtt'/>"
        "<googleplay:block xlink:href='x'>no</googleplay:block><content:encoded>Notes</content:encoded>"
    )
    found = READER.item(document(feed(item(more=more))), "g1")
    assert (found.duration, found.description, len(found.transcripts)) == (60.0, "Notes", 1)


TORN = feed(item("g1") + item("g2", "Two") + "<item><guid>g3</guid><title>Thr").partition(b"</channel>")[0]


def test_a_feed_that_ends_in_the_middle_gives_its_whole_items_and_no_half_one() -> None:
    assert READER.item(document(TORN), "g2").title == "Two"
    found = READER.matching(document(TORN), page(), ["Two"])
    assert found is not None
    assert found.guid == "g2"
    with pytest.raises(NotAnEpisode, match="holds 2 items"):
        READER.item(document(TORN), "g3")


def test_a_feed_that_ends_in_the_middle_is_not_followed_for_its_other_items_would_appear_as_new() -> None:
    with pytest.raises(InvalidFeed, match="ends in the middle"):
        READER.listing(document(TORN))
    with pytest.raises(InvalidFeed, match="ends in the middle"):
        READER.item(document(feed(item()).partition(b"</channel>")[0]))


@pytest.mark.parametrize(
    "broken",
    [
        "<item><guid>g1</guid><title>One</title><foo>" + "</item>" + item("g2"),
        "<item><guid>g1</guid><title>One</title><enclosure url=https://cdn.example/1.mp3 length=5></item>" + item("g2"),
    ],
    ids=["an element without its end", "an address without quotes"],
)
def test_a_feed_whose_items_run_into_each_other_is_refused_rather_than_guessed_at(broken: str) -> None:
    with pytest.raises(InvalidFeed, match="not well-formed"):
        READER.item(document(feed(broken)), "g2")


@pytest.mark.parametrize("before", ["", "<", "</x>"])
def test_a_dtd_never_reaches_the_tolerant_parser(before: str) -> None:
    dtd = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    body = f"{before}{dtd}<rss><channel><title>&x;</title>{item()}<foo></channel></rss>".encode()
    with pytest.raises(InvalidFeed):
        READER.item(document(body), "g1")
    with pytest.raises(ValueError, match="a DTD of its own"):
        recovered(mended(body.decode()))


@pytest.mark.parametrize(
    ("charset", "declared", "sent"),
    [
        ("utf-8", "iso-8859-1", "utf-8"),
        ("utf-8", "utf-8", "iso-8859-1"),
        ("utf-8", "", "iso-8859-1"),
        ("iso-8859-1", "", "iso-8859-1"),
        ("iso-8859-1", "utf-8", "iso-8859-1"),
        ("windows-1251", "", "windows-1251"),
        ("windows-1251", "iso-8859-1", "windows-1251"),
        ("windows-1251", "windows-1251", "iso-8859-1"),
        ("shift_jis", "Shift_JIS", "utf-8"),
        ("utf-8", "utf-8", "no-such-charset"),
    ],
)
def test_the_charset_is_the_server_s_as_far_as_that_can_be_right(charset: str, declared: str, sent: str) -> None:
    title = {"windows-1251": "Джаз", "shift_jis": "東京"}.get(charset, "Café")
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = feed(item(title=title), head).decode().encode(charset)
    assert READER.item(document(body, sent), "g1").title == title


def test_a_feed_in_a_charset_that_nobody_knows_is_refused_rather_than_guessed_at() -> None:
    head = '<?xml version="1.0" encoding="x-mac-unknown"?>'
    body = feed(item(title="Café"), head)
    assert READER.item(document(body), "g1").title == "Café"
    with pytest.raises(InvalidFeed, match="in the charset 'x-mac-unknown'"):
        READER.item(document(body.decode().encode("mac-roman")), "g1")
    assert READER.item(document(body.decode().encode("mac-roman"), "mac-roman"), "g1").title == "Café"


def test_an_item_of_rss_1_0_is_read_with_its_date() -> None:
    body = (
        b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
        b" xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>Show</title></channel>"
        b"<item><title>One</title><link>https://pod.example/one</link><dc:date>2004-03-04T05:06:07Z</dc:date>"
        b"<enclosure url='/1.mp3'/></item></rdf:RDF>"
    )
    found = READER.item(document(body))
    assert (found.title, found.show, found.published is not None) == ("One", "Show", True)


def test_an_entry_of_atom_0_3_is_read() -> None:
    body = (
        b"<feed version='0.3' xmlns='http://purl.org/atom/ns#' xml:lang='en'><title>Show</title>"
        b"<link rel='alternate' type='text/html' href='https://pod.example/'/>"
        b"<entry><id>tag:1</id><title mode='escaped'>One</title><issued>2004-03-04T05:06:07Z</issued>"
        b"<link rel='alternate' type='text/html' href='/one'/><link rel='enclosure' href='/1.mp3' type='audio/mpeg'/>"
        b"<content type='text/html' mode='escaped'>&lt;p&gt;Notes&lt;/p&gt;</content></entry></feed>"
    )
    found = READER.item(document(body), "tag:1")
    assert (found.title, found.show, found.description) == ("One", "Show", "Notes")
    assert (found.canonical_url, found.audio[0].url) == ("https://pod.example/one", "https://pod.example/1.mp3")
    assert found.published is not None


@pytest.mark.parametrize(
    ("kind", "url", "media_type"),
    [
        ("mp3", "https://cdn.example/play/1", "audio/mpeg"),
        (".m4a", "https://cdn.example/play/1", "audio/mp4"),
        ("audio", "https://cdn.example/play/1", None),
        ("application/mp3", "https://cdn.example/1.mp3", "application/mp3"),
        ("application/x-download", "https://cdn.example/1.MP3?x=1", "application/x-download"),
    ],
)
def test_a_type_that_is_written_carelessly_does_not_hide_audio(kind: str, url: str, media_type: str | None) -> None:
    body = f"<item><title>One</title><guid>g1</guid><enclosure url='{url}' type='{kind}'/></item>"
    assert [(audio.url, audio.media_type) for audio in READER.item(rss(body), "g1").audio] == [(url, media_type)]


class Watched(str):
    """Text that counts how often something is looked for in it."""

    searches = 0

    def replace(self, *args: object) -> Watched:
        return self

    def __contains__(self, key: object, /) -> bool:
        Watched.searches += 1
        return super().__contains__(str(key))


class Body(bytes):
    """A page's bytes that decode into text which is watched."""

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return Watched(super().decode(encoding, errors))


def test_a_page_is_searched_once_however_many_items_it_is_compared_with() -> None:
    many = [item(f"g{number}", audio=f"https://cdn.example/{number}.mp3") for number in range(5_000)]
    played = Document("https://pod.example/x", Body(b"<audio src='https://cdn.example/4711.mp3'>"), "text/html")
    found = READER.matching(rss(*many), played)
    assert found is not None
    assert (found.guid, Watched.searches) == ("g4711", 0)


@pytest.mark.parametrize(
    "body",
    [
        "see https://cdn.example/2.mp3.",
        "<a href='https://dts.example/redirect.mp3/https://cdn.example/2.mp3'>",
        "{&quot;url&quot;:'https://cdn.example/2.mp3'}",
    ],
)
def test_audio_is_recognised_wherever_a_page_names_it(body: str) -> None:
    found = READER.matching(rss(item("g1"), item("g2", audio="https://cdn.example/2.mp3")), page(body))
    assert found is not None
    assert found.guid == "g2"


def test_an_address_that_only_begins_like_the_audio_s_is_not_the_audio_s() -> None:
    items = rss(item("g1", audio="https://cdn.example/1"), item("g2", audio="https://cdn.example/12"))
    found = READER.matching(items, page("<audio src='https://cdn.example/12'>"))
    assert found is not None
    assert found.guid == "g2"
