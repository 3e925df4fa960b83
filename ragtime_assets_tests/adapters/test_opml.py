"""Subscription lists as podcast clients write them, and as attackers would."""

from __future__ import annotations

import pytest

from ragtime_assets.adapters.feeds.opml import MOST_BYTES, OpmlFeed, read_opml, write_opml
from ragtime_assets.errors import InvalidSubmission

BOMB = b'<!DOCTYPE o [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><opml><body><outline text="&b;"/></body></opml>'


def opml(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><opml version="1.1"><body>{body}</body></opml>'.encode()


def test_folders_are_opened_and_each_feed_is_listed_once() -> None:
    listed = opml(
        '<outline text="Jazz"><outline text="A &amp; B" type="rss" xmlUrl=" https://a.example/feed "/>'
        '<outline text="Deeper"><outline title="B" text="b" xmlurl="https://b.example/feed"/></outline></outline>'
        '<outline text="again" XMLURL="https://a.example/feed"/><outline text="no feed" url="https://c.example"/>'
    )
    assert read_opml(listed, "x.opml") == [
        OpmlFeed("https://a.example/feed", "A & B"),
        OpmlFeed("https://b.example/feed", "B"),
    ]


def test_what_is_written_can_be_read_again() -> None:
    feeds = [
        OpmlFeed('https://a.example/feed?x=1&y="2"\'', 'Django & "Friends" <live>'),
        OpmlFeed("https://b.example/feed", None),
        OpmlFeed("https://c.example/ø", "音楽"),
    ]
    again = read_opml(write_opml(feeds).encode(), "x.opml")
    assert [feed.url for feed in again] == [feed.url for feed in feeds]
    assert [feed.title for feed in again] == ['Django & "Friends" <live>', "https://b.example/feed", "音楽"]


def test_a_title_is_harmless() -> None:
    (feed,) = read_opml(opml('<outline text="a&#10;b&#8238;c" xmlUrl="https://a.example/"/>'), "x.opml")
    assert feed.title == "a bc"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not well-formed"),
        (b"not xml", "not well-formed"),
        (b"<opml><body>", "not well-formed"),
        (b'<?xml version="1.0" encoding="no-such"?><opml/>', "not well-formed"),
        (BOMB, "entities"),
        (b'<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml>&a;</opml>', "entities"),
        (b"<html><body/></html>", "no OPML"),
        (b"<rss/>", "no OPML"),
        (opml(""), "lists no feed"),
        (b" " * (MOST_BYTES + 1), "longer than"),
        (b"\xff\xfe\x00", "not well-formed"),
    ],
)
def test_a_file_that_is_no_list_of_feeds_is_refused_with_its_name(content: bytes, said: str) -> None:
    with pytest.raises(InvalidSubmission, match=said) as refused:
        read_opml(content, "mine.opml")
    assert "mine.opml" in refused.value.message
