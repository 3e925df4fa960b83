"""The one tree of errors, and what each branch promises.

    RagtimeError                      message = what was tried; remedy = what to do next
    ├── PermanentError                never retried, at any level
    │   ├── ConfigurationError        a setting is wrong
    │   │   ├── OtherSchema           the tables are of another version
    │   │   └── EngineUnavailable     a configured engine or its weights are not there
    │   ├── InvalidSubmission         not a URL, not a partition key, not a known episode
    │   │   ├── TooLong               more words than are looked at
    │   │   ├── NotOneEntity          nobody, or several, of whom it may be a name
    │   │   └── InvalidCorrection     a person's word on a name that makes no sense, or contradicts another
    │   ├── BlockedAddress            the URL leads to an address that is not public
    │   ├── NotAnEpisode              the page or feed holds no podcast episode
    │   ├── ExtractionFailed          an episode, but not readable
    │   ├── SourceGone                404, 410, 401, 403 and the like
    │   ├── InvalidContent            bytes that are not what was promised
    │   │   ├── InvalidAudio
    │   │   ├── InvalidFeed
    │   │   ├── InvalidCaptions
    │   │   ├── InvalidReceipt        no receipt of an answer, or not a whole one
    │   │   └── InvalidBackup         no backup, or not a whole one, or one that does not go here
    │   ├── TooLarge                  past a cap on bytes, seconds or decompressed size
    │   ├── AudioNotFound             every tier failed; carries every attempt
    │   ├── AudioUnsure               it plays, and may be another episode's; waits for a person's yes
    │   ├── NoSpeech                  audio without words
    │   ├── OutputInvalid             a model's answer failed validation twice
    │   ├── BudgetSpent               a limit on money or tokens
    │   ├── InputMissing              an upstream artifact is not there
    │   ├── NotSaved                  a file that a person named cannot be written
    │   ├── ArtifactCorrupt           unreadable, or not what its digest says
    │   └── ArtifactTooNew            written by a newer version of this package
    ├── TransientError                retried inside the phase, with backoff
    │   ├── SourceUnavailable         408, 429, 5xx, connection refused or reset
    │   ├── TimedOut                  a time limit of ours or theirs
    │   ├── EpisodeBusy               another run holds this episode
    │   ├── StorageFull               no space left where artifacts or audio go
    │   └── StoreUnavailable          database, object store or index does not answer
    │       ├── BrokerUnavailable     the broker that carries runs to workers does not answer
    │       └── HistoryUnreachable    Dagster's storage does not answer
    └── Halt                          no failure: the phase stops here, green, and the episode has a state of its own
        ├── DuplicateEpisode          another key owns this episode
        ├── WaitsForSpeech            the machine's one place for speech is taken; the rest is asked for again
        ├── ApprovalNeeded            a person has to say yes first
        └── Rejected                  a person said no

Adapters raise these `from` whatever their library raised; nothing else crosses a port.
What belongs here: the classes. What does not: how Dagster shows them (`orchestration/failures.py`).
"""

from __future__ import annotations

import math
from typing import Any, ClassVar


class RagtimeError(Exception):
    """Something went wrong, said in words: what was tried, and what to do next."""

    remedy = "Look at the run page for the cause, then `ragtime retry KEY`."
    goes_on: ClassVar[bool] = False
    """Whether what is left of the episode is asked for again by itself, since what was in the way passes."""

    def __init__(self, message: str = "", *, remedy: str | None = None, **details: Any) -> None:
        """Keep the words; `details` are JSON-able facts for the run page."""
        self.message = message or type(self).__name__
        self.remedy = remedy or type(self).remedy
        self.details = details
        super().__init__(self.message)


class PermanentError(RagtimeError):
    """Trying again as it is cannot help."""

    remedy = "Change what the message names, then `ragtime retry KEY`."


class ConfigurationError(PermanentError):
    """A setting is wrong."""

    remedy = "Correct the setting; `.env.example` lists every one with its accepted forms."


class OtherSchema(ConfigurationError):
    """The tables of the corpus are of another version of this package."""

    remedy = "Back up, then `ragtime migrate`; or upgrade ragtime-assets."


class EngineUnavailable(ConfigurationError):
    """A configured engine, or the weights it needs, is not installed."""

    remedy = "Install what the message names, or choose another engine."


class InvalidSubmission(PermanentError):
    """What was submitted names no episode."""

    remedy = "Submit an http or https URL of an episode page, or --feed F --guid G."


class TooLong(InvalidSubmission):
    """More words than are looked at."""

    remedy = "Say it in fewer words."


class NotOneEntity(InvalidSubmission):
    """A name or an id that no entity has, or several."""

    remedy = "`ragtime entities find NAME` shows who is called so, with their ids."


class InvalidCorrection(InvalidSubmission):
    """What a person says of a name or an entity makes no sense, or contradicts what was said before."""

    remedy = "`ragtime entities find NAME` shows who is called so, with their ids."


class BlockedAddress(PermanentError):
    """The URL leads to an address that is not public."""

    remedy = "If you trust the host: name it in RAGTIME_ALLOW_PRIVATE_HOSTS, restart `ragtime up`, `ragtime retry KEY`."


class NotAnEpisode(PermanentError):
    """The page or feed was read, and holds no podcast episode."""

    remedy = "Submit the page of one episode, or --feed F --guid G."


class ExtractionFailed(PermanentError):
    """It is an episode, but its details cannot be read."""

    remedy = "Submit it through its feed: ragtime submit --feed F --guid G."


