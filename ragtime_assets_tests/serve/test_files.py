"""What is handed out as it is kept: audio in parts, artifacts, and nothing else of the store."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.links import artifact_url, blob_url, episode_url, report_url
from ragtime_assets.serve.ranges import BeyondTheEnd, Part, part_of
from ragtime_assets.studio import Studio


@pytest.fixture(scope="module")
def audio(library: Studio, key: str) -> AudioFile:
    """The audio of the episode."""
    return library.store.load(AudioFile, key)[0]


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", Part(0, 100)),
        ("bytes=10-19", Part(10, 20)),
        ("bytes=90-500", Part(90, 100)),
        ("bytes=-10", Part(90, 100)),
        ("bytes=-500", Part(0, 100)),
        (None, None),
        ("bytes=20-10", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("lines=1-2", None),
    ],
)
def test_a_range_names_a_part_or_all_of_it(header: str | None, part: Part | None) -> None:
    assert part_of(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", f"bytes={'9' * 18}-"])
def test_a_range_beyond_the_end_is_told_apart(header: str) -> None:
    with pytest.raises(BeyondTheEnd):
        part_of(header, 100)


@given(st.text(max_size=40), st.integers(0, 10**12))
def test_whatever_a_range_says_its_part_is_inside_of_the_file(header: str, size: int) -> None:
    for asked in (header, f"bytes={header}"):
        try:
            part = part_of(asked, size)
        except BeyondTheEnd:
            continue
        assert part is None or 0 <= part.start < part.end <= size


def test_audio_is_served_by_the_digest_that_its_episode_names(face: TestClient, audio: AudioFile) -> None:
    answer = face.get(blob_url("", audio.sha256))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("audio/")
    assert answer.headers["accept-ranges"] == "bytes"
    assert hashlib.sha256(answer.content).hexdigest() == audio.sha256
    assert face.head(blob_url("", audio.sha256)).headers["content-length"] == str(audio.bytes)


def test_a_part_of_the_audio_is_the_part_that_was_asked_for(face: TestClient, audio: AudioFile) -> None:
    whole = face.get(blob_url("", audio.sha256)).content
    part = face.get(blob_url("", audio.sha256), headers={"Range": "bytes=1000-1999", "Accept-Encoding": "gzip"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 1000-1999/{audio.bytes}"
    assert part.content == whole[1000:2000]
    other = face.get(blob_url("", audio.sha256), headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (other.status_code, len(other.content)) == (200, audio.bytes)


def test_a_range_beyond_the_end_is_refused_with_the_size(face: TestClient, audio: AudioFile) -> None:
    answer = face.get(blob_url("", audio.sha256), headers={"Range": f"bytes={audio.bytes}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{audio.bytes}"


def test_what_no_episode_names_is_not_served_though_it_lies_in_the_store(face: TestClient, library: Studio) -> None:
    digest = library.store.put_bytes(b"a blob of nobody's")
    try:
        assert face.get(blob_url("", digest)).status_code == 404
    finally:
        library.store.discard(digest)


@pytest.mark.parametrize("path", ["/blobs/..%2f..%2fcorpus.sqlite", "/blobs/", "/artifacts/transcript/..%2f..%2fx"])
def test_no_path_leads_out_of_what_is_served(face: TestClient, path: str) -> None:
    assert face.get(path).status_code == 404


def test_an_episode_leads_to_the_audio_that_it_has_now(face: TestClient, key: str, audio: AudioFile) -> None:
    answer = face.get(f"/episodes/{key}/audio")
    assert (answer.status_code, answer.headers["location"]) == (302, blob_url("", audio.sha256))


def test_an_artifact_is_served_as_it_is_kept_and_so_is_what_lies_beside_it(face: TestClient, key: str) -> None:
    kept = face.get(artifact_url("", "transcript", key)).json()
    assert (kept["asset"], kept["key"]) == ("transcript", key)
    captions = face.get(artifact_url("", "transcript", key, "vtt"))
    assert captions.headers["content-type"].startswith("text/vtt")
    assert captions.text.startswith("WEBVTT")


@pytest.mark.parametrize(
    "path", ["/artifacts/secrets/{}", "/artifacts/transcript/{}.env", "/artifacts/transcript/nobody"]
)
def test_an_artifact_that_is_not_there_is_a_page_that_says_so(face: TestClient, key: str, path: str) -> None:
    answer = face.get(path.format(key))
    assert answer.status_code == 404
    assert "<h1>" in answer.text


def test_the_report_of_an_episode_is_a_page_and_the_same_as_json(face: TestClient, key: str) -> None:
    page = face.get(report_url("", key))
    assert page.status_code == 200
    assert "<table>" in page.text
    assert "# " in face.get(report_url("", key) + ".json").json()["markdown"]


def test_every_link_of_a_report_is_answered(face: TestClient, library: Studio, key: str) -> None:
    report, _ = library.store.load(EpisodeReport, key)
    base = library.settings.serve_url
    links = [one.artifact.url for one in report.phases if one.artifact] + [
        one.trace for one in report.phases if one.trace
    ]
    assert len(links) > len(report.phases), "some phases have a trace"
    for link in links:
        assert link.startswith(base)
        assert face.get(link.removeprefix(base)).status_code == 200, link


def test_links_lead_below_the_address_of_the_face() -> None:
    base = "https://corpus.example"
    assert episode_url(base, "a", 12.7) == "https://corpus.example/episodes/a#t=12"
    assert report_url(base, "a") == "https://corpus.example/episodes/a/report"
    assert artifact_url(base, "transcript", "a", "vtt") == "https://corpus.example/artifacts/transcript/a.vtt"
