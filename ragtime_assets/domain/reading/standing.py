"""Where a name stands in a text, whatever its case and accents."""

from __future__ import annotations

from functools import cached_property

from ragtime_assets.domain.language.tokens import Tokens, folded_words, tokenise


class ChunkText:
    """The text of a chunk; normalised at most once, then asked for any number of names."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        self.text = text

    def standing(self, surface: str, place: int = 0) -> tuple[str, int] | None:
        """The surface as it stands in the text, whatever its case and accents, and where; None when it does not."""
        if _is_whole(self.text, surface, place):
            return surface, place
        wanted, tokens = folded_words(surface), self._tokens
        count = len(wanted)
        for first in range(len(tokens) - count + 1 if count else 0):
            if tokens.folded[first : first + count] == wanted:
                return tokens.slice(first, first + count), tokens.starts[first]
        return None

    @cached_property
    def _tokens(self) -> Tokens:
        return tokenise(self.text)


def _is_whole(text: str, surface: str, place: int) -> bool:
    """Whether the surface stands at this place, and no letter goes on before or behind it."""
    end = place + len(surface)
    if not surface or not text.startswith(surface, place):
        return False
    return not text[max(place - 1, 0) : place].isalnum() and not text[end : end + 1].isalnum()
