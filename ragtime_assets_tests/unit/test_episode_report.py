"""What happened to one episode, told in lines and on a page; nothing from outside can break that page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.audio_file import AudioFile, TierAttempt
from ragtime_assets.domain.artifacts.chunks import Chunk, Chunks
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.entity_links import EntityLink, EntityLinks
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport, PhaseLine
from ragtime_assets.domain.artifacts.search_index import SearchIndex
from ragtime_assets.domain.artifacts.summary import KeyMoment, Summary, TimedSentence
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.errors import DuplicateEpisode, WaitsForSpeech
from ragtime_assets.phases.episode_report import MOST_NAMED, facts, make_episode_report
from ragtime_assets_tests.fakes import FACTS, details_of, segments_of

KEY = "show-example-one-0123456789ab"
URL = "https://show.example/one"
HALTS = (DuplicateEpisode.state, WaitsForSpeech.state)
HOSTILE = "a | b <script>alert(1)</script>\n| c |"


def audio(error: str | None = None, url: str = "https://show.example/one.mp3") -> AudioFile:
    tried = TierAttempt(tier="direct", url=url, outcome="failed", seconds=1, error=error or "404")
    won = TierAttempt(tier="feed", url=URL, outcome="ok", seconds=2, bytes=1_400_000)
    return AudioFile(engine="av", sha256="a", bytes=1_400_000, facts=FACTS, url=URL, tier="feed", attempts=(tried, won))


def mention(name: str) -> Mention:
    return Mention(type="musician", name=name, surface=name, chunk=0, start=0, context=name)


def link(name: str, method: str) -> EntityLink:
    fields = {"type": "t", "name": name, "entity_id": name, "canonical_name": name, "method": method, "mentions": 1}
    return EntityLink.model_validate(fields)


def summary(line: str = "A line.", title: str = "The beginning") -> Summary:
    sentence = TimedSentence(text="Two words.", start=0, end=1)
    return Summary(
        engine="e",
        language="en",
        line=line,
        paragraphs=((sentence, sentence), (sentence,)),
        key_moments=(KeyMoment(start=754, title=title),),
    )


CHUNK = Chunk(index=0, digest="d", text="t", start=0, end=1, first_segment=0, last_segment=0, words=1)
ARTIFACTS: dict[str, tuple[Artifact, str]] = {
    "episode_details": (details_of(), "ok, 1 audio address"),
    "audio_file": (audio(), "1:00, mp3, 1.4 MB"),
    "transcript": (
        Transcript(
            engine="e", language="en", duration=754, timing_source="audio", segments=segments_of(["one two three"])
        ),
        "3 words, en, 12:34",
    ),
    "summary": (summary(), "6 words, 1 key moment"),
    "chunks": (Chunks(engine="e", language="en", chunks=(CHUNK, CHUNK)), "2 chunks"),
    "entities": (
        Entities(engine="e", language="en", mentions=(mention("Django"), mention("Django"))),
        "2 mentions of 1 name",
    ),
    "entity_links": (EntityLinks(engine="e", links=(link("a", "new"), link("b", "exact"))), "2 entities, 1 new"),
    "embeddings": (Embeddings(engine="e", dimension=384, chunk_digests=("d",), vectors="v"), "1 vector of 384"),
    "search_index": (
        SearchIndex(engine="e", collection="c", generation="1", points=2, passages=2),
        "2 points, 2 passages",
    ),
}
MADE = {name: artifact for name, (artifact, _) in ARTIFACTS.items()}
LINES = [PhaseLine(asset=name, state="done", engine="e", seconds=1.26) for name in ARTIFACTS]


def report(lines: list[PhaseLine] | None = None, artifacts: dict[str, Artifact] | None = None) -> EpisodeReport:
    return make_episode_report(KEY, URL, LINES if lines is None else lines, MADE if artifacts is None else artifacts)


@pytest.mark.parametrize("name", ARTIFACTS)
def test_each_artifact_is_told_in_one_line(name: str) -> None:
    artifact, line = ARTIFACTS[name]
    assert facts(artifact) == line
    assert next(one for one in report().phases if one.asset == name).facts == line


def test_an_artifact_that_nobody_describes_is_told_by_its_engine() -> None:
    assert facts(report()) == "markdown"


def test_a_finished_episode_has_a_complete_report() -> None:
    made = report()
    assert made.complete
    assert (made.key, made.url, made.title, made.show) == (KEY, URL, "The first episode", "The show")
    assert made.markdown.startswith(
        "# The first episode\n\nThe show · <https://show.example/one>\n\n`show-example-one-"
    )
    assert "| audio_file | done | e | 1.3 s | 1:00, mp3, 1.4 MB |" in made.markdown
    assert "What went wrong" not in made.markdown


def test_the_page_shows_what_people_look_for() -> None:
    page = report().markdown
    assert "| direct | https://show.example/one.mp3 | failed | 404 |" in page
    assert "| feed | https://show.example/one | ok | 1.4 MB |" in page
    assert "**A line.**\n\nTwo words. Two words.\n\nTwo words.\n\n- 12:34 The beginning" in page
    assert "- Django (musician), 2x" in page


def test_the_date_is_shown_when_it_is_known() -> None:
    details = details_of(published=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert "The show · 2026-03-01 · <" in report(artifacts={"episode_details": details}).markdown


def test_an_episode_that_got_nowhere_has_a_report_too() -> None:
    failed = PhaseLine(
        asset="episode_details",
        state="failed",
        error_class="SourceGone",
        error="404 for the page",
        remedy="Submit the present address.",
    )
    made = report([failed, PhaseLine(asset="audio_file", state="missing")], {})
    assert not made.complete
    assert (made.title, made.show) == (None, None)
    assert made.markdown.startswith(f"# {KEY}\n\n<{URL}>")
    assert "- **episode_details**: 404 for the page\n  Submit the present address." in made.markdown
    assert "| audio_file | missing |  |  |  |" in made.markdown


@pytest.mark.parametrize(
    ("states", "first"),
    [
        (("done", "done"), None),
        (("done", "missing"), "chunks"),
        (("missing", "failed"), "chunks"),
        (("failed", "failed"), "summary"),
        (("duplicate", "missing"), None),
        (("waiting for speech", "missing"), None),
        (("asked for", "out of date"), None),
    ],
)
def test_a_report_knows_what_failed_first(states: tuple[str, str], first: str | None) -> None:
    lines = [
        PhaseLine(asset=asset, state=state, halted=state in HALTS)
        for asset, state in zip(("summary", "chunks"), states, strict=True)
    ]
    found = report(lines, {}).first_failed
    assert (found.asset if found else None) == first


def test_only_the_most_named_are_listed() -> None:
    many = Entities(engine="e", language="en", mentions=tuple(mention(f"Name {n}") for n in range(50)))
    page = report([], {"entities": many}).markdown
    assert page.count("(musician), 1x") == MOST_NAMED


def test_an_episode_without_names_has_no_list_of_them() -> None:
    assert "Most named" not in report([], {"entities": Entities(engine="e", language="en", mentions=())}).markdown


@pytest.mark.parametrize(
    ("lines", "artifacts"),
    [
        ([], {"episode_details": details_of(title=HOSTILE)}),
        ([], {"episode_details": details_of(show=HOSTILE)}),
        ([], {"audio_file": audio(error=HOSTILE)}),
        ([], {"audio_file": audio(url=f"https://show.example/{HOSTILE}")}),
        ([], {"summary": summary(line=HOSTILE)}),
        ([], {"summary": summary(title=HOSTILE)}),
        ([], {"entities": Entities(engine="e", language="en", mentions=(mention(HOSTILE),))}),
        ([PhaseLine(asset="summary", state="failed", error=HOSTILE)], {}),
        ([PhaseLine(asset="summary", state="failed", error="x", remedy=HOSTILE)], {}),
        ([PhaseLine(asset="summary", state="done", engine=HOSTILE)], {}),
    ],
    ids=["title", "show", "attempt", "address", "line", "moment", "name", "error", "remedy", "engine"],
)
def test_nothing_from_outside_opens_html_or_ends_a_row(lines: list[PhaseLine], artifacts: dict[str, Artifact]) -> None:
    page = report(lines, artifacts).markdown
    assert "<script" not in page
    assert not any(line.startswith("| c |") for line in page.splitlines())
    assert "a | b" not in page


def test_the_same_episode_makes_the_same_report() -> None:
    assert report().digest() == report().digest()
