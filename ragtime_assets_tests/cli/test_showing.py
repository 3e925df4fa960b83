"""`ragtime show` and `ragtime export`: what was made of an episode, for people and for other programs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ragtime_assets.adapters.storage.export_folder import ExportFolder
from ragtime_assets_tests.cli.conftest import Episode, Terminal
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House

PARTS = ("transcript", "summary", "entities", "report", "chapters", "persons")


@pytest.mark.parametrize("part", PARTS)
def test_every_part_fits_a_terminal_and_has_its_json(terminal: Terminal, ready: str, part: str) -> None:
    told = terminal.type("show", "hot club", f"--{part}")
    assert told.strip()
    assert max(len(line) for line in told.splitlines()) <= 80
    assert isinstance(json.loads(terminal.type("show", ready, f"--{part}", "--json")), dict)


def test_the_transcript_has_times_and_speakers(terminal: Terminal, ready: str) -> None:
    told = terminal.type("show", ready, "--transcript")
    assert "0:00 Clara Wells: Welcome to The Long Chorus" in told
    (first, *_) = json.loads(terminal.type("show", ready, "--transcript", "--json"))["segments"]
    assert set(first) == {"start", "end", "speaker", "text"}


def test_the_chapters_are_a_file_of_podcasting_2(terminal: Terminal, ready: str) -> None:
    document = json.loads(terminal.type("show", ready, "--chapters", "--json"))
    assert document["version"] == "1.2.0"
    assert {"startTime", "title"} <= set(document["chapters"][0])


def test_an_overview_names_the_episode_and_what_more_there_is(terminal: Terminal, ready: str) -> None:
    told = terminal.type("show", CAPTIONED.title)
    assert CAPTIONED.title in told
    assert ready in told
    assert "--transcript" in told


def test_several_parts_are_shown_one_after_the_other_and_each_under_its_name(terminal: Terminal, ready: str) -> None:
    both = json.loads(terminal.type("show", ready, "--chapters", "--persons", "--json"))
    for part in ("chapters", "persons"):
        assert both.pop(part) == json.loads(terminal.type("show", ready, f"--{part}", "--json"))
        assert terminal.type("show", ready, f"--{part}") in terminal.type("show", ready, "--chapters", "--persons")
    assert not both


def test_what_is_not_there_yet_is_told_with_the_phase_that_is_missing(terminal: Terminal, house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    assert house.run(key, "episode_details").success
    assert "host" in terminal.type("show", key, "--persons"), "the details are enough for that"
    told = " ".join(terminal.type("show", key, "--summary", code=1).split())
    assert f"summary of {key} is not there yet, nor is audio_file, which comes before it" in told
    assert "ragtime status" in told
    error = json.loads(terminal.type("show", key, "--transcript", "--json", code=1))["error"]
    assert (error["class"], error["phase"]) == ("InputMissing", "audio_file")


def test_an_episode_is_exported_as_a_note_and_again_in_its_place(
    terminal: Terminal, ready: str, tmp_path: Path
) -> None:
    for _ in range(2):
        assert "1 file written" in terminal.type("export", ready, "--to", str(tmp_path / "vault"))
    (note,) = (tmp_path / "vault").glob("*.md")
    assert note.stem == CAPTIONED.title
    assert f'ragtime: "{ready}"' in note.read_text()


def test_all_episodes_are_exported_with_notes_that_lead_to_them_and_nobody_else_s_is_touched(
    terminal: Terminal, ready: str, tmp_path: Path
) -> None:
    (tmp_path / "entities").mkdir()
    (tmp_path / "entities" / "mine.md").write_text("mine")

    def files() -> dict[str, str]:
        terminal.type("export", "--all", "--to", str(tmp_path))
        return {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*.md")}

    first = files()
    assert f"[[{CAPTIONED.title}]]" in first["entities/Django Reinhardt.md"]
    assert f"[[{CAPTIONED.title}]]" in first["shows/The Long Chorus.md"]
    assert files() == first
    terminal.type("forget", ready, "--yes")
    terminal.type("export", "--all", "--to", str(tmp_path), code=1)
    assert first["entities/mine.md"] == "mine"


def test_what_was_edited_stays_and_what_is_written_and_removed_is_counted(
    terminal: Terminal, ready: str, tmp_path: Path
) -> None:
    def exported(*words: str) -> dict[str, list[str]]:
        return json.loads(terminal.type("export", "--all", "--to", str(tmp_path / "vault"), "--json", *words))

    def there() -> set[str]:
        vault = tmp_path / "vault"
        return {str(path.relative_to(vault)) for path in vault.rglob("*.md")}

    before = set(exported()["files"])
    assert before == there()
    edited = tmp_path / "vault" / "entities" / "drums.md"
    edited.write_text(edited.read_text() + "my own line\n")
    gone = ExportFolder(tmp_path / "vault").inside("entities")
    (name,) = gone.claim({"0123456789ab": "Somebody who is gone"}, ".md").values()
    gone.write(name, ["written by an export of before"])
    gone.close()
    told = exported()
    assert (told["kept"], told["removed"]) == (["entities/drums.md"], [f"entities/{name}"])
    assert before - set(told["files"]) == {"entities/drums.md"}
    assert edited.read_text().endswith("my own line\n")
    told = terminal.type("export", "--all", "--to", str(tmp_path / "vault"))
    assert "1 file with edits of your own left alone" in told
    assert "entities/drums.md" in told
    assert exported("--overwrite")["kept"] == []
    assert "my own line" not in edited.read_text()


def test_links_lead_to_the_notes_that_were_written_where_the_vault_has_notes_of_those_names(
    terminal: Terminal, ready: str, tmp_path: Path
) -> None:
    own = [tmp_path / place for place in ("entities/Paris.md", "shows/The Long Chorus.md", "places/Rome.md")]
    for path in own:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    terminal.type("export", "--all", "--to", str(tmp_path))
    assert {path.read_text() for path in own} == {"mine"}

    def links() -> set[str]:
        text = (tmp_path / f"{CAPTIONED.title}.md").read_text()
        return {found.partition("|")[0] for found in re.findall(r"\[\[(.+?)\]\]", text)}

    first = links()
    named = {path.stem for path in tmp_path.rglob("*.md") if path not in own and path.parent != tmp_path}
    assert {"Paris", "The Long Chorus", "Rome"}.isdisjoint(first)
    assert first <= named
    terminal.type("export", ready, "--to", str(tmp_path))
    assert links() == first, "also when one episode alone is written again"


def test_a_folder_that_is_named_by_nothing_is_not_the_current_one(
    terminal: Terminal, ready: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for words in (("export", "--all", "--to", ""), ("schema", "--to", " ")):
        assert "names no folder" in " ".join(terminal.type(*words, code=2).split())
    assert list(here.iterdir()) == []


def test_an_export_of_one_episode_leaves_the_lines_of_others(terminal: Terminal, ready: str, tmp_path: Path) -> None:
    def export(*words: str) -> list[list[str]]:
        terminal.type("export", *words, "--format", "jsonl", "--to", str(tmp_path))
        return [(tmp_path / name).read_text().splitlines() for name in ("passages.jsonl", "episodes.jsonl")]

    def of_another(lines: list[str]) -> list[str]:
        return [line.replace(ready, "another-0123456789ab") for line in lines]

    alone = export("--all")
    first = ExportFolder(tmp_path)
    for name, lines in zip(("passages.jsonl", "episodes.jsonl"), alone, strict=True):
        first.write(name, [f"{line}\n" for line in of_another(lines) + lines])
    first.close()
    assert export(ready) == [[*lines, *of_another(lines)] for lines in alone]
    assert export("--all") == alone, "which nothing in the corpus is about any more"


@pytest.mark.parametrize("chosen", ["rttm", "chapters", "vtt", "srt", "txt"])
def test_every_format_has_a_file_an_episode(terminal: Terminal, ready: str, tmp_path: Path, chosen: str) -> None:
    document = json.loads(terminal.type("export", "--all", "--format", chosen, "--to", str(tmp_path / "x"), "--json"))
    (name,) = document["files"]
    assert (tmp_path / "x" / name).read_text()


def test_an_export_of_what_no_episode_has_is_one_document_with_its_error(
    terminal: Terminal, episode: Episode, tmp_path: Path
) -> None:
    episode.say("en", ["Nobody knows who speaks here."])
    document = json.loads(
        terminal.type("export", "--all", "--format", "rttm", "--to", str(tmp_path / "x"), "--json", code=1)
    )
    assert document["files"] == []
    assert (document["error"]["class"], len(document["without"])) == ("InputMissing", 1)
    assert "InputMissing" in terminal.type("export", "--all", "--format", "rttm", "--to", str(tmp_path / "x"), code=1)


def test_jsonl_has_a_line_a_passage_and_a_line_an_episode(terminal: Terminal, ready: str, tmp_path: Path) -> None:
    terminal.type("export", "--show", "long chorus", "--format", "jsonl", "--to", str(tmp_path))
    passages = [json.loads(line) for line in (tmp_path / "passages.jsonl").read_text().splitlines()]
    (episode,) = [json.loads(line) for line in (tmp_path / "episodes.jsonl").read_text().splitlines()]
    assert {one["episode_key"] for one in passages} == {ready, episode["episode_key"]}
    assert len(passages) == 3


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--to", "x"), "which episodes"),
        (("hot club", "--all", "--to", "x"), "which episodes"),
        (("--all", "--to", "x", "--format", "pdf"), "The formats are"),
        (("--all", "--to", "/dev/null/x"), "Name another folder"),
        (("--show", "no such show", "--to", "x"), "no show is called"),
    ],
)
def test_what_cannot_be_exported_ends_with_2(terminal: Terminal, ready: str, words: tuple[str, ...], told: str) -> None:
    assert told in " ".join(terminal.type("export", *words, code=2).split())


def test_nothing_to_export_says_where_episodes_stand(terminal: Terminal) -> None:
    assert "ragtime status" in terminal.type("export", "--all", "--to", "x", code=1)
