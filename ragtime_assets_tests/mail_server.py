"""A mail server on loopback that takes mails, or answers as it is told to."""

from __future__ import annotations

import email
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from threading import Thread


@dataclass
class MailServer:
    """Where it listens, what it was sent, and what it answers to a mail."""

    port: int = 0
    answer: bytes = b"250 taken"
    mails: list[Message] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server for as long as the context is open."""
    state = MailServer()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 mail.example\r\n")
            for line in self.rfile:
                command = line.decode().strip()
                state.commands.append(command)
                match command.split(" ")[0].upper():
                    case "EHLO":
                        self.wfile.write(b"250-mail.example\r\n250 AUTH PLAIN\r\n")
                    case "AUTH":
                        self.wfile.write(b"235 welcome\r\n")
                    case "DATA":
                        self.wfile.write(b"354 go on\r\n")
                        self._take()
                    case "QUIT":
                        self.wfile.write(b"221 bye\r\n")
                        return
                    case _:
                        self.wfile.write(b"250 ok\r\n")

        def _take(self) -> None:
            lines = list(iter(self.rfile.readline, b".\r\n"))
            state.mails.append(email.message_from_bytes(b"".join(lines)))
            self.wfile.write(state.answer + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        state.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield state
        server.shutdown()
        thread.join()
