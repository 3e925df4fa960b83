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
        "Tonight's show is made possible by the harbour bank.",
        "This message comes from a maker of ropes.",
        "Hit the follow button.",
        "Please tell a friend.",
        "Drop us five stars.",
        "Plus members hear it two days before.",
        "Come to our summer live show at the old pier.",
        "The port is hiring, so join the crew via its careers page.",
        "Our editor is Ann Lee, and our engineer is Bo Ray.",
        "Edited by Ann Lee.",
        "Anzeige",
        "Gleich geht's weiter.",
        "Gebt uns gern fünf Sterne.",
        "Folgt unserem Hafen auf Instagram.",
        "Technik: Bo Strahl, Redaktion: Anne Lehr.",
        "Bewerbt euch jetzt im Hafenamt.",
        "Diese Sendung wird unterstützt vom Seilwerk.",
        "Kommt zu unserer Live-Aufzeichnung im Mai.",
        "Cette émission est soutenue par le port.",
        "Utilisez le code QUAI10.",
        "Este episodio llega gracias al puerto.",
        "Síguenos y comparte este episodio.",
        "Deze uitzending wordt gesponsord door de haven.",
        "Usate il codice MOLO10.",
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
        "The law on piers was sponsored by a senator.",
        "A free trial by his peers ended the dispute.",
        "The album was produced by Teo Macero, and mixed by hand.",
        "Written by Monk in one night, the tune was lost at the pier.",
        "Hit records like that one paid for the pier.",
        "The harbour was hiring again after the war.",
        "The same rules apply today.",
        "Our live recording of the pier was lost.",
        "Er musste Anzeige erstatten, als der Steg brannte.",
        "Der Steg wurde von der Stadt unterstützt.",
        "La réduction de vingt pour cent de réduction fut un scandale.",
        "Un hotel de cinco estrellas compró el muelle.",
        "Il Movimento Cinque Stelle voleva il molo.",
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
        "You've been listening to the pier.",
        "Until then, take care.",
        "This is Harbour Notes for Friday.",
        "We will talk to you soon.",
        "Wir hören uns nächste Woche.",
        "Bis dahin, macht es gut.",
        "Zu Gast ist heute die Wirtin.",
        "Auf Wiederhören.",
        "Bonsoir à tous.",
        "Merci d'avoir écouté, et à bientôt.",
        "Hola, bienvenidos a otra tarde en el muelle.",
        "Gracias por acompañarnos.",
        "Goedemorgen allemaal.",
        "Bedankt voor het luisteren.",
        "Buonasera a tutti, benvenuti al molo.",
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
        "Thanks for coming, the mayor said to nobody.",
        "Auf dem Schild am Steg stand „Herzlich willkommen“ in roter Farbe.",
        "Until then, nobody had crossed the river there.",
        "Bis dahin war der Steg gesperrt.",
        "So Long, Marianne was sung at the pier.",
        "Wir hören uns das Solo noch einmal an.",
        "Hij wachtte op de steiger tot morgen.",
    ],
)
def test_a_greeting_that_is_spoken_of_greets_nobody(sentence: str) -> None:
    assert not greets(sentence)
