"""Exports on disk: a person's own folder is left as it is, and an export of the corpus is seen whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ragtime_assets.adapters.storage.corpus_export import CorpusExport
from ragtime_assets.adapters.storage.export_folder import OWN, ExportFolder
from ragtime_assets.errors import InvalidSubmission, StoreUnavailable

FILES = ("passages.jsonl",)


def exported(folder: Path, titles: dict[str, str], *, overwrite: bool = False) -> dict[str, str]:
    """The notes of an export of these titles."""
    opened = ExportFolder(folder, overwrite=overwrite)
    names = opened.claim(titles, ".md")
    for key, name in names.items():
        opened.write(name, [key])
    opened.close()
    return names


def notes(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != OWN}


def test_a_file_of_somebody_else_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "News.md").write_text("mine")
    assert exported(tmp_path, {"a-0123456789ab": "News"}) == {"a-0123456789ab": "News 0123456789ab.md"}
    assert (tmp_path / "News.md").read_text() == "mine"
    (tmp_path / "passages.jsonl").write_text("mine")
    with pytest.raises(InvalidSubmission, match="not written by an export"):
        ExportFolder(tmp_path).claim_shared("passages.jsonl")


def test_two_exports_of_one_title_do_not_take_each_other_s_note(tmp_path: Path) -> None:
    exported(tmp_path, {"a-0123456789ab": "News"})
    exported(tmp_path, {"b-ba9876543210": "News"})
    exported(tmp_path, {"b-ba9876543210": "News", "a-0123456789ab": "News"})
    assert notes(tmp_path) == {"News.md", "News ba9876543210.md"}
    assert (tmp_path / "News.md").read_text() == "a-0123456789ab"


def test_a_note_whose_title_changed_is_not_left_behind(tmp_path: Path) -> None:
    exported(tmp_path, {"a-0123456789ab": "Old v1.2"})
    exported(tmp_path, {"a-0123456789ab": "New v1.2"})
    assert notes(tmp_path) == {"New v1.2.md"}


def test_what_is_gone_from_the_corpus_goes_from_its_export(tmp_path: Path) -> None:
    exported(tmp_path, {"a-0123456789ab": "One", "b-ba9876543210": "Two"})
    (tmp_path / "mine.md").write_text("mine")
    opened = ExportFolder(tmp_path)
    opened.drop_all_but({"b-ba9876543210"})
    opened.close()
    assert opened.removed == ["One.md"]
    assert notes(tmp_path) == {"Two.md", "mine.md"}


def edit(path: Path) -> str:
    """Let a person add a line to a file; what is in it then."""
    path.write_text(f"{path.read_text()}\nmy own line\n")
    return path.read_text()


def test_a_file_that_was_edited_is_neither_overwritten_nor_removed_and_is_named(tmp_path: Path) -> None:
    titles = {"a-0123456789ab": "One", "b-ba9876543210": "Two", "c-cccccccccccc": "Three"}
    exported(tmp_path, titles)
    edited = {name: edit(tmp_path / name) for name in ("One.md", "Two.md", "Three.md")}
    for _ in range(2):
        opened = ExportFolder(tmp_path)
        opened.claim({"a-0123456789ab": "One", "b-ba9876543210": "Another title"}, ".md")
        assert not opened.write("One.md", ["new"])
        assert opened.write("Another title.md", ["new"])
        opened.drop_all_but({"a-0123456789ab", "b-ba9876543210"})
        opened.close()
        assert (set(opened.kept), opened.removed) == (set(edited), [])
        assert {name: (tmp_path / name).read_text() for name in edited} == edited


def test_who_says_overwrite_has_the_text_of_the_export_in_edited_files(tmp_path: Path) -> None:
    exported(tmp_path, {"a-0123456789ab": "One"})
    edit(tmp_path / "One.md")
    exported(tmp_path, {"a-0123456789ab": "One"}, overwrite=True)
    assert (tmp_path / "One.md").read_text() == "a-0123456789ab"


def test_a_file_of_which_nobody_wrote_down_what_was_in_it_stays_unless_it_is_the_same(tmp_path: Path) -> None:
    """An export that was killed, or one from before this was written down."""
    exported(tmp_path, {"a-0123456789ab": "One", "b-ba9876543210": "Two"})
    listed = json.loads((tmp_path / OWN).read_text())
    (tmp_path / OWN).write_text(json.dumps({"version": 1, "files": listed["files"]}))
    opened = ExportFolder(tmp_path)
    assert opened.write("One.md", ["a-0123456789ab"])
    assert not opened.write("Two.md", ["something else"])
    assert opened.kept == ["Two.md"]


def test_no_two_notes_below_one_folder_have_one_name(tmp_path: Path) -> None:
    """Links go by the name alone, in whichever folder a note is."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "PARIS.md").write_text("mine")
    exported(tmp_path, {"a-0123456789ab": "Rome"})
    opened = ExportFolder(tmp_path).inside("entities")
    assert opened.name_for("Paris", "111111111111", ".md") == "Paris 111111111111.md"
    assert opened.name_for("Rome", "222222222222", ".md") == "Rome 222222222222.md"
    titles = {"222222222222": "Rome", "333333333333": "Berlin", "111111111111": "Paris"}
    assert list(opened.claim(titles, ".md").values()) == [
        "Rome 222222222222.md",
        "Berlin.md",
        "Paris 111111111111.md",
    ]


