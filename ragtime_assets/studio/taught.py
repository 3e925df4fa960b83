"""Names that people teach: which transcripts a rule writes otherwise, and the rule made with the runs that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ragtime_assets.domain.artifacts.search_index import SearchIndex
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.graph import again_from

if TYPE_CHECKING:
    from ragtime_assets.domain.language.name_rules import NameRule
    from ragtime_assets.studio.kept import Kept


def teach(kept: Kept, heard: str, written: str, by: str) -> tuple[NameRule, list[str]]:
    """The rule, in force from now on, and the episodes that are asked for because of it."""
    from ragtime_assets.corpus.name_rules import Touched

    proposed = kept.name_rules.proposed(heard, written, by)
    touched = respelled(kept, [*kept.name_rules.in_force(), proposed], proposed)
    live = sorted(kept.submissions.wishes(touched))
    rule = kept.name_rules.teach(heard, written, by, Touched(tuple(live), again_from(Transcript.asset)))
    return rule, live


def respelled(kept: Kept, rules: Sequence[NameRule], changed: NameRule) -> list[str]:
    """The episodes whose transcript these rules write otherwise than it is written now.

    They are looked for in the passages, and among what is not published yet; those that are found are read.
    """
    from ragtime_assets.adapters.storage.artifact_store import opened
    from ragtime_assets.domain.language.name_rules import in_the_end
    from ragtime_assets.phases.listening.taught_names import as_taught, taught_text

    before = [rule for rule in kept.name_rules.in_force() if rule.id != changed.id]
    written = {rule.written for rule in in_the_end([*before, changed]) if changed.written in (rule.heard, rule.written)}
    names = {changed.heard, changed.written, taught_text(changed.heard, before, "en"), *written}
    likely = kept.passages.episodes_with({*names, *(f"{name}s" for name in names)})
    waiting = kept.artifact_index.unpublished(Transcript.asset, SearchIndex.asset)
    found: list[str] = []
    for key in sorted({*likely, *waiting}):
        envelope = kept.store.envelope(Transcript.asset, key)
        if envelope is None:
            continue
        now = opened(Transcript, envelope)
        if as_taught(now, rules).segments != now.segments:
            found.append(key)
    return found
