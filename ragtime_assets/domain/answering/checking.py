"""Whether an answer says what its passages say: each sentence is held against those that it cites.

What is checked is what can be: that a citation names a passage that was retrieved, that a quotation stands in it, and
so does each name, number and date of the sentence; that a sentence that states something cites at all. What cannot be
checked without understanding, who did what to whom, stays with the model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ragtime_assets.domain.answering.calendar_words import calendar_words, days_of_months, months_in_figures
from ragtime_assets.domain.answering.evidence import Evidence, stems
from ragtime_assets.domain.answering.marks import Sentence, Split, numbers_of, sentences_of, without_marks
from ragtime_assets.domain.answering.numerals import follows_from, numerals
from ragtime_assets.domain.answering.proper_names import NameSense
from ragtime_assets.domain.answering.quotes import plain, quotations
from ragtime_assets.domain.answering.sources import Sources
from ragtime_assets.domain.language.tags import same_language
from ragtime_assets.domain.searching.query_words import content_words
from ragtime_assets.domain.text.lines import one_line

Detect = Callable[[str], tuple[str, float]]
"""Tells the language of a text, and how sure that is."""

LEAST_SHARED = 0.15
"""So many of the words that say much, a sentence shares with a passage of its language at least."""
_FEW = 2
"""Fewer words that say much prove nothing."""
_SURE = 2
"""So many names and numbers that stand there say more than other words."""
_PAIR = re.compile(r"\b[^\W\d_a-z\u00df-\u00ff]\w+ (?:and|und|&) (?:[^\W\d_a-z\u00df-\u00ff]\w+)")
"""Two names that are counted in the sentence itself."""
_CAPITAL = re.compile(r"\b[^\W\d_a-z\u00df-\u00ff][^\W\d_]+")
_CENTURY = re.compile(r"(?:st|nd|rd|th|\.)?[\s-]+(?:century|centuries|jahrhundert\w*)", re.IGNORECASE)
_WORKS_OUT = re.compile(
    r"\b(?:together|total|altogether|combined|sum|later|earlier|between|difference|apart|older|younger|aged?"
    r"|zusammen|insgesamt|summe|sp\u00e4ter|fr\u00fcher|zwischen|unterschied|differenz|abstand|\u00e4lter|j\u00fcnger|alter?)\b",
    re.IGNORECASE,
)
"""What says that a number was worked out from others."""
_YEARS = re.compile(r"\s+(?:years?|jahren?)\b", re.IGNORECASE)
_ABSENT = re.compile(
    r"\b(?:not|no|nothing|none|never|n[o\u2019']t|cannot|unable|nichts?|keine?[rnms]?|nirgends|weder|ne|pas|aucune?|rien"
    r"|ning[u\u00fa]n[oa]?|nada|nessun[oa]?|niente|geen|niets|niet)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_MATERIAL = re.compile(
    r"(?<!\bhis )(?<!\bher )(?<!\btheir )(?<!\bits )(?<!\bseine )(?<!\bihre )(?<!\bseinen )(?<!\bihren )"
    r"\b(?:passages?|episodes?|transcripts?|sources?|corpus|podcasts?|excerpts?|material|shows?"
    r"|passagen?|stellen?|folgen?|transkripte?n?|quellen?|korpus|textstellen?|sendung(?:en)?"
    r"|extraits?|\u00e9pisodes?|pasajes?|episodios?|brani|puntat[ae]|episodi|fragmenten?|afleveringen?)\b",
    re.IGNORECASE,
)
"""What an answer is made from; of what is somebody's own it is another word."""
_LOOKED = re.compile(
    r"\b(?:i|we|nothing|ich|wir|nichts)\b.*\b(?:found|find|searche?d?|see|gefunden|finden|finde|suche|sehe)\b",
    re.IGNORECASE,
)
"""That who answers looked for it."""
_TELLS = re.compile(
    r"(?:sa(?:y|ys|id)|mention\w*|tells?|told|answers?|contain\w*|describ\w*|discuss\w*|gives?|given|provid\w*|covers?"
    r"|stat(?:e|es|ed)|found|find|search\w*|know|informations?|details?|questions?|anything|something|following|here|else"
    r"|more|like|want|hear|short|sag(?:t|en)|erw\u00e4hn\w*|nenn\w*|enth\u00e4lt|enthalten|antwort\w*|beantwort\w*|frage\w*"
    r"|gefunden|finde?n?|suche|wissen|m\u00f6chten|mehr|folgendes?|angaben?|informationen|etwas)",
    re.IGNORECASE,
)
"""Words for what passages do, and for what an answer offers."""
_SHORT_LEAD = 3
_MOST_BESIDE = {"?": 1, ":": 2, ".": 2}
"""So many words of its own may be in a sentence that says nothing of its subject, by the sign at its end."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one sentence of an answer."""

    sentence: str
    what: str

    def __str__(self) -> str:
        """As a model and people read it."""
        return f'"{one_line(self.sentence, 200)}": {self.what}'


@dataclass(frozen=True)
class Checked:
    """An answer after its check: what of it stands, and what does not."""

    kept: tuple[Sentence, ...]
    faults: tuple[Fault, ...]

    @property
    def is_supported(self) -> bool:
        """Whether a sentence is left that cites."""
        return any(numbers_of(one.text) for one in self.kept)