def test_a_list_of_owners_that_cannot_be_read_stops_the_export(tmp_path: Path) -> None:
    (tmp_path / OWN).write_text("[]")
    with pytest.raises(InvalidSubmission, match="what was exported"):
        ExportFolder(tmp_path)


def test_a_list_of_owners_names_no_file_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("mine")
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / OWN).write_text(json.dumps({"version": 1, "files": {"../mine.md": "gone-0123456789ab"}}))
    opened = ExportFolder(vault)
    opened.drop_all_but(set())
    opened.close()
    assert (tmp_path / "mine.md").exists()


def put(export: CorpusExport, **episodes: str) -> int:
    """An export of these texts by key; how many were written anew."""
    with export.next() as generation:
        for key, text in episodes.items():
            if generation.has(key, text):
                generation.keep(key, f"{key}.md")
            else:
                generation.put(key, text, f"{key}.md", f"note of {text}", {FILES[0]: f"{text}\n"})
    return generation.made


def seen(export: CorpusExport) -> tuple[dict[str, str], list[str]]:
    """The notes and lines that readers find."""
    found = {path.name: path.read_text() for path in (export.current / "notes").iterdir()}
    return found, (export.current / FILES[0]).read_text().splitlines()


def test_only_what_changed_is_written_and_what_is_gone_is_gone(tmp_path: Path) -> None:
    export = CorpusExport(tmp_path, FILES)
    assert put(export, a="one", b="two", c="three") == 3
    kept = (export.current / "notes" / "c.md").stat().st_ino
    assert put(export, b="zwei", c="three", d="four") == 2
    assert seen(export) == (
        {"b.md": "note of zwei", "c.md": "note of three", "d.md": "note of four"},
        ["zwei", "three", "four"],
    )
    assert (export.current / "notes" / "c.md").stat().st_ino == kept
    assert len(list(tmp_path.iterdir())) == 2, "the link and one generation"


def test_what_is_made_of_all_episodes_is_made_anew_with_each_generation(tmp_path: Path) -> None:
    def named(folder: Path, notes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        lines = (folder / FILES[0]).read_text().splitlines()
        yield from ((f"made/{line}.md", ",".join(notes.values())) for line in lines)

    export = CorpusExport(tmp_path, FILES, named)
    put(export, a="one", b="two")
    put(export, b="two")
    assert {path.name: path.read_text() for path in (export.current / "made").iterdir()} == {"two.md": "b.md"}
    export.forget("b")
    assert not (export.current / "made").exists()


def test_an_export_that_fails_leaves_the_one_before_and_nothing_else(tmp_path: Path) -> None:
    export = CorpusExport(tmp_path, FILES)
    put(export, a="one")
    before = seen(export)
    with pytest.raises(StoreUnavailable):
        put(export, a="one", **{"no-such-folder/b": "two"})
    assert seen(export) == before
    assert len(list(tmp_path.iterdir())) == 2


def test_what_a_killed_export_left_goes_with_the_next(tmp_path: Path) -> None:
    export = CorpusExport(tmp_path, FILES)
    (tmp_path / "half" / "notes").mkdir(parents=True)
    (tmp_path / "current-half").symlink_to("half")
    put(export, a="one")
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("torn", ["notes/a.md", "passages.jsonl", "export.json"])
def test_what_lost_its_content_is_written_again(tmp_path: Path, torn: str) -> None:
    export = CorpusExport(tmp_path, FILES)
    put(export, a="one")
    (export.current / torn).write_text("")
    assert put(export, a="one") == 1
    assert seen(export) == ({"a.md": "note of one"}, ["one"])


def test_a_forgotten_episode_is_in_no_generation(tmp_path: Path) -> None:
    export = CorpusExport(tmp_path, FILES)
    assert not export.forget("a")
    put(export, a="one", b="two")
    assert export.forget("a")
    assert seen(export) == ({"b.md": "note of two"}, ["two"])
    assert [path for path in tmp_path.rglob("*") if path.is_file() and "one" in path.read_text()] == []
