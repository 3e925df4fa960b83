"""What happened to one episode, told in lines and on a page; nothing from outside can break that page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.entities import MOST_NAMED, Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_report import (
    ArtifactPlace,
    Circumstances,
    EpisodeReport,
    PhaseLine,
    ReportCheck,
    ReportCorrection,
    ReportDecision,
    ReportEvent,
    ReportRun,
    Spent,
    Tried,
)
from ragtime_assets.domain.facts import in_one_line
from ragtime_assets.phases.episode_report import make_episode_report
from ragtime_assets_tests.fakes import details_of
from ragtime_assets_tests.made import ARTIFACTS, KEY, URL, audio, decision, mention, summary

HOSTILE = "a | b <script>alert(1)</script> ![](https://spy.example/x.png)\n| c |"


MADE = {name: artifact for name, (artifact, _) in ARTIFACTS.items()}
LINES = [PhaseLine(asset=name, state="done", engine="e", seconds=1.26) for name in ARTIFACTS]


def tried(said: str) -> Tried:
    return Tried(tool="fetch", on=said, outcome="failed", seconds=1, said=said)


def report(lines: list[PhaseLine] | None = None, artifacts: dict[str, Artifact] | None = None) -> EpisodeReport:
    return make_episode_report(KEY, URL, LINES if lines is None else lines, MADE if artifacts is None else artifacts)


@pytest.mark.parametrize("name", ARTIFACTS)
def test_each_artifact_is_told_in_one_line(name: str) -> None:
    artifact, line = ARTIFACTS[name]
    assert in_one_line(artifact.tells()) == line
    assert next(one for one in report().phases if one.asset == name).facts == line


def test_a_finished_episode_has_a_complete_report() -> None:
    made = report()
    assert made.complete
    assert (made.key, made.url, made.title, made.show) == (KEY, URL, "The first episode", "The show")
    assert made.markdown.startswith(
        "# The first episode\n\nThe show · <https://show.example/one>\n\n`show-example-one-"
    )
    assert "| audio_file | done | e | 1.3 s |  |  | 1:00, mp3 in mp3, 1.4 MB |" in made.markdown
    assert "What went wrong" not in made.markdown


def test_the_page_shows_what_people_look_for() -> None:
    page = report().markdown
    assert "| direct | https://show.example/one.mp3 | failed | 404 |" in page
    assert "| feed | https://show.example/one | ok | 1.4 MB |" in page
    assert "## Summary\n\n**A line.**\n\nTwo words. Two words.\n\nTwo words." in page
    assert "## Key moments\n\n- `12:34` The beginning" in page
    assert "## Most named\n\n| name | type | mentions |\n| --- | --- | --- |\n| Django | musician | 2 |" in page


def test_the_date_is_shown_when_it_is_known() -> None:
    details = details_of(published=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert "The show · 2026-03-01 · <" in report(artifacts={"episode_details": details}).markdown


def test_of_a_duplicate_nothing_is_left_to_be_made_and_commands_stand_as_such() -> None:
    stopped = PhaseLine(
        asset="audio_file",
        state="duplicate",
        halted=True,
        error="duplicate of x",
        remedy="Nothing to do: `ragtime show x`.",
    )
    lines = [stopped, PhaseLine(asset="transcript", state="missing")]
    made = make_episode_report(KEY, URL, lines, {}, around=Circumstances(state="duplicate"))
    assert made.unresolved == ("audio_file: duplicate. Nothing to do: `ragtime show x`.",)
    assert "\nNothing to do: `ragtime show x`.\n" in made.markdown


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
    assert "**episode_details**: 404 for the page\n\nSubmit the present address." in made.markdown
    assert "| audio_file | missing |  |  |  |  |  |" in made.markdown
    assert made.unresolved == ("episode_details: failed. Submit the present address.", "still to be made: audio_file")
    assert "## What is left\n\n- episode_details: failed." in made.markdown


def test_attempts_are_a_list_not_a_paragraph() -> None:
    error = "none of the 2 ways led to it:\n- direct https://a.example/1.mp3: 404\n- feed https://b.example/1.mp3: 410"
    page = report([PhaseLine(asset="audio_file", state="failed", error=error, remedy="Name another.")], {}).markdown
    assert (
        "**audio_file**: none of the 2 ways led to it:\n\n"
        "- direct https://a.example/1.mp3: 404\n- feed https://b.example/1.mp3: 410\n\nName another."
    ) in page


def test_only_the_most_named_are_listed() -> None:
    many = Entities(engine="e", language="en", mentions=tuple(mention(f"Name {n}") for n in range(50)))
    page = report([], {"entities": many}).markdown
    assert page.count("| musician | 1 |") == MOST_NAMED


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
        ([PhaseLine(asset="summary", state="failed", tried=(tried(HOSTILE),))], {}),
    ],
    ids=["title", "show", "attempt", "address", "line", "moment", "name", "error", "remedy", "engine", "step"],
)
def test_nothing_from_outside_opens_html_or_ends_a_row(lines: list[PhaseLine], artifacts: dict[str, Artifact]) -> None:
    page = report(lines, artifacts).markdown
    assert "<script" not in page
    assert "![](" not in page
    assert not any(line.startswith("| c |") for line in page.splitlines())
    assert "a | b" not in page


AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
AROUND = Circumstances(
    state="failed",
    submitted_at=AT,
    started_at=AT,
    ended_at=AT,
    runs=(ReportRun(run_id="0123456789", status="failure", attempt=2, started_at=AT, page="http://ui.example/runs/0"),),
    checks=(ReportCheck(asset="summary", name="length", passed=False, said=HOSTILE),),
    decisions=(ReportDecision(asset="transcript", why=HOSTILE, estimate="$2", asked_at=AT),),
    corrections=(ReportCorrection(about="title", said=HOSTILE, by=HOSTILE, at=AT),),
    events=(ReportEvent(at=AT, asset="summary", kind="failed", text=HOSTILE),),
)


def test_a_report_tells_of_runs_decisions_corrections_checks_and_events() -> None:
    page = make_episode_report(KEY, URL, [], {}, around=AROUND).markdown
    assert "**failed** · submitted 2026-03-01 12:00:00 UTC" in page
    assert "- [01234567](http://ui.example/runs/0) failed, attempt 2, 2026-03-01 12:00:00 UTC" in page
    assert "nobody decided yet" in page
    for heading in ("What is left", "Decisions", "Corrections", "Checks that warn", "Runs", "What happened last"):
        assert f"\n## {heading}\n\n- " in page, heading
    assert "<script" not in page
    assert "![](" not in page


def test_what_waits_for_somebody_is_unresolved() -> None:
    decisions = (decision("Bird", "ambiguous"), decision("Prez", "linked"))
    links = EntityLinks(engine="e", links=(), decisions=decisions)
    made = make_episode_report(KEY, URL, [], {"entity_links": links}, around=AROUND)
    assert made.unresolved == (
        f"transcript waits for a yes or a no: {HOSTILE}",
        f"summary: length warns: {HOSTILE}",
        "1 name may mean several: Bird",
    )


def test_each_phase_tells_its_attempts_its_cost_and_where_its_artifact_is() -> None:
    place = ArtifactPlace(
        url="http://face.example/artifacts/summary/k",
        path="/store/k.json",
        digest="d" * 64,
        schema_version=1,
        form="summary.schema.json",
        code_version="3.a1",
    )
    spent = Spent(calls=2, tokens=100, cost_usd=0.25)
    line = PhaseLine(asset="summary", state="done", engine="m", seconds=2, attempts=3, spent=spent, artifact=place)
    page = report([line], {}).markdown
    assert "| summary | done | m | 2.0 s | 3 | 2 calls, $0.2500 |  |" in page
    assert "| [summary](http://face.example/artifacts/summary/k) | 1 | 3.a1 | `dddddddddddd` |" in page


def test_what_a_phase_tried_is_a_table_where_it_did_not_get_through() -> None:
    steps = (tried("https://a.example"),)
    stopped, through = (PhaseLine(asset="audio_file", state=state, tried=steps) for state in ("failed", "done"))
    assert "| fetch | https://a.example | failed | 1.0 s | https://a.example |" in report([stopped], {}).markdown
    assert "What audio_file tried" not in report([through], {}).markdown


def test_the_same_episode_makes_the_same_report() -> None:
    assert report().digest() == report().digest()
