"""What a model read or wrote of a transcript whose names are spelled anew: spelled anew too, and no model is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ragtime_assets.domain.artifacts.chunks import Chunk, Chunks
from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.summary import KeyMoment, Summary
from ragtime_assets.domain.language.name_rules import NameRule
from ragtime_assets.phases.listening.taught_names import taught_text


@dataclass(frozen=True)
class Spelling:
    """The rules in force, and those that were taken back since, which put back what was heard."""

    rules: Sequence[NameRule]
    taken_back: Sequence[NameRule]
    language: str

    def of(self, text: str) -> str:
        """The text as it is spelled now."""
        return self.right(self.back(text))

    def right(self, text: str) -> str:
        """The text with the rules in force."""
        return taught_text(text, self.rules, self.language) if text.strip() else text

    def back(self, text: str) -> str:
        """The text without the rules that were taken back."""
        back = [rule.model_copy(update={"heard": rule.written, "written": rule.heard}) for rule in self.taken_back]
        return taught_text(text, back, self.language) if text.strip() else text


def respelled_entities(before: Entities, chunks: Chunks, spelling: Spelling) -> Entities | None:
    """The mentions as the chunks spell them now; None where one stands in no chunk, so that it has to be read anew."""
    mentions = [_placed(one, chunks.chunks, spelling) for one in before.mentions]
    found = tuple(one for one in mentions if one is not None)
    return before.model_copy(update={"mentions": found}) if len(found) == len(mentions) else None


def respelled_summary(before: Summary, spelling: Spelling) -> Summary:
    """The summary as names are spelled now."""
    return before.model_copy(
        update={
            "line": spelling.of(before.line),
            "paragraphs": tuple(
                tuple(one.model_copy(update={"text": spelling.of(one.text)}) for one in paragraph)
                for paragraph in before.paragraphs
            ),
            "key_moments": tuple(
                KeyMoment(start=one.start, title=spelling.of(one.title)) for one in before.key_moments
            ),
        }
    )


def _placed(mention: Mention, chunks: Sequence[Chunk], spelling: Spelling) -> Mention | None:
    """The mention in the chunk where it is said, in the first spelling that stands there."""
    near = sorted(chunks, key=lambda chunk: abs(chunk.index - mention.chunk))
    said = [chunk for chunk in near if chunk.start <= mention.start <= chunk.end]
    ways: tuple[Callable[[str], str], ...] = (spelling.right, spelling.of, spelling.back, str)
    for chunk in said:
        for way in ways:
            surface = way(mention.surface)
            if surface in chunk.text:
                contexts = (one(mention.context) for one in ways)
                context = next((one for one in contexts if one in chunk.text), way(mention.context))
                told = {"surface": surface, "name": way(mention.name), "context": context, "chunk": chunk.index}
                return mention.model_copy(update=told)
    return None
