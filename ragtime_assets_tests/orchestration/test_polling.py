"""From a subscription to submissions, through the real sensor, the real job and a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.domain.episode.identity import podcast_guid
from ragtime_assets.domain.episode.subscription import Selection, Subscription
from ragtime_assets.orchestration.polling import LEASE, MOST_FEEDS, feed_sensor
from ragtime_assets_tests.adapters.polled_feeds import item, rss
from ragtime_assets_tests.house import House

ALL = Selection(since=datetime(2026, 1, 1, tzinfo=UTC), everything=True)


@pytest.fixture
def house(tmp_path: Path, samples: str, httpserver: HTTPServer) -> Iterator[House]:
    """An empty corpus that may ask the sample show and a server of the test's own."""
    allow = (samples.removeprefix("http://"), f"{httpserver.host}:{httpserver.port}")
    with House.open(tmp_path, samples, allow) as house:
        yield house


@pytest.fixture
def net(httpserver: HTTPServer) -> HTTPServer:
    """The server of the test's own."""
    return httpserver


def follow(house: House, *urls: str) -> None:
    house.studio.subscriptions.add(dict.fromkeys(urls), ALL, "test")


def followed(house: House) -> list[Subscription]:
    return [one.feed for one in house.studio.subscriptions.followed()]


def guids(house: House) -> list[str | None]:
    return [episode.guid for episode in house.studio.submissions.episodes()]


def make_due(house: House) -> None:
    house.studio.subscriptions.take_named([feed.id for feed in followed(house)], datetime.now(UTC))


def tick(house: House) -> dg.RunRequest | dg.SkipReason:
    with dg.build_sensor_context(instance=house.instance, resources={"kept": house.resources["kept"]}) as context:
        return feed_sensor(context)


def run(house: House, config: dict[str, object] | None = None) -> dg.ExecuteInProcessResult:
    job = house.definitions.resolve_job_def("poll_feeds")
    return job.execute_in_process(instance=house.instance, run_config=config, raise_on_error=False)


def poll(house: House) -> dg.ExecuteInProcessResult:
    """What the daemon does: a tick, and the run that it asks for."""
    request = tick(house)
    assert isinstance(request, dg.RunRequest)
    result = run(house, request.run_config)
    assert result.success
    return result


def serve(server: HTTPServer, path: str, feed: Callable[[], str]) -> str:
    """A feed with an ETag of its content."""

    def answer(request: Request) -> Response:
        body = feed()
        etag = f'"{hash(body)}"'
        if request.headers.get("If-None-Match") == etag:
            return Response(status=304)
        return Response(body, headers={"ETag": etag}, content_type="application/rss+xml")

    server.expect_request(path).respond_with_handler(answer)
    return server.url_for(path)


def logged(house: House, result: dg.ExecuteInProcessResult) -> list[str]:
    return [record.event_log_entry.user_message for record in house.instance.get_records_for_run(result.run_id).records]


def test_a_due_feed_becomes_submissions_and_a_second_poll_finds_nothing_new(house: House, net: HTTPServer) -> None:
    items = [item("b"), item("a")]
    url = serve(net, "/feed", lambda: rss(*items))
    follow(house, url)
    told = next(line for line in logged(house, poll(house)) if line.startswith(url))
    assert "read, 2 new episodes, next poll 20" in told
    assert guids(house) == ["a", "b"]
    make_due(house)
    told = next(line for line in logged(house, poll(house)) if line.startswith(url))
    assert "unchanged, 0 new episodes" in told
    assert [response.status_code for _, response in net.log] == [200, 304]
    items.insert(0, item("c"))
    make_due(house)
    poll(house)
    assert guids(house) == ["a", "b", "c"]
    assert len(house.studio.submissions.after(0, 10)) == 3


def test_the_run_page_shows_each_feed_and_the_number_of_new_episodes(house: House, net: HTTPServer) -> None:
    follow(house, serve(net, "/feed", lambda: rss(item("a"))), net.url_for("/missing"))
    (output,) = house.events(poll(house), "STEP_OUTPUT")
    metadata = output.step_output_data.metadata
    assert metadata["new_episodes"].value == 1
    table = str(metadata["feeds"].value)
    assert f"| `{net.url_for('/feed')}` | read | 1 |" in table
    assert f"| `{net.url_for('/missing')}` | failed | 0 |" in table


