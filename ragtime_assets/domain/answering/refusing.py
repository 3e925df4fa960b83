"""What is said when the passages do not answer, in the language of the question."""

from __future__ import annotations

from collections.abc import Mapping

from ragtime_assets.domain.answering.phrases import phrases
from ragtime_assets.domain.language.tags import language_code

_REFUSALS = {
    "en": "The corpus does not answer this question.",
    "de": "Der Korpus beantwortet diese Frage nicht.",
    "fr": "Le corpus ne répond pas à cette question.",
    "es": "El corpus no responde a esta pregunta.",
    "it": "Il corpus non risponde a questa domanda.",
    "nl": "Het corpus beantwoordt deze vraag niet.",
    "pt": "O corpus não responde a esta pergunta.",
    "pl": "Korpus nie odpowiada na to pytanie.",
    "sv": "Korpusen besvarar inte den här frågan.",
    "da": "Korpusset besvarer ikke dette spørgsmål.",
    "no": "Korpuset besvarer ikke dette spørsmålet.",
    "fi": "Korpus ei vastaa tähän kysymykseen.",
    "cs": "Korpus na tuto otázku neodpovídá.",
    "ru": "Корпус не отвечает на этот вопрос.",
    "uk": "Корпус не відповідає на це запитання.",
    "tr": "Derlem bu soruyu yanıtlamıyor.",
    "ja": "コーパスにはこの質問への答えがありません。",
    "zh": "语料库没有回答这个问题。",
    "ko": "말뭉치에는 이 질문에 대한 답이 없습니다.",
}


def refusal(language: str | None) -> str:
    """The refusal in this language; in English where there is none."""
    return _REFUSALS.get(language_code(language) or "en", _REFUSALS["en"])


def refusal_within(language: str | None, narrowings: Mapping[str, str], *, is_close_beyond: bool) -> str:
    """The refusal to a question that was narrowed so, and whether that is the reason."""
    words = phrases(language)
    beyond = [words.beyond] if is_close_beyond else []
    return " ".join([refusal(language), words.narrowed_to(narrowings), *beyond])
