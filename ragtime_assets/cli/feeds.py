"""`ragtime feeds`: which feeds are followed; looks at one when it is added, and leaves polling to feed_sensor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.cli.dates import since_date
from ragtime_assets.cli.output import AsJson, complain, console, hang, say_json, styled
from ragtime_assets.domain.episode.identity import checked_url
from ragtime_assets.domain.episode.subscription import Selection
from ragtime_assets.domain.figures import plural
from ragtime_assets.errors import InvalidFeed, InvalidSubmission, PermanentError, RagtimeError

if TYPE_CHECKING:
    from ragtime_assets.corpus.subscriptions import Added, Followed
    from ragtime_assets.domain.episode.subscription import FeedListing
    from ragtime_assets.studio import Studio

_OUTCOMES = {"new": "follows", "known": "already follows", "widened": "takes more of"}

Everything = Annotated[bool, typer.Option("--all", help="Take the whole back catalogue.")]
Since = Annotated[str | None, typer.Option("--since", metavar="DATE", help="Take what was published since DATE.")]
Latest = Annotated[int, typer.Option("--latest", metavar="N", min=0, help="Take the N newest episodes.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    feeds = typer.Typer(help="Follow feeds: what they publish is taken as it appears.", no_args_is_help=True)
    for command in (add, remove, export):
        feeds.command()(command)
    feeds.command("list")(show)
    feeds.command("import")(take_over)
    app.add_typer(feeds, name="feeds")


def add(
    feeds: Annotated[list[str], typer.Argument(help="URLs of feeds, or OPML files.", show_default=False)],
    everything: Everything = False,
    since: Since = None,
    latest: Latest = 0,
) -> None:
    """Follow feeds: episodes from now on, and of the back catalogue what is asked for.

    Each URL is looked at once; what is no feed is not followed.
    """
    wanted: dict[str, str | None] = {}
    for name in feeds:
        wanted |= {name: None} if "://" in name else _listed(Path(name))
    _follow(wanted, everything, since, latest, look_at=frozenset(name for name in feeds if "://" in name))


def take_over(
    file: Annotated[Path, typer.Argument(help="An OPML file.", show_default=False)],
    everything: Everything = False,
    since: Since = None,
    latest: Latest = 0,
) -> None:
    """Follow all feeds of an OPML file, as podcast clients export it."""
    _follow(_listed(file), everything, since, latest)


def remove(name: Annotated[str, typer.Argument(metavar="URL|ID", help="A feed.", show_default=False)]) -> None:
    """Stop following a feed; its episodes stay."""
    from ragtime_assets.studio import Studio

    feed = Studio().subscriptions.remove(name)
    typer.echo(f"no longer follows {feed.url}\nIts episodes stay; `ragtime forget KEY` removes one.")


def show(as_json: AsJson = False) -> None:
    """The feeds that are followed, when each is due, and what is wrong with it."""
    from ragtime_assets.studio import Studio

    followed = Studio().subscriptions.followed()
    if as_json:
        say_json({"feeds": [_document(one) for one in followed]})
        return
    for one in followed:
        _show_one(one)
    if not followed:
        console().print("No feed is followed: ragtime feeds add URL")


def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; standard output.", show_default=False)] = None,
) -> None:
    """Write the feeds that are followed as OPML."""
    from ragtime_assets.adapters.feeds.opml import OpmlFeed, write_opml
    from ragtime_assets.adapters.storage.disk import write_whole
    from ragtime_assets.studio import Studio

    followed = [one.feed for one in Studio().subscriptions.followed() if one.feed.state == "active"]
    text = write_opml(OpmlFeed(feed.url, feed.title) for feed in followed)
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        write_whole(file, text)
    except OSError as error:
        raise InvalidSubmission(f"cannot write {file}: {error}", remedy="Name a file that can be written.") from error
    typer.echo(f"{plural(len(followed), 'feed')} in {file}")


def _follow(
    wanted: Mapping[str, str | None],
    everything: bool,
    since: str | None,
    latest: int,
    look_at: frozenset[str] = frozenset(),
) -> None:
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio import Studio

    selection = Selection(since=_date(since), everything=everything, latest=latest)
    studio = Studio()
    seen = {url: _looked(studio, url) if url in look_at else _refusal(url) for url in wanted}
    refused = [one for one in seen.values() if isinstance(one, PermanentError)]
    if len(refused) == len(wanted) == 1:
        raise refused[0]
    found = {checked_url(url): one for url, one in seen.items() if not isinstance(one, PermanentError)}
    good = {
        checked_url(url): title or _title(seen[url])
        for url, title in wanted.items()
        if not isinstance(seen[url], PermanentError)
    }
    added = studio.subscriptions.add(good, selection, user_name())
    for one, listing in zip(added, found.values(), strict=True):
        typer.echo(f"{_OUTCOMES[one.outcome]} {one.url}{_told(listing)}")
    _tell_catalogue(added, asked=everything or since is not None or latest > 0)
    for error in refused:
        complain(error)
    if refused:
        raise typer.Exit(1)


def _looked(studio: Studio, url: str) -> FeedListing | RagtimeError | None:
    """What is at this URL now: a feed, or what is wrong with it."""
    if (wrong := _refusal(url)) is not None:
        return wrong
    try:
        return studio.web.feed_polls.ask(url).listing
    except InvalidFeed as error:
        return InvalidFeed(error.message, remedy=_remedy(studio, url))
    except RagtimeError as error:
        return error


def _title(found: FeedListing | RagtimeError | None) -> str | None:
    return None if found is None or isinstance(found, RagtimeError) else found.title


def _remedy(studio: Studio, url: str) -> str:
    """What to do about a page that is no feed: it may link to one."""
    with suppress(RagtimeError):
        for feed in studio.web.pages.read(studio.web.fetcher.fetch(url)).feed_urls:
            return f"The page links to a feed: ragtime feeds add {feed}"
    return InvalidFeed.remedy


def _told(found: FeedListing | RagtimeError | None) -> str:
    """What was seen of a feed, beside its URL."""
    if isinstance(found, RagtimeError):
        return f"\n  not read yet: {found.message}\n  It is asked again; `ragtime feeds list` tells how it went."
    if found is None:
        return ""
    episodes = sum(item.has_audio for item in found.items)
    return f"\n  {found.title or 'without a title'}: {plural(episodes, 'episode')}"


def _tell_catalogue(added: Sequence[Added], *, asked: bool) -> None:
    if not asked and any(one.outcome != "widened" for one in added):
        typer.echo("Episodes from now on are taken. For older ones, add it again with")
        typer.echo("--all, --since DATE or --latest N.")


def _refusal(url: str) -> InvalidSubmission | None:
    try:
        checked_url(url)
    except InvalidSubmission as error:
        return InvalidSubmission(error.message, remedy="Give the http or https URL of a feed, or an OPML file.")
    return None


def _date(text: str | None) -> datetime:
    """The moment that `text` names; now without it."""
    now = datetime.now(UTC)
    since = since_date(text) if text else now
    if since > now:
        raise InvalidSubmission(
            f"--since {text} lies ahead", remedy="Leave it out: episodes from now on are taken anyway."
        )
    return since


def _listed(file: Path) -> dict[str, str | None]:
    from ragtime_assets.adapters.feeds.opml import MOST_BYTES, read_opml

    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise InvalidSubmission(
            f"{file} is no URL, and cannot be read as a file: {error.strerror}",
            remedy="Give the http or https URL of a feed, or an OPML file.",
        ) from error
    return {feed.url: feed.title for feed in read_opml(content, str(file))}


def _show_one(one: Followed) -> None:
    from rich.markup import escape

    feed = one.feed
    state = styled("failed") if feed.error and feed.state == "active" else feed.state
    hang(f"[bold]{feed.id}[/]  {escape(feed.title or 'not read yet')}  {state}", 3)
    console().print(f"   {escape(feed.url)}", soft_wrap=True)
    due = f"due {feed.due_at:%Y-%m-%d %H:%M} UTC" if feed.state == "active" else "never polled again"
    hang(f"   {one.episodes:,} of {plural(one.items, 'item')} taken; {due}", 3)
    if feed.error:
        hang(f"   [red]{escape(feed.error)}[/] ({plural(feed.failures, 'time')} in a row)", 3)


def _document(one: Followed) -> dict[str, Any]:
    feed = one.feed
    return {
        "id": feed.id,
        "url": feed.url,
        "title": feed.title,
        "state": feed.state,
        "podcast_guid": feed.podcast_guid,
        "selection": feed.selection.model_dump(mode="json"),
        "items": one.items,
        "episodes": one.episodes,
        "polled_at": feed.polled_at.isoformat() if feed.polled_at else None,
        "due_at": feed.due_at.isoformat(),
        "failures": feed.failures,
        "error": feed.error,
    }
