"""Who an episode is: one identity for every way to write its URL, and a key that Dagster can select."""

from __future__ import annotations

import string
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.domain.episode.identity import (
    MAX_URL,
    PARTITION_KEY,
    Submission,
    canonical_url,
    checked_key,
    checked_url,
    file_submission,
    is_route,
    item_identity,
    item_name,
    item_submission,
    page_submission,
    partition_key,
    place_of,
    podcast_guid,
    slug,
)
from ragtime_assets.errors import InvalidSubmission

ANYTHING = st.text(max_size=300)
HOSTS = st.from_regex(r"(www\.){0,2}[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z]{2,8}){0,2}", fullmatch=True)
PATHS = st.lists(st.text(max_size=40).map(lambda text: quote(text, safe="%~!$&'()*+,;=:@")), max_size=5).map("/".join)
PAIRS = st.lists(st.tuples(st.text(max_size=10), st.text(max_size=10)), max_size=4)
PORTS = st.sampled_from(["", ":80", ":443", ":8080"])


@st.composite
def urls(draw: st.DrawFn) -> str:
    """A URL that may be submitted."""
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in draw(PAIRS))
    return f"https://{draw(HOSTS)}{draw(PORTS)}/{draw(PATHS)}" + (f"?{query}" if query else "")


@given(urls())
def test_a_key_is_always_one_that_dagster_can_select(url: str) -> None:
    assert PARTITION_KEY.fullmatch(page_submission(url).key)


@given(HOSTS, ANYTHING)
def test_the_key_of_a_feeds_item_is_too(host: str, guid: str) -> None:
    try:
        submission = item_submission(f"https://{host}/feed", guid)
    except InvalidSubmission:
        return
    assert PARTITION_KEY.fullmatch(submission.key)
    assert len(f"{submission.key}-r999") <= 100


@given(ANYTHING, ANYTHING, ANYTHING)
def test_a_key_is_made_of_whatever_it_is_given(place: str, last: str, identity: str) -> None:
    assert PARTITION_KEY.fullmatch(partition_key(place, last, identity))


@given(urls())
def test_a_canonical_url_is_its_own_canonical_url(url: str) -> None:
    assert canonical_url(f"https://{canonical_url(url)}") == canonical_url(url)


TRACKERS = st.sampled_from(["fbclid=1", "gclid=2", "mc_cid=3", "mc_eid=4", "utm_source=5", "utm_x="])
PLACES = st.text().map(quote).filter(lambda fragment: not is_route(fragment))


