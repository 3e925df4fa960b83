"""Commands that answer from the corpus, and that hold an answer against it later."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.cli.asking import as_option, hit_document, nothing_there, show_hit
from ragtime_assets.cli.output import AsJson, console, error_document, hang, say_json, stderr
from ragtime_assets.domain.answering.phrases import phrases
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.searching.narrowing import Narrowing, narrowed
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import InvalidReceipt, InvalidSubmission, NotSaved

if TYPE_CHECKING:
    from ragtime_assets.domain.answering.answer import Answer, AnswerEvent, Citation
    from ragtime_assets.domain.answering.phrases import Phrases
    from ragtime_assets.domain.answering.verifying import Verdict

FAILED = 1
UNSUPPORTED = 3
_SHORT_QUOTE = 140
"""Letters of a quote by which a reader knows it again."""
LONGEST_URL = 2_000
_STYLES = {"holds": "green", "moved": "yellow", "changed": "red", "gone": "red"}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (ask, verify):
        app.command()(command)


@narrowed(as_option)
def ask(
    question: Annotated[str, typer.Argument(help="A question to the corpus.", show_default=False)],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="Passages quoted without a model.")] = 3,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", min=0, help="Most that the answer may cost, in dollars.")
    ] = None,
    save: Annotated[Path | None, typer.Option("--save", help="Keep the answer as JSON, for `ragtime verify`.")] = None,
    as_json: AsJson = False,
    *,
    narrowing: Narrowing,
) -> None:
    """Answer a question from the corpus, with sources; without a model the closest passages, quoted.

    Each sentence is held against the passages that it cites before it is shown. Exit code 3 when nothing answers, 1
    when the answer that was shown cannot be kept.
    """
    from ragtime_assets.studio import Studio

    if save is not None:
        _check_place(save)
    most = None if max_cost is None else Decimal(str(max_cost))
    studio = Studio()
    answering = studio.answering
    teller = _Teller(phrases(answering.answered_in(question)), silent=as_json)
    answer = answering.answer(question, narrowing, teller.hear, limit=limit, max_cost=most)
    if not as_json:
        show_answer(answer)
    nothing = "" if answer.supported else nothing_there(studio)
    if nothing and not as_json:
        console().print(nothing, markup=False)
    fault = _save(answer, save) if save is not None else None
    if as_json:
        beside = {"error": error_document(fault)} if fault else {"note": nothing} if nothing else {}
        say_json(answer_document(answer) | beside)
        if fault:
            raise typer.Exit(FAILED)
    if fault:
        raise fault
    if not answer.supported:
        raise typer.Exit(UNSUPPORTED)


def verify(
    receipt: Annotated[Path, typer.Argument(help="What `ragtime ask --save` wrote.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Hold a saved answer against the corpus: whether each citation holds, moved, changed or is gone.

    Exit code 1 unless all hold.
    """
    from ragtime_assets.domain.answering.receipts import LARGEST, read_receipt
    from ragtime_assets.studio import Studio

    try:
        with receipt.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise InvalidReceipt(f"{receipt} cannot be read: {error.strerror}") from error
    if len(content) > LARGEST:
        raise InvalidReceipt(f"{receipt} has more than {LARGEST:,} bytes: no receipt is so large")
    saved = read_receipt(content, str(receipt))
    answering = Studio().answering
    verdicts, words = answering.verify(saved), phrases(answering.answered_in(saved.question))
    if as_json:
        documents = [verdict_document(*one) for one in zip(saved.citations, verdicts, strict=True)]
        say_json({"question": saved.question, "verdicts": documents})
    else:
        console().print(one_line(saved.question, len(saved.question) + 1), style="bold", markup=False)
        for citation, verdict in zip(saved.citations, verdicts, strict=True):
            _show_verdict(citation, verdict, words)
        if not verdicts:
            console().print(words.cites_nothing)
    if any(one.state != "holds" for one in verdicts):
        raise typer.Exit(FAILED)


def answer_document(answer: Answer) -> dict[str, Any]:
    """An answer, as programs read it; `passages` are the closest ones, where there is no model."""
    from ragtime_assets.domain.searching.found import alone

    return {
        "question": answer.question,
        "supported": answer.supported,
        "weak": answer.is_weak,
        "engine": answer.engine,
        "text": answer.text,
        "citations": [citation.model_dump(mode="json") for citation in answer.citations],
        "passages": [
            hit_document(alone(hit), hit.rank, answer.question, citation.second) for hit, citation in answer.quoted
        ],
        "dropped": list(answer.dropped),
        "tokens": {"input": answer.tokens.input, "output": answer.tokens.output},
        "usd": None if answer.cost is None else str(answer.cost),
        "seconds": round(answer.seconds, 3),
    }


def verdict_document(citation: Citation, verdict: Verdict) -> dict[str, Any]:
    """What became of a citation, as programs read it."""
    return {
        "number": verdict.number,
        "state": verdict.state,
        "told": verdict.told,
        "quote": citation.quote,
        "episode_key": citation.episode_key,
        "episode_title": verdict.title or citation.episode_title,
        "second": verdict.second,
        "url": verdict.url or citation.url,
        "difference": list(verdict.difference),
    }