class SourceGone(PermanentError):
    """The server answered that this is not to be had."""

    remedy = "Open the URL in a browser; submit the episode's present address."


class InvalidContent(PermanentError):
    """The bytes are not what was promised."""


class InvalidAudio(InvalidContent):
    """The file is not audio that can be decoded."""

    remedy = "Play the URL in a browser; if it plays there, submit its feed with --feed and --guid."


class InvalidFeed(InvalidContent):
    """The feed is not RSS or Atom that can be read safely."""

    remedy = "Check the feed in a validator, or submit the episode's page."


class InvalidCaptions(InvalidContent):
    """The publisher's captions cannot be read."""

    remedy = "Set RAGTIME_TRANSCRIBER=whisper to listen instead, then `ragtime retry KEY --rebind`."


class InvalidReceipt(InvalidContent):
    """The file is no receipt of an answer, or not a whole one, or one of another corpus."""

    remedy = "Give it a file that `ragtime ask --save` wrote, as it was written."


class InvalidBackup(InvalidContent):
    """The file or folder is no backup, or not a whole one, or one that does not go where it is to be restored."""

    remedy = "Nothing was changed. Give it what `ragtime backup` wrote, whole and as it was written."


class TooLarge(PermanentError):
    """Past a cap on bytes, seconds or decompressed size."""

    remedy = "If it is right, raise the limit that the message names."


class AudioNotFound(PermanentError):
    """Every way to the audio failed."""

    remedy = "Look for the audio yourself: `ragtime edit KEY --audio-url URL` names it."


class AudioUnsure(PermanentError):
    """It is audio, and nothing shows that it is this episode's."""

    remedy = "Listen to it; if it is the episode: `ragtime edit KEY --audio-url` with its URL."


class NoSpeech(PermanentError):
    """The audio holds no words."""

    remedy = "Listen to the audio; music and silence cannot be searched."


class OutputInvalid(PermanentError):
    """A model's answer failed validation, and so did its repair."""

    remedy = "Read the exchange linked from the run page, or set another model."


class BudgetSpent(PermanentError):
    """A limit on money or tokens stopped the call before it was made."""

    remedy = "Raise the budget that the message names, then `ragtime retry KEY`."


class InputMissing(PermanentError):
    """An upstream artifact is not there."""

    remedy = "ragtime retry KEY runs what is missing."


class NotSaved(PermanentError):
    """What was made is not in the file that a person named."""

    remedy = "Free space, or ask again and name a file that can be written."


class ArtifactCorrupt(PermanentError):
    """A stored artifact or blob is unreadable, or not what its digest says."""

    remedy = "ragtime redo KEY --from the phase that the message names."


class ArtifactTooNew(PermanentError):
    """The artifact was written by a newer version of this package."""

    remedy = "Upgrade ragtime-assets, or ragtime redo KEY --from the phase that the message names."


class TransientError(RagtimeError):
    """It may work later, as it is."""

    remedy = "ragtime retry KEY goes on from the last finished phase."


class SourceUnavailable(TransientError):
    """The other side did not answer, or asked to come back later."""

    def __init__(
        self, message: str = "", *, retry_after: float | None = None, remedy: str | None = None, **details: Any
    ) -> None:
        """Keep how many seconds the server asked to wait, when it said so."""
        if retry_after and retry_after > 60:
            remedy = remedy or f"The server asks for {math.ceil(retry_after / 60)} minutes; then `ragtime retry KEY`."
        super().__init__(message, remedy=remedy, **details)
        self.retry_after = retry_after


class TimedOut(TransientError):
    """A time limit ran out."""


class EpisodeBusy(TransientError):
    """Another run works on this episode right now."""

    goes_on = True
    remedy = "Wait for the other run to end (`ragtime watch KEY`), then `ragtime retry KEY`."


class StorageFull(TransientError):
    """No space is left where artifacts or audio go."""

    remedy = "Free space under RAGTIME_HOME, then `ragtime retry KEY`."


class StoreUnavailable(TransientError):
    """The database, object store or vector index does not answer."""

    goes_on = True


class BrokerUnavailable(StoreUnavailable):
    """The broker that carries runs to workers does not answer, or refuses us."""

    remedy = "Check that it runs, and that RAGTIME_BROKER_URL names its address and password, then try again."


class HistoryUnreachable(StoreUnavailable):
    """Dagster's storage does not answer, so nobody can say what its runs do."""

    remedy = "Check the storage that dagster.yaml in `ragtime env`'s DAGSTER_HOME names, then try again."


class Halt(RagtimeError):
    """The phase stops here and nothing went wrong: the step is skipped, the run is green, nothing downstream runs."""

    state: ClassVar[str]
    """What the episode is called while this stands."""


class DuplicateEpisode(Halt):
    """Another partition key owns this episode."""

    state = "duplicate"
    remedy = "Nothing to do: the episode is in the corpus under the other key."
    SAYS: ClassVar[str] = "duplicate of "
    """How its message begins; the other key is what follows."""


class WaitsForSpeech(Halt):
    """Another episode takes the one place in which this machine listens."""

    state = "waiting for speech"
    goes_on = True
    remedy = "Nothing to do: a run for the rest is asked for, and starts when the place is free."


class ApprovalNeeded(Halt):
    """A person has to approve this episode before money is spent on it."""

    state = "waiting for approval"
    remedy = "ragtime approve KEY, or ragtime reject KEY."


class Rejected(Halt):
    """A person said that nothing is to be spent on this episode."""

    state = "rejected"
    remedy = "Nothing to do; should you change your mind: ragtime approve KEY."
