"""`ragtime doctor`: whether this machine is set up for what the settings ask; no public server is asked anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from ragtime_assets.cli.output import AsJson, hang, say_json
from ragtime_assets.errors import RagtimeError
from ragtime_assets.studio import checkup

if TYPE_CHECKING:
    from ragtime_assets.studio import Studio

Check = Callable[["Studio"], Iterator[str]]
"""What is told of something that is in order; raises what is wrong."""


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(doctor)


def doctor(
    call: Annotated[bool, typer.Option("--call", help="Ask each model something small too, which is paid.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check the settings, what they name, Dagster and the clock; exits 1 when something is wrong."""
    from rich.markup import escape

    from ragtime_assets.studio import Studio

    studio = Studio()
    wanted = CHECKS | ({"model calls": checkup.calls} if call else {})
    found = [_finding(name, check, studio) for name, check in wanted.items()]
    if as_json:
        say_json({"checks": found})
    else:
        for one in found:
            style = "green" if one["ok"] else "red"
            hang(f"[{style}]{'ok   ' if one['ok'] else 'wrong'}[/] {one['name']}: {escape(str(one['told']))}", 6)
            if one["remedy"]:
                hang(f"      [dim]What to do:[/] {escape(str(one['remedy']))}", 6)
    if not all(one["ok"] for one in found):
        raise typer.Exit(1)


def _finding(name: str, check: Check, studio: Studio) -> dict[str, str | bool | None]:
    try:
        told = "; ".join(check(studio))
    except RagtimeError as error:
        return {"name": name, "ok": False, "told": error.message, "remedy": error.remedy}
    except OSError as error:  # the next check is not to be missed for it
        return {"name": name, "ok": False, "told": str(error), "remedy": "See that this user may read and write it."}
    return {"name": name, "ok": True, "told": told, "remedy": None}


def _credentials(studio: Studio) -> Iterator[str]:
    path = studio.settings.credentials_file
    if path is None:
        yield "none (RAGTIME_CREDENTIALS_FILE is not set)"
        return
    known = studio.credentials.known
    yield f"{path}, read by its owner alone" if known else f"{path} names no host"
    for one in known:
        yield f"{one.place} hears {one.kind}" + (", unencrypted" if one.scheme == "http" else "")


def _ytdlp(studio: Studio) -> Iterator[str]:
    if studio.settings.ytdlp == "off":
        yield "off"
        return
    from ragtime_assets.adapters.ytdlp.finder import installed_version

    yield f"version {installed_version()}"


def _contact(studio: Studio) -> Iterator[str]:
    contact = studio.settings.contact
    yield f"{contact}, told to every server" if contact else "none (RAGTIME_CONTACT is not set)"


def _musicbrainz(studio: Studio) -> Iterator[str]:
    from ragtime_assets.domain.deadline import Deadline

    knowledge = studio.knowledge
    if knowledge.music_server is not None:
        can = knowledge.music_server.abilities(Deadline(DATABASE_SECONDS))
        yield "a database of your own, with every table that is needed"
        yield "it compares without accents" if can.unaccents else "it compares with accents (no musicbrainz_unaccent)"
        yield "it knows what is similar" if can.knows_likeness else "it knows exact names only (no pg_trgm)"
        return
    off = knowledge.music_is_off
    yield f"not asked: {off}" if off else f"{studio.settings.musicbrainz_url}, once a second at most"


def _wikidata(studio: Studio) -> Iterator[str]:
    off = studio.knowledge.wikidata_is_off
    yield f"not asked: {off}" if off else f"{studio.settings.wikidata_url}, five times a second at most"


def _vectors(studio: Studio) -> Iterator[str]:
    """Which collection answers, what is built beside it, and what is left of earlier ones."""
    index, is_live = studio.index, False
    there = index.collections.all()
    if lost := index.lost():
        raise lost
    if not there:
        yield f"nothing is published yet; {index.embedder_name} will embed it"
    for one in there:
        told = f"{one.name} ({index.opened(one).size()})"
        if one.state == "live":
            is_live = one.kind.engine == index.embedder.engine
            yield f"{told} answers, of {one.kind.engine}"
        elif one.state == "building":
            missing = index.collections.missing(one.name)
            some = ", ".join(missing[:3]) + (" ..." if len(missing) > 3 else "")
            yield f"{told} is being built, of {one.kind.engine}; not in it yet: {len(missing):,} episodes: {some}"
        else:
            yield f"{told} is not asked any more, and goes within minutes while `ragtime up` runs"
    for path, size in index.strays():
        yield f"{path} ({size}) belongs to no collection: remove it"
    if there and not is_live:
        yield f"RAGTIME_EMBEDDER is {index.embedder.engine}: `ragtime reindex --vectors` tells what the change takes"


def _broker(studio: Studio) -> Iterator[str]:
    from ragtime_assets.orchestration.launching.broker import check_broker

    place = check_broker(studio.settings)
    yield f"{place} answers" if place else "none (runs are started on this machine)"


def _dagster(studio: Studio) -> Iterator[str]:
    from ragtime_assets.orchestration.checkup import dagster

    yield from dagster(studio)


def _daemon(studio: Studio) -> Iterator[str]:
    from ragtime_assets.orchestration.checkup import daemon

    yield from daemon(studio)


def _sensors(studio: Studio) -> Iterator[str]:
    from ragtime_assets.orchestration.checkup import sensors

    yield from sensors(studio)


DATABASE_SECONDS = 10.0
CHECKS: dict[str, Check] = {
    "home": checkup.home,
    "disk": checkup.disk,
    "database": checkup.database,
    "broker": _broker,
    "half-way": checkup.half_way,
    "artifacts": checkup.artifacts,
    "index server": checkup.index_server,
    "engines": checkup.engines,
    "vocabulary": checkup.vocabulary,
    "models": checkup.models,
    "chromium": checkup.chromium,
    "credentials": _credentials,
    "yt-dlp": _ytdlp,
    "contact": _contact,
    "musicbrainz": _musicbrainz,
    "wikidata": _wikidata,
    "vectors": _vectors,
    "dagster": _dagster,
    "daemon": _daemon,
    "sensors": _sensors,
    "clock": checkup.clock,
}
