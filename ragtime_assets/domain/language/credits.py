"""Credits of subtitles: what Whisper learned to write where there is music or silence, and nobody speaks."""

from __future__ import annotations

import re

CREDIT = "credits of subtitles, which nobody says"
_CREDIT = re.compile(
    r"""\W*(?:
    (?:untertitel|untertitelung|subtitles?|captions?|sous-titres|sous-titrage|subt[ií]tulos|sottotitoli|legendas|ondertiteld|
       ondertiteling|napisy|titulky|undertexter|undertekster|tekstet|textning)\b.{0,60}
       (?:\bamara\b|\bzdf\b|\bard\b|\bwdr\b|\bndr\b|\bswr\b|\bbr\b|\borf\b|\bsrf\b|\bfunk\b|\bbbc\b|radio-canada|\bst'?\s?501\b|\bcc\b|
          \bqtss\b|\b(?:19|20)\d\d\b)
       .{0,30}
    |(?:copyright|©)?\s*(?:wdr|swr|ndr|zdf|ard|br|mdr|rbb|orf|srf)\s*(?:mediagroup\s*gmbh\s*)?(?:im\s+auftrag\s+des\s+wdr\s*)?,?\s*(?:19|20)\d\d
    |(?:transcription|translation|subtitles?|captions?)\s+by\s+(?:castingwords|eso|releasemydata|transcription\s+outsourcing).{0,40}
    |www\.(?:zeoranger|mooji|opensubtitles)\.\S+
    )\W*""",
    re.IGNORECASE | re.VERBOSE,
)


def is_credit(text: str) -> bool:
    """Whether the whole of a text is such a credit; a sentence that only names one is speech."""
    return bool(_CREDIT.fullmatch(" ".join(text.split())))
