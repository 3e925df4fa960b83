"""Whatever strangers write, something harmless comes out."""

from __future__ import annotations

import codecs
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.adapters.pages.markup import plain_text
from ragtime_assets.domain.episode.identity import MAX_URL
from ragtime_assets.domain.episode.media import is_audio, is_feed, is_preview, is_web_page
from ragtime_assets.domain.text.dates import moment
from ragtime_assets.domain.text.lines import decoded, one_line, several_lines, writable
from ragtime_assets.domain.text.links import same_page, web_url
from ragtime_assets.domain.text.numbers import seconds, whole_number
from ragtime_assets.domain.text.titles import comparable, speaks_of_podcasts


def test_a_line_is_one_line_without_control_characters_and_never_too_long() -> None:
    assert one_line(" a\x00\x1b[31m\n\tb\u200b\u202e\u2028c ") == "a[31m b c"
    assert one_line("x" * 10_000) == "x" * 499 + "…"
    assert one_line(None) == ""
    assert one_line("می\u200cخواهم 👩\u200d🎤") == "می\u200cخواهم 👩\u200d🎤"


def test_lines_are_kept_and_empty_ones_thinned() -> None:
    assert several_lines("a\r\n\n\n\n b\x07 \n") == "a\n\nb"
    assert len(several_lines("x" * 100_000)) == 20_000
    assert several_lines(f"x{' ' * 40_000}y") == "x"


def test_titles_compare_by_their_words() -> None:
    assert comparable("Ella & Louis – LIVE!") == comparable("ella  louis: live")
    assert comparable("Cafe\u0301") == comparable("Café")


@pytest.mark.parametrize(
    ("text", "value"), [("PT1H2M3S", 3723), ("P1DT1S", 86_401), ("pt5m", 300), ("P", None), ("PT", None), ("nan", None)]
)
def test_iso_durations_are_read(text: str, value: float | None) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1:02:34", 3_754),
        ("12:34.5", 754.5),
        (" 90 ", 90),
        ("0", None),
        ("-5", None),
        ("1:2:3:4", None),
        ("999999999", None),
        ("", None),
        (None, None),
    ],
)
def test_durations_on_a_clock_are_read(text: str | None, value: float | None) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize(("text", "number"), [(" 12 ", 12), ("0", 0), ("1.5", None), ("-1", None), (None, None)])
def test_whole_numbers_are_read(text: str | None, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Sun, 01 Mar 2026 12:00:00 +0100", "2026-03-01T12:00:00+01:00"),
        ("Sun, 01 Mar 2026 12:00:00 CET", "2026-03-01T12:00:00+01:00"),
        ("Sun, 01 Mar 2026 12:00:00 BST", "2026-03-01T12:00:00+01:00"),
        ("Sun, 01 Mar 2026 12:00:00 MESZ", "2026-03-01T12:00:00+02:00"),
        ("Sun, 01 Mar 2026 12:00:00 PDT", "2026-03-01T12:00:00-07:00"),
        ("Sun, 01 Mar 2026 12:00:00 GMT", "2026-03-01T12:00:00+00:00"),
        ("Sun, 01 Mar 2026 12:00:00 GMT+1", "2026-03-01T12:00:00+01:00"),
        ("Sun, 01 Mar 2026 12:00:00 -05:30", "2026-03-01T12:00:00-05:30"),
        ("Sun, 01 Mar 2026 12:00:00", "2026-03-01T12:00:00+00:00"),
        ("So, 01 Mär 2026 12:00:00 +0100", "2026-03-01T12:00:00+01:00"),
        ("Sonntag, 1. März 2026 12:00:00 MEZ", "2026-03-01T12:00:00+01:00"),
        ("So 01 März 2026 12:00", "2026-03-01T12:00:00+00:00"),
        ("dim., 01 févr. 2026 12:00:00 +0100", "2026-02-01T12:00:00+01:00"),
        ("dom, 01 de marzo de 2026 12:00:00 GMT", "2026-03-01T12:00:00+00:00"),
        ("niedz., 01 mar 2026 12:00:00 +0100", "2026-03-01T12:00:00+01:00"),
        ("śr., 01 paź 2025 12:00:00 +0200", "2025-10-01T12:00:00+02:00"),
        ("Вс, 01 мар 2026 12:00:00 +0300", "2026-03-01T12:00:00+03:00"),
        ("1. Dezember 2025", "2025-12-01T00:00:00+00:00"),
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00+00:00"),
        ("2026-03-01", "2026-03-01T00:00:00+00:00"),
    ],
)
def test_dates_are_read_with_their_offset(text: str, meant: str) -> None:
    assert moment(text) == datetime.fromisoformat(meant)
    assert str(moment(text)) == str(datetime.fromisoformat(meant))


@pytest.mark.parametrize(
    "text", ["", None, "yesterday", "0001-01-01T00:00:00+23:59", "Mon, 99 Foo 2026", "99 Mai 2026", "Folge 12 Mai 0001"]
)
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert moment(text) is None


@given(st.text())
def test_cleaning_never_fails(text: str) -> None:
    for clean in (one_line, several_lines, comparable, whole_number, seconds, moment):
        clean(text)
    assert same_page(text, text) in (True, False)
    found = web_url("https://show.example/", text)
    assert found is None or found.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "link", ["javascript:1", "mailto:a@b", "http://", "https://[", "a\x00b", "x" * 3_000, "", None]
)
def test_a_link_that_cannot_be_fetched_is_none(link: str | None) -> None:
    assert web_url("https://pod.example/", link) is None


