"""What sells, greets and takes leave, and what only sounds like it; how often is measured by `benchmarks.quoting`."""

from __future__ import annotations

import pytest

from ragtime_assets.phases.reading.asides import greets, sells


@pytest.mark.parametrize(
    "sentence",
    [
        "Use the code PIER10 for a tenth off.",
        "With our code PIER you pay less.",
        "This episode is supported by a roastery.",
        "You get your first box for free.",
        "Become a member and support the show.",
        "Leave us a nice review.",
        "Mit dem Code STEG spart man zehn Prozent.",
        "Wir machen nach der Werbung weiter, denn nach der Werbung geht es um Stege.",
        "Den Rabatt bekommt ihr bis Freitag.",
        "Schreibt uns, was euch fehlt.",
    ],
)
def test_what_wants_something_of_the_listener_sells(sentence: str) -> None:
    assert sells(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The code of the pier builders was never written down.",
        "A discount on timber paid for the pier.",
        "The advertising of those years showed the pier on posters.",
        "Members of the crew carved their names in it.",
        "Ein Rabatt auf Holz hat den Steg bezahlt.",
        "Die Werbung zeigte den Steg auf Plakaten.",
        "Die Folge war, dass der Steg gesperrt wurde.",
    ],
)
def test_a_word_of_trade_that_speaks_to_nobody_sells_nothing(sentence: str) -> None:
    assert not sells(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Hello everybody, this is the pier.",
        "Hi.",
        "Good evening, and welcome back to the pier.",
        "Thanks for joining us.",
        "Until next time.",
        "Hallo zusammen.",
        "Guten Abend aus dem Studio.",
        "Bis zum nächsten Mal.",
        "Danke fürs Zuhören.",
        "Schön, dass ihr da seid.",
    ],
)
def test_hello_and_good_bye_greet(sentence: str) -> None:
    assert greets(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Hello is what the parrot of the harbour master said.",
        "Good morning is a song about a pier.",
        "The welcome at the pier was cold.",
        "Guten Tag sagte der Papagei nur zu Fremden.",
        "Willkommen war hier niemand.",
    ],
)
def test_a_greeting_that_is_spoken_of_greets_nobody(sentence: str) -> None:
    assert not greets(sentence)
