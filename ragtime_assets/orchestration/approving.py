"""The gate: before one phase an episode waits until a person says yes, and both the CLI and Dagster's UI can say it.

An episode that has to wait halts there, green, with what it is likely to cost; the answer is a row, and a request for a
run is written with it. The asset `approval` is the gate as Dagster's UI shows it: to report a materialization of it is
to say yes, and each answer is told there, whoever gave it. No is only said by `ragtime reject`.
"""

from typing import TYPE_CHECKING

import dagster as dg

from ragtime_assets.domain.approving.approval import Approval, Decision, covered
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.errors import ApprovalNeeded, InvalidSubmission, Rejected
from ragtime_assets.orchestration.partitions import episodes
from ragtime_assets.orchestration.resources import on_kept_history
from ragtime_assets.studio import Kept
from ragtime_assets.studio.estimating import estimate

if TYPE_CHECKING:
    from ragtime_assets.orchestration.steps.episode import Episode

APPROVAL = "approval"
MOST = 200
"""Answers that one look tells of, or hears."""
UI = "Dagster's UI"
_TOLD = "ragtime/told"
"""In the metadata of what we reported ourselves."""

approval = dg.AssetSpec(
    APPROVAL,
    description=(
        "A person's yes to what an episode may cost. With RAGTIME_APPROVAL set, an episode waits here until somebody "
        "says `ragtime approve KEY`, or reports a materialization of its partition with the button above."
    ),
    deps=[AudioFile.asset],
    group_name="fetch",
    kinds={"sql"},
    owners=["team:corpus"],
    partitions_def=episodes,
)


def pass_gate(episode: "Episode", asset: str) -> None:
    """Go on where this phase may be made; raises ApprovalNeeded, or Rejected."""
    kept = episode.kept
    if asset != kept.settings.approval_before:
        return
    covers = covered({name: envelope.digest for name, envelope in episode.envelopes.items()})
    asked = kept.approvals.of(episode.key, asset, covers)
    if asked is None:
        asked = _asked(episode, asset, covers)
    if asked is None or asked.decision is Decision.APPROVED:
        return
    if asked.decision is Decision.REJECTED:
        raise Rejected(f"{asset} of {episode.key} is not made: {asked.decided}")
    if kept.settings.approval.asks:
        raise _needed(asked)


def _asked(episode: "Episode", asset: str, covers: str) -> Approval | None:
    """The question, where the settings say that somebody has to be asked."""
    kept, policy = episode.kept, episode.kept.settings.approval
    if not policy.asks:
        return None
    audio = None if asset == AudioFile.asset else kept.store.load(AudioFile, episode.key)[0]
    seconds = audio.facts.duration if audio else episode.input(EpisodeDetails).duration
    expected = estimate(kept, seconds, asset, episode.bindings)
    why = policy.why(audio.recognised if audio and audio.low_confidence else None, expected)
    return None if why is None else kept.approvals.ask(episode.key, asset, covers, why, str(expected))


def _needed(asked: Approval) -> ApprovalNeeded:
    return ApprovalNeeded(
        f"{asked.asset} of {asked.key} waits for a person's yes: {asked.why} ({asked.estimate})",
        remedy=f"ragtime approve {asked.key}, or ragtime reject {asked.key}.",
        why=asked.why,
        estimate=asked.estimate,
    )


@dg.sensor(
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Hears who was approved in this UI, and tells here what was decided by `ragtime approve` and `reject`.",
)
@on_kept_history
def approval_sensor(context: dg.SensorEvaluationContext, kept: dg.ResourceParam[Kept]) -> dg.SensorResult:
    """Read on in the materializations of `approval`; then tell the answers that it has none of yet."""
    after = int(context.cursor or 0)
    records = context.instance.fetch_materializations(
        dg.AssetRecordsFilter(dg.AssetKey(APPROVAL), after_storage_id=after), limit=MOST, ascending=True
    ).records
    said = [one.asset_materialization for one in records if one.asset_materialization]
    keys = [one.partition for one in said if one.partition and _TOLD not in one.metadata]
    notes = [_approved_here(kept, key) for key in dict.fromkeys(keys)]
    untold = kept.approvals.untold(MOST)
    for answer in untold:
        context.instance.report_runless_asset_event(_told(answer))
        kept.approvals.tell(answer)
    notes += [f"{answer.key} was {answer.decided}" for answer in untold]
    cursor = str(records[-1].storage_id) if records else context.cursor
    return dg.SensorResult(skip_reason="; ".join(notes) or "nobody decided anything", cursor=cursor)


def _approved_here(kept: Kept, key: str) -> str:
    """Somebody reported the episode as approved; what came of it, in words."""
    try:
        changed = kept.approvals.decide([key], Decision.APPROVED, by=UI)
    except InvalidSubmission as error:
        return f"{key} was approved here, but {error.message}"
    return f"{key} was approved here" if changed else f"{key} was approved before"


def _told(answer: Approval) -> dg.AssetMaterialization:
    metadata = {_TOLD: "", "decision": answer.decided, "why it waited": answer.why, "estimate": answer.estimate}
    return dg.AssetMaterialization(APPROVAL, partition=answer.key, description=answer.decided, metadata=metadata)
