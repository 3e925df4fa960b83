"""What buttons are called: consent, play and download, language by language. Words only; pressing is `controls.py`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ragtime_assets.domain.language.tags import language_code

Purpose = Literal["consent", "play", "download"]


@dataclass(frozen=True)
class Words:
    """The words of one language, in lower case."""

    consent: tuple[str, ...]
    play: tuple[str, ...]
    download: tuple[str, ...]


LANGUAGES: dict[str, Words] = {
    "en": Words(
        ("accept all", "accept", "allow all", "allow cookies", "i agree", "agree", "got it", "ok", "consent"),
        ("play", "listen", "listen now", "start playback", "play audio"),
        ("download", "save audio", "get mp3"),
    ),
    "de": Words(
        (
            "alle akzeptieren",
            "akzeptieren",
            "alles akzeptieren",
            "alle annehmen",
            "zustimmen",
            "einverstanden",
            "erlauben",
        ),
        ("abspielen", "anhören", "hören", "wiedergabe", "wiedergeben", "jetzt hören", "starten"),
        ("herunterladen", "download", "audio laden"),
    ),
    "es": Words(
        ("aceptar todo", "aceptar todas", "aceptar", "acepto", "permitir", "de acuerdo"),
        ("reproducir", "escuchar", "escúchalo", "oír"),
        ("descargar", "bajar"),
    ),
    "fr": Words(
        ("tout accepter", "accepter", "j'accepte", "j’accepte", "autoriser", "d'accord", "d’accord"),
        ("écouter", "lire", "lecture", "lancer", "jouer"),
        ("télécharger",),
    ),
    "it": Words(
        ("accetta tutto", "accetta tutti", "accetta", "accetto", "acconsento", "consenti"),
        ("riproduci", "ascolta", "avvia"),
        ("scarica", "scaricare"),
    ),
    "pt": Words(
        ("aceitar tudo", "aceitar todos", "aceitar", "aceito", "concordo", "permitir"),
        ("reproduzir", "ouvir", "ouça", "tocar", "escutar"),
        ("baixar", "transferir", "descarregar"),
    ),
    "sv": Words(
        ("acceptera alla", "acceptera", "godkänn alla", "godkänn", "tillåt alla", "jag godkänner"),
        ("spela", "spela upp", "lyssna"),
        ("ladda ner", "ladda ned", "hämta"),
    ),
    "da": Words(
        ("accepter alle", "accepter", "tillad alle", "godkend alle", "godkend"),
        ("afspil", "lyt", "hør"),
        ("hent", "download"),
    ),
    "no": Words(
        ("godta alle", "godta", "aksepter alle", "aksepter", "tillat alle"),
        ("spill av", "spill", "lytt", "hør"),
        ("last ned",),
    ),
    "nl": Words(
        ("alles accepteren", "alle cookies accepteren", "accepteren", "accepteer", "akkoord", "toestaan"),
        ("afspelen", "speel af", "luister", "beluister", "luisteren", "beluisteren"),
        ("downloaden", "download"),
    ),
    "pl": Words(
        ("akceptuj wszystkie", "zaakceptuj wszystkie", "akceptuję", "akceptuj", "zgadzam się", "zezwól"),
        ("odtwórz", "odtwarzaj", "słuchaj", "posłuchaj"),
        ("pobierz",),
    ),
    "fi": Words(
        ("hyväksy kaikki", "hyväksy", "hyväksyn", "salli kaikki"),
        ("toista", "kuuntele", "soita"),
        ("lataa",),
    ),
    "ja": Words(
        ("すべて同意", "すべて許可", "すべて受け入れる", "同意する", "同意", "許可", "承諾"),
        ("再生", "聴く", "聞く", "プレイ"),
        ("ダウンロード", "保存"),
    ),
    "tr": Words(
        ("tümünü kabul et", "hepsini kabul et", "kabul et", "kabul ediyorum", "onayla", "izin ver"),
        ("oynat", "dinle", "çal"),
        ("indir", "İndir"),
    ),
}

# A banner's button says little else; a player's may name the episode.
_REST = {"consent": 24, "play": 120, "download": 120}
_LETTER = "A-Za-zÀ-ɏ"


def names(purpose: Purpose, language: str | None = None) -> re.Pattern[str]:
    """Matches the names of controls for `purpose`, in `language` or, without one that is known, in all."""
    known = LANGUAGES.get(language_code(language) or "")
    words = [word for each in ([known] if known else LANGUAGES.values()) for word in _words(each, purpose)]
    choice = "|".join(_whole(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))
    rest = rf"[\s\S]{{0,{_REST[purpose]}}}"
    # Chromium reads this too: only what Python's and JavaScript's expressions have in common is used.
    return re.compile(rf"^{rest}(?:{choice}){rest}$", re.IGNORECASE)


def button_words(language: str | None) -> tuple[str, ...]:
    """What play and download buttons are called in a language; in English where it is not known."""
    words = LANGUAGES.get(language_code(language) or "") or LANGUAGES["en"]
    return words.play + words.download


def _words(language: Words, purpose: Purpose) -> tuple[str, ...]:
    return {"consent": language.consent, "play": language.play, "download": language.download}[purpose]


def _whole(word: str) -> str:
    """A word between what are no letters; Japanese has no such borders."""
    is_latin = re.match(f"[{_LETTER}]", word)
    return rf"(?<![{_LETTER}]){word}(?![{_LETTER}])" if is_latin else word
