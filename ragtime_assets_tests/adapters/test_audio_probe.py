"""What a file is believed to be: only what can be decoded from it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from ragtime_assets.adapters.audio.probe import AvAudioProbe
from ragtime_assets.adapters.audio.stream import SAMPLE_RATE, Sound, quietest_cut, samples, windows
from ragtime_assets.errors import InvalidAudio
from ragtime_assets.samples.server import sample

MP3 = sample("hot-club-of-paris.mp3")
M4A = sample("kind-of-blue.m4a")
BYTES_PER_SECOND = 6_000


def tone(seconds: float, rate: int) -> np.ndarray:
    return (np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate) * 8_000).astype(np.int16)


def encoded(path: Path, *streams: tuple[str, int, str, float], video: bool = False, chapters: bool = False) -> Path:
    """A file with one tone per (codec, rate, layout, seconds)."""
    with av.open(str(path), "w") as container:
        if chapters:
            titles = ["Opening", "Solo"]
            container.set_chapters(
                [
                    {"id": n, "start": n, "end": n + 1, "time_base": Fraction(1), "metadata": {"title": title}}
                    for n, title in enumerate(titles)
                ]
            )
        pictures = container.add_stream("mpeg4", rate=5) if video else None
        if pictures is not None:
            pictures.width, pictures.height, pictures.pix_fmt = 64, 64, "yuv420p"
        made = [container.add_stream(codec, rate=rate, layout=layout) for codec, rate, layout, _ in streams]
        if pictures is not None:
            for _ in range(5):
                container.mux(pictures.encode(av.VideoFrame(64, 64, "yuv420p")))
            container.mux(pictures.encode(None))
        for stream, (_, rate, layout, seconds) in zip(made, streams, strict=True):
            channels = 2 if layout == "stereo" else 1
            sound = np.repeat(tone(seconds, rate), channels).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(sound, format="s16", layout=layout)
            frame.sample_rate, frame.pts = rate, 0
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "container", "codec", "seconds"),
    [(MP3, "mp3", "mp3", 158.9), (M4A, "mp4", "aac", 140.3)],
)
def test_the_facts_of_a_sample_are_its_own(
    tmp_path: Path, content: bytes, container: str, codec: str, seconds: float
) -> None:
    facts = AvAudioProbe().probe(written(tmp_path / "blob", content))

    assert (facts.container, facts.codec, facts.sample_rate, facts.channels) == (container, codec, 44_100, 1)
    assert facts.duration == pytest.approx(seconds, abs=0.1)


def test_a_header_that_claims_hours_does_not_make_a_short_file_long(tmp_path: Path) -> None:
    head = bytearray(MP3[: 3 * BYTES_PER_SECOND])
    mark = max(head.find(b"Xing"), head.find(b"Info"))
    assert mark > 0
    struct.pack_into(">I", head, mark + 8, 3 * 3600 * 44_100 // 1152)

    assert AvAudioProbe().probe(written(tmp_path / "lie.mp3", bytes(head))).duration == pytest.approx(3, abs=0.3)


def test_joined_files_are_as_long_as_their_sound(tmp_path: Path) -> None:
    assert AvAudioProbe().probe(written(tmp_path / "two.mp3", MP3 * 2)).duration == pytest.approx(317.8, abs=0.3)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (MP3[:10], "cannot be read"),
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", "HTML"),
        (b'\xef\xbb\xbf\n <?xml version="1.0"?><rss/>', "XML"),
        (b'{"error": "gone"}', "JSON"),
        (b"Sorry, this file has moved.\n" * 50, "text"),
        (M4A[-20_000:], "cannot be"),
        (np.random.default_rng(7).bytes(100_000), "cannot be"),
        (b"\xff\xfb\x90\x64" + bytes(5_000), "cannot be"),
    ],
)
def test_what_is_not_audio_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(InvalidAudio, match=words):
        AvAudioProbe().probe(written(tmp_path / "blob", content))


@pytest.mark.parametrize(
    "playlist",
    ["#EXTM3U\n#EXTINF:3\n{other}\n", "ffconcat version 1.0\nfile {other}\n"],
)
def test_a_playlist_opens_nothing_else(tmp_path: Path, playlist: str) -> None:
    written(tmp_path / "other.mp3", MP3)
    path = written(tmp_path / "list", playlist.format(other="other.mp3").encode() + b"\0" * 4)

    with pytest.raises(InvalidAudio):
        AvAudioProbe().probe(path)


def test_a_video_without_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidAudio, match="no sound"):
        AvAudioProbe().probe(encoded(tmp_path / "silent.mp4", video=True))


def test_a_video_with_sound_is_audio(tmp_path: Path) -> None:
    facts = AvAudioProbe().probe(encoded(tmp_path / "v.mp4", ("aac", 44_100, "mono", 2.0), video=True))

    assert (facts.codec, facts.channels) == ("aac", 1)
    assert facts.duration == pytest.approx(2, abs=0.1)


def test_of_several_audio_streams_the_file_s_default_is_taken(tmp_path: Path) -> None:
    path = encoded(tmp_path / "two.mp4", ("aac", 48_000, "stereo", 2.0), ("aac", 44_100, "mono", 1.0))

    facts = AvAudioProbe().probe(path)

    assert (facts.channels, facts.sample_rate) == (2, 48_000)
    assert facts.duration == pytest.approx(2, abs=0.1)
    assert sum(len(piece) for piece in samples(path)) / SAMPLE_RATE == pytest.approx(2, abs=0.1)


def test_chapters_inside_the_file_are_read(tmp_path: Path) -> None:
    facts = AvAudioProbe().probe(encoded(tmp_path / "c.m4a", ("aac", 44_100, "mono", 2.0), chapters=True))

    assert [(chapter.start, chapter.title) for chapter in facts.chapters] == [(0.0, "Opening"), (1.0, "Solo")]


def test_a_change_of_rate_and_channels_in_the_middle_is_followed(tmp_path: Path) -> None:
    first = encoded(tmp_path / "a.mp3", ("libmp3lame", 44_100, "mono", 2.0)).read_bytes()
    second = encoded(tmp_path / "b.mp3", ("libmp3lame", 48_000, "stereo", 3.0)).read_bytes()
    path = written(tmp_path / "joined.mp3", first + second)

    heard = sum(len(piece) for piece in samples(path)) / SAMPLE_RATE

    assert heard == pytest.approx(5, abs=0.3)
    assert AvAudioProbe().probe(path).duration == pytest.approx(heard, abs=0.3)


def test_damage_in_the_middle_does_not_move_what_follows(tmp_path: Path) -> None:
    damaged = bytearray(M4A)
    damaged[400_000:403_000] = b"\xff" * 3_000
    path = written(tmp_path / "damaged.m4a", bytes(damaged))

    assert sum(len(piece) for piece in samples(path)) / SAMPLE_RATE == pytest.approx(140.3, abs=0.2)


def pieces(sound: np.ndarray) -> Iterator[np.ndarray]:
    yield from np.array_split(sound, max(1, len(sound) // 1_000))


def test_windows_lose_nothing_and_are_never_too_long() -> None:
    sound = np.random.default_rng(1).normal(size=25 * SAMPLE_RATE).astype(np.float32)

    cut = list(windows(pieces(sound), longest=10, search=4))

    assert np.array_equal(np.concatenate([window for _, window in cut]), sound)
    assert all(len(window) <= 10 * SAMPLE_RATE for _, window in cut)
    assert [round(offset * SAMPLE_RATE) for offset, _ in cut[1:]] == list(
        np.cumsum([len(window) for _, window in cut])[:-1]
    )


def test_a_window_ends_where_it_is_quietest() -> None:
    sound = np.ones(10 * SAMPLE_RATE, dtype=np.float32)
    sound[7 * SAMPLE_RATE : 7 * SAMPLE_RATE + SAMPLE_RATE // 4] = 0

    assert quietest_cut(sound, search=4) / SAMPLE_RATE == pytest.approx(7.1, abs=0.1)


@pytest.mark.parametrize(
    ("name", "codec", "rate", "layout", "found"),
    [
        ("a.mp3", "libmp3lame", 22_050, "stereo", ("mp3", "mp3")),
        ("a.mp2", "mp2", 48_000, "stereo", ("mp3", "mp2")),
        ("a.m4a", "aac", 32_000, "mono", ("mp4", "aac")),
        ("a.aac", "aac", 44_100, "stereo", ("aac", "aac")),
        ("a.ogg", "libopus", 48_000, "mono", ("ogg", "opus")),
        ("a.webm", "libopus", 48_000, "stereo", ("matroska", "opus")),
        ("a.mkv", "aac", 48_000, "stereo", ("matroska", "aac")),
        ("a.flac", "flac", 96_000, "stereo", ("flac", "flac")),
        ("a.wav", "pcm_s16le", 8_000, "mono", ("wav", "pcm_s16le")),
        ("a.wav", "pcm_u8", 11_025, "stereo", ("wav", "pcm_u8")),
        ("a.aiff", "pcm_s16be", 44_100, "stereo", ("aiff", "pcm_s16be")),
        ("a.ts", "aac", 48_000, "stereo", ("mpegts", "aac")),
    ],
)
def test_every_usual_codec_is_measured_and_heard(
    tmp_path: Path, name: str, codec: str, rate: int, layout: str, found: tuple[str, str]
) -> None:
    path = encoded(tmp_path / name, (codec, rate, layout, 3.0))

    facts, sound = AvAudioProbe().probe(path), Sound(path)
    heard = sum(len(piece) for piece in sound) / SAMPLE_RATE

    assert (facts.container, facts.codec, facts.sample_rate) == (*found, rate)
    assert facts.duration == pytest.approx(3, abs=0.1)
    assert heard == pytest.approx(3, abs=0.1)
    assert sound.notes == ()


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_timestamps_that_jump_by_hours_do_not_make_a_file_long(tmp_path: Path, name: str) -> None:
    source, path = encoded(tmp_path / "a.m4a", ("aac", 44_100, "mono", 3.0)), tmp_path / name
    with av.open(str(source)) as straight, av.open(str(path), "w") as broken:
        stream = broken.add_stream_from_template(straight.streams.audio[0])
        for number, packet in enumerate(straight.demux(audio=0)):
            if packet.pts is None or packet.time_base is None:
                continue
            if number > 60:
                packet.pts = packet.dts = packet.pts + int(36_000 / packet.time_base)
            packet.stream = stream
            broken.mux(packet)

    assert AvAudioProbe().probe(path).duration == pytest.approx(3, abs=0.1)
    assert sum(len(piece) for piece in samples(path)) / SAMPLE_RATE == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("megabytes", [1, 12])
def test_a_picture_larger_than_the_sound_is_in_nobody_s_way(tmp_path: Path, megabytes: int) -> None:
    picture = b"\0image/jpeg\0\x03\0\xff\xd8\xff\xe0" + bytes(range(250)) * (4_000 * megabytes)
    frame = b"APIC" + struct.pack(">I", len(picture)) + b"\0\0" + picture
    size = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
    sound = encoded(tmp_path / "a.mp3", ("libmp3lame", 44_100, "mono", 2.0)).read_bytes()
    path = written(tmp_path / "cover.mp3", b"ID3\x03\0\0" + size + frame + sound)

    assert AvAudioProbe().probe(path).duration == pytest.approx(2, abs=0.1)
    assert sum(len(piece) for piece in samples(path)) / SAMPLE_RATE == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp3", "libmp3lame"), ("a.ogg", "libopus"), ("a.wav", "pcm_s16le"), ("a.aac", "aac")]
)
def test_of_a_file_that_ends_inside_a_frame_the_rest_is_taken(tmp_path: Path, name: str, codec: str) -> None:
    whole = encoded(tmp_path / name, (codec, 48_000, "mono", 4.0)).read_bytes()
    path = written(tmp_path / f"cut-{name}", whole[: len(whole) // 2 + 7])

    duration = AvAudioProbe().probe(path).duration

    assert 1 <= duration < 2.5
    assert sum(len(piece) for piece in samples(path)) / SAMPLE_RATE == pytest.approx(duration, abs=0.1)


def test_it_is_noted_that_a_file_ends_too_early(tmp_path: Path) -> None:
    path = written(tmp_path / "cut.m4a", M4A[: len(M4A) // 2 + 13])
    sound = Sound(path)

    heard = sum(len(piece) for piece in sound) / SAMPLE_RATE

    assert heard == pytest.approx(AvAudioProbe().probe(path).duration, abs=0.1)
    assert any("before the end that it announces" in note for note in sound.notes)


def test_it_is_noted_how_much_is_damaged(tmp_path: Path) -> None:
    damaged = bytearray(M4A)
    damaged[400_000:403_000] = b"\xff" * 3_000
    sound = Sound(written(tmp_path / "damaged.m4a", bytes(damaged)))

    assert sum(len(piece) for piece in sound)
    assert any("cannot be decoded" in note for note in sound.notes)


def test_an_mp4_file_without_its_index_is_said_to_be_cut_off(tmp_path: Path) -> None:
    whole = encoded(tmp_path / "a.m4a", ("aac", 44_100, "mono", 3.0)).read_bytes()
    assert whole.find(b"moov") > whole.find(b"mdat")

    with pytest.raises(InvalidAudio, match="cut off"):
        AvAudioProbe().probe(written(tmp_path / "cut.m4a", whole[: len(whole) // 2]))


@pytest.mark.parametrize("kind", [b"drms", b"enca"])
def test_a_protected_file_is_named_so(tmp_path: Path, kind: bytes) -> None:
    plain = encoded(tmp_path / "a.m4a", ("aac", 44_100, "mono", 1.0)).read_bytes()
    assert plain.count(b"mp4a") == 1

    with pytest.raises(InvalidAudio, match="DRM"):
        AvAudioProbe().probe(written(tmp_path / "a.m4p", plain.replace(b"mp4a", kind)))


def test_boxes_that_lie_about_their_size_hold_nobody_up(tmp_path: Path) -> None:
    boxes = [struct.pack(">I4s", size, b"free") for size in (0, 4, 2**31)]

    for box in boxes:
        with pytest.raises(InvalidAudio):
            AvAudioProbe().probe(written(tmp_path / "odd.mp4", struct.pack(">I4s", 8, b"ftyp") + box + bytes(100)))


@pytest.mark.parametrize(("name", "codec"), [("a.mp3", "libmp3lame"), ("a.wav", "pcm_s16le")])
def test_a_fifth_of_a_second_is_audio(tmp_path: Path, name: str, codec: str) -> None:
    path = encoded(tmp_path / name, (codec, 44_100, "mono", 0.2))

    assert AvAudioProbe().probe(path).duration == pytest.approx(0.2, abs=0.05)
    assert len(list(windows(samples(path), longest=300))) == 1


def test_hours_of_sound_are_cut_without_being_kept() -> None:
    """Eight hours, of which no more than a window is in memory at a time."""
    second = np.zeros(SAMPLE_RATE, dtype=np.float32)

    lengths = [len(window) for _, window in windows((second for _ in range(8 * 3600)), longest=300)]

    assert sum(lengths) == 8 * 3600 * SAMPLE_RATE
    assert max(lengths) <= 300 * SAMPLE_RATE
