"""A small MusicBrainz, twice: a database with its real tables and columns, and a server that answers like ws/2."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

import sqlalchemy as sa
from pytest_httpserver import HTTPServer
from rapidfuzz.distance import Levenshtein
from werkzeug import Request, Response

NAMESPACES = 'xmlns="http://musicbrainz.org/ns/mmd-2.0#" xmlns:ns2="http://musicbrainz.org/ns/ext#-2.0"'
SEARCHED = {
    "artist": {"artist", "sortname", "alias"},
    "release-group": {"releasegroup", "alias"},
    "work": {"work", "alias"},
    "label": {"label", "sortname", "alias"},
    "place": {"place", "alias"},
    "area": {"area", "sortname", "alias"},
    "event": {"event", "alias"},
    "series": {"series", "alias"},
    "instrument": {"instrument", "alias"},
}


def gid(name: str) -> str:
    """An MBID that nobody else has."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


@dataclass(frozen=True)
class Thing:
    """An entry of MusicBrainz's."""

    table: str
    id: int
    name: str
    type: str | None = None
    comment: str = ""
    begin: int | None = None
    end: int | None = None
    area: str | None = None
    aliases: tuple[str, ...] = ()
    url: str | None = None
    credits: tuple[str, ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    """Tables and names of others."""
    was: tuple[str, ...] = ()
    """Ids that were merged into this one."""
    key: str = ""

    @property
    def gid(self) -> str:
        return gid(self.key or f"{self.table}/{self.id}")


PIANIST = Thing(
    *("artist", 1, "Bill Evans", "Person", "jazz pianist", 1929, 1980, "United States"),
    aliases=("William John Evans", "ビル・エヴァンス"),
    url="https://www.wikidata.org/wiki/Q214013",
    related=(("artist", "Bill Evans Trio"), ("label", "Riverside")),
    was=(gid("merged pianist"),),
)
SAXOPHONIST = Thing(
    *("artist", 2, "Bill Evans", "Person", "jazz saxophonist", 1958, None, "United States"),
    url="https://www.wikidata.org/entity/Q863514",
)
TRIO = Thing("artist", 3, "Bill Evans Trio", "Group", begin=1956, end=1980, related=(("artist", "Bill Evans"),))
UNTYPED = Thing("artist", 4, "Grant Lazlo")
PUNCTUATED = Thing("artist", 5, 'AC/DC "live" (A+B) [x]: what? *~^{}!&|\\', "Group")
PERCENT = Thing("artist", 6, "100% _Pure_ O'Brien; DROP TABLE artist--", "Person")
NAMELESS = Thing("artist", 7, " ", "Person", aliases=("Nobody At All",))
WRONG_URL = Thing(
    *("artist", 8, "Frau Überall", "Person"), aliases=("Frau Ueberall",), url="https://www.wikidata.org/wiki/Q172}]} (a"
)
CHARACTER = Thing("artist", 9, "Ziggy Bird", "Character")
BLUE_NOTE = Thing(
    *("label", 1, "Blue Note", "Original Production", "", 1939, None, "United States"),
    url="https://www.wikidata.org/wiki/Q183387",
    related=(("artist", "Bill Evans"),),
)
RIVERSIDE = Thing("label", 2, "Riverside", "Original Production", "", 1953, 1964, "United States")
CLUB = Thing("place", 1, "Blue Note", "Venue", "New York club", 1981, None, "New York")
RECORD = Thing("release_group", 1, "Waltz for Debby", "Album", begin=1962, credits=("Bill Evans Trio",))
SINGLE = Thing("release_group", 2, "Waltz for Debby", "Single", begin=1963, credits=("Bill Evans",))
UNTYPED_RECORD = Thing("release_group", 3, "Blue Note", credits=("Bill Evans",))
TUNE = Thing(
    *("work", 1, "Waltz for Debby", "Song"),
    url="http://www.wikidata.org/wiki/Q3566109",
    related=(("artist", "Bill Evans"),),
)
USA = Thing("area", 1, "United States", "Country", url="https://www.wikidata.org/wiki/Q30")
NEW_YORK = Thing("area", 2, "New York", "City", aliases=("New York City",))
STATE = Thing("area", 3, "New York", "Subdivision")
PIANO = Thing("instrument", 1, "piano", "String instrument")
FESTIVAL = Thing("series", 1, "Newport Jazz Festival", "Festival")
CONCERT = Thing("event", 1, "Newport 1958", "Concert", begin=1958)
BEBOP = Thing("genre", 1, "bebop", url="https://www.wikidata.org/wiki/Q105513")
THINGS = tuple(one for one in list(globals().values()) if isinstance(one, Thing))

SPANS = "begin_date_year smallint, begin_date_month smallint, end_date_year smallint, ended boolean DEFAULT false"
COLUMNS = {
    "artist": f"sort_name varchar NOT NULL, {SPANS}, type integer, area integer, gender integer, begin_area integer",
    "release_group": "artist_credit integer NOT NULL, type integer",
    "work": "type integer",
    "label": f"{SPANS}, label_code integer, type integer, area integer",
    "place": f"type integer, address varchar NOT NULL DEFAULT '', area integer, {SPANS}",
    "area": f"type integer, {SPANS}",
    "event": f"{SPANS}, time time, type integer, cancelled boolean DEFAULT false, setlist text",
    "series": "type integer NOT NULL, ordering_type integer NOT NULL DEFAULT 1",
    "instrument": "type integer, description text NOT NULL DEFAULT ''",
    "genre": "last_updated timestamptz DEFAULT now()",
}
LINKS = {
    *("l_artist_artist", "l_artist_label", "l_artist_place", "l_artist_release_group", "l_artist_work"),
    *("l_label_label", "l_place_place", "l_area_area", "l_artist_event", "l_event_place", "l_event_series"),
    *("l_place_series", "l_artist_url", "l_release_group_url", "l_url_work", "l_label_url", "l_place_url"),
    *("l_area_url", "l_event_url", "l_series_url", "l_instrument_url", "l_genre_url"),
}


def types_table(table: str) -> str:
    """Where the types of a table are."""
    return "release_group_primary_type" if table == "release_group" else f"{table}_type"


def statements() -> Iterator[str]:
    """The tables as MusicBrainz's CreateTables.sql has them, as far as anybody here reads them, in its own schema."""
    yield "CREATE SCHEMA musicbrainz"
    yield "SET search_path = musicbrainz"
    for table, columns in COLUMNS.items():
        comment = "comment varchar(255) NOT NULL DEFAULT '', edits_pending integer NOT NULL DEFAULT 0"
        yield f"CREATE TABLE {table} (id serial, gid uuid NOT NULL, name varchar NOT NULL, {comment}, {columns})"
        yield f"CREATE TABLE {table}_alias (id serial, {table} integer NOT NULL, name varchar NOT NULL, locale text)"
        if table != "genre":
            yield f"CREATE TABLE {types_table(table)} (id serial, name varchar(255) NOT NULL, parent integer)"
            yield f"CREATE TABLE {table}_gid_redirect (gid uuid NOT NULL, new_id integer NOT NULL)"
    yield "CREATE TABLE release_group_meta (id integer NOT NULL, first_release_date_year smallint)"
    yield "CREATE TABLE artist_credit (id serial, name varchar NOT NULL, artist_count smallint NOT NULL)"
    yield (
        "CREATE TABLE artist_credit_name (artist_credit integer NOT NULL, position smallint NOT NULL, "
        "artist integer NOT NULL, name varchar NOT NULL, join_phrase text NOT NULL DEFAULT '')"
    )
    yield "CREATE TABLE url (id serial, gid uuid NOT NULL, url text NOT NULL)"
    for name in sorted(LINKS):
        yield f"CREATE TABLE {name} (id serial, link int NOT NULL, entity0 int NOT NULL, entity1 int NOT NULL)"


def fill(connection: sa.Connection) -> None:
    """Put the things into the tables."""
    known = {(one.table, one.name): one.id for one in reversed(THINGS)}
    for one in THINGS:
        row = _row(connection, one, known)
        columns = ", ".join(row)
        _tell(
            connection, f"INSERT INTO {one.table} ({columns}) VALUES ({', '.join(f':{name}' for name in row)})", **row
        )
        for alias in one.aliases:
            insert = f"INSERT INTO {one.table}_alias ({one.table}, name) VALUES (:id, :name)"
            _tell(connection, insert, id=one.id, name=alias)
        for old in one.was:
            _tell(connection, f"INSERT INTO {one.table}_gid_redirect VALUES (:gid, :id)", gid=old, id=one.id)
        if one.url:
            insert = "INSERT INTO url (gid, url) VALUES (:gid, :url) RETURNING id"
            link(
                connection, one.table, one.id, "url", _tell(connection, insert, gid=gid(one.url), url=one.url).scalar()
            )
        for table, name in one.related:
            if (one.table, table) != ("artist", "artist") or one.name < name:  # a relation is one row
                link(connection, one.table, one.id, table, known[table, name])


def _row(connection: sa.Connection, one: Thing, known: dict[tuple[str, str], int]) -> dict[str, Any]:
    row: dict[str, Any] = {"id": one.id, "gid": one.gid, "name": one.name, "comment": one.comment}
    if one.type:
        types = types_table(one.table)
        found = _tell(connection, f"SELECT id FROM {types} WHERE name = :n", n=one.type).scalar()
        insert = f"INSERT INTO {types} (name) VALUES (:n) RETURNING id"
        row["type"] = found or _tell(connection, insert, n=one.type).scalar()
    if one.table == "artist":
        row["sort_name"] = one.name
    if "begin_date_year" in COLUMNS[one.table]:
        row |= {"begin_date_year": one.begin, "end_date_year": one.end}
    if one.area:
        row["area"] = known["area", one.area]
    if one.table == "release_group":
        row["artist_credit"] = _credited(connection, one, known)
    return row


def _credited(connection: sa.Connection, one: Thing, known: dict[tuple[str, str], int]) -> Any:
    _tell(connection, "INSERT INTO release_group_meta VALUES (:id, :year)", id=one.id, year=one.begin)
    insert = "INSERT INTO artist_credit (name, artist_count) VALUES ('', 1) RETURNING id"
    credit = _tell(connection, insert).scalar()
    for place, name in enumerate(one.credits):
        insert = "INSERT INTO artist_credit_name VALUES (:credit, :place, :artist, :name)"
        _tell(connection, insert, credit=credit, place=place, artist=known["artist", name], name=name)
    return credit


def _tell(connection: sa.Connection, statement: str, **values: Any) -> Any:
    return connection.execute(sa.text(statement), values)


def link(connection: sa.Connection, one: str, one_id: int, other: str, other_id: Any) -> None:
    """Relate two, in the table and the columns where MusicBrainz has them."""
    pairs = sorted([(one, one_id), (other, other_id)], key=lambda pair: pair[0])
    connection.execute(
        sa.text(f"INSERT INTO l_{pairs[0][0]}_{pairs[1][0]} (link, entity0, entity1) VALUES (1, :a, :b)"),
        {"a": pairs[0][1], "b": pairs[1][1]},
    )


@contextmanager
def musicbrainz_database(url: str) -> Iterator[sa.Engine]:
    """The database at `url` with all of this in it."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements():
            connection.exec_driver_sql(statement)
        fill(connection)
    yield engine
    engine.dispose()


def serve(server: HTTPServer) -> list[Request]:
    """Let `server` answer as ws/2 does; the requests as they come."""
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        parts = urlsplit(request.url)
        path = parts.path.removeprefix("/ws/2/").split("/")
        query = parse_qs(parts.query)
        if len(path) == 2 and path[1]:
            return _look_up(path[0], path[1], query.get("inc", [""])[0].split())
        return _search(path[0], query["query"][0], int(query.get("limit", ["25"])[0]))

    server.expect_request(re.compile(r"/ws/2/.*")).respond_with_handler(answer)
    return asked


def xml(body: str, status: int = 200) -> Response:
    """An answer of the service."""
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?><metadata {NAMESPACES}>{body}</metadata>', status, {}, "application/xml"
    )


def _look_up(entity: str, mbid: str, inc: list[str]) -> Response:
    for one in THINGS:
        if one.table.replace("_", "-") == entity and mbid in (one.gid, *one.was):
            return xml(_element(one, inc))
    return Response("<?xml version='1.0'?><error><text>Not Found</text></error>", 404, {}, "application/xml")


def _search(entity: str, query: str, limit: int) -> Response:
    phrases, words = _read(query, SEARCHED[entity])
    found = [one for one in THINGS if one.table.replace("_", "-") == entity and _fits(one, phrases, words)]
    elements = "".join(_element(one, ["aliases", "artist-credits"], score=100) for one in found[:limit])
    return xml(f'<{entity}-list count="{len(found)}" offset="0">{elements}</{entity}-list>')


def _read(query: str, fields: set[str]) -> tuple[list[str], list[tuple[str, int]]]:
    """The phrases and the fuzzy words of a Lucene query; fails on what Lucene does not parse, or searches elsewhere."""
    phrases: list[str] = []
    words: list[tuple[str, int]] = []
    for clause in re.split(r" OR (?=\w+:)", query):
        phrase = re.fullmatch(r'(\w+):"((?:[^"\\]|\\.)*)"(?:\^\d+)?', clause)
        fuzzy = re.fullmatch(r"(\w+):\(((?:[^()\\]|\\.)*)\)", clause)
        assert phrase or fuzzy, clause
        assert (phrase or fuzzy).group(1) in fields  # type: ignore[union-attr]
        if phrase:
            assert not re.search(r'(?<!\\)[+\-&|!(){}\[\]^"~*?:/]', re.sub(r"\\.", "", phrase.group(2))), clause
            phrases.append(_plain(phrase.group(2)))
        elif fuzzy:
            parts = [re.fullmatch(r"((?:[^~\\]|\\.)*)(?:~(\d))?", word) for word in fuzzy.group(2).split(" AND ")]
            words = [(_plain(part.group(1)), int(part.group(2) or 0)) for part in parts if part]
    return phrases, words


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _fits(one: Thing, phrases: list[str], words: list[tuple[str, int]]) -> bool:
    names = [_tokens(name) for name in (one.name, *one.aliases)]
    exact = any(_tokens(phrase) == name for phrase in phrases for name in names)
    nearly = bool(words) and all(
        any(Levenshtein.distance(token, word.casefold()) <= slack for token in _tokens(one.name))
        for word, slack in words
    )
    return exact or nearly


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _element(one: Thing, inc: list[str], score: int | None = None) -> str:
    entity = one.table.replace("_", "-")
    named = "title" if one.table in ("release_group", "work") else "name"
    head = f"<{entity} id={quoteattr(one.gid)}"
    head += f" type={quoteattr(one.type)}" if one.type else ""
    head += f' ns2:score="{score}"' if score is not None else ""
    parts = [f"{head}><{named}>{escape(one.name)}</{named}>"]
    if one.table == "artist":
        parts.append(f"<sort-name>{escape(one.name)}</sort-name><gender>Male</gender>")
    if one.comment:
        parts.append(f"<disambiguation>{escape(one.comment)}</disambiguation>")
    if one.table == "release_group":
        parts.append(f"<first-release-date>{one.begin or ''}</first-release-date>")
        parts.append(f"<primary-type>{one.type}</primary-type>" if one.type else "")
        parts.append(_credit(one) if "artist-credits" in inc else "")
    elif one.begin or one.end:
        begin = f"<begin>{one.begin}-08-16</begin>" if one.begin else ""
        parts.append(f"<life-span>{begin}{f'<end>{one.end}</end>' if one.end else ''}</life-span>")
    if one.area:
        parts.append(f'<area id="{gid(one.area)}"><name>{escape(one.area)}</name></area>')
    if one.aliases and "aliases" in inc:
        listed = "".join(f"<alias sort-name={quoteattr(name)}>{escape(name)}</alias>" for name in one.aliases)
        parts.append(f'<alias-list count="{len(one.aliases)}">{listed}</alias-list>')
    parts += _relations(one, inc)
    return "".join(parts) + f"</{entity}>"


def _credit(one: Thing) -> str:
    names = "".join(
        f'<name-credit><artist id="{gid(name)}"><name>{escape(name)}</name></artist></name-credit>'
        for name in one.credits
    )
    return f"<artist-credit>{names}</artist-credit>"


def _relations(one: Thing, inc: list[str]) -> Iterator[str]:
    if one.url and "url-rels" in inc:
        target = f'<target id="{gid(one.url)}">{escape(one.url)}</target>'
        yield f'<relation-list target-type="url"><relation type="wikidata">{target}</relation></relation-list>'
    for table, name in one.related:
        if f"{table}-rels" in inc:
            part = f'<{table} id="{gid(name)}"><name>{escape(name)}</name></{table}>'
            relation = f'<relation type="member of band"><target>{gid(name)}</target>{part}</relation>'
            yield f'<relation-list target-type="{table}">{relation}</relation-list>'
    albums = [other for other in THINGS if other.table == "release_group" and one.name in other.credits]
    if one.table == "artist" and "release-groups" in inc and one.id != SAXOPHONIST.id:
        titles = "".join(
            f'<release-group id="{other.gid}"><title>{other.name}</title></release-group>' for other in albums
        )
        yield f'<release-group-list count="{len(albums)}">{titles}</release-group-list>'
