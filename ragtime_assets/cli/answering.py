"""Commands that answer from the corpus, and that hold an answer against it later."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.cli.asking import as_option, hit_document, say_closest, show_hit
from ragtime_assets.cli.output import AsJson, console, say_json, stderr
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.searching.narrowing import Narrowing, narrowed
from ragtime_assets.errors import InvalidReceipt, InvalidSubmission

if TYPE_CHECKING:
    from ragtime_assets.domain.answering.answer import Answer, AnswerEvent, Citation
    from ragtime_assets.domain.answering.phrases import Phrases
    from ragtime_assets.domain.answering.verifying import Verdict
    from ragtime_assets.domain.searching.excerpts import Heard

BROKEN = 1
UNSUPPORTED = 3
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

    Each sentence is held against the passages that it cites before it is shown. Exit code 3 when nothing answers.
    """
    from ragtime_assets.domain.answering.phrases import phrases
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.heard import heard_in
    from ragtime_assets.studio.narrowing import filters_of

    studio = Studio()
    filters = filters_of(studio, narrowing)
    if save is not None:
        _check_place(save)
    most = None if max_cost is None else Decimal(str(max_cost))
    words, heard = phrases(studio.answering.language_of(question)), heard_in(studio)
    teller = _Teller(words, silent=as_json)
    answer = studio.answering.answer(question, filters, teller.hear, limit=limit, max_cost=most)
    if save is not None:
        _save(answer, save)
    if as_json:
        say_json(answer_document(answer, heard))
    else:
        teller.finish(answer, heard)
    if not answer.supported:
        raise typer.Exit(UNSUPPORTED)


def verify(
    receipt: Annotated[Path, typer.Argument(help="What `ragtime ask --save` wrote.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Hold a saved answer against the corpus: whether each citation holds, moved, changed or is gone.

    Exit code 1 unless all hold.
    """
    from ragtime_assets.domain.answering.phrases import phrases
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
    verdicts, words = answering.verify(saved), phrases(answering.language_of(saved.question))
    if as_json:
        say_json({"question": saved.question, "verdicts": [verdict_document(one) for one in verdicts]})
    else:
        for citation, verdict in zip(saved.citations, verdicts, strict=True):
            _show_verdict(citation, verdict, words)
        if not verdicts:
            console().print(words.cites_nothing)
    if any(one.state != "holds" for one in verdicts):
        raise typer.Exit(BROKEN)


def answer_document(answer: Answer, heard: Heard) -> dict[str, Any]:
    """An answer, as programs read it; `passages` are the closest ones, where there is no model."""
    return {
        "question": answer.question,
        "supported": answer.supported,
        "weak": answer.is_weak,
        "engine": answer.engine,
        "text": answer.text,
        "citations": [citation.model_dump(mode="json") for citation in answer.citations],
        "passages": [hit_document(hit, answer.question, heard) for hit in answer.closest],
        "dropped": list(answer.dropped),
        "tokens": {"input": answer.tokens.input, "output": answer.tokens.output},
        "usd": None if answer.cost is None else str(answer.cost),
        "seconds": round(answer.seconds, 3),
    }


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    """What became of a citation, as programs read it."""
    return {
        "number": verdict.number,
        "state": verdict.state,
        "told": verdict.told,
        "second": verdict.second,
        "difference": list(verdict.difference),
    }


class _Teller:
    """Shows an answer while it comes: what is looked up on standard error, the sentences, and the sources below."""

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

    def finish(self, answer: Answer, heard: Heard) -> None:
        """What is shown when the answer is complete."""
        if not answer.supported:
            console().print(f"{answer.text} {self._words.searchable}", markup=False)
        elif answer.closest:
            say_closest(self._words, is_weak=answer.is_weak)
            for hit in answer.closest:
                show_hit(hit, answer.question, heard)
        else:
            console().print(f"\n\n[bold]{self._words.sources}[/]")
            for citation in answer.citations:
                _show_citation(citation)
        if answer.tokens.total:
            console().print(f"\n[dim]{_told_cost(answer, self._words)}[/]")

    def _flow(self, sentence: str) -> None:
        """Go on with a text, word by word, on lines as wide as the terminal."""
        out = console()
        for word in sentence.split():
            if self._column and self._column + len(word) >= out.width:
                out.print()
                self._column = 0
            out.print(f" {word}" if self._column else word, end="", markup=False, soft_wrap=True)
            self._column += len(word) + bool(self._column)


def _show_citation(citation: Citation) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    title = escape(" - ".join(part for part in (citation.show, citation.episode_title) if part))
    console().print(f"[bold]{escape(f'[{citation.number}]')}[/] [cyan]{clock(citation.second)}[/] [bold]{title}[/]")
    console().print(Padding(escape(f"\u201c{citation.quote}\u201d"), (0, 0, 0, 4)))
    console().print(f"    [dim]{escape(citation.url)}[/]", soft_wrap=True)


def _show_verdict(citation: Citation, verdict: Verdict, words: Phrases) -> None:
    from rich.markup import escape

    style, state = _STYLES[verdict.state], words.states[verdict.state]
    title = escape(" - ".join(part for part in (citation.show, citation.episode_title) if part))
    console().print(f"{escape(f'[{citation.number}]')} [{style}]{state}[/] {title}: {escape(verdict.told)}")
    for line in verdict.difference:
        console().print(f"    {escape(line)}")


def _told_cost(answer: Answer, words: Phrases) -> str:
    from ragtime_assets.domain.money.spending import dollars

    told = [
        answer.engine,
        words.tokens.format(read=answer.tokens.input, written=answer.tokens.output),
        words.price_unknown if answer.cost is None else dollars(answer.cost),
        f"{answer.seconds:.1f} s",
        words.left_out.format(count=len(answer.dropped)) if answer.dropped else "",
    ]
    return " \u00b7 ".join(filter(None, told))


def _check_place(path: Path) -> None:
    """Refuse before anything is paid where nothing can be written."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise InvalidSubmission(
            f"--save {path}: there is no such folder, or it is one", remedy="Name a file in a folder."
        )


def _save(answer: Answer, path: Path) -> None:
    from ragtime_assets.domain.answering.receipts import receipt_of

    receipt = receipt_of(answer, datetime.now(UTC))
    try:
        path.write_text(f"{receipt.model_dump_json(indent=2)}\n", encoding="utf-8")
    except OSError as error:
        raise InvalidSubmission(
            f"--save {path} cannot be written: {error.strerror}", remedy="Name another file."
        ) from error
