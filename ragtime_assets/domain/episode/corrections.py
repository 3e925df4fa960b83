"""What people corrected of an episode's details: kept apart from what was read, so that it survives a new reading.

Corrections of how an episode is shown change no digest, so nothing is heard or paid again for them; what the work
downstream depends on (the language, the audio) does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationError

from ragtime_assets.domain.artifact import Record
from ragtime_assets.domain.artifacts.episode_details import AudioCandidate, EpisodeDetails
from ragtime_assets.domain.episode.identity import checked_url
from ragtime_assets.domain.language.tags import language_code
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import InvalidSubmission

Url = Annotated[str, AfterValidator(checked_url)]


def _line(value: str) -> str:
    line = one_line(value)
    if not line:
        raise ValueError("it is empty")
    return line


def _language(value: str) -> str:
    code = language_code(value)
    if code is None:
        raise ValueError("accepted is a language such as en or de-AT")
    return code


def _moment(value: datetime) -> datetime:
    """A date, or a time without a zone, is meant in UTC: no episode can be published at no certain moment."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


Line = Annotated[str, AfterValidator(_line)]


class Corrections(Record):
    """What people say instead; None says nothing."""

    title: Line | None = None
    show: Line | None = None
    description: str | None = None
    published: Annotated[datetime, AfterValidator(_moment)] | None = None
    canonical_url: Url | None = None
    season: int | None = None
    episode: int | None = None
    language: Annotated[str, AfterValidator(_language)] | None = None
    audio_url: Url | None = None

    def applied_to(self, details: EpisodeDetails) -> EpisodeDetails:
        """The details as they are corrected, with what was read kept beside."""
        said = self.model_dump(exclude_none=True)
        audio_url = said.pop("audio_url", None)
        if audio_url is not None:
            said["audio"] = (AudioCandidate(url=audio_url, origin="direct"), *details.audio)
        read = details.model_dump(mode="json", include=set(said))
        return details.model_copy(update={**said, "as_read": read})


def checked_corrections(values: Mapping[str, Any]) -> Corrections:
    """The corrections, or one clear error."""
    try:
        return Corrections.model_validate(dict(values))
    except ValidationError as error:
        wrong = error.errors()[0]
        name = str(wrong["loc"][0])
        said = str(wrong["msg"]).removeprefix("Value error, ")
        raise InvalidSubmission(
            f"{name.replace('_', ' ')} {wrong['input']!r}: {said}",
            remedy="ragtime edit --help names what can be corrected.",
        ) from error
