"""What of the corpus is stale with the settings, prompts and vocabulary of now, and what it took the last time.

Asked of the index of artifacts in a few queries, however many episodes there are; nothing is opened for it but the
transcripts in which a taught name still stands as it was heard.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.domain.linking.decision import RULES
from ragtime_assets.domain.stale import Cause, Present, asked_for, may_follow
from ragtime_assets.phases.entities import ENGINE

if TYPE_CHECKING:
    from ragtime_assets.corpus.artifact_index import BriefArtifact
    from ragtime_assets.domain.language.name_rules import NameRule
    from ragtime_assets.domain.money.spending import Total
    from ragtime_assets.settings import Settings
    from ragtime_assets.studio import Index, Kept, Reading, Speech, Studio

PUBLISHER = "publisher "
_NAMES = (Transcript.asset, Cause.CORRECTION)


@dataclass
class Took:
    """What some phases took and cost when they were made last."""

    episodes: int = 0
    seconds: float = 0.0
    cost: Decimal = Decimal(0)
    unpriced: int = 0
    """Calls of which nobody knows what they cost."""

    def add(self, seconds: float, paid: Total | None) -> None:
        """One artifact more."""
        self.episodes += 1
        self.seconds += seconds
        if paid is not None:
            self.cost += paid.cost or Decimal(0)
            self.unpriced += paid.unpriced


@dataclass
class StalePhase(Took):
    """One phase, of all episodes of which it is stale."""

    causes: Counter[Cause] = field(default_factory=Counter[Cause])


@dataclass(frozen=True)
class Stale:
    """What is stale of which episodes; an episode of which nothing is stale is left out."""

    causes: Mapping[str, Mapping[str, Sequence[Cause]]]
    """By episode and phase."""
    phases: Mapping[str, StalePhase]
    follow: Mapping[str, Took]
    """What is made again too, where what is stale comes out different: at most so much."""

    @property
    def keys(self) -> list[str]:
        """The episodes."""
        return sorted(self.causes)


def present_of(studio: Studio) -> Present:
    """What its artifacts would be made with now."""
    return present(studio.settings, studio.index, studio.speech, studio.reading)


def present(settings: Settings, index: Index, speech: Speech, reading: Reading) -> Present:
    """What artifacts would be made with now."""
    from ragtime_assets.studio.code_versions import CODE_VERSIONS

    models = settings.models
    heard = {"publisher": (), "auto": (speech.transcriber.engine,)}
    listened = heard.get(settings.transcriber, (speech.transcriber.engine,))
    published = (PUBLISHER,) if settings.transcriber in heard else ()
    return Present(
        CODE_VERSIONS,
        {
            Transcript.asset: (*published, *listened),
            "summary": (models["summary"] or f"extractive {index.local_embedder.engine}",),
            Entities.asset: (models[Entities.asset] or ENGINE,),
            EntityLinks.asset: (models[EntityLinks.asset] or RULES,),
            "embeddings": (index.embedder.engine,),
        },
        reading.vocabulary.version,
    )


@dataclass(frozen=True)
class _Apart:
    """What of the corpus is told apart by episode, not only by what it was made with."""

    asked: Mapping[tuple[str, str], datetime]
    corrected: Mapping[tuple[str, str], datetime]
    misspelled: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, kept: Kept) -> _Apart:
        corrected = {(key, EpisodeDetails.asset): at for key, at in kept.corrections.newest().items()}
        return cls(kept.submissions.named(), corrected, frozenset(_misspelled(kept)))

    @property
    def keys(self) -> set[str]:
        return {key for places in (self.asked, self.corrected, self.misspelled) for key, _ in places}

    def is_asked(self, one: BriefArtifact) -> bool:
        """Whether it was asked for since, so that it is on its way."""
        place = (one.key, one.means.asset)
        return place in self.asked and self.asked[place] >= one.created_at

    def is_corrected(self, one: BriefArtifact) -> bool:
        place = (one.key, one.means.asset)
        return place in self.misspelled or (place in self.corrected and self.corrected[place] >= one.created_at)


def stale_in(kept: Kept, now: Present, keys: Collection[str] | None = None) -> Stale:
    """What is stale of these episodes, of all when None; what was asked for since is on its way, and left out."""
    apart, why = _Apart.of(kept), {means: now.causes(means) for means in kept.artifact_index.means()}
    if not any(why.values()) and not apart.corrected and not apart.misspelled:
        return Stale({}, {}, {})
    there = kept.artifact_index.brief(keys)
    causes = _causes(there, now, apart)
    return _added_up(kept, causes, [one for one in there if one.key in causes])


def counted_in(kept: Kept, now: Present) -> dict[str, tuple[int, Counter[Cause]]]:
    """Of how many episodes each phase is stale, and why: as `stale_in` finds it, without a row for each artifact.

    Only what was asked for or corrected is looked at one by one.
    """
    apart, counts = _Apart.of(kept), Counter(kept.artifact_index.counts())
    there = kept.artifact_index.brief(apart.keys)
    counts.subtract(one.means for one in there)
    causes = _causes(there, now, apart)
    episodes, reasons = Counter[str](), defaultdict[str, Counter[Cause]](Counter)
    alike = ((means.asset, now.causes(means), count) for means, count in counts.items() if means.asset != REPORT)
    others = ((asset, found, 1) for phases in causes.values() for asset, found in phases.items())
    for asset, found, count in (*alike, *others):
        if found and count:
            episodes[asset] += count
            reasons[asset].update(dict.fromkeys(found, count))
    return {asset: (episodes[asset], reasons[asset]) for asset in PHASES if asset in episodes}


def _causes(there: Iterable[BriefArtifact], now: Present, apart: _Apart) -> dict[str, dict[str, Sequence[Cause]]]:
    """By episode and phase, why it is stale."""
    why = cache(now.causes)
    causes: dict[str, dict[str, Sequence[Cause]]] = defaultdict(dict)
    for one in there:
        if apart.is_asked(one) or one.means.asset == REPORT:
            continue
        found = (*why(one.means), *((Cause.CORRECTION,) if apart.is_corrected(one) else ()))
        if found:
            causes[one.key][one.means.asset] = found
    return causes


def ask_for(studio: Studio, stale: Stale, by: str, bind: Mapping[str, str] | None = None) -> None:
    """Ask for what is stale to be made again with what is set now, and for what follows where it comes out different.

    Where only the spelling of a name is stale, nothing is heard for it.
    """
    groups: dict[frozenset[str], list[str]] = defaultdict(list)
    respelled: list[str] = []
    for key, phases in stale.causes.items():
        again = frozenset(asset for asset, why in phases.items() if (asset, *why) != _NAMES)
        if again:
            groups[again].append(key)
        if len(again) < len(phases):
            respelled.append(key)
    for again, keys in groups.items():
        named = asked_for(again)
        covers = [asset for asset in PHASES if asset in named or asset in may_follow(again)]
        studio.submissions.request(keys, by, named, rebind=True, covers=covers, bind=bind)
    if respelled:
        names = {Transcript.asset}
        again = [asset for asset in PHASES if asset in (*asked_for(names), *may_follow(names))]
        studio.submissions.request(respelled, by, again, respells=True)


def _added_up(kept: Kept, causes: Mapping[str, Mapping[str, Sequence[Cause]]], there: list[BriefArtifact]) -> Stale:
    paid = _paid(kept.ledger.dearest_runs(causes, PHASES))
    below = {roots: frozenset(may_follow(roots)) for roots in {frozenset(phases) for phases in causes.values()}}
    phases, follow = dict[str, StalePhase](), dict[str, Took]()
    for one in sorted(there, key=lambda one: PHASES.index(one.means.asset)):
        asset, roots = one.means.asset, causes[one.key]
        cost = paid.get((one.key, asset))
        if asset in roots:
            phase = phases.setdefault(asset, StalePhase())
            phase.causes.update(roots[asset])
            is_respelled = (asset, *roots[asset]) == _NAMES
            phase.add(0.0 if is_respelled else one.seconds, None if is_respelled else cost)
        elif asset in below[frozenset(roots)]:
            follow.setdefault(asset, Took()).add(one.seconds, cost)
    return Stale(causes, phases, follow)


def _paid(totals: Iterable[Total]) -> dict[tuple[str, str], Total]:
    """By episode and phase."""
    found: dict[tuple[str, str], Total] = {}
    for total in totals:
        key, phase, _ = total.name.split(" ", 2)
        found[key, phase] = total
    return found


def _misspelled(kept: Kept) -> Iterator[tuple[str, str]]:
    """The transcripts in which a taught name still stands as it was heard: its run was withdrawn, or never was."""
    from ragtime_assets.adapters.storage.artifact_store import opened
    from ragtime_assets.phases.listening.taught_names import as_taught

    rules: list[NameRule] = kept.name_rules.in_force()
    if not rules:
        return
    for key in kept.passages.episodes_with({rule.heard for rule in rules}):
        envelope = kept.store.envelope(Transcript.asset, key)
        if envelope is None:
            continue
        now = opened(Transcript, envelope)
        if as_taught(now, rules).segments != now.segments:
            yield key, Transcript.asset
