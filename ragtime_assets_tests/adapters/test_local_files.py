"""Files of this machine are taken from the folders that are named, and from nowhere else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ragtime_assets.adapters.web.local_files import FilesOrWeb
from ragtime_assets.domain.episode.identity import file_submission
from ragtime_assets.errors import BlockedAddress, SourceGone
from ragtime_assets_tests.fakes import FakeFetcher, FakeProgress

AUDIO = b"ID3" + bytes(range(256)) * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "podcasts"
    inside.mkdir()
    (inside / "Ella & Louis.mp3").write_bytes(AUDIO)
    (tmp_path / "secret.mp3").write_bytes(AUDIO)
    return inside


def test_a_file_in_a_named_folder_is_copied_whole(folder: Path, tmp_path: Path) -> None:
    url = file_submission(folder / "Ella & Louis.mp3").url
    files, progress = FilesOrWeb([folder], FakeFetcher()), FakeProgress()
    assert files.fetch(url).body == AUDIO[:2_048]
    taken = files.download(url, tmp_path / "copy", progress)
    assert (taken.bytes, taken.sha256) == (len(AUDIO), hashlib.sha256(AUDIO).hexdigest())
    assert (tmp_path / "copy").read_bytes() == AUDIO
    assert progress[-1] == (len(AUDIO), len(AUDIO), "copying")


@pytest.mark.parametrize("way", ["../secret.mp3", "%2e%2e/secret.mp3", "link.mp3", "linked/secret.mp3"])
def test_no_way_leads_out_of_the_folder(folder: Path, tmp_path: Path, way: str) -> None:
    (folder / "link.mp3").symlink_to(tmp_path / "secret.mp3")
    (folder / "linked").symlink_to(tmp_path)
    files = FilesOrWeb([folder], FakeFetcher())
    for take in (files.fetch, lambda url: files.download(url, tmp_path / "copy", FakeProgress())):
        with pytest.raises(BlockedAddress, match=r"secret\.mp3") as caught:
            take(f"{folder.as_uri()}/{way}")
        assert "RAGTIME_LOCAL_FILES" in caught.value.remedy
    assert not (tmp_path / "copy").exists()


def test_no_file_is_taken_where_no_folder_is_named(folder: Path) -> None:
    with pytest.raises(BlockedAddress):
        FilesOrWeb([], FakeFetcher()).fetch((folder / "Ella & Louis.mp3").as_uri())


@pytest.mark.parametrize("name", ["gone.mp3", "."])
def test_a_file_that_cannot_be_read_says_so(folder: Path, name: str) -> None:
    with pytest.raises(SourceGone, match="cannot be read"):
        FilesOrWeb([folder], FakeFetcher()).fetch((folder / name).as_uri())


def test_everything_else_comes_from_the_web(folder: Path) -> None:
    web = FakeFetcher({"https://pod.example/one": b"page"})
    assert FilesOrWeb([folder], web).fetch("https://pod.example/one").body == b"page"
