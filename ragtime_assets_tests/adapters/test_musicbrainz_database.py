"""A MusicBrainz database of one's own: what it is asked at first, and what becomes of one that does not answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from psycopg2.extensions import parse_dsn

from ragtime_assets.adapters.knowledge.breaker import Breaker
from ragtime_assets.adapters.knowledge.musicbrainz_database import MusicBrainzDatabase, MusicBrainzServer
from ragtime_assets.adapters.knowledge.tables import TABLES, LinkTable, link_tables
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.vocabulary.vocabulary import MusicBrainzTable, load_vocabulary
from ragtime_assets.errors import ConfigurationError, SourceUnavailable
from ragtime_assets.settings import Settings
from ragtime_assets_tests.adapters import musicbrainz as mb

KINDS = {key: type_.musicbrainz for key, type_ in load_vocabulary().active.items() if type_.musicbrainz}
SIX = ("l_artist_url", "l_release_group_url", "l_url_work", "l_label_url", "l_place_url", "l_area_url")


def music(url: str, *, deadline: float = 60, breaker: Breaker | None = None) -> MusicBrainzDatabase:
    """The database at `url`."""
    plain = url.replace("+psycopg2", "")
    tables = {table.table for table in KINDS.values()}
    server = MusicBrainzServer(plain, tables, breaker or Breaker("the MusicBrainz database"))
    return MusicBrainzDatabase(server, KINDS, Deadline(deadline))


@pytest.fixture
def database(empty_postgres_url: str) -> Iterator[sa.Engine]:
    with mb.musicbrainz_database(empty_postgres_url) as engine:
        yield engine


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(0.2)
        yield listening


def address(listening: socket.socket) -> str:
    """Where it would be, were it a database."""
    return f"postgresql://me:hunter2@127.0.0.1:{listening.getsockname()[1]}/musicbrainz_db"


def connections(listening: socket.socket) -> int:
    """How often somebody came."""
    found = 0
    while True:
        try:
            listening.accept()[0].close()
        except TimeoutError:
            return found
        found += 1


def test_the_urls_of_a_work_stand_in_the_first_column() -> None:
    assert link_tables("work", "url") == (LinkTable("l_url_work", "entity1", "entity0"),)
    assert link_tables("artist", "url") == (LinkTable("l_artist_url", "entity0", "entity1"),)
    assert [link.own for link in link_tables("artist", "artist")] == ["entity0", "entity1"]


@pytest.mark.parametrize("table", [*SIX, "artist_gid_redirect", "artist_credit_name", "place_type"])
def test_a_table_that_is_missing_is_told_at_the_first_question(
    database: sa.Engine, empty_postgres_url: str, table: str
) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE musicbrainz.{table}")
    found = music(empty_postgres_url)
    with pytest.raises(ConfigurationError, match=rf"has no {table}$") as caught:
        found.search("city", "New York")
    assert "mbdump" in caught.value.remedy
    found.server.close()


def test_a_database_that_is_no_musicbrainz_is_told(empty_postgres_url: str) -> None:
    found = music(empty_postgres_url)
    with pytest.raises(ConfigurationError, match="has no area, area_alias"):
        found.look_up("city", mb.NEW_YORK.gid)
    found.server.close()


def test_tables_that_no_type_of_the_vocabulary_needs_may_be_missing(
    database: sa.Engine, empty_postgres_url: str
) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE musicbrainz.genre CASCADE")
    cities = {"city": MusicBrainzTable(table="area", types=("City",))}
    server = MusicBrainzServer(empty_postgres_url.replace("+psycopg2", ""), {"area"}, Breaker("it"))
    assert len(MusicBrainzDatabase(server, cities, Deadline(60)).search("city", "New York")) == 1
    server.close()


def test_accents_do_not_count_where_the_database_has_its_own_function(
    database: sa.Engine, empty_postgres_url: str
) -> None:
    before = music(empty_postgres_url)
    assert before.search("musician", "Frau Uberall") == ()
    with database.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION musicbrainz.musicbrainz_unaccent(text) RETURNS text IMMUTABLE LANGUAGE sql "
            "AS $$ SELECT translate($1, 'ÜüÖöÄäé', 'UuOoAae') $$"
        )
    after = music(empty_postgres_url)
    assert [one.name for one in after.search("musician", "Frau Uberall")] == ["Frau Überall"]
    for one in (before, after):
        one.server.close()


def test_what_is_called_nearly_so_is_found_where_the_database_knows_trigrams(
    database: sa.Engine, empty_postgres_url: str
) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql("CREATE EXTENSION pg_trgm SCHEMA public")
    found = music(empty_postgres_url)
    (grant,) = found.search("musician", "Grant Laslo")
    assert grant.name == "Grant Lazlo"
    assert grant.score
    assert 0.3 < grant.score < 1
    assert [one.score for one in found.search("musician", "Bill Evans")] == [1.0, 1.0]
    found.server.close()


def test_a_search_knows_relations_and_qids_at_once(database: sa.Engine, empty_postgres_url: str) -> None:
    found = music(empty_postgres_url)
    pianist, saxophonist = found.search("musician", "Bill Evans")
    assert (pianist.qid, saxophonist.qid) == ("Q214013", "Q863514")
    assert "Riverside" in pianist.related
    assert found.look_up("music_genre", mb.BEBOP.gid) == found.search("music_genre", "bebop")[0].model_copy(
        update={"score": None}
    )
    found.server.close()


def test_a_connection_that_broke_is_opened_again(database: sa.Engine, empty_postgres_url: str) -> None:
    found = music(empty_postgres_url)
    assert len(found.search("musician", "Bill Evans")) == 2
    with database.begin() as connection:
        mine = "application_name = 'ragtime' AND datname = current_database()"
        connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}")
    assert len(found.search("musician", "Bill Evans")) == 2
    found.server.close()


def test_a_statement_that_takes_too_long_is_given_up(empty_postgres_url: str) -> None:
    server = music(empty_postgres_url).server
    with pytest.raises(SourceUnavailable, match="did not answer"):
        server.rows("SELECT pg_sleep(60)", {}, Deadline(0.3))
    server.close()


def test_a_database_that_says_nothing_is_left_alone_after_the_first_name(silent: socket.socket) -> None:
    now = [0.0]
    found = music(address(silent), deadline=0.3, breaker=Breaker("the database", rest=60, clock=lambda: now[0]))
    with pytest.raises(SourceUnavailable, match="did not answer within"):
        found.search("musician", "Bill Evans")
    later = found.until(Deadline(5))
    for name in ("Miles Davis", "John Coltrane", "Bird"):
        with pytest.raises(SourceUnavailable, match="not asked again"):
            later.search("musician", name)
    assert connections(silent) == 1
    now[0] = 61
    with pytest.raises(SourceUnavailable, match="did not answer within"):
        found.until(Deadline(0.3)).search("musician", "Miles Davis")
    assert connections(silent) == 1


def test_a_database_that_is_down_is_an_outage_without_its_password(silent: socket.socket) -> None:
    where = address(silent)
    silent.close()
    with pytest.raises(SourceUnavailable, match="does not answer") as caught:
        music(where).search("musician", "Bill Evans")
    assert "hunter2" not in caught.value.message


def test_a_role_that_may_not_read_is_told(database: sa.Engine, empty_postgres_url: str) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE musicbrainz.artist RENAME COLUMN comment TO remark")
    found = music(empty_postgres_url)
    with pytest.raises(ConfigurationError, match="does not take a question"):
        found.search("musician", "Bill Evans")
    found.server.close()


@pytest.mark.parametrize(
    ("written", "password"),
    [("p%40ss%3Aw%2Frd", "p@ss:w/rd"), ("100%25%23%3F", "100%#?"), ("a+b=c&d", "a+b=c&d"), ("%C3%BC'%20\"", "ü' \"")],
)
def test_a_password_with_odd_signs_reaches_the_driver_as_it_is(written: str, password: str) -> None:
    url = Settings(musicbrainz_database_url=f"postgresql://me:{written}@db.example/mb").musicbrainz_database_url  # type: ignore[arg-type]
    assert url
    assert parse_dsn(url.get_secret_value())["password"] == password


def test_every_kind_of_the_vocabulary_has_its_table() -> None:
    assert {table.table for table in KINDS.values()} <= set(TABLES)
