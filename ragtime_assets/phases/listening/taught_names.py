"""Names spelled as people taught: an overlay on what was heard, which is kept and can be undone.

What was heard wrong is looked for word by word, across segments too, whatever stands around it and, in German, with the
s of a genitive. One word alone is only taken for it in the same case, unless the transcript has no capitals at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ragtime_assets.domain.artifacts.transcript import Repair, Segment, Transcript, Word
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.language.name_rules import NameRule, in_the_end
from ragtime_assets.domain.language.spelling import Spelled, shared
from ragtime_assets.domain.language.words import apart
from ragtime_assets.phases.listening.name_repair import rewritten, without, written_words
from ragtime_assets.phases.listening.name_windows import heard_as

_NOTE = "spelled as people taught; what was heard is kept"
_BREAKS = frozenset(".,;:!?\u2026")


class _Token(NamedTuple):
    """A word of the transcript, and where it stands."""

    segment: int
    gap: str
    word: Word
    language: str


class _Taught(NamedTuple):
    """A rule, word by word."""

    rule: NameRule
    heard: tuple[str, ...]
    written: tuple[str, ...]


class _Hit(NamedTuple):
    """A rule that applies at a place, and what is written there instead."""

    taught: _Taught
    texts: tuple[str, ...]


def as_taught(transcript: Transcript, rules: Sequence[NameRule]) -> Transcript:
    """The transcript with the names of these rules repaired, and no others that were taught; times are kept."""
    before = untaught(transcript)
    tokens = list(_tokens(before))
    hits = dict(_hits(tokens, [_taught(rule) for rule in in_the_end(rules)]))
    if not hits:
        return before
    written, repairs = _rewritten(tokens, hits)
    segments = tuple(
        rewritten(segment, written[number]) if any(repair.segment == number for repair in repairs) else segment
        for number, segment in enumerate(before.segments)
    )
    note = f"{plural(len(hits), 'name')} {_NOTE}"
    told = {"segments": segments, "repairs": (*before.repairs, *repairs), "notes": (*before.notes, note)}
    return before.model_copy(update=told)


def untaught(transcript: Transcript) -> Transcript:
    """The transcript as it was before people taught anything."""
    taught = [repair for repair in transcript.repairs if repair.rule is not None]
    notes = tuple(note for note in transcript.notes if not note.endswith(_NOTE))
    return without(transcript, taught).model_copy(update={"notes": notes})


def respelled(transcript: Transcript, rules: Sequence[NameRule]) -> Transcript:
    """The same hearing, spelled as people teach now; it remembers under which digests it was known."""
    again = as_taught(transcript, rules)
    digests = dict.fromkeys((*transcript.also_spelled, transcript.digest()))
    return again.model_copy(update={"also_spelled": tuple(one for one in digests if one != again.digest())})


def taught_text(text: str, rules: Sequence[NameRule], language: str) -> str:
    """A text in which names are written as these rules say."""
    segment = Segment(start=0, end=0, text=text)
    told = Transcript(engine="", language=language, duration=0, timing_source="publisher", segments=(segment,))
    return as_taught(told, rules).text


def _tokens(transcript: Transcript) -> Iterator[_Token]:
    for number, segment in enumerate(transcript.segments):
        language = segment.language or transcript.language
        for gap, word in written_words(segment) if segment.text.strip() else ():
            yield _Token(number, gap, word, language)


def _taught(rule: NameRule) -> _Taught:
    heard, written = (tuple(word for _, word in apart(name)) for name in (rule.heard, rule.written))
    return _Taught(rule, heard, written)


def _hits(tokens: Sequence[_Token], rules: Sequence[_Taught]) -> Iterator[tuple[int, _Hit]]:
    """By the place where it begins, each mishearing; the longest first, none inside a name that is written right."""
    longest_first = sorted(rules, key=lambda one: (-len(one.heard), one.rule.id))
    caseless = not any(letter.isupper() for token in tokens for letter in token.word.text)
    right = {at for one in rules for at in _right(tokens, one, caseless=caseless)}
    at = 0
    while at < len(tokens):
        found = None if at in right else _hit(tokens, at, longest_first, caseless=caseless)
        if found:
            yield at, found
        at += len(found.taught.heard) if found else 1


def _right(tokens: Sequence[_Token], one: _Taught, *, caseless: bool) -> Iterator[int]:
    """The places within a name that is written as it should be, where what is heard wrong is a part of that."""
    size = len(one.written)
    if size <= len(one.heard):
        return
    for at in range(len(tokens) - size + 1):
        if _suffix(tokens[at : at + size], one.written, caseless=caseless) is not None:
            yield from range(at, at + size)


def _hit(tokens: Sequence[_Token], at: int, rules: Sequence[_Taught], *, caseless: bool) -> _Hit | None:
    for one in rules:
        window = tokens[at : at + len(one.heard)]
        suffix = _suffix(window, one.heard, caseless=caseless)
        is_within = len({token.segment for token in window}) == 1 or len(one.heard) == len(one.written)
        if suffix is None or not is_within:
            continue
        before = heard_as(window[0].word.text).before if not _is_same(window[0], one.heard[0]) else ""
        texts = [*one.written]
        texts[0], texts[-1] = before + texts[0], texts[-1] + suffix
        if texts != [token.word.text for token in window]:
            return _Hit(one, tuple(texts))
    return None


def _suffix(window: Sequence[_Token], name: Sequence[str], *, caseless: bool) -> str | None:
    """What stands behind the name where these words are it; None where they are not."""
    if len(window) != len(name):
        return None
    *others, last = zip(window, name, strict=True)
    if not all(_is_word(token, part) for token, part in others):
        return None
    token, part = last
    if len(name) == 1 and not caseless and _opens_large(token.word.text) != _opens_large(part):
        return None
    if _is_same(token, part):
        return ""
    heard = heard_as(token.word.text)
    if heard.core.casefold() == part.casefold() and (len(name) > 1 or heard.core):
        return heard.after
    is_genitive = token.language.startswith("de") and heard.core.casefold() == f"{part}s".casefold()
    return f"s{heard.after}" if is_genitive else None


def _is_word(token: _Token, part: str) -> bool:
    if _is_same(token, part):
        return True
    heard = heard_as(token.word.text)
    return heard.core.casefold() == part.casefold() and not _BREAKS.intersection(heard.after)


def _is_same(token: _Token, part: str) -> bool:
    return token.word.text.casefold() == part.casefold()


def _opens_large(text: str) -> bool:
    return heard_as(text).core[:1].isupper()


def _rewritten(tokens: Sequence[_Token], hits: dict[int, _Hit]) -> tuple[dict[int, list[Spelled]], list[Repair]]:
    """By segment its words with the names in place, and what was repaired."""
    written: dict[int, list[Spelled]] = {token.segment: [] for token in tokens}
    repairs: list[Repair] = []
    at = 0
    while at < len(tokens):
        hit = hits.get(at)
        window = tokens[at : at + (len(hit.taught.heard) if hit else 1)]
        for number, part, texts in _parts(window, hit.texts if hit else (window[0].word.text,)):
            words = _spelled(part, texts) if hit else [Spelled(part[0].gap, part[0].word)]
            if hit:
                repairs.append(_repair(number, len(written[number]), part, texts, hit.taught.rule))
            written[number] += words
        at += len(window)
    return written, repairs


def _parts(window: Sequence[_Token], texts: Sequence[str]) -> Iterator[tuple[int, Sequence[_Token], tuple[str, ...]]]:
    """The window segment by segment, with what is written in each."""
    numbers = list(dict.fromkeys(token.segment for token in window))
    if len(numbers) == 1:
        yield numbers[0], window, tuple(texts)
        return
    for number in numbers:
        places = [place for place, token in enumerate(window) if token.segment == number]
        yield number, [window[place] for place in places], tuple(texts[place] for place in places)


def _spelled(part: Sequence[_Token], texts: Sequence[str]) -> list[Spelled]:
    if len(part) == len(texts):
        words = [token.word.model_copy(update={"text": text}) for token, text in zip(part, texts, strict=True)]
        return [Spelled(token.gap, word) for token, word in zip(part, words, strict=True)]
    words = shared(list(texts), part[0].word.start, part[-1].word.end)
    return [Spelled(part[0].gap if place == 0 else " ", word) for place, word in enumerate(words)]


def _repair(number: int, place: int, part: Sequence[_Token], texts: tuple[str, ...], rule: NameRule) -> Repair:
    return Repair(
        segment=number,
        place=place,
        heard=tuple(token.word for token in part),
        written=texts,
        name=rule.written,
        rule=rule.id,
        gaps=tuple(token.gap for token in part[1:]),
    )
