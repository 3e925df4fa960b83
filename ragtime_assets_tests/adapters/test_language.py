"""Telling languages apart, offline."""

from __future__ import annotations

import pytest

from ragtime_assets.adapters.language.detector import FastTextLanguageDetector


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The quartet recorded the album in one afternoon, and nobody noticed.", "en"),
        ("Das Quartett nahm die Platte an einem Nachmittag auf,\nund niemand merkte es.", "de"),
        ("Le quartette a enregistré l'album en un après-midi.", "fr"),
        ("El cuarteto grabó el disco en una sola tarde.", "es"),
        ("Kvartetten spelade in skivan på en eftermiddag.", "sv"),
    ],
)
def test_common_languages_are_told_apart(text: str, language: str) -> None:
    found, probability = FastTextLanguageDetector().detect(text)
    assert found == language
    assert 0.5 < probability <= 1.0


def test_alemannic_is_not_taken_for_albanian() -> None:
    swiss = "Hüt redemer drüber wie de Jazz uf Züri cho isch und werum so vil Musiker nach em Krieg furt sind."
    assert FastTextLanguageDetector().detect(swiss)[0] == "gsw"


@pytest.mark.parametrize("text", ["", "  \n ", "12 34 …"])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    assert FastTextLanguageDetector().detect(text) == ("und", 0.0)
