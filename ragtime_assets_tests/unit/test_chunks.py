"""Chunks: whole segments, nothing lost, one segment of overlap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.domain.artifacts.episode_details import Chapter
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript
from ragtime_assets.phases.chunks import FEWEST_NEW_WORDS, MOST_WORDS, TARGET_WORDS, make_chunks


def _transcript(*counts: int, chapters: tuple[Chapter, ...] = (), speakers: tuple[str | None, ...] = ()) -> Transcript:
    segments = tuple(
        Segment(
            start=10.0 * number,
            end=10.0 * number + 9,
            text=" ".join(f"w{number}x{word}" for word in range(count)),
            speaker=speakers[number] if number < len(speakers) else None,
        )
        for number, count in enumerate(counts)
    )
    return Transcript(
        engine="test",
        language="en",
        duration=10.0 * len(counts),
        timing_source="audio",
        segments=segments,
        chapters=chapters,
    )


def _spans(transcript: Transcript) -> list[tuple[int, int]]:
    return [(chunk.first_segment, chunk.last_segment) for chunk in make_chunks(transcript).chunks]


@given(st.lists(st.integers(0, 420), max_size=60))
def test_every_word_is_in_a_chunk_and_no_segment_is_split(counts: list[int]) -> None:
    transcript = _transcript(*counts)
    chunks = make_chunks(transcript).chunks
    said = {word for chunk in chunks for word in chunk.text.split()}
    assert said == set(transcript.text.split())
    for chunk in chunks:
        segments = transcript.segments[chunk.first_segment : chunk.last_segment + 1]
        assert chunk.text.split() == [word for segment in segments for word in segment.text.split()]
        assert chunk.words == len(chunk.text.split())


@given(st.lists(st.integers(1, 420), min_size=1, max_size=60))
def test_each_chunk_adds_a_segment_and_overlaps_by_one_at_most(counts: list[int]) -> None:
    spans = _spans(_transcript(*counts))
    assert [index for index, _ in enumerate(spans)] == [c.index for c in make_chunks(_transcript(*counts)).chunks]
    for (_, last), (first, newest) in zip(spans, spans[1:], strict=False):
        assert first in {last, last + 1}
        assert newest > last


@given(st.lists(st.integers(0, 420), max_size=60))
def test_only_a_single_long_segment_makes_a_long_chunk(counts: list[int]) -> None:
    for chunk in make_chunks(_transcript(*counts)).chunks:
        spoken = [count for count in counts[chunk.first_segment : chunk.last_segment + 1] if count]
        assert chunk.words <= MOST_WORDS + FEWEST_NEW_WORDS or len(spoken) == 1


@given(st.lists(st.integers(0, 300), max_size=40))
def test_digests_are_stable_and_unique_in_the_episode(counts: list[int]) -> None:
    first, again = make_chunks(_transcript(*counts)), make_chunks(_transcript(*counts))
    digests = [chunk.digest for chunk in first.chunks]
    assert len(set(digests)) == len(digests)
    assert first == again


def test_a_digest_does_not_hang_on_the_language() -> None:
    english = _transcript(50, 50)
    german = english.model_copy(update={"language": "de"})
    assert make_chunks(english).chunks == make_chunks(german).chunks


def test_chunks_have_about_150_words_and_share_one_segment() -> None:
    chunks = make_chunks(_transcript(*[30] * 20)).chunks
    assert {chunk.words for chunk in chunks[:-1]} == {TARGET_WORDS}
    assert [(c.first_segment, c.last_segment) for c in chunks[:3]] == [(0, 4), (4, 8), (8, 12)]


def test_a_segment_of_400_words_is_its_own_chunk() -> None:
    assert _spans(_transcript(30, 400, 30, 40)) == [(0, 0), (1, 1), (2, 3)]


def test_a_tiny_end_joins_the_chunk_before_it() -> None:
    assert _spans(_transcript(80, 80, 10)) == [(0, 2)]


def test_a_transcript_without_words_has_no_chunks() -> None:
    assert make_chunks(_transcript()).chunks == ()
    assert make_chunks(_transcript(0, 0)).chunks == ()


def test_speakers_stand_in_order_of_appearance() -> None:
    chunk = make_chunks(_transcript(5, 5, 5, 5, speakers=("Bo", None, "Al", "Bo"))).chunks[0]
    assert chunk.speakers == ("Bo", "Al")


def test_a_chunk_carries_the_chapter_it_begins_in() -> None:
    chapters = (Chapter(start=0, title="Childhood"), Chapter(start=10, title="Paris"))
    chunks = make_chunks(_transcript(160, 160, chapters=chapters)).chunks
    assert [chunk.chapter for chunk in chunks] == ["Childhood", "Paris"]
