"""MusicBrainz's web service, through `musicbrainzngs`; what is sent goes through our guarded HTTP.

The library makes the queries and reads the answers. Of its own accord it would ask without any limit on time, eight
times over, wherever a redirect leads, at a pace that each process keeps for itself.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from ragtime_assets.adapters.knowledge.answers import KeptAnswers
from ragtime_assets.adapters.knowledge.musicbrainz_answers import Entry, entity, found, looked_up, type_of
from ragtime_assets.adapters.knowledge.service import PublicService
from ragtime_assets.adapters.knowledge.tables import MOST_FOUND, TABLES, Table
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.linking.identifiers import mbid as valid_mbid
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.vocabulary.vocabulary import MusicBrainzTable
from ragtime_assets.errors import PermanentError, SourceUnavailable, TimedOut

_MOST_ASKED = 50
"""Entries of an answer, of which those of other types are left out."""
_LONGEST_QUERY = 120
_MOST_FUZZY = 5
_GONE = 404
_MARKS = re.compile(r'([+\-&|!(){}\[\]^"~*?:\\/])')
_one_at_a_time = threading.Lock()
"""The library's settings are those of the process."""


@dataclass(frozen=True)
class MusicBrainzWeb:
    """`ports.MusicDatabase` over the web service."""

    service: PublicService
    url: str
    kept: KeptAnswers
    kinds: Mapping[str, MusicBrainzTable]
    """Our types that MusicBrainz has."""
    deadline: Deadline

    def until(self, deadline: Deadline) -> MusicBrainzWeb:
        """The same, for somebody who waits no longer than until `deadline`."""
        return replace(self, deadline=deadline)

    def search(self, kind: str, name: str) -> tuple[KnownEntity, ...]:
        """The first entities of this type in the service's own order."""
        counts = self.kinds.get(kind)
        table = TABLES[counts.table] if counts else None
        query = search_query(table, name) if table else ""
        if counts is None or table is None or not query:
            return ()
        answer = self._asked(lambda library: getattr(library, _SEARCHES[table.name])(query=query, limit=_MOST_ASKED))
        entries = (entry for entry in found(answer or {}, table) if counts.takes(type_of(entry)))
        entities = (entity(entry, kind) for entry in entries)
        return tuple(one for one in entities if one is not None)[:MOST_FOUND]

    def look_up(self, kind: str, mbid: str) -> KnownEntity | None:
        """The entity with this MBID, or what it was merged into."""
        counts, known = self.kinds.get(kind), valid_mbid(mbid)
        if counts is None or known is None or counts.table not in _LOOK_UPS:
            return None
        table = TABLES[counts.table]
        answer = self._asked(lambda library: getattr(library, _LOOK_UPS[table.name])(known, includes=includes(table)))
        entry = looked_up(answer or {}, table)
        return entity(entry, kind) if entry else None

    def _asked(self, call: Callable[[Any], Entry]) -> Entry | None:
        """What the library reads of the answer; None where MusicBrainz has nothing of that id."""
        fresh: dict[str, bytes] = {}
        with self._library(fresh) as library:
            try:
                answer = call(library)
            except PermanentError as error:
                if error.details.get("status") == _GONE:
                    return None
                raise SourceUnavailable(f"MusicBrainz gave no answer that can be used: {error.message}") from error
            except (library.MusicBrainzError, KeyError, ValueError, TypeError, AttributeError) as error:
                raise SourceUnavailable(f"MusicBrainz did not answer as documented: {error!r:.200}") from error
        for url, body in fresh.items():  # it could be read, so it is an answer
            self.kept.keep(url, body)
        return answer

    @contextmanager
    def _library(self, fresh: dict[str, bytes]) -> Iterator[Any]:
        """The library, set to this service, asking through us; what was not kept before is laid into `fresh`."""
        import musicbrainzngs
        from musicbrainzngs import musicbrainz

        def read(_opener: object, request: Any, _body: object = None) -> bytes:
            url = request.full_url
            body = self.kept.find(url)
            if body is None:
                body = fresh[url] = self.service.get(url, self.deadline, _accept)
            return body

        if not _one_at_a_time.acquire(timeout=max(0.0, self.deadline.left())):
            raise TimedOut("MusicBrainz was not asked: this process asks it something else")
        try:
            parts = urlsplit(self.url)
            musicbrainzngs.set_hostname(f"{parts.netloc}{parts.path}", use_https=parts.scheme == "https")
            musicbrainzngs.set_useragent("ragtime-assets", "1")
            musicbrainzngs.set_rate_limit(False)
            musicbrainz._safe_read = read
            yield musicbrainzngs
        finally:
            _one_at_a_time.release()


def search_query(table: Table, name: str) -> str:
    """What finds `name` in the index of `table`, exactly or nearly; empty where there is nothing to look for."""
    words = one_line(name, _LONGEST_QUERY).rstrip("…").split()
    escaped = [_MARKS.sub(r"\\\1", word) for word in words if any(sign.isalnum() for sign in word)]
    if not escaped or not table.fields:
        return ""
    exact = [f'{field}:"{" ".join(escaped)}"^4' for field in table.fields]
    nearly = " AND ".join(f"{word.lower()}{_slack(word)}" for word in escaped)
    return " OR ".join([*exact, f"{table.fields[0]}:({nearly})"] if len(escaped) <= _MOST_FUZZY else exact)


def _slack(word: str) -> str:
    """How many letters may be other ones, in Lucene's words: of a short word none."""
    return "~2" if len(word) > 7 else "~1" if len(word) > 3 else ""


def includes(table: Table) -> list[str]:
    """What a look-up asks for beside the entity itself."""
    own = {"artist": ["release-groups"], "release_group": ["artist-credits"]}.get(table.name, [])
    return ["aliases", "url-rels", *(f"{TABLES[other].entity}-rels" for other in table.related), *own]


def _accept(body: bytes, _headers: object) -> None:
    """Raise SourceUnavailable for anything but XML of the service's."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise SourceUnavailable(f"MusicBrainz answered with something that is not its XML: {error!r:.200}") from error
    if not root.tag.endswith("}metadata"):
        raise SourceUnavailable(f"MusicBrainz answered with <{root.tag[-40:]}> where its XML was promised")


_PLURALS = {"series": "series"}
_SEARCHES = {name: f"search_{_PLURALS.get(name, f'{name}s')}" for name, table in TABLES.items() if table.fields}
_LOOK_UPS = {name: f"get_{name}_by_id" for name in _SEARCHES}
