"""MusicBrainz both ways: one contract for the web service and for a database of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from ragtime_assets.adapters.knowledge.answers import KeptAnswers
from ragtime_assets.adapters.knowledge.breaker import Breaker
from ragtime_assets.adapters.knowledge.musicbrainz_database import MusicBrainzDatabase, MusicBrainzServer
from ragtime_assets.adapters.knowledge.musicbrainz_web import MusicBrainzWeb
from ragtime_assets.adapters.knowledge.service import PublicService
from ragtime_assets.adapters.web.http import GuardedHttp, HttpLimits
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.vocabulary.vocabulary import MusicBrainzTable, load_vocabulary
from ragtime_assets.ports import MusicDatabase
from ragtime_assets_tests.adapters import musicbrainz as mb
from ragtime_assets_tests.conftest import postgres_database
from ragtime_assets_tests.fakes import FakeServiceTurns

KINDS = {key: type_.musicbrainz for key, type_ in load_vocabulary().active.items() if type_.musicbrainz} | {
    "concert": MusicBrainzTable(table="event", types=("Concert",))
}


def over_the_web(server: HTTPServer, folder: Path) -> MusicBrainzWeb:
    """The web service, without waiting."""
    http = GuardedHttp(
        (f"{server.host}:{server.port}",),
        user_agent="ragtime-assets/1 (keeper@example.org)",
        limits=HttpLimits(attempts=1),
    )
    service = PublicService("musicbrainz", http, FakeServiceTurns(), 1.0, Breaker("MusicBrainz"), wait=lambda _: None)
    return MusicBrainzWeb(service, server.url_for("").rstrip("/"), KeptAnswers(folder, 30), KINDS, Deadline(60))


@pytest.fixture(scope="module")
def database_url(postgres: str) -> Iterator[str]:
    """A database with MusicBrainz in it."""
    with postgres_database(postgres, "template1") as url, mb.musicbrainz_database(url):
        yield url.replace("+psycopg2", "")


@pytest.fixture(params=["web", "database"])
def music(request: pytest.FixtureRequest, httpserver: HTTPServer, tmp_path: Path) -> Iterator[MusicDatabase]:
    """MusicBrainz, each way."""
    if request.param == "web":
        mb.serve(httpserver)
        yield over_the_web(httpserver, tmp_path / "answers")
        return
    url = request.getfixturevalue("database_url")
    server = MusicBrainzServer(url, {table.table for table in KINDS.values()}, Breaker("the MusicBrainz database"))
    yield MusicBrainzDatabase(server, KINDS, Deadline(60))
    server.close()


def ids(music: MusicDatabase, kind: str, name: str) -> list[str | None]:
    """Who is found, by id."""
    return [one.mbid for one in music.search(kind, name)]


def test_two_people_of_one_name_are_both_found_and_told_apart(music: MusicDatabase) -> None:
    pianist, saxophonist = music.search("musician", "Bill Evans")
    assert (pianist.mbid, pianist.type, pianist.name) == (mb.PIANIST.gid, "musician", "Bill Evans")
    assert (pianist.begin, pianist.end, pianist.area) == (1929, 1980, "United States")
    assert pianist.disambiguation == "jazz pianist"
    assert set(pianist.aliases) == {"William John Evans", "ビル・エヴァンス"}
    assert pianist.score == 1.0
    assert (saxophonist.mbid, saxophonist.begin, saxophonist.end) == (mb.SAXOPHONIST.gid, 1958, None)


@pytest.mark.parametrize(
    "name", ["bill evans", "BILL EVANS", "  Bill\tEvans\n", "William John Evans", "ビル・エヴァンス"]
)
def test_a_name_is_found_in_any_case_and_by_its_aliases(music: MusicDatabase, name: str) -> None:
    assert mb.PIANIST.gid in ids(music, "musician", name)


def test_a_name_that_was_misheard_is_found_by_the_web_service(httpserver: HTTPServer, tmp_path: Path) -> None:
    mb.serve(httpserver)
    assert ids(over_the_web(httpserver, tmp_path), "musician", "Bill Evens") == [mb.PIANIST.gid, mb.SAXOPHONIST.gid]


def test_a_type_of_ours_takes_the_types_of_musicbrainz_that_it_names(music: MusicDatabase) -> None:
    assert ids(music, "musical_group", "Bill Evans Trio") == [mb.TRIO.gid]
    assert mb.TRIO.gid not in ids(music, "musician", "Bill Evans Trio")
    assert ids(music, "musician", "Ziggy Bird") == []
    assert ids(music, "album", "Waltz for Debby") == [mb.RECORD.gid]
    assert ids(music, "city", "New York") == [mb.NEW_YORK.gid]


def test_what_musicbrainz_has_without_a_type_counts_where_the_vocabulary_says_so(music: MusicDatabase) -> None:
    assert ids(music, "musician", "Grant Lazlo") == ids(music, "musical_group", "Grant Lazlo") == [mb.UNTYPED.gid]
    assert ids(music, "album", "Blue Note") == [mb.UNTYPED_RECORD.gid]


def test_one_name_of_a_label_a_club_and_a_record_is_found_as_each(music: MusicDatabase) -> None:
    found = [ids(music, kind, "Blue Note") for kind in ("record_label", "music_venue", "album")]
    assert found == [[mb.BLUE_NOTE.gid], [mb.CLUB.gid], [mb.UNTYPED_RECORD.gid]]


@pytest.mark.parametrize(
    ("kind", "name", "thing"),
    [
        ("musical_work", "Waltz for Debby", mb.TUNE),
        ("country", "United States", mb.USA),
        ("musical_instrument", "Piano", mb.PIANO),
        ("music_festival", "Newport Jazz Festival", mb.FESTIVAL),
        ("concert", "Newport 1958", mb.CONCERT),
    ],
)
def test_every_table_that_the_vocabulary_names_is_searched(
    music: MusicDatabase, kind: str, name: str, thing: mb.Thing
) -> None:
    (found,) = music.search(kind, name)
    assert (found.type, found.mbid, found.name) == (kind, thing.gid, thing.name)


@pytest.mark.parametrize("kind", ["person", "year", "role", "galaxy", ""])
def test_a_type_that_musicbrainz_does_not_have_finds_nothing(music: MusicDatabase, kind: str) -> None:
    assert music.search(kind, "Bill Evans") == ()
    assert music.look_up(kind, mb.PIANIST.gid) is None


@pytest.mark.parametrize("thing", [mb.PUNCTUATED, mb.PERCENT], ids=["Lucene", "SQL"])
def test_signs_that_mean_something_to_a_search_engine_are_only_signs(music: MusicDatabase, thing: mb.Thing) -> None:
    kind = "musical_group" if thing.type == "Group" else "musician"
    assert ids(music, kind, thing.name) == [thing.gid]


@pytest.mark.parametrize(
    "name",
    ["", " ", "\x00", "***", "%", "_%_", "' OR 1=1 --", '" OR artist:*', "AND", "a\x00b\ud800", "x" * 300, "ab " * 100],
)
def test_what_is_no_name_finds_nobody_and_harms_nothing(music: MusicDatabase, name: str) -> None:
    assert music.search("musician", name) == ()


def test_an_entry_without_a_name_is_left_out(music: MusicDatabase) -> None:
    assert music.search("musician", "Nobody At All") == ()
    assert music.look_up("musician", mb.NAMELESS.gid) is None


def test_a_look_up_brings_names_life_span_relations_and_the_qid(music: MusicDatabase) -> None:
    pianist = music.look_up("musician", mb.PIANIST.gid)
    assert pianist
    assert (pianist.name, pianist.qid, pianist.begin, pianist.end) == ("Bill Evans", "Q214013", 1929, 1980)
    assert set(pianist.aliases) == {"William John Evans", "ビル・エヴァンス"}
    assert {"Bill Evans Trio", "Riverside", "Waltz for Debby", "Blue Note"} <= set(pianist.related)


@pytest.mark.parametrize(
    ("kind", "thing", "qid", "related"),
    [
        ("musical_work", mb.TUNE, "Q3566109", {"Bill Evans"}),
        ("record_label", mb.BLUE_NOTE, "Q183387", {"Bill Evans"}),
        ("musician", mb.SAXOPHONIST, "Q863514", set()),
        ("country", mb.USA, "Q30", set()),
        ("album", mb.RECORD, None, {"Bill Evans Trio"}),
        ("music_venue", mb.CLUB, None, set()),
    ],
)
def test_the_qid_and_the_relations_of_each_table_are_read(
    music: MusicDatabase, kind: str, thing: mb.Thing, qid: str | None, related: set[str]
) -> None:
    found = music.look_up(kind, thing.gid)
    assert found
    assert (found.mbid, found.qid, set(found.related)) == (thing.gid, qid, related)


def test_a_qid_that_is_none_is_rejected_and_not_cut(music: MusicDatabase) -> None:
    found = music.look_up("musician", mb.WRONG_URL.gid)
    assert found
    assert (found.name, found.qid) == ("Frau Überall", None)


def test_a_merged_mbid_answers_with_what_it_became(music: MusicDatabase) -> None:
    found = music.look_up("musician", mb.PIANIST.was[0])
    assert found
    assert found.mbid == mb.PIANIST.gid


@pytest.mark.parametrize("mbid", [mb.gid("nobody"), "", "Q214013", mb.PIANIST.gid[:-1], f"{mb.PIANIST.gid}/x?inc=y"])
def test_an_mbid_that_is_gone_or_none_has_nobody(music: MusicDatabase, mbid: str) -> None:
    assert music.look_up("musician", mbid) is None


def test_an_mbid_in_capitals_is_the_same(music: MusicDatabase) -> None:
    found = music.look_up("musician", mb.PIANIST.gid.upper())
    assert found
    assert found.mbid == mb.PIANIST.gid
