"""The questions to a MusicBrainz database, in its own tables and columns.

Every name in a statement is one of ours; what was heard in an episode is passed beside it, as a value.
"""

from __future__ import annotations

from collections.abc import Iterable

from ragtime_assets.adapters.knowledge.tables import MOST_RELATED, TABLES, LinkTable, Table, link_tables

SCHEMAS = "musicbrainz,public"
_MOST_ASKED = 50
UNACCENT = "musicbrainz_unaccent"

ABILITIES = f"""
SELECT to_regprocedure('{UNACCENT}(text)') IS NOT NULL,
       EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')
"""
"""Whether the database compares without accents, by its own function and index; whether it knows what is similar."""
MISSING = "SELECT name FROM unnest(%(tables)s::text[]) AS name WHERE to_regclass(name) IS NULL ORDER BY name"


def needed(tables: Iterable[str]) -> list[str]:
    """Every table that questions about these are answered from, the links to URLs among them."""
    found = {"url"}
    for table in map(TABLES.__getitem__, tables):
        found |= {table.name, f"{table.name}_alias"} | ({table.types} if table.types else set())
        found |= {f"{table.name}_gid_redirect"} if table.has_redirects else set()
        found |= {"artist_credit_name", "release_group_meta"} if table.has_credit else set()
        found |= {"artist_credit_name", "release_group"} if table.name == "artist" else set()
        found |= {"area"} if table.has_area else set()
        found |= {link.name for other in (*table.related, "url") for link in link_tables(table.name, other)}
        found |= set(table.related)
    return sorted(found)


def folded(column: str, unaccent: bool) -> str:
    """`column` as names are compared; there is an index on just this expression."""
    return f"lower({UNACCENT}({column}))" if unaccent else f"lower({column})"


def by_name(table: Table, unaccent: bool) -> str:
    """The ids of what is called one of `names`, and 1."""
    asked = f"(SELECT {folded('asked', unaccent)} FROM unnest(%(names)s::text[]) AS asked)"
    return f"""
    SELECT id, 1.0 AS score FROM {table.name} WHERE {folded("name", unaccent)} IN {asked}
    UNION
    SELECT {table.name}, 1.0 FROM {table.name}_alias WHERE {folded("name", unaccent)} IN {asked}
    """


def by_likeness(table: Table) -> str:
    """The ids of what is called nearly `name`, and how nearly."""
    return f"""
    SELECT id, max(score) AS score FROM (
        SELECT id, similarity(name, %(name)s) AS score FROM {table.name} WHERE name %% %(name)s
        UNION ALL
        SELECT {table.name}, similarity(name, %(name)s) FROM {table.name}_alias WHERE name %% %(name)s
    ) AS alike GROUP BY id ORDER BY score DESC, id LIMIT {_MOST_ASKED}
    """


def entries(table: Table, chosen: str) -> str:
    """Of the rows that `chosen` gives, with their score: id, gid, name, comment, type, begin, end, area."""
    begin = end = kind = area = "NULL"
    joins = ""
    if table.types:
        kind, joins = "kind.name", f" LEFT JOIN {table.types} AS kind ON kind.id = entry.type"
    if table.has_span:
        begin, end = "entry.begin_date_year", "entry.end_date_year"
    if table.has_credit:
        begin = "meta.first_release_date_year"
        joins += " LEFT JOIN release_group_meta AS meta ON meta.id = entry.id"
    if table.has_area:
        area, joins = "area.name", joins + " LEFT JOIN area ON area.id = entry.area"
    return f"""
    SELECT entry.id, entry.gid::text, entry.name, entry.comment, {kind}, {begin}, {end}, {area}, chosen.score
    FROM ({chosen}) AS chosen JOIN {table.name} AS entry ON entry.id = chosen.id{joins}
    WHERE cardinality(%(types)s::text[]) = 0 OR {kind} = ANY (%(types)s) OR (%(untyped)s AND {kind} IS NULL)
    ORDER BY chosen.score DESC, entry.id LIMIT %(most)s
    """


def by_gid(table: Table) -> str:
    """The id of what has, or had before it was merged, the id `gid`."""
    plain = f"SELECT id, NULL::real AS score FROM {table.name} WHERE gid = %(gid)s::uuid"
    if not table.has_redirects:
        return plain
    return f"{plain} UNION SELECT new_id, NULL FROM {table.name}_gid_redirect WHERE gid = %(gid)s::uuid"


def aliases(table: Table) -> str:
    """Id and other name of each of `ids`."""
    name = table.name
    return f"SELECT {name}, name FROM {name}_alias WHERE {name} = ANY (%(ids)s) ORDER BY {name}, id"


def urls(table: Table) -> str:
    """Id and page of Wikidata of each of `ids`."""
    (link,) = link_tables(table.name, "url")
    return f"""
    SELECT link.{link.own}, url.url FROM {link.name} AS link JOIN url ON url.id = link.{link.other}
    WHERE link.{link.own} = ANY (%(ids)s) AND url.url LIKE '%%wikidata.org/%%' ORDER BY link.id
    """


def related(table: Table) -> str:
    """Id and name of who and what is related to each of `ids`; empty where nothing is."""
    parts = [_linked(link, other) for other in table.related for link in link_tables(table.name, other)]
    if table.has_credit:
        parts.append(
            f"SELECT entry.id, credit.name FROM {table.name} AS entry "
            "JOIN artist_credit_name AS credit ON credit.artist_credit = entry.artist_credit "
            "WHERE entry.id = ANY (%(ids)s)"
        )
    if table.name == "artist":
        parts.append(
            "SELECT credit.artist, record.name FROM artist_credit_name AS credit "
            "JOIN release_group AS record ON record.artist_credit = credit.artist_credit "
            "WHERE credit.artist = ANY (%(ids)s)"
        )
    each = (f"(SELECT * FROM ({part}) AS part LIMIT {MOST_RELATED * 10})" for part in parts)
    return " UNION ALL ".join(each)


def _linked(link: LinkTable, other: str) -> str:
    return (
        f"SELECT link.{link.own} AS id, other.name FROM {link.name} AS link "
        f"JOIN {other} AS other ON other.id = link.{link.other} WHERE link.{link.own} = ANY (%(ids)s)"
    )