@given(urls(), TRACKERS, PLACES)
def test_what_does_not_matter_does_not_matter(url: str, tracker: str, fragment: str) -> None:
    wanted = canonical_url(url)
    variants = [
        url.replace("https:", "http:", 1),
        url.replace("https://", "HTTPS://www.", 1),
        f"{url}{'&' if '?' in url else '?'}{tracker}",
        f"{url}#{fragment}",
        f"  {url}\n",
    ]
    assert [canonical_url(variant) for variant in variants] == [wanted] * len(variants)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://Show.Example/One", "https://show.example/One"),
        ("https://show.example/one/", "https://show.example/one"),
        ("https://show.example/", "https://show.example"),
        ("https://show.example./one", "https://show.example/one"),
        ("https://show.example:443/one", "http://show.example:80/one"),
        ("https://show.example/%6fne", "https://show.example/one"),
        ("https://show.example/one#top", "https://show.example/one"),
        ("https://show.example/one#/", "https://show.example/one"),
        ("https://show.example/#/%6fne/", "http://www.show.example#/one"),
        ("https://show.example/caf%c3%a9", "https://show.example/café"),
        ("https://show.example/a%20b", "https://show.example/a%20b/"),
        ("https://bücher.example/one", "https://xn--bcher-kva.example/one"),
        ("https://show.example/?b=2&a=1", "https://show.example/?a=1&b=2"),
        ("https://show.example/?a=%7E", "https://show.example/?a=~"),
        ("https://show.example/?a=1+2", "https://show.example/?a=1%202"),
    ],
)
def test_two_ways_to_write_one_page(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)
    assert page_submission(one).identity == page_submission(other).identity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://show.example/One", "https://show.example/one"),
        ("https://show.example/?id=1", "https://show.example/?id=2"),
        ("https://show.example/#/episode/12", "https://show.example/#/episode/13"),
        ("https://show.example/#!/episode/12", "https://show.example/#!/episode/13"),
        ("https://show.example/#/episode/12", "https://show.example/"),
        ("https://show.example/?id=", "https://show.example/"),
        ("https://show.example:8080/one", "https://show.example/one"),
        ("https://a.show.example/one", "https://show.example/one"),
        ("https://show.example/caf%E9", "https://show.example/caf%E8"),
        ("https://show.example/?q=%E9", "https://show.example/?q=%E8"),
        ("https://show.example/a%3Fb", "https://show.example/a?b"),
        ("https://show.example/" + "a" * 1_900, "https://show.example/" + "a" * 1_901),
        ("http://[2001:db8::1]:8080/", "http://[2001:db8::1:8080]/"),
    ],
)
def test_two_pages_are_two_episodes(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)
    assert page_submission(one).key != page_submission(other).key


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "show",
        "show.example/one",
        "ftp://show.example/one",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "https:///one",
        "https://user@show.example/",
        "https://user:password@show.example/",
        "https://show.example:port/",
        "https://show.example:99999/",
        "https://show .example/",
        "https://show.example/a b",
        "https://show.example/\x00",
        "https://show.example/\x7f",
        "https://show.example/\udcff",
        "https://[::1/",
        "https://a..b/",
        "https://" + "a" * 64 + ".example/",
        "https://show.example/" + "a" * MAX_URL,
    ],
)
def test_what_is_no_url_is_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(InvalidSubmission) as caught:
        page_submission(url)
    assert len(str(caught.value)) < 400
    assert "Submit" in caught.value.remedy


@given(st.text())
def test_checking_a_url_ends_in_a_url_or_a_clear_error(text: str) -> None:
    for given_url in (text, f"https://{text}", f"https://show.example/{text}"):
        try:
            url = checked_url(given_url)
        except InvalidSubmission:
            continue
        assert PARTITION_KEY.fullmatch(Submission(url=url).key)


@pytest.mark.parametrize("guid", ["", "  ", "a\x00b", "a\nb", "\udcff"])
def test_a_guid_that_is_none_is_refused(guid: str) -> None:
    with pytest.raises(InvalidSubmission, match="guid") as caught:
        item_submission("https://show.example/feed", guid)
    assert "--guid" in caught.value.remedy


def test_the_podcast_guid_is_the_standards_own_example() -> None:
    for url in ("podnews.net/rss", "https://podnews.net/rss", "HTTP://podnews.net/rss/", " https://podnews.net/rss "):
        assert podcast_guid(url) == "9b024349-ccf0-5f69-a609-6b82873eab3c"
    assert podcast_guid("podnews.net/rssX") != podcast_guid("podnews.net/rss")


def test_an_item_is_known_by_its_podcast_and_its_guid() -> None:
    submission = item_submission(" https://podnews.net/rss ", " item 1 ")
    assert submission == Submission(url="https://podnews.net/rss", feed_url="https://podnews.net/rss", guid="item 1")
    assert submission.identity == "9b024349-ccf0-5f69-a609-6b82873eab3c|item 1"
    assert submission.key.startswith("podnews-net-item-1-")


def test_the_podcast_of_an_item_is_kept_only_where_its_feed_does_not_tell_it() -> None:
    feed = "https://podnews.net/rss"
    assert item_submission(feed, "1", podcast_guid(feed)) == item_submission(feed, "1")
    moved = item_submission("https://new.example/rss", "1", podcast_guid(feed))
    assert (moved.podcast_guid, moved.identity) == (podcast_guid(feed), item_submission(feed, "1").identity)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_file_lies_in_one_place_whatever_its_query_is_signed_with(scheme: str) -> None:
    assert place_of(f"{scheme}://www.cdn.example/1.mp3?token=a#/t/9") == "cdn.example/1.mp3"


