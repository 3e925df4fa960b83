"""Whether audio that plays is this episode's: what is not sure is refused until a person says yes.

The yes is `ragtime edit KEY --audio-url URL`. Where episodes wait for approval it is taken, and waits for that. A
browser and an agent take what a page plays, so what they find is never sure; a match of an index is as sure as its
score, if its audio is about as long as the episode is said to be.
"""

from __future__ import annotations

from ragtime_assets.domain.artifacts.audio_file import NEVER_SURE, Tier
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.fetched import AudioLink
from ragtime_assets.domain.episode.identity import place_of
from ragtime_assets.domain.episode.indexed_episode import Match
from ragtime_assets.domain.figures import clock
from ragtime_assets.errors import AudioUnsure

KNOWN = frozenset[Tier]({"direct", "feed"})
"""The tiers whose addresses are known before anybody looks; but for those with a match the publisher gave them."""
APPROVED = Match(score=1.0, sure=True, reasons=("a person named this address",))
MOST_OFF = 0.3
"""From the announced length; a publisher's own file is the episode whatever it announces, and the check warns."""


def is_approved(details: EpisodeDetails, url: str) -> bool:
    """Whether a person named this address, however it is signed."""
    approved = details.approved_audio
    return approved is not None and (url == approved or place_of(url) == place_of(approved) is not None)


def refuse_doubtful(details: EpisodeDetails, tier: Tier, link: AudioLink, seconds: float) -> None:
    """Raise AudioUnsure where audio of so many seconds may be another episode's."""
    doubt = None if is_approved(details, link.url) else _doubt(details.duration, tier, link.match, seconds)
    if doubt:
        announced = f", announced {clock(details.duration)}" if details.duration else ""
        raise AudioUnsure(
            f"it plays ({clock(seconds)}{announced}), but {doubt}",
            remedy=f"Listen to {link.url}; if it is the episode: ragtime edit KEY --audio-url {link.url}",
            doubt=doubt,
        )


def _doubt(announced: float | None, tier: Tier, match: Match | None, seconds: float) -> str | None:
    if match and not match.sure:
        return f"nobody can be sure that it is this episode: {'; '.join(match.reasons)}"
    if tier in NEVER_SURE:
        return f"the {tier} cannot tell whether it is this episode"
    is_publishers = tier in KNOWN and match is None
    if announced and not is_publishers and abs(seconds - announced) > announced * MOST_OFF:
        return "it is of another length"
    return None