def test_no_feed_due_is_a_skip_and_asks_nobody(house: House, net: HTTPServer) -> None:
    assert isinstance(tick(house), dg.SkipReason)
    follow(house, serve(net, "/feed", lambda: rss()))
    poll(house)
    asked = len(net.log)
    assert isinstance(tick(house), dg.SkipReason)
    assert len(net.log) == asked


def test_a_feed_is_handed_out_once_until_its_lease_is_over(house: House) -> None:
    follow(house, "https://show.example/feed")
    first = tick(house)
    assert isinstance(first, dg.RunRequest)
    assert isinstance(tick(house), dg.SkipReason)
    (feed,) = followed(house)
    assert timedelta() < feed.due_at - datetime.now(UTC) <= LEASE
    make_due(house)
    second = tick(house)
    assert isinstance(second, dg.RunRequest)
    assert first.run_key != second.run_key


def test_a_run_that_comes_after_its_lease_leaves_the_feed_to_its_successor(house: House, net: HTTPServer) -> None:
    follow(house, serve(net, "/feed", lambda: rss(item("a"))))
    late = tick(house)
    make_due(house)
    successor = tick(house)
    assert isinstance(late, dg.RunRequest)
    assert isinstance(successor, dg.RunRequest)
    assert run(house, late.run_config).success
    assert net.log == []
    assert run(house, successor.run_config).success
    assert guids(house) == ["a"]


def test_a_tick_hands_out_a_bounded_number_of_feeds_and_the_next_goes_on(house: House) -> None:
    follow(house, *(f"https://show.example/{number}" for number in range(MOST_FEEDS + 3)))
    handed = []
    while isinstance(request := tick(house), dg.RunRequest):
        handed.append(request.run_config["ops"]["poll"]["config"]["feed_ids"])
    assert [len(ids) for ids in handed] == [MOST_FEEDS, 3]
    assert len({one for ids in handed for one in ids}) == MOST_FEEDS + 3


def test_a_run_started_by_hand_polls_everything_that_is_due_or_the_feeds_it_is_given(
    house: House, net: HTTPServer
) -> None:
    follow(house, serve(net, "/one", lambda: rss(item("a"))), serve(net, "/two", lambda: rss(item("b"))))
    assert run(house).success
    assert sorted(map(str, guids(house))) == ["a", "b"]
    asked = len(net.log)
    assert run(house).success
    assert len(net.log) == asked
    assert run(house, {"ops": {"poll": {"config": {"feed_ids": [2]}}}}).success
    assert [request.path for request, _ in net.log[asked:]] == ["/two"]


def test_a_run_by_hand_polls_more_feeds_than_one_portion(house: House) -> None:
    """An address that nobody may visit fails without a connection, and is polled for all that."""
    follow(house, *(f"http://169.254.169.254/{number}" for number in range(MOST_FEEDS + 1)))
    assert run(house).success
    assert {feed.failures for feed in followed(house)} == {1}


def test_a_feed_that_fails_keeps_its_error_and_takes_nothing_from_the_others(house: House, net: HTTPServer) -> None:
    net.expect_request("/busy").respond_with_data("", 429, {"Retry-After": "7200"})
    net.expect_request("/html").respond_with_data("<!doctype html><html></html>")
    follow(house, net.url_for("/busy"), net.url_for("/html"), "http://169.254.169.254/feed")
    follow(house, serve(net, "/feed", lambda: rss(item("a"))))
    poll(house)
    assert guids(house) == ["a"]
    busy, html, metadata, good = followed(house)
    assert "429" in str(busy.error)
    assert "web page" in str(html.error)
    assert "BlockedAddress" in str(metadata.error)
    assert good.error is None
    assert timedelta(minutes=119) < busy.due_at - datetime.now(UTC) <= timedelta(minutes=120)
    assert timedelta(minutes=59) < html.due_at - datetime.now(UTC) <= timedelta(minutes=60)
    make_due(house)
    poll(house)
    assert timedelta(minutes=119) < followed(house)[1].due_at - datetime.now(UTC) <= timedelta(minutes=120)
    assert [feed.failures for feed in followed(house)] == [2, 2, 2, 0]