@pytest.mark.parametrize("url", [None, "", "1.mp3", "ftp://cdn.example/1.mp3", "https://[::1/1.mp3", "http://a..b/"])
def test_what_is_no_address_on_the_web_lies_nowhere(url: str | None) -> None:
    assert place_of(url) is None


def test_a_file_of_this_machine_is_submitted_by_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert file_submission(Path("~/a b.mp3")).url == f"{tmp_path.resolve().as_uri()}/a%20b.mp3"


def test_a_submission_is_shown_without_its_secrets() -> None:
    feed = item_submission("https://show.example/feed?token=x", "1").without(lambda url: url.replace("x", "***", 1))
    assert (feed.url, feed.feed_url) == ("https://show.e***ample/feed?token=x",) * 2
    page = page_submission("https://show.example/one").without(str.upper)
    assert (page.url, page.feed_url) == ("HTTPS://SHOW.EXAMPLE/ONE", None)


def test_an_address_of_up_to_600_letters_behind_its_host_is_its_own_identity() -> None:
    assert canonical_url(f"https://show.example/{'a' * 599}") == f"show.example/{'a' * 599}"
    assert len(canonical_url(f"https://show.example/{'a' * 600}")) == len("show.example/~") + 64


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://show.example/one", "'ftp://show.example/one' is not an http or https URL"),
        ("https:///one", "'https:///one' has no host, or a user name in it"),
        (f"https://show.example/{'a' * 99} b", f"'https://show.example/{'a' * 96}...' is not a URL"),
    ],
)
def test_what_is_no_url_is_shown_as_far_as_it_fits_a_line(url: str, said: str) -> None:
    with pytest.raises(InvalidSubmission) as caught:
        checked_url(url)
    assert caught.value.message == said


def test_a_guid_of_up_to_600_bytes_is_its_own_name() -> None:
    assert item_name("ü" * 300) == "ü" * 300
    assert len(item_name("ü" * 300 + "a")) == 64


def test_an_identity_is_short_enough_for_any_index_and_still_tells_apart() -> None:
    long = ["ü" * 5_000, "ü" * 5_001]
    identities = [item_identity("podcast", guid) for guid in long]
    assert len(set(identities)) == 2
    assert max(len(identity.encode()) for identity in identities) < 700


def test_a_key_tells_people_which_episode_it_is() -> None:
    key = page_submission("https://www.blue-notes.example/episodes/Caf%C3%A9%20Society!/").key
    assert key.startswith("blue-notes-example-cafe-society-")
    assert len(key.rsplit("-", 1)[1]) == 12


def test_a_key_has_35_letters_of_the_place_and_40_of_the_episode() -> None:
    place, last, _ = item_submission(f"https://{'a' * 60}.example/feed", "b" * 90).key.split("-")
    assert (place, last) == ("a" * 35, "b" * 40)


def test_a_slug_has_no_dash_at_either_end_even_when_it_is_cut() -> None:
    assert slug("--Ab c--", 10) == slug("--Ab c--", 4) == "ab-c"
    assert slug("abc def", 4) == "abc"
    assert slug("名前", 10) == ""


@pytest.mark.parametrize("key", ["", "a,b", "A", "a b", "a\n", "a...b", "ä", "a" * 101, "a[b]"])
def test_what_cannot_be_a_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidSubmission, match="not a partition key") as caught:
        checked_key(key)
    assert "ragtime status" in caught.value.remedy


@given(st.text(alphabet=string.ascii_lowercase + string.digits + "-", min_size=1, max_size=100))
def test_what_can_be_a_key_is_taken_as_it_is(key: str) -> None:
    assert checked_key(key) == key
