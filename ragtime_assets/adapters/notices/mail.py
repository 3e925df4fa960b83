"""Telling by mail, through a server that is named in the setting."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import AbstractContextManager
from email.message import EmailMessage
from ipaddress import ip_address

from ragtime_assets.domain.notices import Mail, Message
from ragtime_assets.errors import ConfigurationError, SourceUnavailable

SECONDS = 20.0


class MailNotifier:
    """`ports.Notifier` over SMTP; a password goes over a line that is encrypted, or to this machine."""

    def __init__(self, way: Mail) -> None:
        """Send through this server."""
        self._way = way

    def tell(self, message: Message) -> None:
        """Send one mail to all of the addresses."""
        way, where = self._way, f"the mail server {self._way.host}:{self._way.port}"
        try:
            with self._server() as server:
                if not way.is_encrypted and server.has_extn("starttls"):
                    server.starttls(context=ssl.create_default_context())
                    server.ehlo()
                elif not way.is_encrypted and way.password and not _is_this_machine(way.host):
                    raise ConfigurationError(
                        f"{where} offers no encryption, so it is not told the password",
                        remedy="Name it as smtps:// in RAGTIME_NOTIFY, or leave the password out.",
                    )
                if way.user and way.password:
                    server.login(way.user, way.password)
                server.send_message(self._written(message))
        except smtplib.SMTPResponseException as error:
            raise SourceUnavailable(f"{where} answered {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise SourceUnavailable(f"{where} took no mail: {type(error).__name__}") from None

    def _server(self) -> AbstractContextManager[smtplib.SMTP]:
        way = self._way
        server = (
            smtplib.SMTP_SSL(way.host, way.port, timeout=SECONDS, context=ssl.create_default_context())
            if way.is_encrypted
            else smtplib.SMTP(way.host, way.port, timeout=SECONDS)
        )
        server.ehlo_or_helo_if_needed()
        return server

    def _written(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"] = message.subject
        mail["From"] = self._way.sender
        mail["To"] = ", ".join(self._way.to)
        mail.set_content(message.text)
        return mail


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
