"""Wikidata, over its action API: who is called so, who has these MBIDs, and what items say of themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from ragtime_assets.adapters.knowledge import wikidata_answers as answers
from ragtime_assets.adapters.knowledge.answers import KeptAnswers
from ragtime_assets.adapters.knowledge.service import PublicService
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.linking.identifiers import mbid as valid_mbid
from ragtime_assets.domain.linking.identifiers import qid as valid_qid
from ragtime_assets.domain.linking.items import Item
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import BlockedAddress, SourceGone, SourceUnavailable, TooLarge

AT_ONCE = 50
"""Ids in one question: more are refused."""
_MOST_FOUND = 20
_LONGEST_NAME = 250
_MBIDS_AT_ONCE = 6
"""The search takes 300 characters."""
_LANGUAGES = "en|de|mul"


@dataclass(frozen=True)
class Wikidata:
    """`ports.ItemDatabase` over the action API."""

    service: PublicService
    url: str
    kept: KeptAnswers
    deadline: Deadline

    def until(self, deadline: Deadline) -> Wikidata:
        """The same, for somebody who waits no longer than until `deadline`."""
        return replace(self, deadline=deadline)

    def search(self, name: str, language: str) -> tuple[str, ...]:
        """The ids of items that are, or are also, called so in this language."""
        asked = one_line(name, _LONGEST_NAME)
        if not asked:
            return ()
        words = {"action": "wbsearchentities", "search": asked, "language": language, "uselang": language}
        answer = self._kept({**words, "type": "item", "limit": str(_MOST_FOUND)})
        return tuple(answers.searched(answer, "search", "id"))

    def with_mbids(self, table: str, mbids: Collection[str]) -> tuple[str, ...]:
        """The ids of items that name one of these ids of a table of MusicBrainz."""
        name = answers.MBID_PROPERTIES.get(table)
        known = sorted({one for one in map(valid_mbid, mbids) if one})
        if name is None:
            return ()
        found: list[str] = []
        for some in _batches(known, _MBIDS_AT_ONCE):
            asked = "haswbstatement:" + "|".join(f"{name}={one}" for one in some)
            answer = self._kept({"action": "query", "list": "search", "srsearch": asked, "srlimit": str(AT_ONCE)})
            found += answers.searched(answer, "query", "search", "title")
        return tuple(found)

    def items(self, qids: Iterable[str]) -> dict[str, Item]:
        """What these items are, by the id that was asked for; those that are gone are left out."""
        wanted = sorted({one for one in map(valid_qid, qids) if one})
        found = {one: item for one in wanted if (item := self._kept_item(one)) is not None}
        for some in _batches([one for one in wanted if one not in found], AT_ONCE):
            found |= self._items(some)
        return found

    def _items(self, qids: Sequence[str]) -> dict[str, Item]:
        words = {"action": "wbgetentities", "ids": "|".join(qids), "props": "labels|aliases|claims"}
        try:
            body = self._asked(self._question({**words, "languages": _LANGUAGES}))
        except TooLarge:
            if len(qids) == 1:
                return {}
            middle = len(qids) // 2
            return self._items(qids[:middle]) | self._items(qids[middle:])
        found = answers.items(answers.document(body))
        for asked, item in found.items():
            self.kept.keep(_kept_as(asked), item.model_dump_json().encode())
        return found

    def _kept_item(self, qid: str) -> Item | None:
        body = self.kept.find(_kept_as(qid))
        return Item.model_validate_json(body) if body else None

    def _kept(self, words: dict[str, str]) -> answers.Part:
        question = self._question(words)
        body = self.kept.find(question)
        if body is None:
            body = self._asked(question)
            self.kept.keep(question, body)
        return answers.document(body)

    def _question(self, words: dict[str, str]) -> str:
        return f"{self.url}/w/api.php?{urlencode({**words, 'format': 'json', 'maxlag': '5'})}"

    def _asked(self, question: str) -> bytes:
        try:
            return self.service.get(question, self.deadline, answers.accept)
        except (SourceGone, BlockedAddress) as error:  # it says nothing of whom was asked about
            raise SourceUnavailable(f"Wikidata gave no answer that can be used: {error.message}") from error


def _batches(ids: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _kept_as(qid: str) -> str:
    return f"item 1 {qid}"
