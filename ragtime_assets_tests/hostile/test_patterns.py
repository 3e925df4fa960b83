"""Long strings that lead patterns astray: every room that reads what strangers write is done with them soon.

Each test runs in a process of its own that is killed when it has computed for `SECONDS`. A pattern whose time grows
with the square of a text's length takes minutes for these, one whose time doubles with each letter for ever.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from resource import RLIMIT_CPU, setrlimit

import pytest

from ragtime_assets.adapters.captions.cue_files import is_srt, read_cues
from ragtime_assets.adapters.captions.html_page import read_html
from ragtime_assets.adapters.captions.podcast_json import read_json
from ragtime_assets.adapters.captions.prose import said_in, text_lines
from ragtime_assets.adapters.feeds.mending import mended, whole_items
from ragtime_assets.adapters.feeds.reader import PodcastFeedReader
from ragtime_assets.adapters.language.sentences import NupunktSplitter
from ragtime_assets.adapters.pages.markup import plain_text
from ragtime_assets.adapters.pages.not_episodes import is_at_another_kind_of_address
from ragtime_assets.adapters.pages.reader import EpisodePageReader
from ragtime_assets.domain.answering.calendar_words import calendar_words, days_of_months
from ragtime_assets.domain.answering.evidence import words_of
from ragtime_assets.domain.answering.marks import numbers_of, sentences_of, without_marks
from ragtime_assets.domain.answering.numerals import numerals
from ragtime_assets.domain.answering.quotes import quotations, stands_in
from ragtime_assets.domain.episode.called import are_same
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.episode.identity import MAX_URL, checked_url
from ragtime_assets.domain.language.credits import is_credit
from ragtime_assets.domain.language.tokens import tokenise
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.markdown import escaped
from ragtime_assets.domain.masking import masked
from ragtime_assets.domain.rendering.file_names import file_name
from ragtime_assets.domain.rendering.markup import plain
from ragtime_assets.domain.searching.asked_names import names_in, names_told
from ragtime_assets.domain.searching.query_words import asked_in
from ragtime_assets.domain.searching.stems import words_at
from ragtime_assets.domain.text.dates import moment
from ragtime_assets.domain.text.numbers import seconds
from ragtime_assets.domain.text.titles import comparable, looks_like_host
from ragtime_assets.errors import RagtimeError
from ragtime_assets.phases.listening.name_windows import heard_as
from ragtime_assets.phases.summary import stands_alone
from ragtime_assets.serve.ranges import part_of

SECONDS = 20
LONG = 50_000
PROJECT = Path(__file__).parents[2]


def long(unit: str, before: str = "", behind: str = "") -> str:
    """`unit`, again and again."""
    return before + unit * (LONG // len(unit)) + behind


ANYWHERE = [
    long(unit, behind=behind)
    for unit in (*"a1 \n\xa0.-'[<&@", "A'", "a.", "1:", "1 ", "( ", "//:", "?token")
    for behind in ("", "!\x00", "\n<>]")
]


OF_A_ROOM = {
    "captions": [
        long(".1.A", "<v"),
        long("<v ", behind="\n"),
        long("1", behind=":00:01 --> 00:02"),
        long("!", "a", "b"),
    ],
    "pages": [long("<![CDATA[") * 10, long("&#32;") * 10, long("&nbsp;", "\n") * 10],
    "addresses": [
        "https://show.example/live" + "1" * 60 + "!.mp3",
        long("1", "https://show.example/werbe", "!"),
        long("//:", "a@"),
        long("a", "https://", "/"),
        long(" ", "bytes=", "x"),
    ],
    "speech": [long("3. Mai ") * 3, long("A. b "), long("z. B. ")],
    "answers": [long("."), long("!\u201d"), long("\u201a"), long(" 'a"), long("\u00ab"), long("\u201e")],
}


def _read_page(text: str) -> None:
    page = f"<title>{text}</title><h1>{text}</h1><script>audio={text}</script><p>{text}"
    EpisodePageReader().read(Document("https://show.example/1", page.encode(), "text/html"))


def _read_feed(text: str) -> None:
    item = f"<item><title>{text}</title><pubDate>{text}</pubDate><guid>1</guid><description>{text}"
    for body in (text, f"<rss><channel>{item}</description></item></channel></rss>"):
        with suppress(RagtimeError):
            PodcastFeedReader().item(Document("https://show.example/feed", body.encode(), "application/rss+xml"))


def _read_cues(text: str) -> None:
    is_srt(text)
    read_cues(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n")
    read_cues(text)


def _compare_titles(text: str) -> None:
    are_same(text, f"{text} 1")
    comparable(text)
    looks_like_host(text)


ROOMS: dict[str, list[Callable[[str], object]]] = {
    "captions": [_read_cues, lambda text: said_in(text_lines(text)), read_html, read_json, heard_as],
    "pages": [plain_text, _read_page],
    "feeds": [_read_feed, mended, whole_items, moment, seconds, _compare_titles],
    "addresses": [
        checked_url,
        masked,
        lambda text: is_at_another_kind_of_address(f"https://show.example/{text}"[:MAX_URL]),
        lambda text: is_at_another_kind_of_address(text[:MAX_URL]),
        lambda text: part_of(text, LONG),
    ],
    "answers": [
        lambda text: sentences_of(text, lambda line: [line]),
        numbers_of,
        without_marks,
        quotations,
        lambda text: stands_in(text, text[:100]),
        numerals,
        calendar_words,
        lambda text: list(days_of_months(text)),
    ],
    "speech": [NupunktSplitter().split, tokenise, lambda text: list(words_at(text)), escaped, plain],
    "questions": [
        lambda text: names_in(text, ["en"]),
        lambda text: names_told(text, "en"),
        lambda text: asked_in(text, lambda _: ("und", 0.0)),
        lambda text: list(words_of(text)),
    ],
    "names": [key, is_credit, lambda text: stands_alone(text[:10_000]), lambda text: file_name(text, "1")],
}


def read_everything(room: str) -> None:
    """Give every string to every function of a room; what is at work is told on the way."""
    setrlimit(RLIMIT_CPU, (SECONDS, SECONDS))
    for place, text in enumerate(OF_A_ROOM.get(room, []) + ANYWHERE):
        for number, read in enumerate(ROOMS[room]):
            print(room, f"function {number}, string {place}:", repr(text[:40]), flush=True)
            with suppress(RagtimeError, ValueError):
                read(text)


@pytest.mark.parametrize("room", ROOMS)
def test_no_string_keeps_a_reader_busy(room: str) -> None:
    command = [sys.executable, "-c", f"from {__name__} import read_everything; read_everything({room!r})"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, f"{done.stdout.splitlines()[-1:]} {done.stderr[-2000:]}"