def test_a_moved_feed_brings_no_duplicates(house: House, net: HTTPServer) -> None:
    items = [item("a")]
    serve(net, "/new", lambda: rss(*items))
    old = serve(net, "/old", lambda: rss(*items))
    follow(house, old)
    poll(house)
    net.clear_all_handlers()
    new = serve(net, "/new", lambda: rss(*items))
    net.expect_request("/old").respond_with_data("", 301, {"Location": new})
    items.insert(0, item("b").replace("cdn.example", "other-cdn.example"))
    items[1] = items[1].replace("cdn.example", "other-cdn.example")
    make_due(house)
    poll(house)
    (feed,) = followed(house)
    assert (feed.url, feed.podcast_guid) == (new, podcast_guid(old))
    assert guids(house) == ["a", "b"]
    make_due(house)
    poll(house)
    assert net.log[-1][0].path == "/new"
    assert guids(house) == ["a", "b"]


def test_a_feed_follows_its_new_feed_url(house: House, net: HTTPServer) -> None:
    new = serve(net, "/new", lambda: rss(item("b"), item("a")))
    old = serve(net, "/old", lambda: rss(item("a"), channel=f"<itunes:new-feed-url>{new}</itunes:new-feed-url>"))
    follow(house, old)
    poll(house)
    assert [feed.url for feed in followed(house)] == [new]
    assert guids(house) == ["a", "b"]


def test_a_temporary_redirect_is_followed_and_not_stored(house: House, net: HTTPServer) -> None:
    there = serve(net, "/there", lambda: rss(item("a")))
    net.expect_request("/feed").respond_with_data("", 302, {"Location": there})
    follow(house, net.url_for("/feed"))
    poll(house)
    assert [feed.url for feed in followed(house)] == [net.url_for("/feed")]
    assert guids(house) == ["a"]


def test_a_feed_that_is_gone_is_not_polled_again(house: House, net: HTTPServer) -> None:
    net.expect_request("/feed").respond_with_data("", 410)
    follow(house, net.url_for("/feed"))
    poll(house)
    (feed,) = followed(house)
    assert feed.state == "gone"
    assert "410" in str(feed.error)
    assert isinstance(tick(house), dg.SkipReason)
    assert run(house, {"ops": {"poll": {"config": {"feed_ids": [feed.id]}}}}).success
    assert len(net.log) == 1


def test_a_defect_in_one_poll_fails_the_run_after_the_others_were_polled(house: House, net: HTTPServer) -> None:
    bad = [serve(net, path, lambda: rss(item("x"))) for path in ("/1/bad", "/2/bad")]
    follow(house, *bad, serve(net, "/good", lambda: rss(item("a"))))

    class Broken:
        def __init__(self, inner: object) -> None:
            self.inner = inner

        def ask(self, url: str, *validators: str | None) -> object:
            if url.endswith("/bad"):
                raise ZeroDivisionError("a slip of ours")
            return self.inner.ask(url, *validators)

    house.studio.web.feed_polls = Broken(house.studio.web.feed_polls)
    result = run(house)
    assert not result.success
    (failed,) = house.events(result, "STEP_FAILURE")
    told = str(failed.step_failure_data.user_failure_data)
    assert "2 feeds not polled" in told
    assert "a slip of ours" in told
    assert guids(house) == ["a"]


def test_an_episode_of_a_feed_is_made_like_any_other(house: House, samples: str) -> None:
    follow(house, f"{samples}/feed.xml")
    poll(house)
    episodes = house.studio.submissions.episodes()
    assert len(episodes) == 2
    house.instance.add_dynamic_partitions("episodes", [episodes[0].key])
    assert house.run(episodes[0].key, "episode_details").success
