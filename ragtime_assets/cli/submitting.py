"""`ragtime submit`: records submissions and starts nothing; imports neither dagster nor any engine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote

import typer

from ragtime_assets.cli.output import AsJson, say_json
from ragtime_assets.domain.episode.identity import Submission, file_submission, item_submission, page_submission
from ragtime_assets.domain.text.titles import looks_like_host
from ragtime_assets.errors import InvalidSubmission

if TYPE_CHECKING:
    from ragtime_assets.corpus.submissions import Receipt


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(submit)


def submit(
    urls: Annotated[
        list[str] | None,
        typer.Argument(
            help="URLs of episode pages, feeds of one episode or audio; or audio files.", show_default=False
        ),
    ] = None,
    file: Annotated[str | None, typer.Option("--file", help="A file of URLs, one a line; - is standard input.")] = None,
    feed: Annotated[str | None, typer.Option("--feed", help="URL of a feed that holds the episode.")] = None,
    guid: Annotated[
        list[str] | None, typer.Option("--guid", help="The episode's guid in the feed; repeatable.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Record episodes; submission_sensor starts a run for each that is new."""
    wanted = _submissions([*(urls or []), *_lines(file)]) + _items(feed, guid or [])
    if not wanted:
        raise InvalidSubmission("nothing to submit", remedy="ragtime submit URL..., --file F, or --feed F --guid G")
    _show(_record(wanted), as_json)


def _submissions(words: Sequence[str]) -> list[Submission]:
    """What these words name; one that names nothing stops all, and says so."""
    try:
        return [_submission(word) for word in words]
    except InvalidSubmission as error:
        if len(words) == 1:
            raise
        raise InvalidSubmission(f"{error}; none of the {len(words)} was submitted", remedy=error.remedy) from error


def _submission(word: str) -> Submission:
    """What a word names: a file that is there, else a page."""
    path = Path(unquote(word.removeprefix("file://")) if word.startswith("file://") else word)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # too long for a path, or with a zero in it
        is_file = False
    if is_file:
        return file_submission(path)
    if "://" in word.removeprefix("file://"):
        return page_submission(word)
    meant = f", or ragtime submit https://{word}" if looks_like_host(word) else ", or a URL"
    raise InvalidSubmission(
        f"{word!r} is neither a file that is there nor a URL", remedy=f"Give the path of an audio file{meant}."
    )


def _record(wanted: list[Submission]) -> list[Receipt]:
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio import Studio

    return Studio().submissions.submit(wanted, by=user_name())


def _show(receipts: list[Receipt], as_json: bool) -> None:
    if as_json:
        say_json({"submitted": [{"url": one.url, "key": one.key, "new": one.new} for one in receipts]})
        return
    for one in receipts:
        typer.echo(one.key if one.new else f"already submitted as {one.key}")


def _lines(file: str | None) -> list[str]:
    if file is None:
        return []
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSubmission(
            f"cannot read {file}: {error}", remedy="Give a text file of URLs, one a line."
        ) from error
    lines = (line.strip() for line in text.removeprefix("\ufeff").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _items(feed: str | None, guids: list[str]) -> list[Submission]:
    if feed is None and guids:
        raise InvalidSubmission("--guid needs the --feed that it is in", remedy="ragtime submit --feed F --guid G")
    if feed is not None and not guids:
        raise InvalidSubmission("--feed needs the --guid of an episode", remedy="ragtime submit --feed F --guid G")
    return [item_submission(feed, guid) for guid in guids] if feed else []
