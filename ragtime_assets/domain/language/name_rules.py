"""Names that people taught: how one is heard wrong, and how it is written right."""

from __future__ import annotations

from collections.abc import Iterable

from ragtime_assets.domain.artifact import Record
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import InvalidCorrection

LONGEST = 300


class NameRule(Record):
    """Wherever `heard` stands in a transcript, `written` is meant."""

    id: int
    heard: str
    written: str
    by: str


def checked_pair(heard: str, written: str) -> tuple[str, str]:
    """Both as one line; raises InvalidCorrection for what is no name, or the same twice."""
    pair = one_line(heard), one_line(written)
    for name, typed in zip(pair, (heard, written), strict=True):
        if len(name) > LONGEST or "\x00" in typed or not any(map(str.isalnum, name)):
            raise InvalidCorrection(
                f"{name[:40]!r} cannot be a name",
                remedy=f"A name has a letter or a digit, and at most {LONGEST} characters.",
            )
    if pair[0] == pair[1]:
        raise InvalidCorrection(f"{pair[0]!r} is written so already", remedy="Name what was heard, then what is right.")
    return pair


def same(name: str) -> str:
    """What two ways to type what is heard have in common."""
    return " ".join(name.split()).casefold()


def in_the_end(rules: Iterable[NameRule]) -> list[NameRule]:
    """The rules with what is written in the end: where that is heard wrong itself, the rule for that counts too."""
    by_heard = {same(rule.heard): rule for rule in rules}

    def last(rule: NameRule) -> str:
        following = by_heard.get(same(rule.written))
        return rule.written if following is None or following.id == rule.id else last(following)

    return [rule.model_copy(update={"written": last(rule)}) for rule in by_heard.values()]


def refuse_contradiction(heard: str, written: str, rules: Iterable[NameRule]) -> None:
    """Raise InvalidCorrection if a rule in force says something else of what is heard, or leads back to it."""
    by_heard = {same(rule.heard): rule for rule in rules}
    if (rule := by_heard.get(same(heard))) is not None:
        raise _contradicts(rule)
    at = written
    while (rule := by_heard.get(same(at))) is not None and same(at) != same(rule.written):
        if same(rule.written) == same(heard):
            raise _contradicts(rule)
        at = rule.written


def _contradicts(rule: NameRule) -> InvalidCorrection:
    return InvalidCorrection(
        f"{rule.by} taught that {rule.heard!r} is {rule.written!r} (rule {rule.id}): the two contradict each other",
        remedy=f"If that is wrong, first: ragtime names undo {rule.id}",
    )
