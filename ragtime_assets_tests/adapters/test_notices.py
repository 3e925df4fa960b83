"""Each way to tell people of failures, against a real server or a real process; what does not get through says why."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from ragtime_assets.adapters.notices.command import CommandNotifier
from ragtime_assets.adapters.notices.mail import MailNotifier
from ragtime_assets.adapters.notices.webhook import WebhookNotifier
from ragtime_assets.domain.notices import Command, Notice, Webhook, message, way_of
from ragtime_assets.errors import EngineUnavailable, RagtimeError, SourceGone, SourceUnavailable, TimedOut
from ragtime_assets_tests.mail_server import MailServer, mail_server

MESSAGE = message(Notice("NoSpeech", 2, ("one: transcript: silence",), "Listen to it."), "http://face.example")


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def mail_to(port: int, user: str = "") -> MailNotifier:
    way = way_of(f"mailto:a@show.example,b@show.example?server=smtp://{user}127.0.0.1:{port}&from=us@show.example")
    return MailNotifier(way)  # type: ignore[arg-type]


def test_a_webhook_gets_the_message_as_json(httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request("/hook", method="POST").respond_with_data("ok")
    WebhookNotifier(Webhook(httpserver.url_for("/hook"))).tell(MESSAGE)
    ((request, _),) = httpserver.log
    told = json.loads(request.data)
    assert told["text"] == MESSAGE.text
    assert (told["cause"], told["count"], told["remedy"]) == ("NoSpeech", 2, "Listen to it.")


@pytest.mark.parametrize(("status", "error"), [(404, SourceGone), (302, SourceGone), (503, SourceUnavailable)])
def test_a_webhook_that_refuses_is_told_without_its_secret(
    httpserver: HTTPServer, status: int, error: type[RagtimeError]
) -> None:
    httpserver.expect_request("/hook/SECRET").respond_with_data("no", status=status)
    with pytest.raises(error, match=str(status)) as caught:
        WebhookNotifier(Webhook(httpserver.url_for("/hook/SECRET"))).tell(MESSAGE)
    assert "SECRET" not in caught.value.message


def test_a_webhook_that_is_not_there_is_told_without_its_secret() -> None:
    with pytest.raises(SourceUnavailable, match=r"127\.0\.0\.1 does not answer") as caught:
        WebhookNotifier(Webhook("http://127.0.0.1:1/SECRET")).tell(MESSAGE)
    assert "SECRET" not in caught.value.message


def test_a_mail_goes_to_everybody_who_is_named(mails: MailServer) -> None:
    mail_to(mails.port).tell(MESSAGE)
    (mail,) = mails.mails
    assert (mail["Subject"], mail["From"], mail["To"]) == (
        "ragtime: 2 failures: NoSpeech",
        "us@show.example",
        "a@show.example, b@show.example",
    )
    assert str(mail.get_payload()).strip().replace("\r\n", "\n") == MESSAGE.text
    assert sum(command.startswith("rcpt TO") for command in mails.commands) == 2


def test_a_mail_server_hears_the_password_that_is_meant_for_it(mails: MailServer) -> None:
    mail_to(mails.port, "ella:p%40ss@").tell(MESSAGE)
    assert any(command.startswith("AUTH PLAIN") for command in mails.commands)
    assert len(mails.mails) == 1


def test_a_mail_that_is_not_taken_says_what_the_server_answered(mails: MailServer) -> None:
    mails.answer = b"552 the box is full"
    with pytest.raises(SourceUnavailable, match="answered 552"):
        mail_to(mails.port).tell(MESSAGE)


def test_a_mail_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(SourceUnavailable, match=r"127\.0\.0\.1:1 took no mail") as caught:
        mail_to(1, "ella:secret@").tell(MESSAGE)
    assert "secret" not in caught.value.message


def test_a_command_reads_the_message_from_its_standard_input(tmp_path: Path) -> None:
    to = tmp_path / "told.json"
    CommandNotifier(_python("import sys; open(sys.argv[1], 'w').write(sys.stdin.read())", str(to))).tell(MESSAGE)
    assert json.loads(to.read_text())["subject"] == "ragtime: 2 failures: NoSpeech"


def test_a_command_that_fails_hangs_or_is_not_there_says_so() -> None:
    with pytest.raises(SourceUnavailable, match="ended with 3"):
        CommandNotifier(_python("raise SystemExit(3)")).tell(MESSAGE)
    with pytest.raises(TimedOut, match="longer than 0.1 seconds"):
        CommandNotifier(_python("import time; time.sleep(60)"), seconds=0.1).tell(MESSAGE)
    with pytest.raises(EngineUnavailable, match="/no/such/program cannot be started"):
        CommandNotifier(Command(("/no/such/program",))).tell(MESSAGE)


def _python(code: str, *words: str) -> Command:
    return Command((sys.executable, "-c", code, *words))