def test_a_relative_link_is_made_absolute() -> None:
    assert web_url("https://pod.example/a/", " b c.mp3 ") == "https://pod.example/a/b%20c.mp3"


@pytest.mark.parametrize(
    ("link", "is_one"),
    [
        ("http://pod.example/1.mp3", True),
        ("http://pod.example:1/1.mp3", True),
        ("http://pod.example:0/1.mp3", False),
        ("http://pod.example/\x1fa", False),
        ("http://pod.example/".ljust(MAX_URL, "a"), True),
        ("http://pod.example/".ljust(MAX_URL + 1, "a"), False),
    ],
)
def test_an_address_can_be_fetched_when_it_is_as_it_should_be(link: str, is_one: bool) -> None:
    assert web_url("https://pod.example/", link) == (link if is_one else None)


@pytest.mark.parametrize(("text", "is_one"), [("1", True), ("0.5", True), ("0", False), ("1000000", False)])
def test_a_duration_is_more_than_nothing_and_less_than_twelve_days(text: str, is_one: bool) -> None:
    assert seconds(text) == (float(text) if is_one else None)


def test_pages_are_the_same_as_identity_sees_them() -> None:
    assert same_page("http://www.pod.example/a/?utm_source=x#y", "https://pod.example/a")
    assert not same_page("https://pod.example/a", "https://pod.example/b")
    assert not same_page("https://[", "https://[")
    assert not same_page(None, None)


@pytest.mark.parametrize(
    ("body", "charsets"),
    [
        ("é".encode(), ()),
        ("é".encode("latin-1"), ("latin-1",)),
        ("é".encode("utf-16"), ()),
        (b"\xe9", ("nonsense", None)),
        ("é".encode(), ("nonsense",)),
        ("\ufeffé".encode(), ("latin-1",)),
        ("\ufeffé".encode("utf-16-be"), ("latin-1",)),
        ("\ufeffé".encode("utf-16-le"), ("latin-1",)),
    ],
)
def test_text_is_decoded_whatever_it_says_of_itself(body: bytes, charsets: tuple[str | None, ...]) -> None:
    assert decoded(body, *charsets) == "é"


@pytest.mark.parametrize("body", [codecs.BOM_UTF8 + b"a\xff", codecs.BOM_UTF16_LE + b"a\x00\x00\xdc", b"a\x81\xff"])
def test_bytes_that_are_no_text_are_shown_as_such(body: bytes) -> None:
    assert decoded(body).startswith("a")
    assert "\ufffd" in decoded(body)


def test_what_nothing_can_write_is_left_out() -> None:
    assert writable("a\x00b\udc00c\nd") == "abc\nd"


def test_markup_becomes_text() -> None:
    assert plain_text("<p>One <b>two</b><br>three</p><script>evil()</script><ul><li>a<li>b</ul>&copy;") == (
        "One two\nthree\n\na\nb\n©"
    )
    assert plain_text("1 < 2 &amp; 3") == "1 < 2 & 3"
    assert plain_text("plain\ntext") == "plain\ntext"
    assert plain_text(None) == ""


@pytest.mark.parametrize("text", ["<" * 500_000, "<script" * 70_000, "<!--" * 100_000, "&" * 500_000, "<a " * 150_000])
def test_hostile_markup_is_read_in_time(text: str) -> None:
    assert len(plain_text(text)) <= 20_000


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"<?xml version='1.0'?><rss version='2.0'>", "feed"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", "feed"),
        ("<?xml version='1.0' encoding='utf-16'?><rss>".encode("utf-16"), "feed"),
        (b"<rss><channel><description><![CDATA[<body>hi</body>]]>", "feed"),
        (b"\n<!doctype HTML><html><a>rss</a>", "page"),
        (b"ID3\x04\x00", "audio"),
        (b"\xff\xfb\x90", "audio"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio"),
        (b"RIFF\x00\x00\x00\x00WAVE", "audio"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "nothing"),
        (b"FREE\x00\x00\x00\x00WAVEfmt ", "nothing"),
        (b"hello", "nothing"),
    ],
)
def test_documents_are_told_apart_by_their_bytes(head: bytes, kind: str) -> None:
    told = {"feed": is_feed(head), "page": is_web_page(head), "audio": is_audio("", head)}
    assert [name for name, is_it in told.items() if is_it] == ([] if kind == "nothing" else [kind])


@pytest.mark.parametrize(
    ("media_type", "is_it"),
    [
        ("audio/mpeg", True),
        ("video/mp4", True),
        ("application/ogg", True),
        ("application/octet-stream", False),
        ("text/html", False),
    ],
)
def test_bytes_that_say_nothing_are_what_their_server_says_unless_they_are_a_page(media_type: str, is_it: bool) -> None:
    assert is_audio(media_type, b"hello") is is_it
    assert not is_audio(media_type, b"<!doctype html>")


@pytest.mark.parametrize(
    ("text", "it_does"),
    [("Folge 12", True), ("My PODCAST", True), ("エピソード1", True), ("episodic", False), ("", False)],
)
def test_a_text_speaks_of_podcasts_in_any_of_their_languages(text: str, it_does: bool) -> None:
    assert speaks_of_podcasts(text) is it_does


@pytest.mark.parametrize(
    ("path", "it_is"), [("/mp3-preview/1", True), ("/previews/1.m4a", True), ("/previewed/1.mp3", False), ("/1", False)]
)
def test_an_address_says_that_it_leads_to_a_preview(path: str, it_is: bool) -> None:
    assert is_preview(f"https://cdn.example{path}?preview=/preview/") is it_is
