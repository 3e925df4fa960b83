"""What is said around an answer, in the language of the question: German, and English for all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ragtime_assets.domain.language.tags import language_code


@dataclass(frozen=True)
class Saying:
    """The phrases of one language."""

    closest: str
    """What stands before the closest passages, which nobody made an answer of."""
    weak: str
    """The same, where they may well not answer."""
    score: str
    by_words: str
    sources: str
    what_there_is: str
    tokens: str
    price_unknown: str
    left_out: str
    narrowed: str
    """What a refusal is limited to."""
    beyond: str
    """That the limits are why."""
    quoted: str
    filters: Mapping[str, str]
    """What each narrowing is called."""

    def narrowed_to(self, narrowings: Mapping[str, str]) -> str:
        """That only these narrowings were looked through."""
        said = (f"{self.filters[name]} {self.quoted.format(value)}" for name, value in narrowings.items())
        return self.narrowed.format(", ".join(said))


_ENGLISH = Saying(
    closest="No model is set, so nothing is answered. Closest passages:",
    weak="No model is set, so nothing is answered. Closest passages, which may not answer it:",
    score="score {:.2f}",
    by_words="by its words",
    sources="Sources",
    what_there_is="`ragtime status` tells which episodes are searchable.",
    tokens="{:,} tokens read, {:,} written",
    price_unknown="price unknown",
    left_out="{} left out",
    narrowed="Only this was looked through: {}.",
    beyond="Without that limit there are passages that come close.",
    quoted="'{}'",
    filters={
        "show": "show",
        "since": "since",
        "until": "until",
        "entity": "entity",
        "entity_type": "type",
        "speaker": "speaker",
        "language": "language",
        "episode": "episode",
    },
)
_GERMAN = Saying(
    closest="Es ist kein Modell eingestellt, also wird nichts beantwortet. Die nächsten Stellen:",
    weak="Es ist kein Modell eingestellt, also wird nichts beantwortet. Die nächsten Stellen, die es vielleicht nicht "
    "beantworten:",
    score="Nähe {:.2f}",
    by_words="nach den Wörtern",
    sources="Quellen",
    what_there_is="`ragtime status` zeigt, welche Folgen durchsucht werden können.",
    tokens="{} Token gelesen, {} geschrieben",
    price_unknown="Preis unbekannt",
    left_out="{} weggelassen",
    narrowed="Durchsucht wurde nur: {}.",
    beyond="Ohne diese Eingrenzung gibt es Stellen, die der Frage nahekommen.",
    quoted="„{}“",
    filters={
        "show": "Sendung",
        "since": "seit",
        "until": "bis",
        "entity": "wer oder was genannt wird:",
        "entity_type": "Art",
        "speaker": "wer spricht:",
        "language": "Sprache",
        "episode": "Folge",
    },
)


def saying(language: str | None) -> Saying:
    """The phrases of this language; those of English where there are none."""
    return _GERMAN if language_code(language) == "de" else _ENGLISH
