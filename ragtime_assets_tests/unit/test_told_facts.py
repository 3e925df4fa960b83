"""What each artifact tells of itself, word for word: charts, searches and links in the UI go by these names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.audio_file import AudioFile, TierAttempt
from ragtime_assets.domain.artifacts.chunks import Chunk, Chunks
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.entity_links import EntityLink, EntityLinks, LinkDecision
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.artifacts.search_index import SearchIndex
from ragtime_assets.domain.artifacts.summary import KeyMoment, Summary, TimedSentence
from ragtime_assets.domain.artifacts.transcript import LeftOut, Repair, Segment, Transcript, left_out_by_reason
from ragtime_assets.domain.episode.indexed_episode import Match
from ragtime_assets.domain.episode.trace import TraceStep
from ragtime_assets.domain.facts import Count, Fact, Link, Moments, Page, Prose, Table
from ragtime_assets_tests.fakes import FACTS, details_of

AT = datetime(2026, 3, 1, tzinfo=UTC)
STEP = TraceStep(at=AT, tool="fetch", arguments={"url": "https://a.example", "as": "page"}, output="9 bytes")
ATTEMPTS = (
    TierAttempt(tier="direct", url="https://a.example/1.mp3", outcome="failed", seconds=1, error="SourceGone: 404"),
    TierAttempt(tier="index", url="https://b.example/1.mp3", outcome="ok", seconds=1, bytes=1_400_000),
)
AUDIO = AudioFile(
    engine="index", sha256="5a", bytes=1_400_000, facts=FACTS, url="https://b.example/1.mp3", tier="index",
    attempts=ATTEMPTS, match=Match(score=0.9, sure=True, reasons=("title equal", "show equal")),
)  # fmt: skip
SAID = tuple(Segment(start=at, end=at + 2, text=f"words {at}", speaker="BA"[at % 2]) for at in range(8))
TRANSCRIPT = Transcript(
    engine="e", language="de", duration=3754, timing_source="publisher_offset", offset=-1.5, segments=SAID,
    left_out=(LeftOut(start=0, end=4.26, why="a loop"), LeftOut(start=9, end=10, why="tune")),
    repairs=(Repair(segment=0, place=0, heard=(), written=("Django",), name="Django"),),
)  # fmt: skip
PASSAGES = tuple(
    Chunk(index=at, digest=f"d{at}", text=f"text {at}", start=at, end=at + 1, first_segment=0, last_segment=0, words=10)
    for at in range(6)
)
MENTIONS = tuple(
    Mention(type="person", name=name, surface=name, chunk=0, start=0, context=name)
    for name in ("Miles", "Django", "Django")
)
LINKS = tuple(
    EntityLink(type="t", name=f"n{at}", entity_id=f"e{at // 2}", canonical_name=f"N{at}", mentions=1)
    for at in range(16)
)
DECISIONS = tuple(
    LinkDecision(type="t", name=f"n{at}", outcome=outcome, reason="several_fit", sentence=f"because {at}", later=at < 2)
    for at, outcome in enumerate(("linked", "unknown", "ambiguous", "linked") * 4)
)
SENTENCE = TimedSentence(text="Two words.", start=0, end=1)
SUMMARY = Summary(
    engine="e", language="en", line="A line.", paragraphs=((SENTENCE, SENTENCE), (SENTENCE,)),
    key_moments=(KeyMoment(start=754, title="The middle"),),
)  # fmt: skip
REPORT = EpisodeReport(engine="e", key="k", url="u", title="One", show=None, phases=(), markdown="# One")


@pytest.mark.parametrize(
    ("artifact", "facts"),
    [
        pytest.param(
            details_of(published=AT, description="Notes.", trace=(STEP,)),
            [
                Fact("title", "The first episode"),
                Fact("show", "The show"),
                Fact("outcome", "ok", brief=True),
                Fact("audio_addresses", Count(1, "audio address", "audio addresses"), brief=True),
                Fact("publisher_transcripts", 0),
                Fact("page", Link("https://show.example/one")),
                Fact("preview", Prose("Notes.")),
                Fact(
                    "tried",
                    Table(("step", "on", "outcome", "said"), (("fetch", "https://a.example page", "ok", "9 bytes"),)),
                ),
                Fact("published", AT),
                Fact("language", "en"),
            ],
            id="details",
        ),
        pytest.param(
            details_of(show=None, language=None, audio=()),
            [
                Fact("title", "The first episode"),
                Fact("show", "unknown"),
                Fact("outcome", "ok", brief=True),
                Fact("audio_addresses", Count(0, "audio address", "audio addresses"), brief=True),
                Fact("publisher_transcripts", 0),
                Fact("page", Link("https://show.example/one")),
                Fact("preview", Prose("no show notes")),
                Fact("tried", Table(("step", "on", "outcome", "said"), ())),
            ],
            id="bare details",
        ),
        pytest.param(
            AUDIO,
            [
                Fact("duration", "1:00", brief=True),
                Fact("duration_seconds", 60.0),
                Fact("codec", "mp3 in mp3", brief=True),
                Fact("size", "1.4 MB", brief=True),
                Fact("audio", Link("https://b.example/1.mp3")),
                Fact("tier", "index"),
                Fact("recognised", "sure, 0.9 (title equal; show equal)", brief=True),
                Fact("sha256", "5a"),
                Fact(
                    "tried",
                    Table(
                        ("tier", "address", "outcome", "said"),
                        (
                            ("direct", "https://a.example/1.mp3", "failed", "SourceGone: 404"),
                            ("index", "https://b.example/1.mp3", "ok", "1.4 MB"),
                        ),
                    ),
                    heading="Audio",
                ),
            ],
            id="audio",
        ),
        pytest.param(
            TRANSCRIPT,
            [
                Fact("words", Count(16, "word"), brief=True),
                Fact("language", "de", brief=True),
                Fact("duration", "1:02:34", brief=True),
                Fact("segments", 8),
                Fact("timing_source", "publisher_offset"),
                Fact("offset_seconds", -1.5),
                Fact("speakers", "A, B"),
                Fact("names_repaired", 1),
                Fact("names_taught", 0),
                Fact("left_out_seconds", 5.3),
                Fact("chapters", 0),
                Fact("preview", Moments(tuple((float(at), f"words {at}") for at in range(6)))),
            ],
            id="transcript",
        ),
        pytest.param(
            TRANSCRIPT.model_copy(update={"segments": (), "left_out": (), "repairs": (), "offset": None}),
            [
                Fact("words", Count(0, "word"), brief=True),
                Fact("language", "de", brief=True),
                Fact("duration", "1:02:34", brief=True),
                Fact("segments", 0),
                Fact("timing_source", "publisher_offset"),
                Fact("offset_seconds", 0.0),
                Fact("speakers", "unknown"),
                Fact("names_repaired", 0),
                Fact("names_taught", 0),
                Fact("left_out_seconds", 0),
                Fact("chapters", 0),
                Fact("preview", Moments(())),
            ],
            id="empty transcript",
        ),
        pytest.param(
            SUMMARY,
            [
                Fact("language", "en"),
                Fact("words", Count(6, "word"), brief=True),
                Fact("moments", Count(1, "key moment"), brief=True),
                Fact("preview", Prose(SUMMARY.text, lead="A line."), heading="Summary"),
                Fact("key_moments", Moments(((754, "The middle"),)), heading="Key moments"),
            ],
            id="summary",
        ),
        pytest.param(
            Chunks(engine="e", language="en", chunks=PASSAGES),
            [
                Fact("chunks", Count(6, "chunk"), brief=True),
                Fact("words_per_chunk", 10.0),
                Fact("preview", Moments(tuple((float(at), f"text {at}") for at in range(5)))),
            ],
            id="chunks",
        ),
        pytest.param(
            Chunks(
                engine="e",
                language="en",
                chunks=(*PASSAGES[:2], PASSAGES[2].model_copy(update={"words": 11})),
            ),
            [
                Fact("chunks", Count(3, "chunk"), brief=True),
                Fact("words_per_chunk", 10.3),
                Fact("preview", Moments(tuple((float(at), f"text {at}") for at in range(3)))),
            ],
            id="chunks of different lengths",
        ),
        pytest.param(
            Chunks(engine="e", language="en", chunks=()),
            [Fact("chunks", Count(0, "chunk"), brief=True), Fact("words_per_chunk", 0.0), Fact("preview", Moments(()))],
            id="no chunks",
        ),
        pytest.param(
            Entities(engine="e", language="en", mentions=MENTIONS, dropped=2),
            [
                Fact("mentions", Count(3, "mention"), brief=True),
                Fact("names", Count(2, "name"), brief=True),
                Fact("dropped", 2),
                Fact(
                    "preview",
                    Table(("name", "type", "mentions"), (("Django", "person", "2"), ("Miles", "person", "1"))),
                    heading="Most named",
                ),
            ],
            id="entities",
        ),
        pytest.param(
            EntityLinks(engine="e", links=LINKS, decisions=DECISIONS, lookups=3),
            [
                Fact("names", Count(16, "name"), brief=True),
                Fact("linked", Count(8, "linked", "linked"), brief=True),
                Fact("ambiguous", 4),
                Fact("unknown", 4),
                Fact("for_later", 2),
                Fact("lookups", Count(3, "look-up in MusicBrainz", "look-ups in MusicBrainz")),
                Fact("linked_by_type", Table(("type", "linked", "names"), (("t", "8", "16"),))),
                Fact(
                    "open",
                    Table(
                        ("name", "type", "why it is not linked"),
                        tuple((f"n{at}", "t", f"because {at}") for at in (2, 6, 10, 14)),
                    ),
                    heading="Names that may mean several",
                ),
                Fact(
                    "preview",
                    Table(
                        ("name", "entity", "type", "outcome", "why"),
                        tuple((f"n{at}", f"N{at}", "t", DECISIONS[at].outcome, f"because {at}") for at in range(15)),
                    ),
                ),
            ],
            id="links",
        ),
        pytest.param(
            Embeddings(engine="e", dimension=384, chunk_digests=("a", "b"), vectors="v"),
            [
                Fact("vectors", Count(2, "vector"), brief=True),
                Fact("dimension", Count(384, "dimension"), brief=True),
            ],
            id="embeddings",
        ),
        pytest.param(
            SearchIndex(engine="e", collection="c", generation="7", points=2, passages=3),
            [
                Fact("points", Count(2, "point"), brief=True),
                Fact("passages", Count(3, "passage"), brief=True),
                Fact("collection", "c"),
                Fact("generation", "7"),
            ],
            id="search index",
        ),
        pytest.param(
            REPORT,
            [
                Fact("title", "One"),
                Fact("complete", value=True),
                Fact("state", "unknown"),
                Fact("unresolved", 0),
                Fact("preview", Page("# One")),
            ],
            id="report",
        ),
        pytest.param(
            REPORT.model_copy(update={"title": None, "state": "failed", "unresolved": ("summary: failed",)}),
            [
                Fact("title", "unknown"),
                Fact("complete", value=True),
                Fact("state", "failed"),
                Fact("unresolved", 1),
                Fact("preview", Page("# One")),
            ],
            id="report without a title",
        ),
    ],
)
def test_an_artifact_tells_these_facts_under_these_names(artifact: Artifact, facts: list[Fact]) -> None:
    assert list(artifact.tells()) == facts


def test_what_was_left_out_is_added_up_by_its_reason() -> None:
    more = (*TRANSCRIPT.left_out, LeftOut(start=20, end=23, why="tune"))
    assert left_out_by_reason(more) == ("4 s left out: a loop", "4 s left out: tune")


def test_what_was_left_out_of_a_part_is_moved_to_where_that_lies_in_the_whole() -> None:
    assert LeftOut(start=1, end=2, why="tune").moved(0.00049) == LeftOut(start=1, end=2, why="tune")
    assert LeftOut(start=1, end=2.5, why="tune").moved(10.25) == LeftOut(start=11.25, end=12.75, why="tune")