@dataclass(frozen=True)
class AnswerCheck:
    """Holds answers against passages."""

    sense: NameSense
    split: Split
    detect: Detect

    def check(self, text: str, sources: Sources, question: str = "") -> Checked:
        """What of an answer stands, sentence by sentence."""
        language = self.detect(text)[0]
        kept, faults = list[Sentence](), list[Fault]()
        for one in sentences_of(text, self.split):
            wrong = "; ".join(self.faults(one.text, sources, question, language))
            if wrong:
                faults.append(Fault(one.text, wrong))
            else:
                kept.append(one)
        return Checked(tuple(kept), tuple(faults))

    def faults(self, sentence: str, sources: Sources, question: str, language: str) -> Iterator[str]:
        """What is wrong with one sentence, in words; nothing when it stands."""
        numbers, said = numbers_of(sentence), without_marks(sentence)
        unknown = [number for number in numbers if sources.get(number) is None]
        if unknown:
            yield f"no passage has the number {', '.join(map(str, unknown))}"
            return
        if not numbers:
            if self._states(said, question, language):
                yield "it cites no passage"
            return
        passages = [passage for number in numbers if (passage := sources.get(number))]
        where = " ".join(f"[{number}]" for number in numbers)
        for what in self._missing(said, Evidence(passages, self.sense), question, language):
            yield f"{what} does not stand in {where}"

    def _missing(self, said: str, evidence: Evidence, question: str, language: str) -> Iterator[str]:
        asked = plain(question)
        same = any(same_language(language, one) for one in evidence.languages)
        for quotation in quotations(said):
            if plain(quotation) not in asked and not evidence.has_quotation(quotation):
                yield f'the quotation "{one_line(quotation, 80)}"'
        yield from (f"the number {text}" for text in _missing_numbers(said, evidence))
        yield from (name for meant, name in calendar_words(said).items() if not evidence.has_date(meant))
        if days := [one for one in days_of_months(said) if evidence.contradicts(one)]:
            yield f"the day {days[0].day} of month {days[0].month}"
        own = set(asked.split())
        for name in self.sense.names(said, language, same):
            if not evidence.has_name(name) and plain(name) not in own:
                yield f"the name {name}"
        anchors = len(numerals(said)) + sum(
            self.sense.may_be(word) and evidence.has_name(word) for word in _CAPITAL.findall(said)
        )
        if same and anchors < _SURE and len(stems(said)) >= _FEW and evidence.shared(said) < LEAST_SHARED:
            yield "what it says"

    def _states(self, said: str, question: str, language: str) -> bool:
        """Whether a sentence states something that a passage would have to say."""
        if not any(map(str.isalpha, said)):
            return False
        own = set(plain(question).split())
        names = [name for name in self.sense.names(said, language, same_language=True) if plain(name) not in own]
        figures = [one for one in numerals(said) if plain(one.text) not in own]
        if names or figures or quotations(said):
            return True
        return not _is_of_the_answer(said, own)


def _is_of_the_answer(said: str, asked: Collection[str]) -> bool:
    """Whether a sentence asks back, leads over or says that nothing was found, and nothing of its own beside that."""
    words = plain(said).split()
    sign = said[-1] if said.endswith(("?", ":")) else "."
    is_absent = _ABSENT.search(said) and (_MATERIAL.search(said) or _LOOKED.search(said))
    leads = len(words) <= _SHORT_LEAD or any(map(_TELLS.fullmatch, words))
    if not {"?": True, ":": leads, ".": is_absent}[sign]:
        return False
    of_material = set(plain(" ".join(_MATERIAL.findall(said))).split())
    beside = set(content_words(words)) - set(asked) - of_material
    return sum(not (_TELLS.fullmatch(word) or _ABSENT.fullmatch(word)) for word in beside) <= _MOST_BESIDE[sign]


def _missing_numbers(said: str, evidence: Evidence) -> Iterator[str]:
    """The numbers that do not stand there; a month in figures may stand there by name, and a sum by what it adds."""
    months = {int(one.removeprefix("month ")): one for one in months_in_figures(said)}
    found = numerals(said)
    standing = [next(iter(one.values)) for one in found if evidence.has_number(one)]
    for one in found:
        is_month = any(value in months and evidence.has_date(months[int(value)]) for value in one.values)
        follows = any(follows_from(value, standing) for value in one.values)
        is_century = _CENTURY.match(said, one.place + len(one.text)) and evidence.has_year_of_century(one)
        is_worked_out = _WORKS_OUT.search(said) and evidence.has_worked_out(one)
        is_pair = Decimal(2) in one.values and _PAIR.search(said)
        is_span = _YEARS.match(said, one.place + len(one.text)) and evidence.has_years_between(one)
        if not (evidence.has_number(one) or is_month or follows or is_century or is_worked_out or is_span or is_pair):
            yield one.text


def complaint(faults: Sequence[Fault]) -> str:
    """The one request for a repair, which names every fault."""
    listed = "\n".join(f"- {fault}" for fault in faults[:20])
    return (
        f"These sentences are not what the passages say:\n{listed}\n"
        "Write the answer again. Keep what is right; mend or leave out what is named here; cite for each sentence the "
        "passage that says it; add nothing that no passage says."
    )
