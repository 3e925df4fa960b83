"""What the whole episode says of its names: what it is about, and who is a person beyond a run of capitals.

What belongs here: evidence from other places of the same episode and from the feed. What does not: the words
right around a name (`shapes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set

from ragtime_assets.domain.language.tokens import SENTENCE, Tokens, folded_words
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary
from ragtime_assets.phases.reading.names.known import EXACT, Reading, known_names, without_subject
from ragtime_assets.phases.reading.names.people import Text
from ragtime_assets.phases.reading.names.shapes import BY_CAPITALS
from ragtime_assets.phases.reading.names.spans import Span

FEWEST_NAMES, MOST_NAMES_NEEDED = 3, 15
WORDS_PER_NAME = 100
"""A talk about a subject names something of it every hundred words, and so many different things in all."""

_LEADS = frozenset({"a", "an", "the", "this", "that", "our", "your", "my", "his", "her", "their", "its"})


def spoken_about(texts: Sequence[Tokens], vocabulary: Vocabulary, language: str, reading: Reading) -> Vocabulary:
    """The vocabulary as it counts in these texts: subjects that are not spoken of give way."""
    if not vocabulary.subjects:
        return vocabulary
    known = known_names(vocabulary, language)
    subject_of = {type_.key: type_.subject for type_ in vocabulary.types}
    found = [span for tokens in texts for span in known.find(tokens, reading, {})]
    words = sum(len(tokens) for tokens in texts)
    needed = min(max(words // WORDS_PER_NAME, FEWEST_NAMES), MOST_NAMES_NEEDED)
    for subject in sorted(vocabulary.subjects):
        names = [span.name for span in found if subject_of.get(span.type) == subject]
        if len(names) * WORDS_PER_NAME < words or len(set(names)) < needed:
            vocabulary = without_subject(vocabulary, subject)
    return vocabulary


def credited(tokens: Tokens, persons: Iterable[str], type_: str) -> Iterator[Span]:
    """Where the feed's persons are named in a script without capitals: no shape tells a name there."""
    for name in persons:
        words = folded_words(name)
        if len(words) > 1 and name.lower() == name.upper():
            places = range(len(tokens) - len(words) + 1)
            for first in (place for place in places if tokens.folded[place : place + len(words)] == words):
                yield Span(first, first + len(words), type_, name, EXACT)


class Support:
    """Whom an episode and its feed make a person, beside the capitals of the name."""

    def __init__(self, texts: Sequence[Text], people: Set[str], persons: Iterable[str], stop: Set[str]) -> None:
        """Gather the feed's persons, the names found for better reasons, and the surnames that are said alone."""
        self._people = people
        self._names = {tuple(folded_words(name)) for name in persons}
        self._surnames: set[str] = set()
        for tokens, spans in texts:
            self._names.update(tuple(folded_words(span.name)) for span in spans if self._is_sure(span))
            self._surnames.update(_alone(tokens, spans, stop))

    def supported(self, spans: Iterable[Span]) -> list[Span]:
        """The spans without the people whom only capitals support."""
        return [span for span in spans if span.type not in self._people or self._is_sure(span) or self._knows(span)]

    def _is_sure(self, span: Span) -> bool:
        return span.type in self._people and span.confidence > BY_CAPITALS

    def _knows(self, span: Span) -> bool:
        words = tuple(folded_words(span.name))
        return words in self._names or words[-1] in self._surnames


def _alone(tokens: Tokens, spans: Sequence[Span], stop: Set[str]) -> Iterator[str]:
    """Words with a capital that stand alone inside a sentence, as surnames do: not "the Hub", not "Docker Hub"."""
    covered = {index for span in spans for index in range(span.first, span.end)}
    for index, word in enumerate(tokens.folded):
        if index in covered or word in stop or not tokens.capital[index] or tokens.gap[index] == SENTENCE:
            continue
        before, after = index - 1, index + 1
        follows = tokens.joined(after) and tokens.capital[after] and not tokens.possessive[index]
        led = tokens.joined(index) and (tokens.capital[before] or tokens.folded[before] in _LEADS)
        if not follows and not led:
            yield word
