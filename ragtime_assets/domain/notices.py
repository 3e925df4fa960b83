"""What people are told of failures, and by which way: a webhook, a mail, or a command of their own."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.links import report_url

SAMPLE = 5
ACCEPTED = "accepted are https://..., mailto:TO?server=smtp://HOST:PORT&from=ADDRESS, and command:PROGRAM ARGUMENTS"


@dataclass(frozen=True)
class Failed:
    """A phase of an episode that failed, or a run that was about none."""

    cause: str
    what: str
    """The key of the episode; the job where it was about none."""
    said: str
    remedy: str


@dataclass(frozen=True)
class Notice:
    """What people are to be told of one cause."""

    cause: str
    count: int
    sample: tuple[str, ...]
    """A few of what failed, each with what it said."""
    remedy: str


@dataclass(frozen=True)
class Message:
    """A notice in words."""

    subject: str
    text: str
    notice: Notice


@dataclass(frozen=True)
class Webhook:
    """An address that takes JSON by POST."""

    url: str


@dataclass(frozen=True)
class Mail:
    """Mail addresses, and the server that delivers to them."""

    to: tuple[str, ...]
    sender: str
    host: str
    port: int
    is_encrypted: bool
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True)
class Command:
    """A program that is handed JSON on its standard input."""

    words: tuple[str, ...]


Way = Webhook | Mail | Command


def way_of(text: str) -> Way:
    """The way that a setting names; raises ValueError, which repeats nothing of it, for it may hold a password."""
    kind = text.partition(":")[0]
    try:
        match kind:
            case "http" | "https" if urlsplit(text).hostname:
                return Webhook(text)
            case "mailto":
                return _mail(text.removeprefix("mailto:"))
            case "command" if words := shlex.split(text.removeprefix("command:")):
                return Command(tuple(words))
            case _:
                raise ValueError
    except ValueError:
        raise ValueError(ACCEPTED) from None


def _mail(text: str) -> Mail:
    addresses, _, options = text.partition("?")
    given = {name: values[-1] for name, values in parse_qs(options, strict_parsing=bool(options)).items()}
    server = urlsplit(given.pop("server", "smtp://localhost"))
    to = tuple(unquote(one).strip() for one in addresses.split(",") if one.strip())
    sender = given.pop("from", to[0] if to else "")
    if not all("@" in one for one in (*to, sender)) or not to or given or server.scheme not in ("smtp", "smtps"):
        raise ValueError
    is_encrypted = server.scheme == "smtps"
    return Mail(
        to=to,
        sender=sender,
        host=server.hostname or "localhost",
        port=server.port or (465 if is_encrypted else 25),
        is_encrypted=is_encrypted,
        user=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
    )


def notices(failed: Iterable[Failed]) -> list[Notice]:
    """One for each cause."""
    by_cause: defaultdict[str, list[Failed]] = defaultdict(list)
    for one in failed:
        by_cause[one.cause].append(one)
    return [
        Notice(cause, len(some), tuple(f"{one.what}: {one.said}" for one in some[:SAMPLE]), some[0].remedy)
        for cause, some in by_cause.items()
    ]


def message(notice: Notice, face: str) -> Message:
    """What is said of it, and where to look."""
    subject = f"ragtime: {plural(notice.count, 'failure')}: {notice.cause}"
    first = notice.sample[0].partition(":")[0] if notice.sample else None
    where = ["ragtime health", *([report_url(face, first)] if first else [])]
    lines: Sequence[str] = [
        subject,
        *(f"- {one}" for one in notice.sample),
        *(["- ..."] if notice.count > len(notice.sample) else []),
        f"What to do: {notice.remedy}",
        f"Where to look: {', '.join(where)}",
    ]
    return Message(subject, "\n".join(lines), notice)
