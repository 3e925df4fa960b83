"""Words from outside stay words, whatever signs are in them."""

from __future__ import annotations

import re
from html import unescape

import pytest

from ragtime_assets.domain.facts import Count, Fact, Link, Moments, Page, Prose, Table, Value, in_one_line
from ragtime_assets.domain.markdown import address, cut, escaped, line, markdown
from ragtime_assets.serve.markup import html_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a | b", r"a \| b"),
        ("<b>", "&lt;b>"),
        ("![](https://spy.example/x.png)", r"!\[](https://spy.example/x.png)"),
        (r"\[a](b)", r"\\\[a](b)"),
        ("an *N* and a `tick`", r"an \*N\* and a `tick`"),
        ("_so_ called episode_details", r"\_so\_ called episode_details"),
        ("fish &amp; chips & peas", "fish &amp;amp; chips & peas"),
        (None, ""),
    ],
)
def test_signs_of_markdown_are_escaped(text: str | None, shown: str) -> None:
    assert escaped(text) == shown


SAID = [
    "- Yes.\n- ",
    "-",
    "---",
    "1. First.\n2.",
    "12) no",
    "# one",
    "Really\n===",
    "Really\n---",
    "> she said",
    "+ more",
    "* again",
    "***",
    "~~~\nwaves",
    "```\nticks",
    "    far in",
    "__init__ and _so_ on",
    "*NSYNC* at 3 < 4 &amp; more",
]


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("begins", ["", "- "], ids=["a paragraph", "an item"])
def test_what_is_said_becomes_no_list_no_heading_and_no_code(said: str, begins: str) -> None:
    page = html_of(begins + (line(said) if begins else escaped(said)))
    shown = unescape(re.sub(r"</?(?:p|ul|li)>", "", page))
    assert page.count("<li>") == bool(begins)
    assert shown.split() == said.split()


@pytest.mark.parametrize("said", ["-5 degrees", "1.5 and 2", "#jazz", "a - b", "well-known", "2010"])
def test_what_is_no_markup_is_left_as_it_is(said: str) -> None:
    assert line(said) == said


def test_a_line_is_one_line() -> None:
    assert line("a\n\n b\tc ") == "a b c"


def test_an_address_cannot_leave_its_brackets() -> None:
    assert address("https://show.example/a> <b\n") == "<https://show.example/a%3E%3Cb>"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Page("# Ours | <b>"), "# Ours | <b>"),
        (Prose("One | two.", lead="First"), "**First**\n\nOne \\| two."),
        (Prose("Two words are said."), "Two words ..."),
        (Moments(((754, "said\nhere"),)), "- `12:34` said here"),
        (Moments(((0, "one two three"), (60, "four"))), "- `0:00` one two ...\n- `1:00` four"),
        (Moments(()), ""),
        (Table(("a", "b"), (("1", "x | y"),)), "| a | b |\n| --- | --- |\n| 1 | x \\| y |"),
        (Table(("a",), (("longer than twelve",),)), "| a |\n| --- |\n| longer than ... |"),
        (Table(("a",), ()), ""),
        (Link("https://show.example"), "<https://show.example>"),
        (Count(2, "word"), "2 words"),
        ("a | b", r"a \| b"),
    ],
)
def test_every_value_has_its_markdown(value: Value, shown: str) -> None:
    assert markdown(value, longest_text=12, longest_cell=12) == shown


def test_what_is_cut_ends_with_a_whole_word() -> None:
    assert cut("one two three", 9) == "one two ..."
    assert cut("one two three", 13) == "one two three"
    assert cut("one two three", None) == "one two three"


def test_one_line_tells_the_brief_facts_in_their_order() -> None:
    facts = [Fact("language", "en", brief=True), Fact("hidden", 3), Fact("words", Count(1, "word"), brief=True)]
    assert in_one_line(facts) == "en, 1 word"
