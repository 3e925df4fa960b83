"""What is said around answers and of what they cite, in the language of the question: English or German.

What does not belong here: that there is no answer, which is said in more languages (`refusing.py`), and the pages of
`serve`, which have words of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ragtime_assets.domain.language.tags import language_code


@dataclass(frozen=True)
class Phrases:
    """The phrases of one language."""

    closest: str
    """What stands before the closest passages, which nobody made an answer of."""
    weak: str
    """The same, where they may well not answer."""
    score: str
    by_words: str
    narrowed: str
    """What was looked through, where that was not everything."""
    beyond: str
    """That this is why there is no answer."""
    quoted: str
    narrowings: Mapping[str, str]
    """What each is called."""
    searchable: str
    no_episodes: str
    sources: str
    sent_back: str
    tokens: str
    price_unknown: str
    left_out: str
    cites_nothing: str
    states: Mapping[str, str]
    """What is said of a citation, by its state."""
    never_had: str
    forgotten: str
    unsearchable: str
    other_audio: str
    other_title: str
    other_address: str
    as_it_was: str
    where_it_was: str
    from_to: str
    nothing_like_it: str
    something_else: str

    def narrowed_to(self, narrowings: Mapping[str, str]) -> str:
        """That only these were looked through."""
        said = (f"{self.narrowings[name]} {self.quoted.format(value)}" for name, value in narrowings.items())
        return self.narrowed.format(", ".join(said))


_ENGLISH = Phrases(
    closest="No model is set, so nothing is answered. Closest passages:",
    weak="No model is set, so nothing is answered. Closest passages, which may not answer it:",
    score="score {:.2f}",
    by_words="by its words",
    narrowed="Only this was looked through: {}.",
    beyond="Without that limit there are passages that come close.",
    quoted="'{}'",
    narrowings={
        "show": "show",
        "since": "since",
        "until": "until",
        "entity": "entity",
        "entity_type": "type",
        "speaker": "speaker",
        "language": "language",
        "episode": "episode",
    },
    searchable="`ragtime status` tells which episodes are searchable.",
    no_episodes="No episode can be searched yet.",
    sources="Sources",
    sent_back="sent back",
    tokens="{read:,} tokens read, {written:,} written",
    price_unknown="price unknown",
    left_out="{count} left out",
    cites_nothing="The answer cites nothing: there is nothing to hold against the corpus.",
    states={state: state for state in ("holds", "moved", "changed", "gone")},
    never_had="this corpus never had the episode",
    forgotten="the episode was forgotten",
    unsearchable="the episode cannot be searched now",
    other_audio="; the audio is another file now",
    other_title="; the episode is called otherwise now",
    other_address="the quote is said there, and the episode has another address now",
    as_it_was="the passage is as it was",
    where_it_was="the quote is said where it was",
    from_to="from {before} to {now}",
    nothing_like_it="nothing like it is said in the episode any more",
    something_else="it says something else now, at {now}",
)
_GERMAN = Phrases(
    closest="Es ist kein Modell eingestellt, also wird nichts beantwortet. Die nächsten Stellen:",
    weak="Es ist kein Modell eingestellt, also wird nichts beantwortet. Die nächsten Stellen, die vielleicht nicht "
    "antworten:",
    score="Nähe {:.2f}",
    by_words="nach den Wörtern",
    narrowed="Durchsucht wurde nur: {}.",
    beyond="Ohne diese Eingrenzung gibt es Stellen, die der Frage nahekommen.",
    quoted="„{}“",
    narrowings={
        "show": "Sendung",
        "since": "seit",
        "until": "bis",
        "entity": "wer oder was genannt wird:",
        "entity_type": "Art",
        "speaker": "wer spricht:",
        "language": "Sprache",
        "episode": "Folge",
    },
    searchable="`ragtime status` sagt, welche Folgen durchsuchbar sind.",
    no_episodes="Noch lässt sich keine Folge durchsuchen.",
    sources="Quellen",
    sent_back="zurückgegeben",
    tokens="{read} Tokens gelesen, {written} geschrieben",
    price_unknown="Preis unbekannt",
    left_out="{count} weggelassen",
    cites_nothing="Die Antwort zitiert nichts: Es gibt nichts, was am Korpus zu prüfen wäre.",
    states={"holds": "gilt", "moved": "verschoben", "changed": "geändert", "gone": "fort"},
    never_had="dieser Korpus hatte die Folge nie",
    forgotten="die Folge wurde vergessen",
    unsearchable="die Folge lässt sich jetzt nicht durchsuchen",
    other_audio="; der Ton ist jetzt eine andere Datei",
    other_title="; die Folge heißt jetzt anders",
    other_address="das Zitat wird dort gesagt, und die Folge hat jetzt eine andere Adresse",
    as_it_was="die Stelle ist, wie sie war",
    where_it_was="das Zitat wird gesagt, wo es gesagt wurde",
    from_to="von {before} nach {now}",
    nothing_like_it="nichts dergleichen wird in der Folge noch gesagt",
    something_else="dort wird jetzt etwas anderes gesagt, bei {now}",
)


def phrases(language: str | None) -> Phrases:
    """The phrases of this language; English ones where there are none."""
    return _GERMAN if language_code(language) == "de" else _ENGLISH
