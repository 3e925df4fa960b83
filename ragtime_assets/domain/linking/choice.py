"""A question about one name, and what somebody chose: the candidates that rules could not tell apart."""

from __future__ import annotations

from ragtime_assets.domain.artifact import Record
from ragtime_assets.domain.linking.decision import Decision, Name
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.talk import Talk
from ragtime_assets.domain.text.lines import one_line

MOST_CANDIDATES, MOST_CONTEXTS, LONGEST_CONTEXT, MOST_RELATED = 5, 2, 300, 6


class Question(Record):
    """A name, the sentences in which it is said, and who may be meant, the likeliest first."""

    name: Name
    contexts: tuple[str, ...]
    candidates: tuple[KnownEntity, ...]

    @classmethod
    def about(cls, decision: Decision, talk: Talk) -> Question:
        """What is asked about a name that may mean several; as long whatever the registry has."""
        said = talk.said[decision.said]
        return cls(
            name=decision.said,
            contexts=tuple(one_line(text, LONGEST_CONTEXT) for text in said.contexts[:MOST_CONTEXTS]),
            candidates=tuple(one.entity for one in decision.candidates[:MOST_CANDIDATES]),
        )


class Choice(Record):
    """Which candidate is meant; None where none is, or nobody can tell."""

    entity: KnownEntity | None
