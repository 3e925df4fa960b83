"""An episode that is in the corpus under another key is stopped before it costs anything."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.episode.identity import item_identity, item_submission, page_submission
from ragtime_assets.errors import DuplicateEpisode
from ragtime_assets.phases.audio.duplicates import claimed_before_audio, claimed_before_speech, learned
from ragtime_assets_tests.fakes import FACTS, details_of

PAGE = page_submission("https://show.example/one")


class Owners:
    """Who owns which identity, in memory."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}

    def claim(self, key: str, identities: Sequence[str]) -> str:
        for identity in identities:
            if self.keys.get(identity, key) != key:
                return self.keys[identity]
        self.keys |= dict.fromkeys(identities, key)
        return key


def audio(digest: str) -> AudioFile:
    return AudioFile(engine="av", sha256=digest, bytes=1, facts=FACTS, url="https://a", tier="direct", attempts=())


def test_a_page_is_known_by_its_url_when_nothing_else_is_learned() -> None:
    assert learned(PAGE, details_of()) == ["show.example/one"]


def test_everything_that_is_learned_counts() -> None:
    details = details_of(podcast_guid="p", guid="g", canonical_url="https://www.show.example/first/")
    assert learned(PAGE, details) == sorted(["show.example/one", "show.example/first", item_identity("p", "g")])


@pytest.mark.parametrize("url", ["https://a..b/one", "https://[::1/one", "https://show.example:x/"])
def test_a_canonical_url_that_is_none_does_not_stop_the_episode(url: str) -> None:
    assert learned(PAGE, details_of(canonical_url=url)) == ["show.example/one"]


def test_a_page_that_a_feed_calls_its_home_is_no_identity() -> None:
    details = details_of(canonical_url="https://www.show.example/", show_url="http://show.example")
    assert learned(PAGE, details) == ["show.example/one"]


def test_the_shell_in_which_a_script_shows_episodes_is_no_identity() -> None:
    owners = Owners()
    for number in (12, 13):
        page = page_submission(f"https://show.example/app#/episode/{number}")
        details = details_of(page.url, canonical_url="https://show.example/app")
        assert learned(page, details) == [f"show.example/app#/episode/{number}"]
        claimed_before_audio(str(number), page, details, owners)


def test_a_guid_without_a_podcast_says_nothing() -> None:
    assert learned(PAGE, details_of(guid="1")) == ["show.example/one"]


def test_the_same_episode_from_page_and_feed_is_one() -> None:
    owners = Owners()
    item = item_submission("https://show.example/feed", "g")
    podcast = item.identity.partition("|")[0]
    details = details_of(podcast_guid=podcast, guid="g")
    claimed_before_audio("from-page", PAGE, details, owners)
    with pytest.raises(DuplicateEpisode, match="duplicate of from-page") as caught:
        claimed_before_audio("from-feed", item, details, owners)
    assert caught.value.details == {"owner": "from-page"}


def test_the_same_audio_is_the_same_episode() -> None:
    owners = Owners()
    claimed_before_speech("one", audio("a"), owners)
    claimed_before_speech("two", audio("b"), owners)
    with pytest.raises(DuplicateEpisode, match="duplicate of one"):
        claimed_before_speech("three", audio("a"), owners)


def test_asking_again_for_the_same_key_is_harmless() -> None:
    owners = Owners()
    for _ in range(2):
        claimed_before_audio("one", PAGE, details_of(), owners)
        claimed_before_speech("one", audio("a"), owners)
