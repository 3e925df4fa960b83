"""Which language a tag names, however it is written: `en-US`, `eng`, `iw`, `nb`, `zh_Hant`."""

from __future__ import annotations

from functools import lru_cache

SURE = 0.8
"""How sure the language of a text must be to contradict what is announced."""
_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx"})
_NORWEGIAN = frozenset({"nb", "nn"})
"""Both are announced, heard and read as `no`."""
_TWINS = (
    frozenset({"no", "da", "sv", "fo"}),
    frozenset({"hr", "sr", "bs"}),
    frozenset({"id", "ms"}),
    frozenset({"cs", "sk"}),
    frozenset({"gl", "pt"}),
    frozenset({"nl", "af", "fy", "li"}),
    frozenset({"de", "gsw", "bar", "lb", "nds"}),
    frozenset({"zh", "yue", "wuu"}),
)
"""Languages of which a detector takes one for the other, however sure it says that it is."""


@lru_cache(maxsize=1_000)
def language_code(tag: str | None) -> str | None:
    """The language of a tag, without region and script, as the shortest code in use; None when it names none."""
    from langcodes import Language
    from langcodes.tag_parser import LanguageTagError

    cleaned = (tag or "").strip().replace("_", "-")
    for part in (cleaned, cleaned.partition("-")[0]):
        try:
            found = Language.get(part)
        except LanguageTagError:
            continue
        code = Language.make(found.language).prefer_macrolanguage().language or "und"
        known = len(code) <= 3 and Language.make(code).is_valid() and code not in _NO_LANGUAGE
        return ("no" if code in _NORWEGIAN else code) if known else None
    return None


def same_language(one: str | None, other: str | None) -> bool:
    """Whether both tags name the same language; False when either names none."""
    code = language_code(one)
    return code is not None and code == language_code(other)


def reads_alike(one: str | None, other: str | None) -> bool:
    """Whether a text in one language may be taken for one in the other: the same language, or a close relative."""
    if same_language(one, other):
        return True
    codes = {language_code(one), language_code(other)}
    return any(codes <= twins for twins in _TWINS)
