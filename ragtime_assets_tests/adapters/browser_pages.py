"""A site of small episode pages as they are met, and the processes of the browser that reads them.

The audio of a page is at /audio.wav, if it is nowhere else.
"""

from __future__ import annotations

import io
import os
import wave
from collections.abc import Callable
from functools import cache
from pathlib import Path

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.adapters.web.address_guard import AddressGuard


@cache
def sound(seconds: int) -> bytes:
    """Silence that any player can play, 8,000 bytes a second."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(1)
        writer.setframerate(8_000)
        writer.writeframes(b"\x80" * 8_000 * seconds)
    return file.getvalue()


def page(body: str, language: str = "en") -> str:
    """A whole document around `body`."""
    return f'<!doctype html><html lang="{language}"><title>An episode</title><body>{body}</body></html>'


STATIC = page('<h1>The first episode</h1><audio src="/audio.wav" controls></audio>')

PLAYER = """
<script>function start(url = '/audio.wav') { window.player = new Audio(url); player.play(); }</script>
"""

CONSENT_WALL = page(
    PLAYER
    + """
<div id="wall" style="position:fixed;inset:0;background:#fff">
  <p>We value your privacy.</p><button>Preferences</button><button onclick="agree()">Accept all cookies</button>
</div>
<div id="content"></div>
<script>
function agree() {
  document.getElementById('wall').remove();
  document.cookie = 'consent=yes';
  document.getElementById('content').innerHTML = '<button onclick="start()" aria-label="Play episode">▶</button>';
}
</script>
"""
)

JS_ONLY = page(
    '<div id="app"></div>' + PLAYER + "<script>setTimeout(() => { "
    "document.getElementById('app').innerHTML = '<div role=button tabindex=0 onclick=start()>Listen now</div>' }, 300)"
    "</script>"
)

LATE = page(
    '<div id="app">Loading</div>' + PLAYER + "<script>setTimeout(() => { "
    "document.getElementById('app').innerHTML = '<button onclick=start()>Play</button>' }, 4000)</script>"
)

FRAMED = page('<p>Our player:</p><iframe src="/player"></iframe>')
FRAME = page(PLAYER + '<button onclick="start()" title="Play"><svg width="20" height="20"></svg></button>')

SHADOW = page("""
<episode-player></episode-player>
<script>
customElements.define('episode-player', class extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({mode: 'open'});
    root.innerHTML = '<p>Shady words</p><audio preload="none"></audio><button>Play</button>';
    root.querySelector('button').onclick = () => {
      root.querySelector('audio').src = '/audio.wav';
      root.querySelector('audio').play();
    };
  }
});
</script>
""")

LAZY = page(
    PLAYER
    + """
<button onclick="load()">Play</button>
<script>
async function load() {
  const answer = await fetch('/api/episode');
  start((await answer.json()).source);
}
</script>
"""
)

GERMAN = page(PLAYER + '<button>Teilen</button><button onclick="start()">Folge abspielen</button>', "de")
JAPANESE = page(PLAYER + '<button>共有</button><button onclick="start()">エピソードを再生する</button>', "ja")
SWEDISH_ON_AN_ENGLISH_PAGE = page(PLAYER + '<button onclick="start()">Lyssna på avsnittet</button>', "en")

STREAM = page(
    '<video src="/live/index.m3u8"></video>'
    "<script>fetch('/live/index.m3u8').then(() => fetch('/live/piece.aac'))</script>"
)

STREAM_BY_PLAYER = page(
    PLAYER
    + """<button onclick="fetch('/live/index.m3u8').then(() => start('/live/piece.aac'))">Play</button>
<audio src="/live/index.m3u8" preload="none"></audio>"""
)

JINGLE_BEFORE_THE_EPISODE = page(
    PLAYER
    + """<button onclick="start(window.player ? '/audio.wav' : '/jingle.wav')">Play</button>
<button onclick="start('/audio.wav')">Play episode</button>"""
)

EMPTY_UNTIL_ITS_SCRIPT_RAN = page(
    '<div id="app"></div>'
    "<script>document.getElementById('app').innerHTML = "
    "'<h1>Folge 7: Django</h1><audio src=/audio.wav></audio>'</script>"
)

POPUP = page(f"{PLAYER}<button onclick=\"window.open('/elsewhere'); start()\">Play</button>")

DOWNLOAD = page('<a href="/file?id=1" download>Download</a>')
DOWNLOAD_BY_SCRIPT = page("<button onclick=\"location = '/attached'\">Download this episode</button>")

TWO_SOUNDS = page('<audio src="/jingle.wav" preload="auto"></audio><audio src="/audio.wav" preload="auto"></audio>')

COVERED = page(
    PLAYER
    + """
<button onclick="start()">Play</button><div style="position:fixed;inset:0;background:rgba(0,0,0,.5)"></div>
"""
)

OTHER_PLAYERS = page(
    '<a href="http://other.example/listen">Listen on Spotify</a><a href="/about">About</a><button>Subscribe</button>'
)


class Site:
    """A public site, as far as the browser can tell, and what was asked of it."""

    def __init__(self, server: HTTPServer) -> None:
        self._server = server
        self.url = f"http://pod.example:{server.port}"
        self.guard = guard_of({"pod.example": "127.0.0.1"}, [f"pod.example:{server.port}"])

    def has(self, path: str, content: str | bytes, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        answer = Response(content, content_type=kind, headers=headers)
        self._server.expect_request(path).respond_with_response(answer)

    def answers(self, path: str, handler: Callable[[Request], Response]) -> None:
        self._server.expect_request(path).respond_with_handler(handler)

    def redirects(self, path: str, to: str) -> None:
        self._server.expect_request(path).respond_with_response(Response(status=302, headers={"Location": to}))

    @property
    def asked(self) -> list[str]:
        return [request.path for request, _ in self._server.log]


def guard_of(names: dict[str, str], allowed: list[str]) -> AddressGuard:
    def resolve(host: str, _port: int) -> list[str]:
        if host not in names:
            raise OSError(f"nobody knows {host}")
        return [names[host]]

    return AddressGuard(allowed, resolve)


def children(of: int | None = None) -> set[int]:
    """The processes below this one, or another, as the kernel knows them."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(entry.name)] = int(fields[1])
    below: set[int] = set()
    while more := {pid for pid, parent in parents.items() if parent in below | {of or os.getpid()}} - below:
        below |= more
    return below


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
