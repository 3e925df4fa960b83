"""Chunks: whole segments, nothing lost, one segment of overlap."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.domain.artifacts.episode_details import Chapter
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript, Word
from ragtime_assets.phases.chunks import FEWEST_NEW_WORDS, MOST_CHARACTERS, MOST_WORDS, TARGET_WORDS, make_chunks


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


@given(st.lists(st.integers(0, 240), max_size=60))
def test_every_word_is_in_a_chunk_and_no_segment_is_split(counts: list[int]) -> None:
    transcript = _transcript(*counts)
    chunks = make_chunks(transcript).chunks
    said = {word for chunk in chunks for word in chunk.text.split()}
    assert said == set(transcript.text.split())
    for chunk in chunks:
        segments = transcript.segments[chunk.first_segment : chunk.last_segment + 1]
        assert chunk.text.split() == [word for segment in segments for word in segment.text.split()]
        assert chunk.words == len(chunk.text.split())


@given(st.lists(st.integers(1, 240), min_size=1, max_size=60))
def test_each_chunk_adds_a_segment_and_overlaps_by_one_at_most(counts: list[int]) -> None:
    spans = _spans(_transcript(*counts))
    assert [index for index, _ in enumerate(spans)] == [c.index for c in make_chunks(_transcript(*counts)).chunks]
    for (_, last), (first, newest) in zip(spans, spans[1:], strict=False):
        assert first in {last, last + 1}
        assert newest > last


@given(st.lists(st.integers(0, 240), max_size=60))
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


def test_a_long_segment_is_its_own_chunk() -> None:
    assert _spans(_transcript(30, 230, 30, 40)) == [(0, 0), (1, 1), (2, 3)]


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


_LETTERS = st.sampled_from("a b\u00e9 \u6771\u4eac\u3002\u0e01\u0e31. \u0f40\u0f0b")


@given(st.lists(st.text(_LETTERS, max_size=5_000), max_size=6))
def test_no_chunk_is_longer_than_its_cap_whatever_is_written_and_nothing_is_lost(texts: list[str]) -> None:
    segments = tuple(Segment(start=9.0 * n, end=9.0 * n + 8, text=text) for n, text in enumerate(texts))
    transcript = _transcript().model_copy(update={"segments": segments})

    chunks = make_chunks(transcript).chunks

    assert all(len(chunk.text) <= MOST_CHARACTERS for chunk in chunks)
    assert all(chunk.start <= chunk.end for chunk in chunks)
    assert _alphanumeric(chunk.text for chunk in chunks) == _alphanumeric(texts)


def _alphanumeric(texts: Iterable[str]) -> set[str]:
    return {sign for text in texts for sign in text if sign.isalnum()}


def test_a_segment_that_is_too_long_is_cut_behind_sentences_and_timed_by_its_words() -> None:
    sentences = [
        f"{n:03}\u756a\u4eca\u65e5\u306f\u6771\u4eac\u306e\u8a71\u3092\u3057\u307e\u3059\u3002" for n in range(280)
    ]
    words = tuple(Word(start=2.0 * n, end=2.0 * n + 1.5, text=text) for n, text in enumerate(sentences))
    segment = Segment(start=0, end=560, text="".join(sentences), words=words)

    chunks = make_chunks(_transcript().model_copy(update={"segments": (segment,)})).chunks

    assert len(chunks) > 3
    assert all(chunk.text.endswith("\u3002") for chunk in chunks)
    assert [chunk.start for chunk in chunks] == [2.0 * int(chunk.text[:3]) for chunk in chunks]
    assert all(any(text in chunk.text for chunk in chunks) for text in sentences)
    assert chunks[-1].end == 560