class _Teller:
    """Shows an answer while it comes: what is looked up on standard error, and the sentences."""

    def __init__(self, words: Phrases, *, silent: bool) -> None:
        self._words = words
        self._silent = silent
        self._column = 0

    def hear(self, event: AnswerEvent) -> None:
        """Show what happens."""
        from rich.markup import escape

        if self._silent:
            return
        if event.kind == "sentence":
            self._flow(event.text)
        elif event.kind == "tool":
            stderr().print(f"[dim]{escape(event.text)}[/]")
        elif event.kind == "repair":
            stderr().print(f"[dim]{self._words.sent_back}: {escape(event.text)}[/]")

    def _flow(self, sentence: str) -> None:
        """Go on with a text, word by word, on lines as wide as the terminal."""
        from rich.cells import cell_len

        out = console()
        for word in sentence.split():
            wide = cell_len(word)
            if self._column and self._column + wide >= out.width:
                out.print()
                self._column = 0
            out.print(f" {word}" if self._column else word, end="", markup=False, soft_wrap=True)
            self._column += wide + bool(self._column)


def show_answer(answer: Answer) -> None:
    """What is shown when the answer is complete: that there is none, the closest passages, or its sources."""
    from ragtime_assets.domain.searching.excerpts import excerpt_around
    from ragtime_assets.domain.searching.found import alone

    words = phrases(answer.language)
    if not answer.supported:
        console().print(f"{answer.text} {words.searchable}", markup=False)
    elif answer.closest:
        console().print(words.weak if answer.is_weak else words.closest)
        for hit, citation in answer.quoted:
            excerpt = excerpt_around(citation.quote, citation.second, hit.passage, answer.question)
            show_hit(alone(hit), hit.rank, excerpt, answer.language)
    else:
        console().print(f"\n\n[bold]{words.sources}[/]")
        for citation in answer.citations:
            _show_citation(citation)
    if answer.tokens.total:
        console().print(f"\n[dim]{_told_cost(answer)}[/]")


def _show_citation(citation: Citation) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    title = escape(" - ".join(part for part in (citation.show, citation.episode_title) if part))
    hang(f"[bold]{escape(f'[{citation.number}]')}[/] [cyan]{clock(citation.second)}[/] [bold]{title}[/]", 4)
    console().print(Padding(escape(f"\u201c{citation.quote}\u201d"), (0, 0, 0, 4)))
    console().print(f"    [dim]{escape(citation.url)}[/]", soft_wrap=True)


def _show_verdict(citation: Citation, verdict: Verdict, words: Phrases) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    style, state = _STYLES[verdict.state], words.states[verdict.state]
    second = citation.second if verdict.second is None else verdict.second
    named = (citation.show, citation.episode_title) if verdict.title is None else (verdict.show, verdict.title)
    title = escape(" - ".join(one_line(part) for part in named if part))
    number = escape(f"[{citation.number}]")
    quote = f"\u201c{one_line(citation.quote, _SHORT_QUOTE)}\u201d"
    console().print()
    hang(f"{number} [{style}]{state}[/] [cyan]{clock(second)}[/] [bold]{title}[/]", 4)
    for line in (quote, verdict.told, *verdict.difference):
        console().print(Padding(escape(line), (0, 0, 0, 4)))
    console().print(f"    [dim]{escape(one_line(verdict.url or citation.url, LONGEST_URL))}[/]", soft_wrap=True)


def _told_cost(answer: Answer) -> str:
    from ragtime_assets.domain.money.spending import dollars

    words = phrases(answer.language)
    cost = words.price_unknown if answer.cost is None else dollars(answer.cost)
    tokens = words.tokens.format(read=answer.tokens.input, written=answer.tokens.output)
    left_out = [words.left_out.format(count=len(answer.dropped))] if answer.dropped else []
    return " \u00b7 ".join([answer.engine, tokens, cost, f"{answer.seconds:.1f} s", *left_out])


def _check_place(path: Path) -> None:
    """Refuse before anything is paid where it is plain that nothing can be written."""
    folder = path.absolute().parent
    try:
        if path.is_dir():
            wrong = f"{path} is a folder"
        elif not folder.is_dir():
            wrong = f"{folder} is no folder" if folder.exists() else f"there is no folder {folder}"
        elif not os.access(path if path.exists() else folder, os.W_OK):
            wrong = f"{path if path.exists() else folder} may not be written to"
        else:
            return
    except OSError as error:
        wrong = f"{path}: {error.strerror}"
    raise InvalidSubmission(f"--save: {wrong}", remedy="Name a file in a folder that you may write to.")


def _save(answer: Answer, path: Path) -> NotSaved | None:
    """Keep the answer; what is in the way of that is told, and is no reason to lose the answer."""
    from ragtime_assets.adapters.storage.disk import write_whole
    from ragtime_assets.domain.answering.receipts import receipt_of

    receipt = receipt_of(answer, datetime.now(UTC))
    try:
        write_whole(path, f"{receipt.model_dump_json(indent=2)}\n")
    except OSError as error:
        return NotSaved(f"the answer could not be kept in {path}: {error.strerror}")
    return None
