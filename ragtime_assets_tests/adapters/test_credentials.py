"""A secret is heard by its own place alone, and is in nothing that comes back."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.adapters.web.credentials import Credentials, read_credentials
from ragtime_assets.adapters.web.http import GuardedHttp
from ragtime_assets.errors import ConfigurationError, RagtimeError, SourceGone
from ragtime_assets_tests.adapters.wire import PUBLIC, Wire
from ragtime_assets_tests.fakes import silent

TOKEN = "s3cret/token+of=mine"
PASSWORD = "correct horse"
BASIC = base64.b64encode(f"ann:{PASSWORD}".encode()).decode()
FILE = f"""
["http://basic.example"]
user = "ann"
password = "{PASSWORD}"

["http://bearer.example"]
bearer = "{TOKEN}"

["http://query.example"]
query = {{ auth = "{TOKEN}" }}

["http://club.example"]
bearer = "club-bearer-token"
subdomains = true

["http://own.club.example"]
bearer = "own-bearer-token"

["tls.example"]
bearer = "only-over-tls"
"""
SECRETS = (TOKEN, "s3cret%2Ftoken%2Bof%3Dmine", PASSWORD, BASIC)


def written(folder: Path, text: str = FILE, mode: int = 0o600) -> Path:
    path = folder / "credentials.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.fixture
def web(httpserver: HTTPServer, tmp_path: Path) -> GuardedHttp:
    """Every host name leads to the one server of this test."""
    credentials = read_credentials(written(tmp_path))
    return GuardedHttp(
        user_agent="t", resolver=lambda _host, _port: [PUBLIC], wire=Wire(httpserver.port), credentials=credentials
    )


def heard(httpserver: HTTPServer) -> list[tuple[str, str | None, str]]:
    """Who was asked, with what."""
    asked = (request for request, _ in httpserver.log)
    return [(one.host, one.headers.get("authorization"), one.query_string.decode()) for one in asked]


@pytest.mark.parametrize(
    ("host", "header", "query"),
    [
        ("basic.example", f"Basic {BASIC}", ""),
        ("bearer.example", f"Bearer {TOKEN}", ""),
        ("query.example", None, "auth=s3cret%2Ftoken%2Bof%3Dmine"),
        ("a.club.example", "Bearer club-bearer-token", ""),
        ("own.club.example", "Bearer own-bearer-token", ""),
        ("www.bearer.example", None, ""),
        ("evilclub.example", None, ""),
        ("tls.example", None, ""),
        ("basic.example:81", None, ""),
        ("other.example", None, ""),
    ],
)
def test_each_place_hears_what_is_for_it_and_no_other_does(
    httpserver: HTTPServer, web: GuardedHttp, tmp_path: Path, host: str, header: str | None, query: str
) -> None:
    httpserver.expect_request("/a").respond_with_data("ID3")
    web.fetch(f"http://{host}/a")
    web.download(f"http://{host}/a", tmp_path / "a", silent)
    web.revisit(f"http://{host}/a", {})
    assert heard(httpserver) == [(host, header, query)] * 3


def test_a_token_stands_beside_what_the_address_asks_for(httpserver: HTTPServer, web: GuardedHttp) -> None:
    httpserver.expect_request("/a").respond_with_data("x")
    document = web.fetch("http://query.example/a?id=7&sign=a%2Fb")
    assert heard(httpserver)[0][2] == "id=7&sign=a%2Fb&auth=s3cret%2Ftoken%2Bof%3Dmine"
    assert document.url == "http://query.example/a?id=7&sign=a%2Fb"


@pytest.mark.parametrize("start", ["basic", "bearer", "query"])
@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_to_another_host_takes_no_secret_along(
    httpserver: HTTPServer, web: GuardedHttp, tmp_path: Path, start: str, status: int
) -> None:
    def lead(request: Request) -> Response:
        echoed = request.query_string.decode()
        said = request.headers.get("authorization", "").partition(" ")[2]
        return Response(status=status, headers={"Location": f"http://cdn.example/b?{echoed}&said={said}&x=1"})

    httpserver.expect_request("/a").respond_with_handler(lead)
    httpserver.expect_request("/b").respond_with_data("ID3")
    found = (
        web.fetch(f"http://{start}.example/a").url,
        web.download(f"http://{start}.example/a", tmp_path / "a", silent).url,
        web.revisit(f"http://{start}.example/a", {}).url,
    )
    there = [(header, query) for host, header, query in heard(httpserver) if host == "cdn.example"]
    assert len(there) == 3
    for text in (*found, *(query for _, query in there)):
        assert not [secret for secret in SECRETS if secret in text]
    assert {header for header, _ in there} == {None}


def test_a_redirect_within_a_place_hears_its_secret_again(httpserver: HTTPServer, web: GuardedHttp) -> None:
    httpserver.expect_request("/a").respond_with_response(Response(status=302, headers={"Location": "/b"}))
    httpserver.expect_request("/b").respond_with_data("x")
    assert web.fetch("http://query.example/a").url == "http://query.example/b"
    assert {query for _, _, query in heard(httpserver)} == {"auth=s3cret%2Ftoken%2Bof%3Dmine"}


def test_addresses_in_a_feed_lose_the_token_and_nothing_else(httpserver: HTTPServer, web: GuardedHttp) -> None:
    token = "s3cret%2Ftoken%2Bof%3Dmine"
    body = (
        f'<a u="http://query.example/1.mp3?auth={token}"/><a u="http://query.example/2.mp3?auth={token}&amp;id=2"/>'
        f'<a u="http://query.example/3.mp3?id=3&amp;auth={token}&amp;k=v"/>'
        f' {{"u": "http:\\/\\/q\\/?auth={token}\\u0026i=4"}}'
        f" you are {TOKEN}, {PASSWORD}; author=s3cret Jürgen"
    )
    httpserver.expect_request("/feed").respond_with_data(body.encode(), content_type="text/xml")
    assert web.fetch("http://query.example/feed").body.decode() == (
        '<a u="http://query.example/1.mp3"/><a u="http://query.example/2.mp3?id=2"/>'
        '<a u="http://query.example/3.mp3?id=3&amp;k=v"/> {"u": "http:\\/\\/q\\/?i=4"}'
        " you are ***, ***; author=s3cret Jürgen"
    )


def test_an_address_that_was_submitted_with_its_token_is_known_without_it(
    httpserver: HTTPServer, web: GuardedHttp
) -> None:
    httpserver.expect_request("/feed").respond_with_data("x")
    found = web.fetch(f"http://query.example/feed?auth={SECRETS[1]}")
    assert found.url == "http://query.example/feed"
    assert heard(httpserver)[0][2] == f"auth={SECRETS[1]}"


@pytest.mark.parametrize("host", ["basic", "bearer", "query"])
def test_no_error_tells_a_secret_that_a_server_repeats(httpserver: HTTPServer, web: GuardedHttp, host: str) -> None:
    said = {"basic": PASSWORD, "bearer": TOKEN, "query": TOKEN}[host]
    httpserver.expect_request("/gone").respond_with_response(Response(status=f"404 No {said} here"))
    httpserver.expect_request("/loop").respond_with_response(
        Response(status=302, headers={"Location": f"http://{host}.example/loop?auth={SECRETS[1]}&{said}"})
    )
    httpserver.expect_request("/odd").respond_with_response(Response(headers={"Content-Encoding": f"x-{said}"}))
    httpserver.expect_request("/bad").respond_with_response(
        Response(status=302, headers={"Location": f"ftp://{said}@{host}.example/{said}"})
    )
    for path in ("gone", "loop", "odd", "bad"):
        with pytest.raises(RagtimeError) as caught:
            web.fetch(f"http://{host}.example/{path}")
        error: BaseException | None = caught.value
        told = f"{caught.value.details}"
        while error is not None:
            told += f" {error!r} {error}"
            error = error.__cause__ or error.__context__
        assert not [secret for secret in SECRETS if secret in told], (path, told)


def test_a_login_that_is_refused_says_where_to_correct_it(httpserver: HTTPServer, web: GuardedHttp) -> None:
    httpserver.expect_request("/").respond_with_data(status=403)
    with pytest.raises(SourceGone, match="does not accept our login") as caught:
        web.fetch("http://basic.example/")
    assert "RAGTIME_CREDENTIALS_FILE" in caught.value.remedy


# -- the file


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(ConfigurationError, match="may be read by others") as caught:
        read_credentials(written(tmp_path, mode=mode))
    assert "chmod 600" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('["a.example"]\nuser = "hunter2hunter2"', "belong together"),
        ('["a.example"]\nbearer = "hunter2hunter2"\nquery = { a = "hunter2hunter2" }', "accepted is one of"),
        ('["a.example"]\n', "accepted is one of"),
        ('["a.example"]\nbearer = "hunter2hunter2\\nX: y"', "bearer"),
        ('["a.example"]\nbearer = "hunter2hunter2"\ncolour = "blue"', "colour"),
        ('["a.example/feed"]\nbearer = "hunter2hunter2"', "accepted for a host"),
        ('["ftp://a.example"]\nbearer = "hunter2hunter2"', "accepted for a host"),
        ('["a.example"]\nbearer = hunter2hunter2', "is not TOML"),
        ('bearer = "hunter2hunter2"', "bearer"),
    ],
)
def test_a_file_that_cannot_be_understood_is_told_without_its_secrets(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as caught:
        read_credentials(written(tmp_path, text))
    assert "hunter2" not in f"{caught.value} {caught.value.remedy} {caught.value.__cause__}"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.toml cannot be read: No such file"):
        read_credentials(tmp_path / "gone.toml")


def test_without_a_file_nothing_is_known_and_nothing_is_changed() -> None:
    assert read_credentials(None).known == ()
    assert Credentials().scrubbed(b"?auth=x") == b"?auth=x"


def test_a_credential_shows_no_secret_when_it_is_printed(tmp_path: Path) -> None:
    known = read_credentials(written(tmp_path)).known
    assert not [secret for secret in SECRETS if secret in repr(known)]
    assert {one.place for one in known} >= {"http://*.club.example", "https://tls.example"}
