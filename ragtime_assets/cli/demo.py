"""The demo: the sample show through the real sensor, daemon and run queue, in a HOME of its own.

It uses nothing of the environment and of `.env`: no database, store, index, model or key that somebody works with.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ragtime_assets.cli.answering import show_answer
from ragtime_assets.cli.asking import show_hit
from ragtime_assets.cli.output import console
from ragtime_assets.cli.status import history_of, show_all, show_moment, show_problem
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.searching.excerpts import excerpt_of
from ragtime_assets.domain.searching.found import alone
from ragtime_assets.errors import ConfigurationError
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio
from ragtime_assets.studio.heard import heard_in

HOME = Path(".ragtime-demo")
GIVE_UP_AFTER = 600
QUERY = "John Coltrane"
QUESTION = "Where did Django Reinhardt and Stéphane Grappelli play together?"


def run_demo(**settings: Any) -> int:
    """Do it all, with these settings beside the demo's own; 0 when both episodes are searchable."""
    from ragtime_assets.orchestration.supervisor import Supervisor
    from ragtime_assets.samples.server import EPISODES, serve_samples

    started = time.monotonic()
    _make_room()
    with serve_samples() as base:
        studio = _studio(allow_private_hosts=(base.removeprefix("http://"),), **settings)
        _say("1", f"Submitting two episodes of the sample show, served on {base}")
        urls = [base + episode.page for episode in EPISODES]
        receipts = studio.submissions.submit([page_submission(url) for url in urls], by="demo")
        for receipt in receipts:
            console().print(f"  {receipt.key}")
        _say("2", "Starting the code location and the daemon; the sensor picks the episodes up")
        supervisor = Supervisor(studio, web_port=None, tell=console().print, folder=studio.settings.root)
        with supervisor.running():
            names = [episode.slug for episode in EPISODES]
            good = _follow(studio, {receipt.key: name for receipt, name in zip(receipts, names, strict=True)})
    if good:
        _question(studio)
        console().print(f"\nDone in {time.monotonic() - started:.0f} s.")
    _where_next()
    return 0 if good else 1


def _studio(**settings: Any) -> Studio:
    """The demo's corpus, which may fetch from the sample show's host and from nowhere else."""
    own = {"home": HOME, "dagster_home": HOME / "dagster", "podcast_indexes": (), "browser": "off"}
    return Studio(OwnSettings(**own | settings))


def _make_room() -> None:
    """Remove what the last demo made, unless somebody uses it."""
    if not HOME.exists():
        return
    studio = _studio()
    if studio.locks.is_held("up"):
        raise ConfigurationError(f"`ragtime up` runs on {HOME}, which the demo makes anew", remedy="Stop it first.")
    studio.database.migrate()
    urls = [one.url for one in studio.submissions.episodes()]
    urls += [one.feed.url for one in studio.subscriptions.followed()]
    yours = [url for url in urls if urlsplit(url).hostname != "127.0.0.1"]
    if yours:
        raise ConfigurationError(
            f"{HOME}, which the demo makes anew, holds what you submitted: {yours[0]}",
            remedy=f"Keep it under another name (mv {HOME} NAME; RAGTIME_HOME=NAME), or remove it: rm -r {HOME}",
        )
    studio.database.close()
    shutil.rmtree(HOME)


def _follow(studio: Studio, episodes: Mapping[str, str]) -> bool:
    """Show what happens to these episodes, given by key and name; whether all of them can be searched in the end."""
    from ragtime_assets.orchestration.watching import Watcher

    last = None
    with history_of(studio) as instance:
        watcher = Watcher(studio, instance, list(episodes))
        for moment in watcher.moments(give_up_after=GIVE_UP_AFTER):
            if moment.key != last:
                console().print(f"[dim]{episodes[moment.key]}[/]")
                last = moment.key
            show_moment(moment)
        found = watcher.present()
    _say("3", "ragtime status")
    show_all(found)
    for one in found:
        if one.state != "ready":
            show_problem(one, studio.settings)
    return all(one.state == "ready" for one in found)


def _question(studio: Studio) -> None:
    heard = heard_in(studio)
    _say("4", f'ragtime search "{QUERY}"')
    for hit in studio.index.search.look(QUERY, limit=2).passages:
        show_hit(alone(hit), hit.rank, excerpt_of(alone(hit), QUERY, heard))
    _say("5", f'ragtime ask "{QUESTION}"')
    show_answer(studio.answering.answer(QUESTION, limit=1))


def _where_next() -> None:
    _say("6", "Where to look next")
    console().print("  To search, ask, read and listen to what was just made, on http://127.0.0.1:8080,")
    console().print("  and to see its asset graph and its runs, on http://127.0.0.1:3000:")
    console().print(f"    RAGTIME_HOME={HOME} make up")
    console().print("  The commands:")
    console().print(f"    source .venv/bin/activate; export RAGTIME_HOME={HOME}")
    console().print("    ragtime status; ragtime search QUERY; ragtime submit URL")
    console().print("  The links of the passages above are dead: the server of the sample show ended with the demo.")


def _say(number: str, text: str) -> None:
    console().print(f"\n[bold]{number}. {text}[/]")
