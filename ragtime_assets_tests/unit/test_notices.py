"""How people are told of failures: what a setting may say, and what a message does."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.notices import ACCEPTED, Command, Failed, Mail, Webhook, message, notices, way_of


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("https://hooks.example/a?b=c", Webhook("https://hooks.example/a?b=c")),
        ("mailto:a@b.example", Mail(("a@b.example",), "a@b.example", "localhost", 25, is_encrypted=False)),
        (
            "mailto:a@b.example,c@d.example?server=smtps://u:p%40@mail.example&from=e@f.example",
            Mail(
                ("a@b.example", "c@d.example"),
                "e@f.example",
                "mail.example",
                465,
                is_encrypted=True,
                user="u",
                password="p@",
            ),
        ),
        ("command:notify-send 'two words'", Command(("notify-send", "two words"))),
    ],
)
def test_each_form_of_the_setting_names_a_way(text: str, way: object) -> None:
    assert way_of(text) == way


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://",
        "ftp://SECRET@a.example",
        "mailto:",
        "mailto:SECRET",
        "mailto:a@b.example?server=http://SECRET",
        "mailto:a@b.example?server=smtp://a:SECRET",
        "mailto:a@b.example?to=SECRET",
        "mailto:a@b.example?SECRET",
        "mailto:a@b.example?from=SECRET",
        "command:",
        "command:'SECRET",
        "https://[SECRET",
    ],
)
def test_what_names_no_way_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="^accepted are ") as caught:
        way_of(text)
    assert str(caught.value) == ACCEPTED


def test_a_message_tells_how_many_which_what_to_do_and_where_to_look() -> None:
    failed = [Failed("NoSpeech", f"episode-{number}", "transcript: silence", "Listen.") for number in range(7)]
    (notice,) = notices(failed)
    told = message(notice, "http://face.example")
    assert told.subject == "ragtime: 7 failures: NoSpeech"
    assert told.text.splitlines() == [
        "ragtime: 7 failures: NoSpeech",
        *(f"- episode-{number}: transcript: silence" for number in range(5)),
        "- ...",
        "What to do: Listen.",
        "Where to look: ragtime health, http://face.example/episodes/episode-0/report",
    ]


def test_each_cause_is_a_notice_of_its_own() -> None:
    failed = [Failed(cause, "k", "s", "r") for cause in ("A", "B", "A")]
    assert [(one.cause, one.count) for one in notices(failed)] == [("A", 2), ("B", 1)]
