"""Every address of the audio is tried in order, and the first that gives audio is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ragtime_assets.domain.artifacts.audio_file import AudioFacts, AudioFile, Tier, TierAttempt
from ragtime_assets.domain.artifacts.episode_details import AudioCandidate, AudioOrigin, EpisodeDetails, Source
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.episode.corrections import checked_corrections
from ragtime_assets.domain.episode.fetched import AudioLink, Download
from ragtime_assets.domain.episode.indexed_episode import Match
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.errors import (
    AudioNotFound,
    AudioUnsure,
    BlockedAddress,
    EngineUnavailable,
    InputMissing,
    InvalidAudio,
    RagtimeError,
    SourceGone,
    SourceUnavailable,
    StorageFull,
    StoreUnavailable,
    TimedOut,
    TooLarge,
)
from ragtime_assets.phases.audio.doubts import is_approved
from ragtime_assets.phases.audio.known_addresses import DirectAudioFinder, FeedAudioFinder, LastAudioFinder
from ragtime_assets.phases.audio_file import Taking, make_audio_file
from ragtime_assets.ports import AudioFinder, Progress
from ragtime_assets_tests.fakes import FakeAudioFinder, FakeFeedReader, FakeFetcher, silent

AUDIO = b"ID3 audio"
SURE = Match(score=0.9, sure=True, reasons=("title equal", "show equal"))
UNSURE = Match(score=0.6, sure=False, reasons=("title near",))
ONE, TWO, THREE = (f"https://cdn.example/{n}.mp3" for n in (1, 2, 3))


class Probe:
    """Takes what begins like an ID3 tag for audio of a minute."""

    def probe(self, path: Path) -> AudioFacts:
        if not path.read_bytes().startswith(b"ID3"):
            raise InvalidAudio("no audio stream")
        return AudioFacts(container="mp3", codec="mp3", duration=60.0, sample_rate=44_100, channels=2)


class Blobs:
    """Keeps files in memory."""

    def __init__(self, failure: RagtimeError | None = None) -> None:
        self.kept: dict[str, bytes] = {}
        self.failure = failure

    def put(self, path: Path, digest: str) -> None:
        if self.failure:
            raise self.failure
        self.kept[digest] = path.read_bytes()

    def put_bytes(self, content: bytes) -> str:
        raise AssertionError("audio comes as a file")

    def local_copy(self, digest: str) -> AbstractContextManager[Path]:
        raise AssertionError("nothing is read back")


def episode(*audio: tuple[str, AudioOrigin]) -> EpisodeDetails:
    return EpisodeDetails(
        engine="rss",
        url="https://pod.example/one",
        title="One",
        audio=tuple(AudioCandidate(url=url, origin=origin) for url, origin in audio),
        source=Source(kind="canonical"),
        outcome="ok",
        confidence=1.0,
    )


def make(
    work: Path,
    files: Mapping[str, bytes | RagtimeError],
    details: EpisodeDetails | None = None,
    blobs: Blobs | None = None,
    max_seconds: int = 3_600,
) -> AudioFile:
    return hunt(
        work, FakeFetcher(files), details or episode(*((url, "enclosure") for url in files)), blobs, max_seconds
    )


def hunt(
    work: Path,
    web: FakeFetcher,
    details: EpisodeDetails,
    blobs: Blobs | None = None,
    max_seconds: int = 3_600,
    beyond: Sequence[AudioFinder] = (),
    *,
    takes_unsure: bool = False,
) -> AudioFile:
    finders = (DirectAudioFinder(), FeedAudioFinder(web, FakeFeedReader()), *beyond)
    taking = Taking(web, Probe(), blobs or Blobs(), work, max_seconds, silent, Deadline(60), takes_unsure=takes_unsure)
    return make_audio_file(details, finders, taking, Trace())


def test_a_file_of_this_machine_is_said_to_be_one(tmp_path: Path) -> None:
    assert make(tmp_path, {"file:///podcasts/one.mp3": AUDIO}).engine == "file"


def test_the_first_address_that_gives_audio_is_kept_and_every_attempt_recorded(tmp_path: Path) -> None:
    blobs = Blobs()
    files = {ONE: SourceGone("answered 404"), TWO: AUDIO, THREE: SourceGone("answered 410")}
    found = make(tmp_path, files, episode((ONE, "enclosure"), (TWO, "alternate"), (THREE, "open_graph")), blobs)
    assert (found.url, found.tier, found.engine, found.bytes) == (TWO, "feed", "http", len(AUDIO))
    assert blobs.kept == {found.sha256: AUDIO}
    assert [(a.tier, a.url, a.outcome, a.bytes, a.error) for a in found.attempts] == [
        ("direct", ONE, "failed", 0, "SourceGone: answered 404"),
        ("direct", THREE, "failed", 0, "SourceGone: answered 410"),
        ("feed", TWO, "ok", len(AUDIO), None),
    ]
    assert list(tmp_path.iterdir()) == []


def test_an_address_named_twice_is_tried_once(tmp_path: Path) -> None:
    web = FakeFetcher({ONE: SourceGone("404"), TWO: AUDIO})
    details = episode((ONE, "enclosure"), (ONE, "media_element"), (TWO, "alternate"))
    found = hunt(tmp_path, web, details)
    assert web.asked == [ONE, TWO]
    assert found.tier == "feed"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><html>Log in</html>", "web page instead of audio"),
        (b"", "empty file"),
        (b"0123456789", "no audio stream"),
    ],
)
def test_what_is_not_audio_is_refused_by_its_bytes_and_not_kept(tmp_path: Path, body: bytes, words: str) -> None:
    blobs = Blobs()
    with pytest.raises(AudioNotFound, match=f"InvalidAudio: .*{words}"):
        make(tmp_path, {ONE: body}, blobs=blobs)
    assert blobs.kept == {}
    assert list(tmp_path.iterdir()) == []
    assert make(tmp_path, {ONE: body, TWO: AUDIO}).url == TWO


def test_audio_longer_than_the_limit_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(AudioNotFound, match="RAGTIME_MAX_AUDIO_SECONDS") as caught:
        make(tmp_path, {ONE: AUDIO}, max_seconds=59)
    assert caught.value.remedy == TooLarge.remedy


def test_a_failure_lists_every_attempt(tmp_path: Path) -> None:
    with pytest.raises(AudioNotFound) as caught:
        make(tmp_path, {ONE: SourceGone("answered 404"), TWO: BlockedAddress("leads to 10.0.0.1")})
    assert f"{ONE}: SourceGone: answered 404" in caught.value.message
    assert f"{TWO}: BlockedAddress: leads to 10.0.0.1" in caught.value.message
    assert [attempt["url"] for attempt in caught.value.details["attempts"]] == [ONE, TWO]


def test_when_every_failure_may_pass_the_whole_may_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="none of the 2 ways") as caught:
        make(tmp_path, {ONE: SourceUnavailable("429", retry_after=40), TWO: TimedOut("slow")})
    assert caught.value.retry_after == 40


def test_an_error_without_words_still_names_itself(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="TimedOut: TimedOut"):
        make(tmp_path, {ONE: TimedOut()})


def test_a_full_disk_stops_at_once(tmp_path: Path) -> None:
    web = FakeFetcher({ONE: StorageFull("no space"), TWO: AUDIO})
    with pytest.raises(StorageFull):
        hunt(tmp_path, web, episode((ONE, "enclosure"), (TWO, "enclosure")))
    assert web.asked == [ONE]


def test_a_store_that_fails_is_not_taken_for_bad_audio(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        make(tmp_path, {ONE: AUDIO, TWO: AUDIO}, blobs=Blobs(StoreUnavailable("no answer")))
    assert list(tmp_path.iterdir()) == []


def test_an_episode_without_any_address_says_so(tmp_path: Path) -> None:
    with pytest.raises(AudioNotFound, match="names no address"):
        make(tmp_path, {})


def test_no_file_is_named_after_an_address(tmp_path: Path) -> None:
    seen: list[Path] = []

    class Watching(FakeFetcher):
        def download(
            self, url: str, to: Path, progress: Progress, headers: Mapping[str, str] | None = None
        ) -> Download:
            seen.append(to)
            return super().download(url, to, progress)

    evil = "https://cdn.example/../../etc/%2e%2e/passwd"
    hunt(tmp_path, Watching({evil: AUDIO}), episode((evil, "enclosure")))
    assert seen == [tmp_path / "audio-1"]


def test_a_tier_is_asked_only_when_those_before_it_failed(tmp_path: Path) -> None:
    later = FakeAudioFinder("browser")
    assert hunt(tmp_path, FakeFetcher({ONE: AUDIO}), episode((ONE, "enclosure")), beyond=[later]).tier == "direct"
    assert later.asked == 0


def test_a_later_tier_finds_what_is_stale_and_says_how_it_was_matched(tmp_path: Path) -> None:
    web = FakeFetcher({ONE: b"<!DOCTYPE html><html>Log in</html>", TWO: AUDIO})
    tiers = [FakeAudioFinder("index", AudioLink(ONE), AudioLink(TWO, match=SURE)), FakeAudioFinder("browser")]
    found = hunt(tmp_path, web, episode((ONE, "enclosure")), beyond=tiers)
    assert (found.tier, found.engine, found.url, found.match) == ("index", "index", TWO, SURE)
    assert not found.low_confidence
    assert web.asked == [ONE, TWO]


def test_a_tier_that_cannot_look_is_an_attempt_and_the_next_one_is_asked(tmp_path: Path) -> None:
    broken = FakeAudioFinder("browser", failure=EngineUnavailable("no Chromium is installed"))
    index = FakeAudioFinder("index", AudioLink(TWO, match=SURE))
    found = hunt(tmp_path, FakeFetcher({TWO: AUDIO}), episode(), beyond=[broken, index])
    assert [(a.tier, a.outcome) for a in found.attempts] == [("browser", "failed"), ("index", "ok")]


def test_when_every_tier_fails_each_is_listed_with_its_reason(tmp_path: Path) -> None:
    broken = FakeAudioFinder("browser", failure=EngineUnavailable("no Chromium is installed"))
    index = FakeAudioFinder("index", AudioLink(TWO))
    with pytest.raises(AudioNotFound) as caught:
        hunt(
            tmp_path,
            FakeFetcher({ONE: SourceGone("404"), TWO: b""}),
            episode((ONE, "enclosure")),
            beyond=[index, broken],
        )
    for words in (f"direct {ONE}: SourceGone", f"index {TWO}: InvalidAudio", "no Chromium is installed"):
        assert words in caught.value.message


def test_an_enclosure_that_moved_is_read_from_the_feed_again(tmp_path: Path) -> None:
    feed = "https://pod.example/feed"

    web = FakeFetcher({ONE: SourceGone("404"), TWO: AUDIO, feed: b"<rss/>"})
    stale = episode((ONE, "enclosure")).model_copy(update={"feed_url": feed, "guid": "g1"})
    fresh = episode((TWO, "enclosure")).model_copy(update={"guid": "g1"})
    finder = FeedAudioFinder(web, FakeFeedReader({feed: [fresh]}))
    taking = Taking(web, Probe(), Blobs(), tmp_path, 60, silent, Deadline(60))
    trace = Trace()
    found = make_audio_file(stale, [DirectAudioFinder(), finder], taking, trace)
    assert (found.url, found.tier) == (TWO, "feed")
    assert [step.tool for step in trace.steps] == ["tier direct", "read feed again", "tier feed"]


def test_two_thousand_enclosures_are_a_handful_of_requests_and_one_error_that_counts_the_rest(tmp_path: Path) -> None:
    urls = [f"https://pod.example/{number}.mp3" for number in range(2_000)]
    web = FakeFetcher({url: SourceGone("404") for url in urls})
    with pytest.raises(AudioNotFound, match="1,995 more addresses that it names were not tried") as caught:
        hunt(tmp_path, web, episode(*((url, "enclosure") for url in urls)))
    assert len(caught.value.details["attempts"]) == 5


def test_no_address_is_tried_when_the_time_of_the_phase_is_over(tmp_path: Path) -> None:
    class Slow(FakeFetcher):
        def download(
            self, url: str, to: Path, progress: Progress, headers: Mapping[str, str] | None = None
        ) -> Download:
            deadline.seconds = -1
            deadline.restart()
            raise TimedOut("the time of the phase is over")

    deadline, browser = Deadline(60), FakeAudioFinder("browser", AudioLink(THREE))
    finders = (DirectAudioFinder(), FeedAudioFinder(Slow({}), FakeFeedReader()), browser)
    taking = Taking(Slow({}), Probe(), Blobs(), tmp_path, 60, silent, deadline)
    with pytest.raises(SourceUnavailable) as caught:
        make_audio_file(episode((ONE, "enclosure"), (TWO, "enclosure")), finders, taking, Trace())
    assert [attempt["url"] for attempt in caught.value.details["attempts"]] == [ONE]


@pytest.mark.parametrize(("before", "tried"), [(0, 0), (1, 1)], ids=["before the first address", "after one"])
def test_addresses_for_which_no_time_was_left_are_not_told_as_dead(tmp_path: Path, before: int, tried: int) -> None:
    class Over(Deadline):
        def left(self) -> float:
            return float(before - len(web.asked))

    web = FakeFetcher({ONE: SourceGone("404"), TWO: AUDIO})
    taking = Taking(web, Probe(), Blobs(), tmp_path, 60, silent, Over(60))
    with pytest.raises(TimedOut) as caught:
        make_audio_file(episode((ONE, "enclosure"), (TWO, "enclosure")), [DirectAudioFinder()], taking, Trace())
    assert len(caught.value.details["attempts"]) == tried


# -- whose audio is it?


def approved(details: EpisodeDetails, url: str) -> EpisodeDetails:
    return checked_corrections({"audio_url": url}).applied_to(details)


@pytest.mark.parametrize(
    ("tier", "match", "why"),
    [
        ("index", UNSURE, "title near"),
        ("browser", None, "the browser cannot tell"),
        ("agent", None, "the agent cannot tell"),
        ("index", SURE, "another length"),
    ],
)
def test_audio_that_may_be_another_episode_s_is_refused_until_a_person_says_yes(
    tmp_path: Path, tier: Tier, match: Match | None, why: str
) -> None:
    blobs, web = Blobs(), FakeFetcher({TWO: AUDIO})
    unheard = episode().model_copy(update={"duration": 90.0 if why == "another length" else None})
    tiers = [FakeAudioFinder(tier, AudioLink(TWO, match=match))]
    with pytest.raises(AudioUnsure, match=why) as caught:
        hunt(tmp_path, web, unheard, blobs, beyond=tiers)
    assert f"ragtime edit KEY --audio-url {TWO}" in caught.value.remedy
    assert "it plays (1:00" in caught.value.message
    assert blobs.kept == {}
    assert list(tmp_path.iterdir()) == []
    found = hunt(tmp_path, web, approved(unheard, TWO), blobs, beyond=tiers)
    assert (found.url, found.tier, found.low_confidence) == (TWO, "direct", False)
    assert found.recognised == "sure, 1 (a person named this address)"


@pytest.mark.parametrize(("tier", "match"), [("index", UNSURE), ("browser", None), ("index", SURE)])
def test_where_a_person_is_asked_first_audio_that_may_be_another_s_is_taken_and_says_so(
    tmp_path: Path, tier: Tier, match: Match | None
) -> None:
    blobs = Blobs()
    details = episode().model_copy(update={"duration": 90.0 if match is SURE else None})
    beyond = [FakeAudioFinder(tier, AudioLink(TWO, match=match))]
    found = hunt(tmp_path, FakeFetcher({TWO: AUDIO}), details, blobs, beyond=beyond, takes_unsure=True)
    assert found.low_confidence
    assert found.doubt
    assert found.doubt in str(found.recognised)
    assert blobs.kept == {found.sha256: AUDIO}
    assert list(tmp_path.iterdir()) == []


def test_unsure_audio_is_taken_only_when_no_sure_one_is_found_after_it(tmp_path: Path) -> None:
    beyond = [
        FakeAudioFinder("index", AudioLink(TWO, match=UNSURE)),
        FakeAudioFinder("index", AudioLink(THREE, match=SURE)),
    ]
    found = hunt(tmp_path, FakeFetcher({TWO: AUDIO, THREE: AUDIO}), episode(), beyond=beyond, takes_unsure=True)
    assert (found.url, found.low_confidence) == (THREE, False)


def test_a_passing_fault_of_a_known_address_is_waited_for_rather_than_taking_unsure_audio(tmp_path: Path) -> None:
    web = FakeFetcher({ONE: SourceUnavailable("answered 503"), TWO: AUDIO})
    beyond = [FakeAudioFinder("index", AudioLink(TWO, match=UNSURE))]
    with pytest.raises(SourceUnavailable):
        hunt(tmp_path, web, episode((ONE, "enclosure")), beyond=beyond, takes_unsure=True)


def test_a_yes_holds_for_the_same_file_when_it_is_signed_anew_and_needs_the_browser(tmp_path: Path) -> None:
    then, now = f"{TWO}?token=1", f"{TWO}?token=2"
    web = FakeFetcher({then: SourceGone("403"), now: AUDIO})
    found = hunt(tmp_path, web, approved(episode(), then), beyond=[FakeAudioFinder("browser", AudioLink(now))])
    assert (found.tier, found.url, found.low_confidence) == ("browser", now, False)


@pytest.mark.parametrize(
    ("approves", "url", "is_it"),
    [
        (TWO, TWO, True),
        (TWO, f"{TWO}?token=2", True),
        (TWO, ONE, False),
        (TWO, "file:///two.mp3", False),
        (None, TWO, False),
        (None, "file:///two.mp3", False),
    ],
)
def test_a_yes_holds_for_no_other_file(approves: str | None, url: str, is_it: bool) -> None:
    read = episode((TWO, "enclosure"))
    assert is_approved(approved(read, approves) if approves else read, url) is is_it


def test_an_address_that_a_model_read_is_never_sure(tmp_path: Path) -> None:
    with pytest.raises(AudioUnsure, match="a model took it"):
        make(tmp_path, {ONE: AUDIO}, episode((ONE, "agent")))


def test_one_unsure_file_of_a_tier_is_enough_and_no_agent_is_paid_for_another(tmp_path: Path) -> None:
    web, agent = FakeFetcher({TWO: AUDIO, THREE: AUDIO}), FakeAudioFinder("agent")
    index = FakeAudioFinder("index", AudioLink(TWO, match=UNSURE), AudioLink(THREE, match=UNSURE))
    with pytest.raises(AudioUnsure):
        hunt(tmp_path, web, episode(), beyond=[index, agent])
    assert web.asked == [TWO]
    assert agent.asked == 0


@pytest.mark.parametrize("announced", [3_600.0, 1.0])
def test_a_publisher_s_own_file_is_taken_whatever_length_it_announces(tmp_path: Path, announced: float) -> None:
    details = episode((ONE, "enclosure")).model_copy(update={"duration": announced})
    assert make(tmp_path, {ONE: AUDIO}, details).url == ONE


def test_an_address_that_only_an_index_gave_is_refused_when_its_audio_is_of_another_length(tmp_path: Path) -> None:
    matched = episode((ONE, "index"))
    assert make(tmp_path, {ONE: AUDIO}, matched).recognised == "sure, 0.75 (a podcast index has it for the episode's)"
    with pytest.raises(AudioUnsure, match="of another length"):
        make(tmp_path, {ONE: AUDIO}, matched.model_copy(update={"duration": 3_600.0}))
    with pytest.raises(AudioUnsure, match="of another length"):
        make(tmp_path, {ONE: AUDIO}, matched.model_copy(update={"duration": 20.0}))


def test_audio_of_an_earlier_version_that_may_be_another_s_says_so() -> None:
    kept = AudioFile(
        engine="browser",
        sha256="a",
        bytes=1,
        facts=AudioFacts(container="mp3", codec="mp3", duration=60.0, sample_rate=44_100, channels=2),
        url=ONE,
        tier="browser",
        attempts=(),
    )
    assert (kept.low_confidence, kept.recognised) == (True, "NOT SURE (found by the browser)")
    matched = kept.model_copy(update={"tier": "index", "match": UNSURE})
    assert (matched.low_confidence, matched.recognised) == (True, "NOT SURE, 0.6 (title near)")


# -- may it work later?


NONE_KNOWS = FakeAudioFinder("index", failure=AudioNotFound("no podcast index leads to the audio"))


def test_that_no_index_knows_an_episode_does_not_make_a_passing_fault_of_its_address_final(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        hunt(tmp_path, FakeFetcher({ONE: SourceUnavailable("503")}), episode((ONE, "enclosure")), beyond=[NONE_KNOWS])
    assert "ragtime retry" in caught.value.remedy


def test_without_an_address_it_may_pass_if_somebody_may_know_one_later(tmp_path: Path) -> None:
    later = FakeAudioFinder("browser", failure=SourceUnavailable("the page answered 503"))
    with pytest.raises(SourceUnavailable):
        hunt(tmp_path, FakeFetcher({}), episode(), beyond=[NONE_KNOWS, later])


def test_a_dead_address_names_the_way_to_give_another(tmp_path: Path) -> None:
    later = FakeAudioFinder("index", failure=SourceUnavailable("fyyd answered 503"))
    for beyond in ([], [NONE_KNOWS], [later]):
        with pytest.raises(AudioNotFound) as caught:
            hunt(tmp_path, FakeFetcher({ONE: SourceGone("404")}), episode((ONE, "enclosure")), beyond=beyond)
        assert "ragtime edit KEY --audio-url" in caught.value.remedy


def test_what_is_wrong_with_the_known_address_is_what_is_to_be_mended(tmp_path: Path) -> None:
    login = SourceGone("401", remedy="It needs a login.")
    with pytest.raises(AudioNotFound) as caught:
        hunt(tmp_path, FakeFetcher({ONE: login}), episode((ONE, "enclosure")), beyond=[NONE_KNOWS])
    assert caught.value.remedy == "It needs a login."


# -- what worked last time


def won_last(url: str, *failed: str) -> LastAudioFinder:
    attempts = tuple(TierAttempt(tier="direct", url=one, outcome="failed", seconds=1) for one in failed)
    facts = AudioFacts(container="mp3", codec="mp3", duration=60.0, sample_rate=44_100, channels=2)
    won = AudioFile(engine="http", sha256="a", bytes=1, facts=facts, url=url, tier="feed", attempts=attempts)
    return LastAudioFinder(lambda: won)


def again(work: Path, web: FakeFetcher, details: EpisodeDetails, last: LastAudioFinder) -> AudioFile:
    finders = (last, DirectAudioFinder(), FeedAudioFinder(web, FakeFeedReader()))
    return make_audio_file(details, finders, Taking(web, Probe(), Blobs(), work, 3_600, silent, Deadline(60)), Trace())


@pytest.mark.parametrize("known", [(ONE, TWO), (ONE,)])
def test_a_redo_begins_with_the_address_that_won_and_never_asks_the_dead_one(
    tmp_path: Path, known: tuple[str, ...]
) -> None:
    web = FakeFetcher({ONE: SourceGone("404"), TWO: AUDIO})
    found = again(tmp_path, web, episode(*((url, "enclosure") for url in known)), won_last(TWO, ONE))
    assert (found.url, found.tier, web.asked) == (TWO, "feed", [TWO])


def test_an_address_that_is_new_comes_before_the_one_that_won(tmp_path: Path) -> None:
    web = FakeFetcher({ONE: AUDIO, TWO: AUDIO})
    assert again(tmp_path, web, episode((ONE, "enclosure"), (TWO, "enclosure")), won_last(TWO, THREE)).url == ONE


def test_an_address_that_won_and_is_dead_by_now_gives_way_to_the_others(tmp_path: Path) -> None:
    web = FakeFetcher({ONE: AUDIO, TWO: SourceGone("404")})
    assert again(tmp_path, web, episode((ONE, "enclosure")), won_last(TWO, ONE)).url == ONE


def test_without_audio_of_before_nothing_is_begun_with(tmp_path: Path) -> None:
    def load() -> AudioFile:
        raise InputMissing("audio_file is not there")

    web = FakeFetcher({ONE: AUDIO})
    assert again(tmp_path, web, episode((ONE, "enclosure")), LastAudioFinder(load)).tier == "direct"
