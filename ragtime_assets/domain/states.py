"""The states of an episode, and what each means; `orchestration/standing.py` decides which it is."""

from __future__ import annotations

from ragtime_assets.errors import ApprovalNeeded, DuplicateEpisode, Rejected, WaitsForSpeech

WAITING, READY = "waiting", "ready"
EVIDENT = frozenset({WAITING, READY})
"""The states that the corpus's own tables tell of most episodes, as long as Dagster tells nothing of them."""
STATES = {
    WAITING: "submission_sensor has not started its run yet",
    "queued": "its run waits for its turn, or it is about to be tried again by itself",
    "running": "a run works on it",
    WaitsForSpeech.state: "another episode takes the machine's one place for speech; it goes on by itself",
    ApprovalNeeded.state: "a person has to say yes first: `ragtime approve KEY`, or `ragtime reject KEY`",
    Rejected.state: "a person said no; `ragtime approve KEY` takes that back",
    READY: "everything that was asked for is done, and a search finds it",
    DuplicateEpisode.state: "the episode is in the corpus under another key",
    "cancelled": "somebody cancelled it; `ragtime retry KEY` goes on",
    "failed": "a phase failed; `ragtime status --failed` says why, and what to do",
    "unfinished": "something is left to do and nothing is about to do it; `ragtime retry KEY` goes on",
    "history unreachable": "Dagster's history does not answer, so nobody can say",
}
