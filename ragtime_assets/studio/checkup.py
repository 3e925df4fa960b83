"""Whether what is kept, and what the settings choose, is there and works: a small check for each.

A check yields what it tells of something that is in order, or that is not set; it raises what is wrong.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.domain.figures import plural, size
from ragtime_assets.errors import ConfigurationError, StorageFull
from ragtime_assets.settings import variable
from ragtime_assets.studio.unfinished import refuse_unfinished

if TYPE_CHECKING:
    from ragtime_assets.studio import Studio

LEAST_FREE = 1_000_000_000
"""Bytes below which a day of episodes may not fit."""
MOST_SECONDS_OFF = 60.0
"""A clock may be off by so much: retries, budgets of a day and who asked first go by it."""


def home(studio: Studio) -> Iterator[str]:
    """Where everything is kept can be written to."""
    root = studio.settings.root
    place = _there(root)
    if not os.access(place, os.W_OK | os.X_OK) or not place.is_dir():
        raise ConfigurationError(
            f"{root} cannot be written to: {place} is not ours",
            remedy=f"Give this user the folder {place}, or set RAGTIME_HOME to another one.",
        )
    yield f"{root}" if place == root else f"{root}, which the first command makes"


def disk(studio: Studio) -> Iterator[str]:
    """There is room for some episodes."""
    free = shutil.disk_usage(_there(studio.settings.root)).free
    if free < LEAST_FREE:
        raise StorageFull(
            f"{size(free)} are free where {studio.settings.root} is", remedy="Free some space, or move RAGTIME_HOME."
        )
    yield f"{size(free)} free"


def database(studio: Studio) -> Iterator[str]:
    """The corpus tables answer, and have the schema of this version."""
    from ragtime_assets.corpus.database import SCHEMA_VERSION

    studio.database.check()
    yield f"{studio.database.shown}, schema {SCHEMA_VERSION}"


def half_way(studio: Studio) -> Iterator[str]:
    """Nothing that was killed left the corpus half-way."""
    refuse_unfinished(studio.settings)
    left = len(studio.tombstones.unfinished())
    yield f"{plural(left, 'episode')} being forgotten: `ragtime up` finishes that" if left else "nothing"


def artifacts(studio: Studio) -> Iterator[str]:
    """The artifact store answers, and keeps what it is given."""
    studio.store.check()
    noted = studio.artifact_index.means()
    yield f"{studio.settings.artifacts}" + ("" if noted else ", empty so far")


def index_server(studio: Studio) -> Iterator[str]:
    """The index server answers, lets us in, and is of a version that we can speak to."""
    yield studio.index.check_server() or "none (the index is embedded, RAGTIME_QDRANT_URL is not set)"


def refuse_to_start(studio: Studio) -> None:
    """Raise what keeps any process from working on this corpus, in the words of `ragtime doctor`."""
    for check in (database, artifacts, index_server):
        list(check(studio))


def engines(studio: Studio) -> Iterator[str]:
    """What listens and what embeds is installed."""
    yield f"listens: {studio.settings.transcriber}, {studio.speech.transcriber.engine}"
    yield f"embeds: {studio.index.embedder.engine}"


def vocabulary(studio: Studio) -> Iterator[str]:
    """The packs and files can be read."""
    yield f"{', '.join(studio.settings.vocabulary)}: {plural(len(studio.reading.vocabulary.active), 'type')}"


def chromium(studio: Studio) -> Iterator[str]:
    """The browser, which is only needed for pages that nothing else opens."""
    if studio.settings.browser == "off":
        yield "off"
        return
    from ragtime_assets.adapters.browser.chromium import installed

    kept = variable("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright"
    yield installed(Path(kept)) or "none installed, so pages that need one are not opened: playwright install chromium"


def models(studio: Studio) -> Iterator[str]:
    """Each model that is set can be opened; none of them is asked."""
    chosen = {phase: model for phase, model in studio.settings.models.items() if model}
    for phase in chosen:
        studio.models.refuse_unusable([phase])
    yield ", ".join(f"{phase}: {model}" for phase, model in chosen.items()) or "none (RAGTIME_MODEL is not set)"


def calls(studio: Studio) -> Iterator[str]:
    """Each model answers, and the clocks of its server and of this machine agree."""
    asked: set[tuple[str, str | None, str | None]] = set()
    for phase, model in studio.settings.models.items():
        place = (model or "", studio.settings.own_url(phase), studio.settings.own_key(phase))
        if model is None or place in asked:
            continue
        asked.add(place)
        theirs = studio.models.greet(phase)
        yield f"{model} answers" + (f", its clock {_off(theirs, f'the server of {model}')}" if theirs else "")
    if not asked:
        yield "nobody to call"


def clock(studio: Studio) -> Iterator[str]:
    """The clock agrees with the database, and was not set back since the last artifact was made."""
    yield f"by the database {_off(studio.database.clock(), 'the corpus database')}"
    newest = studio.artifact_index.newest_at()
    if newest is not None and (ahead := (newest - datetime.now(UTC)).total_seconds()) > MOST_SECONDS_OFF:
        raise _wrong_clock(f"the newest artifact was made {ahead:.0f} s in the future")


def _off(theirs: datetime, whose: str) -> str:
    """How far the clock of this machine is from another; raises where that is too far."""
    seconds = seconds_off(theirs)
    if abs(seconds) > MOST_SECONDS_OFF:
        raise _wrong_clock(f"the clock of this machine is {seconds:+.0f} s off that of {whose}")
    return f"{seconds:+.0f} s"


def seconds_off(theirs: datetime) -> float:
    """By how much the clock of this machine is ahead of another."""
    return (datetime.now(UTC) - theirs).total_seconds()


def _wrong_clock(what: str) -> ConfigurationError:
    return ConfigurationError(what, remedy="Let the machine set its clock by the network (timedatectl set-ntp true).")


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next((one for one in (folder, *folder.parents) if one.exists()), folder)
